"""A callee at work: plays the script, frame by frame, and reacts to what it really hears."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto
from itertools import chain

from callconsole.practice.callees import Callee
from callconsole.practice.carrier import tones
from callconsole.practice.carrier.ear import Ear
from callconsole.practice.carrier.key_ear import KeyEar
from callconsole.practice.carrier.playout import (
    BYTES_PER_S,
    FRAME_BYTES,
    FRAME_MS,
    SILENT_FRAME,
)
from callconsole.practice.clips import Clip
from callconsole.practice.steps import (
    AwaitKeys,
    AwaitSpeech,
    AwaitTurn,
    Noise,
    Press,
    Record,
    Say,
    Step,
    Tone,
    Wait,
)

# Shorter sounds are a click or the rest of a cut word, not a turn.
_LEAST_TURN_MS = 240
_KEY_GAP_MS = 300
_BETWEEN_KEYS_HEARD_MS = 3000


class Sound(Enum):
    """What is played to a callee, which decides what the callee makes of it."""

    SPEECH = auto()
    KEYS = auto()
    """The company's own key tones. The same tones within a stream's audio are speech: Twilio does
    not pass them on as keys."""
    RINGING = auto()
    """The other telephone rings: somebody will speak later."""


class Person:
    """One callee during one call.

    Attributes:
        said: ids of the clips begun so far.
        keys_heard: every key whose tones were heard so far.
        message_left: True once speech was heard while a message was recorded.
    """

    def __init__(
        self, callee: Callee, clips: Mapping[str, Clip], on_key: Callable[[str], None]
    ) -> None:
        self.said: list[str] = []
        self.keys_heard = ""
        self.message_left = False
        self._clips = clips
        self._on_key = on_key
        self._ear = Ear()
        self._key_ear = KeyEar()
        self._hung_up = False
        self._frames = self._play(callee.script)

    def frame(self, heard: bytes, sound: Sound = Sound.SPEECH) -> bytes | None:
        """Hear 20 ms of the line and answer with 20 ms of mu-law; None hangs up."""
        self._ear.hear(heard if sound is Sound.SPEECH else SILENT_FRAME)
        self.keys_heard += self._key_ear.hear(heard if sound is Sound.KEYS else SILENT_FRAME) or ""
        return next(self._frames, None)

    def _play(self, script: tuple[Step, ...]) -> Iterator[bytes]:
        for step in script:
            yield from self._perform(step)
            if self._hung_up:
                return

    def _perform(self, step: Step) -> Iterator[bytes]:
        match step:
            case Say(clip):
                return self._say(clip)
            case Wait(seconds):
                return _silence(round(seconds * 1000))
            case AwaitTurn():
                return self._await_turn(step)
            case AwaitSpeech():
                return self._await_speech(step)
            case AwaitKeys():
                return self._await_keys(step)
            case Press():
                return self._press(step)
            case Record():
                return self._record(step)
            case Tone(frequency_hz, seconds):
                return _frames(tones.tone(frequency_hz, round(seconds * 1000)))
            case Noise():
                return _noise(step)

    def _say(self, clip: str) -> Iterator[bytes]:
        self.said.append(clip)
        yield from _frames(self._clips[clip].mulaw)

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

    def _await_keys(self, step: AwaitKeys) -> Iterator[bytes]:
        patience_ms = round(step.patience_s * 1000)
        for clip in (step.prompt, step.again):
            before = len(self.keys_heard)
            for frame in chain(self._say(clip), _silence(patience_ms)):
                if len(self.keys_heard) > before:
                    break
                yield frame
            yield from self._await_rest(step.keys, before)
            if self.keys_heard[before:] == step.keys:
                return
        self._hung_up = True

    def _await_rest(self, keys: str, before: int) -> Iterator[bytes]:
        """Listen on while what was pressed is the beginning of what is wanted."""
        pressed, waited_ms = self.keys_heard[before:], 0
        while pressed and pressed != keys and keys.startswith(pressed):
            yield SILENT_FRAME
            waited_ms += FRAME_MS
            if self.keys_heard[before:] != pressed:
                pressed, waited_ms = self.keys_heard[before:], 0
            elif waited_ms >= _BETWEEN_KEYS_HEARD_MS:
                return

    def _press(self, step: Press) -> Iterator[bytes]:
        for digit in step.digits:
            self._on_key(digit)
            yield from _silence(_KEY_GAP_MS)

    def _record(self, step: Record) -> Iterator[bytes]:
        self._ear.forget()
        for frame in _silence(round(step.limit_s * 1000)):
            self.message_left = self.message_left or self._ear.speech_ms >= _LEAST_TURN_MS
            yield frame


def _frames(sound: bytes) -> Iterator[bytes]:
    for start in range(0, len(sound), FRAME_BYTES):
        yield sound[start : start + FRAME_BYTES].ljust(FRAME_BYTES, SILENT_FRAME[:1])


def _noise(step: Noise) -> Iterator[bytes]:
    frames = list(_frames(tones.noise(step.level_dbfs)))
    for number in range(round(step.seconds * 1000) // FRAME_MS):
        yield frames[number % len(frames)]


def _silence(length_ms: int) -> Iterator[bytes]:
    for _ in range(length_ms * BYTES_PER_S // 1000 // FRAME_BYTES):
        yield SILENT_FRAME
