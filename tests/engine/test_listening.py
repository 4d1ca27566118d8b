"""Listening in: devices that are chosen, that fail, that vanish and that come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest

from callconsole.domain.events import ServiceChanged, ServiceState
from callconsole.domain.problems import Problem
from callconsole.domain.sound import SoundDevice, SoundDevices
from callconsole.engine import listening
from callconsole.engine.listening import Listening
from callconsole.engine.sound_choice import SoundChoice
from fakes.engine import FakeMicrophone, FakeSpeaker

pytestmark = pytest.mark.virtual_time

CALL = "CA1"
NONE = Problem("sound.no_device", "No sound device", "None found.", "Plug one in.")
HEADSET = SoundDevice("fake: usb", "USB headset")
QUIET, LOUD = np.zeros(160, np.int16), np.full(160, 8000, np.int16)


class Ear:
    """Listening on a fake speaker, with what it reported."""

    def __init__(self) -> None:
        self.speaker = FakeSpeaker()
        self.reports: list[ServiceChanged] = []
        self._reported = asyncio.Event()
        self.listening = Listening(self.speaker, self._keep)

    def _keep(self, change: ServiceChanged) -> None:
        self.reports.append(change)
        self._reported.set()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not true():
                self._reported.clear()
                await self._reported.wait()

    @property
    def last(self) -> ServiceChanged:
        return self.reports[-1]


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    ear = Ear()
    yield ear
    await ear.listening.close()
    assert not ear.speaker.playing


async def playing(ear: Ear) -> None:
    ear.listening.focus(CALL)
    ear.listening.listen(True)
    await ear.until(lambda: bool(ear.reports))


async def test_only_the_focused_call_is_heard(ear: Ear) -> None:
    await playing(ear)
    ear.listening.heard("CA2", LOUD, LOUD)
    ear.listening.heard(CALL, LOUD, QUIET)
    assert len(ear.speaker.played) == 1


async def test_it_pauses_without_letting_the_device_go(ear: Ear) -> None:
    await playing(ear)
    ear.listening.pause(True)
    ear.listening.pause(True)
    ear.listening.heard(CALL, LOUD, LOUD)
    assert (ear.speaker.played, ear.speaker.flushed, ear.speaker.playing) == ([], 1, True)
    ear.listening.pause(False)
    ear.listening.heard(CALL, LOUD, QUIET)
    assert (len(ear.speaker.played), ear.speaker.starts) == (1, 1)


async def test_volume_and_balance_reach_the_speaker(ear: Ear) -> None:
    ear.listening.set_volume(0.3)
    ear.listening.set_balance(-0.5)
    assert (ear.speaker.volume, ear.speaker.balance) == (0.3, -0.5)


async def test_a_choice_during_a_call_opens_that_device(ear: Ear) -> None:
    ear.speaker.connected.append(HEADSET)
    await playing(ear)
    ear.listening.choose(HEADSET.id)
    await ear.until(lambda: ear.last.detail == HEADSET.name)
    assert ear.speaker.playing


async def test_a_choice_before_a_call_opens_nothing(ear: Ear) -> None:
    ear.listening.listen(True)
    ear.listening.choose(HEADSET.id)
    await asyncio.sleep(0)
    assert ear.speaker.starts == 0


async def test_a_device_that_vanished_is_opened_again(ear: Ear) -> None:
    await playing(ear)
    ear.speaker.healthy = False
    await ear.until(lambda: len(ear.reports) == 2)
    assert ear.last.state is ServiceState.READY
    assert ear.speaker.healthy


async def test_with_none_left_it_says_so_once_and_comes_back(ear: Ear) -> None:
    await playing(ear)
    ear.speaker.problem, ear.speaker.healthy = NONE, False
    await ear.until(lambda: ear.last.state is ServiceState.FAILED)
    tried = ear.speaker.starts
    assert ear.listening.problem == NONE
    ear.listening.heard(CALL, LOUD, LOUD)
    assert not ear.speaker.played
    await asyncio.sleep(5 * (listening.RETRY_S + listening.CHECK_S))
    assert ear.speaker.starts >= tried + 3
    assert [report.state for report in ear.reports] == [ServiceState.READY, ServiceState.FAILED]
    ear.speaker.problem = None
    await ear.until(lambda: ear.last.state is ServiceState.READY)
    assert ear.listening.problem is None
    ear.listening.heard(CALL, LOUD, LOUD)
    assert ear.speaker.played


async def test_the_chosen_device_is_taken_again_in_a_pause_only(ear: Ear) -> None:
    ear.speaker.choose(HEADSET.id)
    await playing(ear)
    assert "missing" in ear.last.detail
    ear.speaker.connected.append(HEADSET)
    started = ear.speaker.starts
    for _ in range(20):
        ear.listening.heard(CALL, QUIET, LOUD)
        await asyncio.sleep(listening.CHECK_S)
    talking = ear.speaker.starts - started
    await ear.until(lambda: ear.last.detail == HEADSET.name)
    assert talking <= 1, "one look may have begun before the first word"
    assert not ear.speaker.fallen_back


async def test_a_failure_at_the_first_call_is_tried_again_while_it_lasts(ear: Ear) -> None:
    ear.speaker.problem = NONE
    await playing(ear)
    assert ear.last.problem == NONE
    ear.speaker.problem = None
    await ear.until(lambda: ear.last.state is ServiceState.READY)


async def test_switched_off_it_does_not_try(ear: Ear) -> None:
    ear.speaker.problem = NONE
    await playing(ear)
    ear.listening.listen(False)
    tried = ear.speaker.starts
    await asyncio.sleep(5 * (listening.RETRY_S + listening.CHECK_S))
    assert ear.speaker.starts == tried
    assert not ear.listening.on


async def test_devices_of_both_kinds_are_listed() -> None:
    speaker, microphone = FakeSpeaker(), FakeMicrophone()
    choice = SoundChoice(speaker, microphone)
    choice.choose_microphone("fake: microphone")
    assert microphone.chosen == "fake: microphone"
    assert await choice.devices() == SoundDevices(
        (SoundDevice("fake: headset", "Fake headset", True),),
        (SoundDevice("fake: microphone", "Fake microphone", True),),
    )


async def test_without_sound_there_is_nothing_to_choose() -> None:
    choice = SoundChoice(None, None)
    choice.choose_microphone("any")
    assert await choice.devices() == SoundDevices()
