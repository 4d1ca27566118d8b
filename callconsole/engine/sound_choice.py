"""Which sound devices an operator can choose from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from callconsole.domain.problems import ProblemError
from callconsole.domain.sound import SoundDevice, SoundDevices
from callconsole.engine.ports import Microphone, Speaker


class SoundChoice:
    """Lists the devices of both kinds, and hands on which microphone was chosen."""

    def __init__(self, speaker: Speaker | None, microphone: Microphone | None) -> None:
        self._speaker = speaker
        self._microphone = microphone

    def choose_microphone(self, device: str | None) -> None:
        """Speak through this `SoundDevice.id`, None: the default, from the next time on."""
        if self._microphone is not None:
            self._microphone.choose(device)

    async def devices(self) -> SoundDevices:
        """What can be chosen: nothing where sound does not work, which listening explains."""
        return await asyncio.to_thread(self._look)

    def _look(self) -> SoundDevices:
        return SoundDevices(
            speakers=_of(self._speaker.devices) if self._speaker is not None else (),
            microphones=_of(self._microphone.devices) if self._microphone is not None else (),
        )


def _of(devices: Callable[[], list[SoundDevice]]) -> tuple[SoundDevice, ...]:
    try:
        return tuple(devices())
    except ProblemError:
        return ()
