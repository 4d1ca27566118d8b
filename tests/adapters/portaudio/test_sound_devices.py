"""Which devices can be chosen, and what plays where the chosen one is not there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sound_kit import Heard, heard_live

from callconsole.adapters.portaudio import PortAudioMicrophone, PortAudioSpeaker, devices
from callconsole.domain.sound import SoundDevice
from support.capture import Capture
from support.sound_server import SoundServer

# A real device does not wait while the machine stalls.
pytestmark = pytest.mark.real_time

HEADSET = "ALSA: headset"


@pytest.fixture
def headset(pulse: SoundServer) -> Iterator[SoundServer]:
    module = pulse.plug_in("headset")
    yield pulse
    pulse.unplug(module)


@pytest.fixture
def speaker(pulse: SoundServer) -> Iterator[PortAudioSpeaker]:
    output = PortAudioSpeaker()
    yield output
    output.stop()


def test_what_is_connected_is_listed(headset: SoundServer) -> None:
    outputs, inputs = PortAudioSpeaker().devices(), PortAudioMicrophone().devices()
    assert SoundDevice(HEADSET, "headset") in outputs
    assert SoundDevice("ALSA: desk_mic", "desk_mic") in inputs
    for found in (outputs, inputs):
        assert [device.name for device in found if device.is_default] == ["default"]
        assert len({device.id for device in found}) == len(found)


async def test_the_chosen_device_plays(headset: SoundServer, speaker: PortAudioSpeaker) -> None:
    speaker.choose(HEADSET)
    elsewhere = Capture(headset)
    assert speaker.start() == "headset"
    assert not speaker.fallen_back
    async with elsewhere.running(), Heard().listening(headset, "headset") as heard:
        await heard_live(speaker, heard)
    assert speaker.healthy
    assert not elsewhere.frames().any()


async def test_where_the_chosen_device_is_missing_the_default_one_plays(
    pulse: SoundServer, speaker: PortAudioSpeaker
) -> None:
    speaker.choose(HEADSET)
    assert speaker.start() == "default"
    assert speaker.fallen_back
    async with Heard().listening(pulse) as heard:
        await heard_live(speaker, heard)
    speaker.choose(None)
    speaker.start()
    assert not speaker.fallen_back


def test_an_unknown_device_is_the_default_one(pulse: SoundServer) -> None:
    assert devices.find("output", "Some host: a headset of long ago").name == "default"


def test_an_open_stream_is_not_cut_by_a_look_at_the_list(
    pulse: SoundServer, speaker: PortAudioSpeaker
) -> None:
    speaker.start()
    assert speaker.devices()
    assert speaker.healthy
