"""Recordings from any place, faster, with pauses: what a sound card is given to play."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sound_kit import PEAK, RATE_HZ, Heard, is_tone, share_of_tone

from callconsole.adapters.portaudio import devices
from callconsole.adapters.portaudio.player import PortAudioPlayer
from callconsole.audio.wavfile import WavWriter
from callconsole.domain.problems import ProblemError
from support.sound_card import SoundCard
from support.sound_server import SoundServer

clockwork = pytest.mark.virtual_time
Given = tuple[PortAudioPlayer, asyncio.Event]


def ladder(path: Path, *tones_hz: float, each_s: float) -> Path:
    """Tones one after the other, without a step between them; silence on the right."""
    hz = np.repeat(np.array(tones_hz), round(8000 * each_s))
    wave = 32767 * PEAK * np.sin(2 * np.pi * np.cumsum(hz) / 8000)
    with WavWriter(path, 8000, 2) as file:
        file.append(np.column_stack((wave, np.zeros_like(wave))).astype(np.int16))
    return path


def tone(hz: float, seconds: float) -> NDArray[np.int16]:
    times = np.arange(round(8000 * seconds)) / 8000
    return np.round(32767 * PEAK * np.sin(2 * np.pi * hz * times)).astype(np.int16)


@pytest.fixture
async def card(pulse: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundCard:
    return SoundCard(monkeypatch)


@pytest.fixture
async def player() -> AsyncIterator[tuple[PortAudioPlayer, asyncio.Event]]:
    ended = asyncio.Event()
    made = PortAudioPlayer(ended.set)
    yield made, ended
    made.stop_file()


@clockwork
async def test_it_begins_where_it_is_told(card: SoundCard, tmp_path: Path, player: Given) -> None:
    path = ladder(tmp_path / "a.wav", 400, 800, each_s=1.0)
    heard = Heard(card)
    assert await player[0].play_file(path, at_s=1.25) == 2.0
    await player[1].wait()
    assert len(heard.wave()) == pytest.approx(0.75 * RATE_HZ, abs=0.03 * RATE_HZ)
    assert not any(is_tone(block, 400) for block in heard.blocks)


@clockwork
async def test_it_ends_where_it_is_told(card: SoundCard, tmp_path: Path, player: Given) -> None:
    path = ladder(tmp_path / "a.wav", 400, 800, each_s=1.0)
    heard = Heard(card)
    assert await player[0].play_file(path, at_s=0.5, until_s=1.0) == 2.0
    await player[1].wait()
    assert len(heard.wave()) == pytest.approx(0.5 * RATE_HZ, abs=0.03 * RATE_HZ)
    assert not any(is_tone(block, 800) for block in heard.blocks)


@clockwork
async def test_a_file_that_is_still_written_is_played_as_far_as_it_is_there(
    card: SoundCard, tmp_path: Path, player: Given
) -> None:
    with WavWriter(tmp_path / "a.wav", 8000, 1) as file:
        file.append(tone(400, 0.5))
        file.sync()
        file.append(tone(800, 1.0))
        heard = Heard(card)
        assert await player[0].play_file(file.path, until_s=0.5) == 0.5
        file.sync()
        await player[1].wait()
    assert len(heard.wave()) == pytest.approx(0.5 * RATE_HZ, abs=0.03 * RATE_HZ)
    assert not any(is_tone(block, 800) for block in heard.blocks)


async def test_it_plays_on_the_chosen_device(
    pulse: SoundServer, tmp_path: Path, player: Given
) -> None:
    module = pulse.plug_in("headset")
    try:
        place = next(d for d in devices.connected("output") if "headset" in d.name)
        player[0].choose(place.id)
        async with Heard().listening(pulse, "headset") as heard:
            await player[0].play_file(ladder(tmp_path / "a.wav", 400, each_s=40.0))
            await heard.tone(400)
    finally:
        player[0].stop_file()
        pulse.unplug(module)


async def test_a_recording_is_heard_on_a_real_device(
    pulse: SoundServer, tmp_path: Path, player: Given
) -> None:
    path = ladder(tmp_path / "a.wav", 400, 800, each_s=40.0)
    async with Heard().listening(pulse) as heard:
        assert await player[0].play_file(path) == 80.0
        await heard.tone(400)
        player[0].seek(40.5)
        await heard.tone(800)
        player[0].stop_file()
        await heard.silence()
    assert not player[1].is_set()


@clockwork
async def test_a_pause_is_silent_and_nothing_is_lost(
    card: SoundCard, tmp_path: Path, player: Given
) -> None:
    path = ladder(tmp_path / "a.wav", 400, each_s=2.0)
    heard = Heard(card)
    await player[0].play_file(path)
    await heard.tone(400)
    player[0].pause()
    await heard.silence()
    stood_s = player[0].position_s
    await heard.silence()
    assert player[0].position_s == stood_s
    assert 0 < stood_s < 2
    player[0].resume()
    await player[1].wait()
    wave = heard.frames[:, 0]
    assert np.count_nonzero(np.abs(wave) > 0.05) / RATE_HZ == pytest.approx(
        2.0 * (1 - 2 * np.arcsin(0.1) / np.pi), abs=0.08
    )
    # The file's own beginning and end are sudden.
    inside = heard.wave()[RATE_HZ // 20 : -RATE_HZ // 20]
    steepest = PEAK * 2 * np.pi * 400 / RATE_HZ
    assert np.abs(np.diff(inside)).max() < 1.05 * steepest


@clockwork
async def test_seeking_is_heard_at_once(card: SoundCard, tmp_path: Path, player: Given) -> None:
    path = ladder(tmp_path / "a.wav", 400, 800, 1200, each_s=4.0)
    heard = Heard(card)
    await player[0].play_file(path)
    await heard.tone(400)
    player[0].seek(8.5)
    await heard.tone(1200)
    assert player[0].position_s == pytest.approx(8.8, abs=0.5)
    player[0].seek(5.0)
    await heard.tone(800)
    player[0].seek(-3)
    await heard.tone(400)
    assert player[0].position_s < 1
    player[0].seek(99)
    await player[1].wait()
    steepest = PEAK * 2 * np.pi * 1200 / RATE_HZ
    # A jump fades within 5 ms, which adds a little to the slope.
    assert np.abs(np.diff(heard.frames[:, 0])).max() < 1.2 * steepest


@clockwork
async def test_faster_is_shorter_at_the_same_pitch(
    card: SoundCard, tmp_path: Path, player: Given
) -> None:
    path = ladder(tmp_path / "a.wav", 400, each_s=3.0)
    heard = Heard(card)
    await player[0].play_file(path, speed=2.0)
    await player[1].wait()
    assert len(heard.wave()) == pytest.approx(1.5 * RATE_HZ, abs=0.05 * RATE_HZ)
    loud = [block for block in heard.blocks if block[1] > 0.9 * PEAK]
    assert len(loud) >= 13
    assert all(is_tone(block, 400) for block in loud)


@clockwork
async def test_the_speed_changes_on_the_way(card: SoundCard, tmp_path: Path, player: Given) -> None:
    path = ladder(tmp_path / "a.wav", 400, 800, each_s=4.0)
    heard = Heard(card)
    await player[0].play_file(path)
    await heard.tone(400)
    before_s = player[0].position_s
    player[0].set_speed(1.5)
    assert player[0].position_s == pytest.approx(before_s, abs=0.2)
    await heard.tone(800)
    assert player[0].position_s == pytest.approx(4.2, abs=0.4)
    player[0].set_volume(0)
    await heard.silence()


@clockwork
async def test_a_seek_while_paused_waits_there(
    card: SoundCard, tmp_path: Path, player: Given
) -> None:
    path = ladder(tmp_path / "a.wav", 400, 800, each_s=3.0)
    heard = Heard(card)
    await player[0].play_file(path)
    await heard.tone(400)
    player[0].pause()
    await heard.silence()
    player[0].seek(3.5)
    await heard.silence()
    assert player[0].position_s == pytest.approx(3.5, abs=0.01)
    player[0].resume()
    await heard.tone(800)


@clockwork
async def test_a_file_cut_while_it_plays_is_heard_as_far_as_it_goes(
    card: SoundCard, tmp_path: Path, player: Given
) -> None:
    path = ladder(tmp_path / "a.wav", 400, each_s=20.0)
    heard = Heard(card)
    await player[0].play_file(path)
    await heard.tone(400)
    with path.open("r+b") as file:
        file.truncate(100)
    await player[1].wait()
    assert len(heard.wave()) < 5 * RATE_HZ


@clockwork
async def test_a_recording_is_heard_to_its_end(
    card: SoundCard, tmp_path: Path, player: Given
) -> None:
    path = tmp_path / "call.wav"
    with WavWriter(path, 8000, 2) as file:
        file.append(np.column_stack((tone(440, 1.5), tone(1000, 1.5) // 2)))
    heard = Heard(card)
    assert await player[0].play_file(path) == 1.5
    await player[1].wait()
    assert len(heard.wave()) == pytest.approx(1.5 * RATE_HZ, abs=0.02 * RATE_HZ)
    first = int(np.flatnonzero(np.abs(heard.frames[:, 0]) > 0.005)[0])
    middle = heard.frames[first + RATE_HZ // 4 :][:RATE_HZ]
    for side, hz, peak in ((0, 440, PEAK), (1, 1000, PEAK / 2)):
        wave = middle[:, side]
        assert np.sqrt(2 * np.mean(np.square(wave))) == pytest.approx(peak, rel=0.02)
        assert share_of_tone(wave, hz) > 0.999


async def test_a_short_mono_recording_is_heard(pulse: SoundServer, tmp_path: Path) -> None:
    path = tmp_path / "beep.wav"
    with WavWriter(path, 8000, 1) as file:
        file.append(tone(440, 0.03))
    finished = asyncio.Event()
    player = PortAudioPlayer(finished.set)
    assert await player.play_file(path) == 0.03
    await finished.wait()


async def test_a_recording_can_be_stopped(pulse: SoundServer, tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with WavWriter(path, 8000, 1) as file:
        file.append(tone(440, 5))
    finished = asyncio.Event()
    player = PortAudioPlayer(finished.set)
    await player.play_file(path)
    player.stop_file()
    player.stop_file()
    await asyncio.sleep(0.2)
    assert not finished.is_set()


async def test_an_unreadable_recording_says_so(tmp_path: Path) -> None:
    player = PortAudioPlayer()
    with pytest.raises(ProblemError) as missing:
        await player.play_file(tmp_path / "gone.wav")
    assert missing.value.problem.code == "sound.unreadable"
    assert "gone.wav" in missing.value.problem.cause
    (tmp_path / "text.wav").write_text("not a recording")
    with pytest.raises(ProblemError) as broken:
        await player.play_file(tmp_path / "text.wav")
    assert broken.value.problem.code == "sound.unreadable"
