"""Writes down what the operator says to the callee: another session with the model hears it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

import numpy as np

from callconsole.audio.resample import Upsampler
from callconsole.domain.abilities import Abilities
from callconsole.domain.costs import Tokens
from callconsole.domain.problems import ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.engine import tasks
from callconsole.engine.conversation import joined
from callconsole.engine.ports import (
    Agent,
    AgentBrief,
    AgentSession,
    AgentWords,
    Pcm16,
)
from callconsole.engine.usage import TokenMeter

logger = logging.getLogger(__name__)

BRIEF = AgentBrief(
    Prompt(
        "operator_scribe",
        "You hear one side of a telephone call: a colleague of yours, who talks to somebody whom "
        "you do not hear. Nothing of it is meant for you, and nobody hears you. Only listen. "
        "Do not speak, whatever is said or asked.",
        Abilities(allowed=frozenset()),
    )
)
# Words that come later than this after the hand-back are not waited for.
LATE_S = 2.0
# The model tells the end of a sentence by the silence behind it.
HUSH_MS = 1000
# Sound that waits for the session to open; sent faster than it was spoken, but not all at once,
# because a session keeps only so much that it cannot send.
KEPT_S = 8
PACE_S = 0.1
BURST_FRAMES = 50
# A session that hears nothing, because the operator is muted or away, is closed until it would.
IDLE_S = 20.0
_FRAMES_PER_S = 50
_FRAME = 160


class Dictation:
    """The words of one take-over.

    Opens its session by itself, at the beginning and again after a long pause. Whatever goes wrong
    there is logged once, and no more words come.

    Attributes:
        said: all words so far.
    """

    def __init__(
        self,
        agents: Agent,
        meters: list[TokenMeter],
        grown: Callable[[str], None],
        used: Callable[[], None],
    ) -> None:
        """Open a session in the background.

        Args:
            agents: where sessions come from.
            meters: is given the meter of each session.
            grown: is given all words so far, whenever there are more.
            used: called whenever one of the meters has changed.
        """
        self.said = ""
        self._meters = meters
        self._agents = agents
        self._grown = grown
        self._used = used
        self._apart = False
        self._up = Upsampler()
        self._kept: deque[Pcm16] = deque(maxlen=KEPT_S * _FRAMES_PER_S)
        self._filled = asyncio.Event()
        self._broken = self._ended = False
        self._running: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._start()

    def hear(self, frame: Pcm16) -> None:
        """20 ms of the operator, int16, 8000 Hz; never waits."""
        if self._broken or self._ended:
            return
        self._keep(frame)
        self._start()

    def hush(self) -> None:
        """The operator is not heard any more, perhaps in the middle of a word."""
        if not self._broken:
            for _ in range(HUSH_MS * _FRAMES_PER_S // 1000):
                self._keep(np.zeros(_FRAME, np.int16))

    def end(self, after: Callable[[str], None]) -> None:
        """Hear nothing more; `after` is given what words came late, "" for none."""
        if not self._ended:
            self.hush()
            self._ended = True
            self._ending = tasks.start(self._wind_up(after), name="operator's last words")

    async def close(self) -> None:
        """Stop at once."""
        self._ended = True
        await tasks.stop(self._ending)
        await tasks.stop(self._running)

    def _keep(self, frame: Pcm16) -> None:
        self._kept.append(self._up.process(frame))
        self._filled.set()

    def _start(self) -> None:
        if self._running is None or self._running.done():
            self._running = tasks.start(self._run(), name="operator's words")

    async def _wind_up(self, after: Callable[[str], None]) -> None:
        known = len(self.said)
        if self._running is not None:
            await asyncio.wait([self._running], timeout=LATE_S)
        await tasks.stop(self._running)
        if not self.said and not self._broken:
            logger.info("no words of the operator were heard")
        after(self.said[known:].strip())

    async def _run(self) -> None:
        try:
            await self._listen(await self._agents.open(BRIEF))
        except Exception as error:
            # Whatever it is, the call goes on as it would without; never the error's text.
            self._broken = True
            self._kept.clear()
            code = error.problem.code if isinstance(error, ProblemError) else type(error).__name__
            logger.warning("the operator's words are not written down: %s", code)

    async def _listen(self, session: AgentSession) -> None:
        meter = TokenMeter()
        self._meters.append(meter)
        self._apart = bool(self.said)
        feeding = tasks.start(self._feed(session), name="operator's voice")
        try:
            # Of all that the model says and does, only what it heard counts, and the tokens.
            async for event in session.events():
                if meter.take(event):
                    self._used()
                if isinstance(event, AgentWords) and event.by_caller:
                    self._write(event)
        finally:
            await tasks.stop(feeding)
            await session.close()

    async def _feed(self, session: AgentSession) -> None:
        """Send what was kept and what comes, until nothing has come for long."""
        while await self._something():
            burst = [self._kept.popleft() for _ in range(min(BURST_FRAMES, len(self._kept)))]
            session.send_audio(np.concatenate(burst))
            if not self._kept:
                self._filled.clear()
            await asyncio.sleep(PACE_S)
        await session.close()

    async def _something(self) -> bool:
        try:
            async with asyncio.timeout(IDLE_S):
                await self._filled.wait()
        except TimeoutError:
            return False
        return True

    def _write(self, words: AgentWords) -> None:
        text, apart = words.text, self._apart and not words.text[:1].isspace()
        self._apart = words.final or (self._apart and not text)
        if text:
            self.said = joined(self.said, f" {text}" if apart else text).lstrip()
        if text.strip():
            self._grown(self.said.rstrip())


class OperatorScribe:
    """All that the operator says in one call, one take-over after another."""

    def __init__(self, agents: Agent | None, used: Callable[[Tokens], None]) -> None:
        """Do nothing yet.

        Args:
            agents: where sessions come from; None: nothing is written down.
            used: is given what all of them have used, whenever that has changed.
        """
        self._agents = agents
        self._used = used
        self._present: Dictation | None = None
        self._open: list[Dictation] = []
        self._meters: list[TokenMeter] = []

    def begin(self, grown: Callable[[str], None]) -> None:
        """The operator takes over; `grown` is given all their words, whenever there are more."""
        if self._agents is not None:
            self._present = Dictation(self._agents, self._meters, grown, self._count)
            self._open.append(self._present)

    def hear(self, frame: Pcm16) -> None:
        """20 ms of the operator, int16, 8000 Hz."""
        if self._present is not None:
            self._present.hear(frame)

    def hush(self) -> None:
        """The operator is muted."""
        if self._present is not None:
            self._present.hush()

    def end(self, after: Callable[[str], None]) -> None:
        """The operator hands back; `after` is given the words that come late, where some do."""
        present, self._present = self._present, None
        if present is None:
            return

        def ended(late: str) -> None:
            self._open.remove(present)
            if late:
                after(late)

        present.end(ended)

    async def close(self) -> None:
        """The call is over: close what is open."""
        self._present = None
        await asyncio.gather(*(dictation.close() for dictation in self._open))
        self._open.clear()

    def _count(self) -> None:
        self._used(sum((meter.tokens for meter in self._meters), Tokens()))
