"""One ngrok agent process, started and asked through pyngrok."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from callconsole.adapters.tunnel.problems import (
    CODE,
    NOT_STARTED,
    SILENT,
    TOO_OLD,
    UNREADABLE,
    by_code,
)
from callconsole.domain.problems import Problem, ProblemError

if TYPE_CHECKING:
    from pyngrok.conf import PyngrokConfig

_environment_lock = threading.Lock()


class AgentProcess:
    """One agent process behind pyngrok, which blocks: `connect` and `end` run in a thread.

    pyngrok keeps processes by the path of the program; `kill` goes past it because its lock is
    held for as long as an agent is starting.
    """

    def __init__(self, ngrok_path: Path, config_path: Path, start_limit_s: float) -> None:
        self._path = str(ngrok_path)
        self._config_path = config_path
        self._start_limit_s = start_limit_s
        self._process: Any = None
        self._codes: list[str] = []
        self._session_seen = False

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
            return _https(tunnel.public_url)
        except (exception.PyngrokError, OSError, ValueError) as error:
            self._read_last_words()
            problem = self._problem(error)
        except (TypeError, AttributeError, LookupError):
            # pyngrok takes whatever JSON it is given for an endpoint.
            problem = UNREADABLE
        self.end()
        raise ProblemError(problem)

    @property
    def pid(self) -> int | None:
        """The process, or None where there is none."""
        return None if self._process is None else int(self._process.proc.pid)

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
            return by_code(self._codes[0])
        return TOO_OLD if self._session_seen else SILENT

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
            startup_timeout=max(1, int(self._start_limit_s)),
        )
        config.auth_token = None  # pyngrok would put it on the command line
        return config

    def _on_line(self, line: Any) -> None:
        """Take in a line of the agent, in pyngrok's thread, which forgets a failed process."""
        self._process = self._process or self._known()
        self._take_in(line.line)

    def _take_in(self, line: str) -> None:
        self._codes += CODE.findall(line)
        del self._codes[8:]
        self._session_seen |= "client session established" in line

    def _read_last_words(self) -> None:
        """Read what an agent that ended in the middle of its start said last.

        pyngrok stops to read once the process has ended, however much is left in the pipe; on a
        busy computer that is the line which says why.
        """
        process = self._process
        if process is None or process._monitor_thread is not None or self.alive():
            return
        with contextlib.suppress(OSError, ValueError):
            for line in process.proc.stdout:
                self._take_in(line)

    def _problem(self, error: Exception) -> Problem:
        texts = (str(error), getattr(error, "body", ""), getattr(error, "ngrok_error", "") or "")
        codes = self._codes or CODE.findall(" ".join(texts))
        if codes:
            return by_code(codes[0])
        if getattr(error, "status_code", None) == 404:
            return TOO_OLD
        return NOT_STARTED


def _https(url: str | None) -> str:
    """An address that Twilio would take, without a slash at its end. Raises TypeError."""
    if url is None or not url.startswith("https://"):
        raise TypeError("no https address")
    return url.rstrip("/")


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
