"""Sound output: what a sound card by clockwork is given to play, and a real daemon too."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sound_kit import (
    FAR,
    NEAR,
    RATE_HZ,
    Heard,
    amplitude,
    heard_live,
    largest_step,
    play_live,
    share_of_tone,
    sounding,
    tone,
)

from callconsole.adapters import portaudio
from callconsole.adapters.portaudio import PortAudioSpeaker, probe
from callconsole.adapters.portaudio.output import Output
from callconsole.domain.problems import ProblemError
from support.sound_card import SoundCard
from support.sound_server import SoundServer

clockwork = pytest.mark.virtual_time


@pytest.fixture
async def card(pulse: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundCard:
    return SoundCard(monkeypatch)


@pytest.fixture
def speaker(pulse: SoundServer) -> Iterator[PortAudioSpeaker]:
    output = PortAudioSpeaker()
    yield output
    output.stop()


@clockwork
async def test_a_tone_comes_out_whole_and_in_its_place(
    speaker: PortAudioSpeaker, card: SoundCard
) -> None:
    name = speaker.start()
    caller = tone(440, 2.0)
    await play_live(speaker, caller, np.zeros_like(caller))
    heard = sounding(card.played)
    assert name
    assert speaker.underruns == 0
    assert len(heard) == pytest.approx(2 * RATE_HZ, abs=0.03 * RATE_HZ)
    middle = heard[RATE_HZ // 2 : -RATE_HZ // 2]
    assert amplitude(middle[:, 0]) == pytest.approx(0.5 * NEAR, rel=0.02)
    assert amplitude(middle[:, 1]) == pytest.approx(0.5 * FAR, rel=0.02)
    assert share_of_tone(middle[:, 0], 440) > 0.9999
    steepest = 0.5 * NEAR * 2 * np.pi * 440 / RATE_HZ
    assert largest_step(heard[:, 0]) < 1.05 * steepest


@pytest.mark.real_time
async def test_a_call_is_heard_on_a_real_device(
    pulse: SoundServer, speaker: PortAudioSpeaker
) -> None:
    speaker.start()
    async with Heard().listening(pulse) as heard:
        await heard_live(speaker, heard)
    assert speaker.healthy


@clockwork
async def test_caller_left_and_agent_right(speaker: PortAudioSpeaker, card: SoundCard) -> None:
    speaker.start()
    await play_live(speaker, tone(440, 1.2, 0.4), tone(1000, 1.2, 0.4))
    middle = sounding(card.played)[RATE_HZ // 10 :][:RATE_HZ]
    left, right = share_of_tone(middle[:, 0], 440), share_of_tone(middle[:, 1], 1000)
    assert left == pytest.approx(NEAR**2, abs=0.01)
    assert right == pytest.approx(NEAR**2, abs=0.01)


@clockwork
async def test_the_volume_changes_smoothly(speaker: PortAudioSpeaker, card: SoundCard) -> None:
    speaker.start()
    silence = np.zeros(8000, np.int16)
    playing = asyncio.create_task(play_live(speaker, tone(440, 2.0), np.tile(silence, 2)))
    await asyncio.sleep(1.0)
    speaker.set_volume(0.25)
    await playing
    heard = sounding(card.played)[:, 0]
    before, after = heard[RATE_HZ // 5 : RATE_HZ // 2], heard[-RATE_HZ // 2 : -RATE_HZ // 5]
    assert amplitude(before) == pytest.approx(0.5 * NEAR, rel=0.02)
    assert amplitude(after) == pytest.approx(0.125 * NEAR, rel=0.02)
    assert largest_step(heard) < 1.05 * 0.5 * NEAR * 2 * np.pi * 440 / RATE_HZ


@clockwork
async def test_volume_zero_is_silence(speaker: PortAudioSpeaker, card: SoundCard) -> None:
    speaker.set_volume(0)
    speaker.start()
    await play_live(speaker, tone(440, 0.4), tone(440, 0.4))
    assert not card.played.any()


@clockwork
async def test_balance_leaves_one_side_alone(speaker: PortAudioSpeaker, card: SoundCard) -> None:
    speaker.start()
    playing = asyncio.create_task(play_live(speaker, tone(440, 2.4, 0.4), tone(1000, 2.4, 0.4)))
    await asyncio.sleep(1.2)
    speaker.set_balance(1)
    await playing
    heard = sounding(card.played)
    before, after = heard[RATE_HZ // 10 :][: RATE_HZ // 2], heard[-RATE_HZ : -RATE_HZ // 2]
    assert share_of_tone(before[:, 0], 440) == pytest.approx(NEAR**2, abs=0.01)
    assert share_of_tone(after[:, 0], 1000) > 0.9999
    assert amplitude(after[:, 1]) == pytest.approx(0.4 * NEAR, rel=0.02)


@clockwork
async def test_flush_ends_the_sound_at_once(speaker: PortAudioSpeaker, card: SoundCard) -> None:
    speaker.start()
    wave = tone(440, 0.18)
    speaker.play(wave, wave)
    assert speaker.buffered_ms == pytest.approx(180, abs=40)
    speaker.flush()
    assert speaker.buffered_ms == 0
    await asyncio.sleep(0.4)
    assert speaker.underruns == 0
    assert np.count_nonzero(np.abs(card.played).max(axis=1) > 0.005) < 0.05 * RATE_HZ


@clockwork
async def test_a_gap_is_counted_and_the_end_is_not(
    speaker: PortAudioSpeaker, card: SoundCard
) -> None:
    speaker.start()
    wave = tone(440, 0.1)
    speaker.play(wave, wave)
    await asyncio.sleep(0.4)
    assert speaker.underruns == 0
    speaker.play(wave[:640], wave[:640])
    assert speaker.underruns == 1
    await asyncio.sleep(0.2)
    assert speaker.buffered_ms == pytest.approx(80, abs=1), "after a gap it gathers more"
    speaker.play(wave, wave)
    await asyncio.sleep(0.4)
    assert speaker.underruns == 1


async def test_it_can_be_stopped_twice_and_started_again(speaker: PortAudioSpeaker) -> None:
    speaker.stop()
    first = speaker.start()
    speaker.stop()
    speaker.stop()
    speaker.play(tone(440, 0.02), tone(440, 0.02))
    assert speaker.start() == first
    assert speaker.start() == first


def test_probe_names_the_device(pulse: SoundServer) -> None:
    assert probe()


NO_DEVICE = """
from callconsole.adapters.portaudio import PortAudioSpeaker, probe
from callconsole.adapters.portaudio.output import Output
from callconsole.domain.problems import ProblemError
for attempt in (probe, PortAudioSpeaker().start):
    try:
        attempt()
    except ProblemError as error:
        print(error.problem.code)
"""


def codes_without_sound(script: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PULSE_SERVER": "unix:/nowhere"},
        cwd=Path(portaudio.__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    return done.stdout.split()


def test_without_a_device_it_says_so() -> None:
    assert codes_without_sound(NO_DEVICE) == ["sound.no_device", "sound.no_device"]


def test_without_the_library_it_says_so() -> None:
    hidden = "import ctypes.util; ctypes.util.find_library = lambda name: None\n" + NO_DEVICE
    assert codes_without_sound(hidden) == ["sound.no_library", "sound.no_library"]


def test_a_device_that_cannot_be_opened_says_so(
    pulse: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sounddevice

    def refuse(**_: object) -> None:
        raise sounddevice.PortAudioError("Error opening OutputStream: Device unavailable", -9985)

    monkeypatch.setattr(sounddevice, "OutputStream", refuse)
    with pytest.raises(ProblemError) as caught:
        PortAudioSpeaker().start()
    assert caught.value.problem.code == "sound.busy"
    assert "Device unavailable" in caught.value.problem.cause


def test_a_device_that_appears_later_is_found(pulse: SoundServer) -> None:
    import sounddevice

    sounddevice._terminate()
    os.environ["PULSE_SERVER"], kept = "unix:/nowhere", os.environ["PULSE_SERVER"]
    try:
        sounddevice._initialize()
    finally:
        os.environ["PULSE_SERVER"] = kept
    with pytest.raises(sounddevice.PortAudioError):
        sounddevice.query_devices(kind="output")
    assert probe()


async def test_the_callback_survives_anything(speaker: PortAudioSpeaker) -> None:
    output = Output(1.0)

    def fail(_: object) -> None:
        raise RuntimeError("a fault in the sound thread")

    output._read_into = fail
    block = np.ones((64, 2), np.float32)
    output._fill(block, 64, None, None)
    assert not block.any()
    assert output.faults == 1
