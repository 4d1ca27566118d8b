"""Sound devices of this computer, as an operator chooses among them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """One output or input.

    Attributes:
        id: names it again after it was unplugged: the system's sound interface and the name.
        name: what an operator reads.
        is_default: the system uses it where nothing is chosen.
    """

    id: str
    name: str
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class SoundDevices:
    """What is connected, in the system's order.

    Attributes:
        speakers: outputs.
        microphones: inputs.
    """

    speakers: tuple[SoundDevice, ...] = ()
    microphones: tuple[SoundDevice, ...] = ()
