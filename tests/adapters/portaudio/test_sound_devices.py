"""Which devices can be chosen, and what plays where the chosen one is not there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from sound_kit import amplitude, play_live, sounding, tone

from callconsole.adapters.portaudio import PortAudioMicrophone, PortAudioSpeaker, devices
from callconsole.domain.sound import SoundDevice
from support.capture import Capture
from support.sound_server import SoundServer

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
    capture, elsewhere = Capture(headset, "headset"), Capture(headset)
    assert speaker.start() == "headset"
    assert not speaker.fallen_back
    wave = tone(440, 1.0)
    async with capture.running(), elsewhere.running():
        await play_live(speaker, wave, wave)
    assert speaker.healthy
    assert amplitude(sounding(capture.frames())[:, 0]) > 0.4
    assert not elsewhere.frames().any()


async def test_where_the_chosen_device_is_missing_the_default_one_plays(
    pulse: SoundServer, speaker: PortAudioSpeaker
) -> None:
    speaker.choose(HEADSET)
    capture = Capture(pulse)
    assert speaker.start() == "default"
    assert speaker.fallen_back
    wave = tone(440, 0.6)
    async with capture.running():
        await play_live(speaker, wave, np.zeros_like(wave))
    assert amplitude(sounding(capture.frames())[:, 0]) > 0.4
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
