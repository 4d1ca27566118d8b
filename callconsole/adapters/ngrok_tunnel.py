"""How the outside world reaches our server: an ngrok agent that we run, or an address as given."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pydantic import SecretStr

from callconsole.domain.problems import Problem, ProblemError

if TYPE_CHECKING:
    from pyngrok.conf import PyngrokConfig

log = logging.getLogger(__name__)

START_LIMIT_S = 25.0
WATCH_INTERVAL_S = 1.0
RETRY_S = (1.0, 2.0, 5.0, 10.0, 30.0)

_CODE = re.compile(r"ERR_NGROK_(\d+)")
_TOKEN_PAGE = "https://dashboard.ngrok.com/get-started/your-authtoken"  # noqa: S105 (an address)
_DOMAIN_PAGE = "https://dashboard.ngrok.com/domains"
_environment_lock = threading.Lock()


class FixedAddress:
    """An address that somebody else leads to our server, such as a reverse proxy."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    async def open(self, local_port: int) -> str:
        """Return the address as it was given."""
        return self._url

    async def close(self) -> None:
        """There is nothing to take down."""


class NgrokTunnel:
    """Runs one ngrok agent with one endpoint, and starts it again if it dies.

    The token is passed in a file of mode 0600, never on a command line, where `ps` shows it. The
    agent's own words are dropped, because some of its error texts repeat the token.

    Args:
        authtoken: the account's token.
        domain: fixed domain without scheme, or None for the account's own.
        config_folder: where the agent's configuration is written, and the agent itself where
            `ngrok_path` is None (pyngrok then downloads it at the first start).
        ngrok_path: an agent that is installed already.
        start_limit_s: seconds that the agent may take to come up.
    """

    def __init__(
        self,
        authtoken: SecretStr,
        domain: str | None,
        config_folder: Path,
        ngrok_path: Path | None = None,
        *,
        start_limit_s: float = START_LIMIT_S,
    ) -> None:
        self._authtoken = authtoken
        self._url = f"https://{domain.removeprefix('https://').rstrip('/')}" if domain else None
        self._config_path = config_folder / "ngrok.yml"
        program = "ngrok.exe" if sys.platform == "win32" else "ngrok"
        self._ngrok_path = str(ngrok_path or config_folder / program)
        self._start_limit_s = start_limit_s
        self._agent: _Agent | None = None
        self._watcher: asyncio.Task[None] | None = None
        self.on_lost: Callable[[Problem], None] | None = None
        self.on_restored: Callable[[str], None] | None = None

    async def open(self, local_port: int) -> str:
        """Start the agent and return the public https address. Raises `ProblemError`.

        A former agent of ours is closed first, so that a changed token takes effect.
        """
        await self.close()
        await asyncio.to_thread(self._write_config)
        url = await self._start(local_port, self._url)
        self._watcher = asyncio.create_task(self._watch(local_port, url), name="tunnel watch")
        return url

    async def close(self) -> None:
        """End the agent and stop watching it; safe to call twice."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.cancel()
            await asyncio.wait({watcher})
        await self._stop()
        await asyncio.to_thread(self._config_path.unlink, missing_ok=True)

    # The agent's life ------------------------------------------------------------------------

    async def _start(self, local_port: int, url: str | None) -> str:
        agent = _Agent(self._ngrok_path, self._config_path)
        await asyncio.to_thread(agent.install)
        work = asyncio.ensure_future(asyncio.to_thread(agent.connect, local_port, url))
        try:
            address = await asyncio.wait_for(asyncio.shield(work), self._start_limit_s)
        except TimeoutError:
            await _give_up(agent, work)
            raise ProblemError(agent.silence()) from None
        except asyncio.CancelledError:
            await _give_up(agent, work)
            raise
        self._agent = agent
        return address

    async def _stop(self) -> None:
        agent, self._agent = self._agent, None
        if agent is not None:
            await asyncio.to_thread(agent.end)

    async def _watch(self, local_port: int, url: str) -> None:
        """Wait for the agent's death, tell of it, and bring the same address back."""
        while True:
            await asyncio.sleep(WATCH_INTERVAL_S)
            if self._agent is not None and self._agent.alive():
                continue
            log.warning("the ngrok agent ended by itself")
            await self._stop()
            self._tell_lost(_LOST)
            await self._start_again(local_port, url)
            log.info("the ngrok agent is back")
            if self.on_restored is not None:
                self.on_restored(url)

    async def _start_again(self, local_port: int, url: str) -> None:
        attempt = 0
        while self._agent is None:
            await asyncio.sleep(RETRY_S[min(attempt, len(RETRY_S) - 1)])
            attempt += 1
            try:
                await self._start(local_port, url)
            except ProblemError as error:
                self._tell_lost(error.problem)

    def _tell_lost(self, problem: Problem) -> None:
        if self.on_lost is not None:
            self.on_lost(problem)

    def _write_config(self) -> None:
        """Write the agent's configuration, readable by this user alone.

        The agent's inspector would keep every webhook, and replay it to anybody on this
        computer; it is switched off, as are remote control and updates by themselves.
        """
        lines = (
            "version: '3'",
            "agent:",
            f"  authtoken: {json.dumps(self._authtoken.get_secret_value())}",
            "  inspect_db_size: -1",
            "  remote_management: false",
            "  update_check: false",
            "  console_ui: false",
        )
        try:
            self._config_path.parent.mkdir(parents=True, exist_ok=True)
            self._config_path.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with open(os.open(self._config_path, flags, 0o600), "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
        except OSError as error:
            raise ProblemError(_unwritable(self._config_path, error)) from None


async def _give_up(agent: _Agent, work: asyncio.Future[str]) -> None:
    """End an agent that is still starting; its thread waits for a line that never comes."""
    while not work.done():
        agent.kill()
        await asyncio.wait({work}, timeout=0.1)
    if not work.cancelled():
        work.exception()
    await asyncio.to_thread(agent.end)


class _Agent:
    """One agent process behind pyngrok, which blocks: `install`, `connect`, `end` run in a thread.

    pyngrok keeps processes by the path of the program; `kill` goes past it because its lock is
    held for as long as an agent is starting.
    """

    def __init__(self, ngrok_path: str, config_path: Path) -> None:
        self._path = ngrok_path
        self._config_path = config_path
        self._process: Any = None
        self._codes: list[str] = []
        self._session_seen = False

    def install(self) -> None:
        """Download the program where it is not there yet. Raises `ProblemError`."""
        with _without_token():
            from pyngrok import exception, installer, ngrok

            # A window has no stdout to draw progress on, and `serve` promises a single line.
            installer._print_progress_enabled = False
            try:
                ngrok.install_ngrok(self._config())
            except (exception.PyngrokError, OSError):
                raise ProblemError(_NOT_DOWNLOADED) from None

    def connect(self, local_port: int, url: str | None) -> str:
        """Start the program and open the endpoint; return its address. Raises `ProblemError`."""
        from pyngrok import exception, ngrok

        wanted = {} if url is None else {"url": url}
        config = self._config()
        try:
            with _without_token():
                self._process = ngrok.get_ngrok_process(config)
            # With a bare port pyngrok writes "localhost", which may mean ::1 first.
            tunnel = ngrok.connect(
                f"http://127.0.0.1:{local_port}",
                name=f"callconsole-{uuid4().hex}",
                pyngrok_config=config,
                inspect=False,
                **wanted,
            )
        except (exception.PyngrokError, OSError, ValueError) as error:
            problem = self._problem(error)
            self.end()
            raise ProblemError(problem) from None
        return str(tunnel.public_url).rstrip("/")

    def alive(self) -> bool:
        """True until the process has ended."""
        return self._process is not None and self._process.proc.poll() is None

    def kill(self) -> None:
        """Kill the process at once, even while it is starting."""
        process = self._process or self._known()
        if process is not None:
            self._process = process
            process.proc.kill()

    def end(self) -> None:
        """Kill the process and let go of its pipe and of the thread that reads it."""
        from pyngrok import process as pyngrok_process

        process = self._process or self._known()
        self._process = None
        if process is None:
            return
        reader = process._monitor_thread
        process.proc.kill()
        process.proc.wait()
        pyngrok_process.kill_process(self._path)
        if reader is not None:
            reader.join(2)
        _forget(process.proc)

    def silence(self) -> Problem:
        """Why the agent did not come up in time."""
        if self._codes:
            return _by_code(self._codes[0])
        return _TOO_OLD if self._session_seen else _SILENT

    def _known(self) -> Any:
        from pyngrok import process as pyngrok_process

        return pyngrok_process._current_processes.get(self._path)

    def _config(self) -> PyngrokConfig:
        from pyngrok import conf

        # Its logger repeats the agent's lines, and some of those repeat the token.
        logging.getLogger("pyngrok.process.ngrok").setLevel(logging.CRITICAL + 1)
        config = conf.PyngrokConfig(
            ngrok_path=self._path,
            config_path=str(self._config_path),
            log_event_callback=self._on_line,
            startup_timeout=int(START_LIMIT_S),
        )
        config.auth_token = None  # pyngrok would put it on the command line
        return config

    def _on_line(self, line: Any) -> None:
        """Take in a line of the agent, in pyngrok's thread, which forgets a failed process."""
        self._process = self._process or self._known()
        self._codes += _CODE.findall(line.line)
        del self._codes[8:]
        self._session_seen |= "client session established" in line.line

    def _problem(self, error: Exception) -> Problem:
        texts = (str(error), getattr(error, "body", ""), getattr(error, "ngrok_error", "") or "")
        codes = self._codes or _CODE.findall(" ".join(texts))
        if codes:
            return _by_code(codes[0])
        if getattr(error, "status_code", None) == 404:
            return _TOO_OLD
        return _NOT_STARTED


@contextlib.contextmanager
def _without_token() -> Iterator[None]:
    """Hide ``NGROK_AUTHTOKEN`` for a moment: pyngrok and its child would prefer it to ours."""
    with _environment_lock:
        hidden = os.environ.pop("NGROK_AUTHTOKEN", None)
        try:
            yield
        finally:
            if hidden is not None:
                os.environ["NGROK_AUTHTOKEN"] = hidden


def _forget(process: subprocess.Popen[str]) -> None:
    """Close the pipe, and drop the exit handler that pyngrok keeps for every child it had."""
    import atexit

    from pyngrok import process as pyngrok_process

    if process.stdout is not None:
        process.stdout.close()
    atexit.unregister(pyngrok_process._terminate_process)
    for other in list(pyngrok_process._current_processes.values()):
        atexit.register(pyngrok_process._terminate_process, other.proc)


# What an operator reads ---------------------------------------------------------------------

_UNREACHABLE = "Calls cannot reach this computer"
_SILENT = Problem(
    "ngrok.silent",
    _UNREACHABLE,
    "The ngrok agent started, but did not connect in time.",
    "Check the internet connection and that a firewall lets ngrok out, then try again.",
)
_NOT_STARTED = Problem(
    "ngrok.not_started",
    _UNREACHABLE,
    "The ngrok agent could not be started.",
    "Start `ngrok http 8080` in a terminal to see what it says, then try again.",
)
_TOO_OLD = Problem(
    "ngrok.too_old",
    _UNREACHABLE,
    "The installed ngrok agent is too old; 3.30 or newer is needed.",
    "Type `ngrok update` in a terminal, then try again.",
)
_NOT_DOWNLOADED = Problem(
    "ngrok.not_downloaded",
    _UNREACHABLE,
    "The ngrok agent is not installed and could not be downloaded.",
    "Check the internet connection, or install ngrok yourself, then try again.",
    "https://ngrok.com/download",
)
_LOST = Problem(
    "ngrok.lost",
    "Calls cannot reach this computer just now",
    "The ngrok agent ended by itself.",
    "It is being started again with the same address; wait before you dial.",
)

_ADD_TOKEN = "Copy the token from the ngrok dashboard into NGROK_AUTHTOKEN."  # noqa: S105 (advice)
_END_OTHERS = "End the other ngrok agent, here or on another computer, then try again."
_USE_OWN = "Put a domain of your own account into NGROK_DOMAIN, or leave it empty."
_WAIT = "Wait until it starts anew, or choose a larger ngrok plan."

# Codes: ngrok's error reference, as collected in twilio.md §7 of the project's notes.
_BY_CODE: dict[str, tuple[str, str, str | None]] = {
    "4018": ("ngrok was given no token.", _ADD_TOKEN, _TOKEN_PAGE),
    "105": ("The ngrok token is not complete.", _ADD_TOKEN, _TOKEN_PAGE),
    "107": ("ngrok does not accept this token any more.", _ADD_TOKEN, _TOKEN_PAGE),
    "108": ("The ngrok account runs too many agents at once.", _END_OTHERS, None),
    "334": ("The ngrok address is in use by another agent.", _END_OTHERS, None),
    "313": ("The ngrok plan does not include this domain.", _USE_OWN, _DOMAIN_PAGE),
    "314": ("The ngrok plan does not include this domain.", _USE_OWN, _DOMAIN_PAGE),
    "320": ("This ngrok domain belongs to another account.", _USE_OWN, _DOMAIN_PAGE),
    "326": ("This ngrok domain has a character that is not allowed.", _USE_OWN, _DOMAIN_PAGE),
    "121": (_TOO_OLD.cause, _TOO_OLD.cure, None),
    "9040": ("ngrok refuses this internet address.", "Use another internet connection.", None),
    "725": ("This month's ngrok data volume is used up.", _WAIT, None),
    "726": ("This month's ngrok connections are used up.", _WAIT, None),
    "727": ("This month's ngrok requests are used up.", _WAIT, None),
    "734": ("ngrok's rate limit is reached.", "Wait a minute, then try again.", None),
}


def _by_code(code: str) -> Problem:
    page = f"https://ngrok.com/docs/errors/err_ngrok_{code}"
    cause, cure, link = _BY_CODE.get(
        code,
        (f"ngrok refused with its error {code}.", "Follow the link to see what it means.", page),
    )
    return Problem(f"ngrok.{code}", _UNREACHABLE, cause, cure, link or page)


def _unwritable(path: Path, error: OSError) -> Problem:
    return Problem(
        "ngrok.config",
        _UNREACHABLE,
        f"The file {path} could not be written ({error.strerror}).",
        "Make the folder writable, then try again.",
    )
