"""What a callee on the practice line can do, one step of its script each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a clip."""

    clip: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Stay silent for a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class AwaitTurn:
    """Listen until the other side has spoken and then been quiet for `quiet_s`.

    Where nothing is heard for `patience_s`, go on with the script, or hang up at once with
    `or_hang_up`.
    """

    quiet_s: float = 0.7
    patience_s: float = 20.0
    or_hang_up: bool = True


@dataclass(frozen=True, slots=True)
class AwaitSpeech:
    """Listen until the other side has been speaking for `after_s` in one go: then cut in."""

    after_s: float
    patience_s: float = 20.0


@dataclass(frozen=True, slots=True)
class AwaitKeys:
    """Ask for keys and listen for their tones; speech is no answer to a machine.

    Both clips are broken off by the first tone. A wrong key, or `patience_s` without any, has
    `again` said once; after that the callee hangs up.

    Attributes:
        prompt: the clip that asks.
        again: the clip that asks a second time.
        keys: what has to be pressed, in order.
        patience_s: silence after a clip.
    """

    prompt: str
    again: str
    keys: str
    patience_s: float = 6.0


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys."""

    digits: str


@dataclass(frozen=True, slots=True)
class Tone:
    """Sound a pure tone, as fax machines do."""

    frequency_hz: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Noise:
    """Say nothing where it is not quiet: pink noise with an RMS level in dB of full scale."""

    seconds: float
    level_dbfs: float = -46.0


@dataclass(frozen=True, slots=True)
class Record:
    """Record a message for at most `limit_s`."""

    limit_s: float = 30.0


Step = Say | Wait | AwaitTurn | AwaitSpeech | AwaitKeys | Press | Record | Tone | Noise
