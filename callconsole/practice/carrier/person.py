"""A callee at work: plays the script, frame by frame, and reacts to what it really hears."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from callconsole.practice.callees import (
    AwaitSpeech,
    AwaitTurn,
    Callee,
    Press,
    Record,
    Say,
    Step,
    Wait,
)
from callconsole.practice.carrier.ear import Ear
from callconsole.practice.carrier.playout import (
    BYTES_PER_S,
    FRAME_BYTES,
    FRAME_MS,
    SILENT_FRAME,
)
from callconsole.practice.clips import Clip

# Shorter sounds are a click or the rest of a cut word, not a turn.
_LEAST_TURN_MS = 240
_KEY_GAP_MS = 300


class Person:
    """One callee during one call.

    Attributes:
        said: ids of the clips begun so far.
        message_left: True once speech was heard while a message was recorded.
    """

    def __init__(
        self, callee: Callee, clips: Mapping[str, Clip], on_key: Callable[[str], None]
    ) -> None:
        self.said: list[str] = []
        self.message_left = False
        self._clips = clips
        self._on_key = on_key
        self._ear = Ear()
        self._hung_up = False
        self._frames = self._play(callee.script)

    def frame(self, heard: bytes) -> bytes | None:
        """Hear 20 ms of the line and answer with 20 ms of mu-law; None hangs up."""
        self._ear.hear(heard)
        return next(self._frames, None)

    def _play(self, script: tuple[Step, ...]) -> Iterator[bytes]:
        for step in script:
            yield from self._perform(step)
            if self._hung_up:
                return

    def _perform(self, step: Step) -> Iterator[bytes]:
        match step:
            case Say():
                yield from self._say(step)
            case Wait():
                yield from _silence(round(step.seconds * 1000))
            case AwaitTurn():
                yield from self._await_turn(step)
            case AwaitSpeech():
                yield from self._await_speech(step)
            case Press():
                yield from self._press(step)
            case Record():
                yield from self._record(step)

    def _say(self, step: Say) -> Iterator[bytes]:
        self.said.append(step.clip)
        sound = self._clips[step.clip].mulaw
        for start in range(0, len(sound), FRAME_BYTES):
            yield sound[start : start + FRAME_BYTES].ljust(FRAME_BYTES, SILENT_FRAME[:1])

    def _await_turn(self, step: AwaitTurn) -> Iterator[bytes]:
        ear = self._ear
        ear.forget()
        waited_ms = 0
        while ear.speech_ms < _LEAST_TURN_MS or ear.quiet_ms < step.quiet_s * 1000:
            if ear.speech_ms < _LEAST_TURN_MS and waited_ms >= step.patience_s * 1000:
                self._hung_up = step.or_hang_up
                return
            waited_ms += FRAME_MS
            yield SILENT_FRAME

    def _await_speech(self, step: AwaitSpeech) -> Iterator[bytes]:
        self._ear.forget()
        waited_ms = 0
        while self._ear.run_ms < step.after_s * 1000:
            if not self._ear.run_ms and waited_ms >= step.patience_s * 1000:
                self._hung_up = True
                return
            waited_ms += FRAME_MS
            yield SILENT_FRAME

    def _press(self, step: Press) -> Iterator[bytes]:
        for digit in step.digits:
            self._on_key(digit)
            yield from _silence(_KEY_GAP_MS)

    def _record(self, step: Record) -> Iterator[bytes]:
        self._ear.forget()
        for frame in _silence(round(step.limit_s * 1000)):
            self.message_left = self.message_left or self._ear.speech_ms >= _LEAST_TURN_MS
            yield frame


def _silence(length_ms: int) -> Iterator[bytes]:
    for _ in range(length_ms * BYTES_PER_S // 1000 // FRAME_BYTES):
        yield SILENT_FRAME
