"""A device that vanishes while a call is heard: another plays, or none, and it comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import numpy as np
import pytest
from sound_kit import tone

from callconsole.adapters.portaudio import PortAudioSpeaker, output
from callconsole.domain.events import ServiceChanged, ServiceState
from callconsole.engine import listening
from callconsole.engine.listening import Listening
from support.sound_server import SoundServer

CALL = "CA1"
HEADSET = "ALSA: headset"


class Ear:
    """Listening on a real speaker to a call that never pauses, with what it reported."""

    def __init__(self) -> None:
        self.speaker = PortAudioSpeaker()
        self.reports: asyncio.Queue[ServiceChanged] = asyncio.Queue()
        self.listening = Listening(self.speaker, self.reports.put_nowait)
        self._talking = asyncio.create_task(self._talk())

    async def _talk(self) -> None:
        wave = tone(440, 0.02) // 1000
        while True:
            self.listening.heard(CALL, wave, np.zeros_like(wave))
            await asyncio.sleep(0.02)

    async def told(self, state: ServiceState) -> ServiceChanged:
        """The next report, which has to be of this state."""
        async with asyncio.timeout(20):
            report = await self.reports.get()
        assert report.state is state, report
        return report

    async def close(self) -> None:
        self._talking.cancel()
        await asyncio.wait([self._talking])
        await self.listening.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "STALL_S", 1.0)
    monkeypatch.setattr(listening, "CHECK_S", 0.1)
    monkeypatch.setattr(listening, "RETRY_S", 0.3)
    monkeypatch.setattr(listening, "RETURN_S", 0.5)


@pytest.fixture
async def ear(pulse: SoundServer, hasty: None) -> AsyncIterator[Ear]:
    ear = Ear()
    ear.listening.focus(CALL)
    yield ear
    await ear.close()


@pytest.fixture
def headset(pulse: SoundServer) -> Iterator[SoundServer]:
    module = pulse.plug_in("headset")
    yield pulse
    pulse.unplug(module)


async def test_a_headset_that_stops_is_replaced_and_comes_back(
    headset: SoundServer, ear: Ear
) -> None:
    ear.listening.choose(HEADSET)
    ear.listening.listen(True)
    assert (await ear.told(ServiceState.READY)).detail == "headset"
    headset.control("suspend-sink", "headset", "1")
    assert "default, the chosen" in (await ear.told(ServiceState.READY)).detail
    assert ear.speaker.fallen_back
    headset.control("suspend-sink", "headset", "0")
    while (await ear.told(ServiceState.READY)).detail != "headset":
        pass
    assert ear.speaker.healthy
    assert not ear.speaker.fallen_back
    assert ear.listening.problem is None


async def test_with_no_device_left_it_says_so_and_goes_on_when_one_is_there(
    pulse: SoundServer, ear: Ear
) -> None:
    ear.listening.listen(True)
    await ear.told(ServiceState.READY)
    pulse.unplug_all()
    try:
        report = await ear.told(ServiceState.FAILED)
        assert report.problem == ear.listening.problem
        assert report.problem is not None
        assert ear.listening.on
    finally:
        pulse.plug_in_all()
    assert (await ear.told(ServiceState.READY)).problem is None
    assert ear.listening.problem is None
    assert ear.speaker.healthy


async def test_another_device_is_taken_while_a_call_is_heard(
    headset: SoundServer, ear: Ear
) -> None:
    ear.listening.listen(True)
    assert (await ear.told(ServiceState.READY)).detail == "default"
    ear.listening.choose(HEADSET)
    assert (await ear.told(ServiceState.READY)).detail == "headset"
    ear.listening.choose(None)
    assert (await ear.told(ServiceState.READY)).detail == "default"
