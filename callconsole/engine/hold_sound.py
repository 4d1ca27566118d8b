"""What a callee on hold hears: two soft notes now and then, which say that the line is alive."""

from __future__ import annotations

import asyncio
from functools import cache

import numpy as np

from callconsole.audio import mulaw
from callconsole.engine import tasks
from callconsole.engine.agent_voice import AgentVoice

EVERY_S = 4.0
_RATE_HZ = 8000
_NOTES_HZ = (523.25, 659.25)
_NOTE_S = 0.45
# Quiet enough to talk over, loud enough to be noticed.
_PEAK = 2600


class HoldSound:
    """Plays for as long as it is on; nothing of it is left once it is off."""

    def __init__(self, voice: AgentVoice) -> None:
        self._voice = voice
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, if it does not play already."""
        if self._task is None:
            self._task = tasks.start(self._play(), name="hold sound")

    def stop(self) -> None:
        """Fall silent at once."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            self._voice.fall_silent()

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            self._voice.playout.feed(_bars())
            self._voice.playout.finish()
            due_s += EVERY_S
            await asyncio.sleep(max(0.0, due_s - loop.time()))


@cache
def _bars() -> bytes:
    """One round, μ-law, `EVERY_S` long, whole frames."""
    time_s = np.arange(int(_NOTE_S * _RATE_HZ)) / _RATE_HZ
    fade = np.minimum(1, np.minimum(time_s, _NOTE_S - time_s) / 0.08)
    notes = [np.sin(2 * np.pi * hertz * time_s) * fade * _PEAK for hertz in _NOTES_HZ]
    sound = np.zeros(int(EVERY_S * _RATE_HZ))
    for index, note in enumerate(notes):
        begin = int(index * _NOTE_S * 0.8 * _RATE_HZ)
        sound[begin : begin + len(note)] += note
    return mulaw.encode(np.rint(sound).astype(np.int16))
