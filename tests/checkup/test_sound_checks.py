"""The tone and the microphone, on a real sound daemon."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.adapters.portaudio import library
from callconsole.adapters.portaudio.sound_check import TONE_HZ, has_tone
from callconsole.checkup import sound
from callconsole.domain.checkup import ActionKind, Status
from callconsole.domain.problems import ProblemError
from support.sound_server import SoundServer

RATE_HZ = 48000


@pytest.fixture
def loop_back(pulse: SoundServer) -> Iterator[SoundServer]:
    """The default input hears the default output."""
    pulse.control("set-default-source", "spk.monitor")
    yield pulse
    pulse.control("set-default-source", "mic.monitor")


async def test_a_tone_is_played_and_heard(loop_back: SoundServer) -> None:
    verdict = await sound.output(None, None, aloud=True)
    assert verdict.status is Status.GREEN
    assert verdict.detail.startswith("tone played on ")
    assert "heard by" in verdict.detail


async def test_a_tone_that_no_microphone_hears_is_said(pulse: SoundServer) -> None:
    verdict = await sound.output(None, None, aloud=True)
    assert verdict.status is Status.GREEN
    assert "no microphone heard it" in verdict.detail


async def test_no_tone_is_played_where_none_is_wanted(pulse: SoundServer) -> None:
    verdict = await sound.output(None, None, aloud=False)
    assert verdict.status is Status.GREEN
    assert verdict.detail.endswith("no tone played")


async def test_a_microphone_without_any_sound_is_amber(pulse: SoundServer) -> None:
    verdict = await sound.microphone(None)
    assert verdict.status is Status.AMBER
    assert verdict.problem is not None
    assert verdict.problem.code == "microphone.silent"


async def test_a_microphone_that_hears_something_is_green(
    pulse: SoundServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The noise of a room, as the level meter would read it.
    monkeypatch.setattr(sound, "SILENCE_DBFS", -100.0)
    verdict = await sound.microphone(None)
    assert verdict.status is Status.GREEN
    assert verdict.detail.endswith("dBFS")


async def test_a_computer_without_sound_is_red(pulse: SoundServer) -> None:
    pulse.unplug_all()
    try:
        with pytest.raises(ProblemError) as caught:
            await sound.output(None, None, aloud=True)
        assert caught.value.problem.code == "sound.busy"
        assert (await sound.microphone(None)).status is Status.AMBER
    finally:
        pulse.plug_in_all()


async def test_a_missing_library_comes_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_missing", [library.NO_LIBRARY])
    verdict = await sound.output(None, None, aloud=False)
    assert verdict.status is Status.RED
    assert verdict.action is not None
    assert verdict.action.kind is ActionKind.COMMAND
    assert verdict.action.target == "sudo apt install libportaudio2"


def tone(peak: float, at_s: float) -> np.ndarray:
    heard = np.zeros(RATE_HZ * 2)
    times = np.arange(round(0.6 * RATE_HZ)) / RATE_HZ
    start = round(at_s * RATE_HZ)
    heard[start : start + len(times)] = peak * np.sin(2 * np.pi * TONE_HZ * times)
    return heard


@given(peak=st.floats(0.003, 0.9), at_s=st.floats(0, 1.3), seed=st.integers(0, 99))
def test_a_tone_far_above_the_rooms_noise_is_found(peak: float, at_s: float, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, peak / 6, RATE_HZ * 2)
    assert has_tone(tone(peak, at_s) + noise, RATE_HZ)


@given(level=st.floats(0, 0.5), seed=st.integers(0, 99))
def test_noise_and_silence_are_no_tone(level: float, seed: int) -> None:
    assert not has_tone(np.random.default_rng(seed).normal(0, level, RATE_HZ * 2), RATE_HZ)


def test_nothing_at_all_is_no_tone() -> None:
    assert not has_tone(np.zeros(0), RATE_HZ)
