"""A tunnel by an ngrok agent that we run, watch, and start again when it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from callconsole.adapters.tunnel import agent_config, orphan, program
from callconsole.adapters.tunnel.agent import AgentProcess
from callconsole.adapters.tunnel.download import Download, Progress, size_told
from callconsole.adapters.tunnel.problems import LOST, program_missing
from callconsole.domain.problems import Problem, ProblemError

log = logging.getLogger(__name__)

START_LIMIT_S = 25.0
WATCH_INTERVAL_S = 1.0
RETRY_S = (1.0, 2.0, 5.0, 10.0, 30.0)


class NgrokTunnel:
    """Runs one ngrok agent with one endpoint, and starts it again if it dies.

    The token is passed in a file of mode 0600, never on a command line, where `ps` shows it. The
    agent's own words are dropped, because some of its error texts repeat the token.

    Args:
        authtoken: the account's token.
        domain: fixed domain without scheme, or None for the account's own.
        folder: where the agent's configuration is written, and the program that is downloaded.
        ngrok_path: an agent to use; None looks on PATH, and then in `folder`.
        start_limit_s: seconds that the agent may take to come up.

    Attributes:
        on_lost: told of the agent's death, and of each start that fails after it.
        on_restored: told the address when it is back.
    """

    def __init__(
        self,
        authtoken: SecretStr,
        domain: str | None,
        folder: Path,
        ngrok_path: Path | None = None,
        *,
        start_limit_s: float = START_LIMIT_S,
    ) -> None:
        self._authtoken = authtoken
        self._url = f"https://{domain.removeprefix('https://').rstrip('/')}" if domain else None
        self._folder = folder
        self._config_path = folder / "ngrok.yml"
        self._ngrok_path = ngrok_path
        self._start_limit_s = start_limit_s
        self._agent: AgentProcess | None = None
        self._watcher: asyncio.Task[None] | None = None
        self.on_lost: Callable[[Problem], None] | None = None
        self.on_restored: Callable[[str], None] | None = None

    async def open(self, local_port: int) -> str:
        """Start the agent and return the public https address.

        A former agent of ours is closed first, so that a changed token takes effect.

        Raises:
            ProblemError: ``ngrok.program_missing`` where `download` has to come first, or why
                the agent does not come up.
        """
        await self.close()
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

    async def download(self, on_progress: Callable[[Progress], None]) -> None:
        """Fetch the program; cancelling stops it and leaves nothing. Raises `ProblemError`."""
        await Download(self._folder).run(on_progress)

    # The agent's life ------------------------------------------------------------------------

    async def _start(self, local_port: int, url: str | None) -> str:
        path = await asyncio.to_thread(program.find, self._ngrok_path, self._folder)
        if path is None:
            raise ProblemError(program_missing(await size_told()))
        await asyncio.to_thread(orphan.end, self._folder, self._config_path)
        await asyncio.to_thread(agent_config.write, self._config_path, self._authtoken)
        agent = AgentProcess(path, self._config_path, self._start_limit_s)
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
        await asyncio.to_thread(orphan.remember, self._folder, agent.pid)
        return address

    async def _stop(self) -> None:
        agent, self._agent = self._agent, None
        if agent is not None:
            await asyncio.to_thread(agent.end)
            await asyncio.to_thread(orphan.forget, self._folder)

    async def _watch(self, local_port: int, url: str) -> None:
        """Wait for the agent's death, tell of it, and bring the same address back."""
        while True:
            await asyncio.sleep(WATCH_INTERVAL_S)
            if self._agent is not None and self._agent.alive():
                continue
            log.warning("the ngrok agent ended by itself")
            # Told first: ending what is left of it may take a moment.
            self._tell_lost(LOST)
            await self._stop()
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


async def _give_up(agent: AgentProcess, work: asyncio.Future[str]) -> None:
    """End an agent that is still starting; its thread waits for a line that never comes."""
    while not work.done():
        agent.kill()
        await asyncio.wait({work}, timeout=0.1)
    if not work.cancelled():
        work.exception()
    await asyncio.to_thread(agent.end)
