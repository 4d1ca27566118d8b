"""The guide's step about sound: a tone to hear, and the microphone's level."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from PySide6.QtCore import QObject, Signal

from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.guide_step import GuideStep, GuideTools
from callconsole.viewmodels.listening import Listening

FLOOR_DBFS = -90.0
_IN_CALL = Problem(
    "guide.tone_in_call",
    "No tone is played into a call",
    "A call is in progress.",
    "Try again once it is over.",
)
_NOT_HEARD = Problem(
    "guide.not_heard",
    "The tone was not heard",
    "It was played, and you said that nothing was to be heard.",
    "Turn the loudness up, or choose another loudspeaker, then play it again.",
)


class SoundStep(GuideStep):
    """Nothing is saved here, and calls go on without sound: the step may be skipped.

    Signals:
        level_changed(float): what the microphone gives, dBFS.

    Attributes:
        played: name of the output that a tone was played on, or "".
        microphone_problem: why there is no level, or None.
    """

    level_changed = Signal(float)
    title = "Sound"
    line = "To listen in you need a loudspeaker, to take a call over a microphone."

    def __init__(
        self, tools: GuideTools, desk: Desk, listening: Listening, parent: QObject | None = None
    ) -> None:
        super().__init__(tools, parent)
        self._desk = desk
        self._listening = listening
        self._hearing: asyncio.Task[None] | None = None
        self.played = ""
        self.microphone_problem: Problem | None = None
        listening.devices_changed.connect(self._on_devices)

    @property
    def lacks(self) -> str:
        """Nothing has to be entered."""
        return ""

    @property
    def asks(self) -> bool:
        """True while only a person can say whether the tone was heard."""
        return bool(self.played) and not self.done and not self.checking and self.problem is None

    @property
    def button(self) -> tuple[str, bool]:
        """Plays the tone."""
        if self.done:
            return "Continue", True
        return ("Playing…", False) if self.checking else ("Play a tone", True)

    def enter(self) -> None:
        """Show the microphone's level; no tone without being asked."""
        self._listening.look_for_devices()
        self._hear()
        self.changed.emit()

    def leave(self) -> None:
        """Let the microphone go."""
        task, self._hearing = self._hearing, None
        if task is not None:
            task.cancel()

    def say_heard(self, heard: bool) -> None:
        """The operator heard the tone, or did not."""
        if self.asks:
            self._passed = heard
            self.problem = None if heard else _NOT_HEARD
            self.found = f"You heard {self.played}." if heard else ""
            self.changed.emit()

    @property
    def done(self) -> bool:
        """The tone was heard, by a microphone or by a person."""
        return self._passed and bool(self.found)

    async def _look(self) -> None:
        if self._desk.live_calls():
            raise ProblemError(_IN_CALL)
        self.played = ""
        speaker, microphone = self._listening.speaker, self._listening.microphone
        tone = await self._in_time(self._tools.probes.tone(speaker, microphone))
        self.played = tone.speaker
        if tone.microphone is not None:
            self.found = f"Played on {tone.speaker}, and heard by {tone.microphone}."

    def _hear(self) -> None:
        self.leave()
        self._hearing = tasks.start(self._listen(), name="guide: microphone")

    async def _listen(self) -> None:
        self.microphone_problem = None
        levels = self._tools.probes.levels(self._listening.microphone)
        try:
            async with aclosing(levels):
                async for level in levels:
                    self.level_changed.emit(level)
        except ProblemError as error:
            self.microphone_problem = error.problem
            self.level_changed.emit(FLOOR_DBFS)
            self.changed.emit()

    def _on_devices(self) -> None:
        if self._hearing is not None:
            self._hear()
        if self.played:
            self.played = ""
            self._forget()

    async def finish(self) -> None:
        """Let everything go, and wait until it has."""
        task, self._hearing = self._hearing, None
        await tasks.stop(task)
        await super().finish()

    def close(self) -> None:
        """Let everything go."""
        self.leave()
        super().close()
