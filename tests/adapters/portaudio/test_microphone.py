"""The microphone: what is said into it comes out as frames for the phone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from sound_kit import RATE_HZ

from callconsole.adapters import portaudio
from callconsole.adapters.portaudio import PortAudioMicrophone, microphone
from callconsole.adapters.portaudio.microphone import Input
from callconsole.domain.problems import ProblemError
from support.sound_card import SoundCard
from support.sound_server import SoundServer
from support.spoken import spoken, wav

FRAME = 160


class Frames:
    """Collects what a microphone hands on."""

    def __init__(self) -> None:
        self.all: list[np.ndarray] = []
        self._came = asyncio.Event()

    def take(self, frame: np.ndarray) -> None:
        self.all.append(frame)
        self._came.set()

    async def until(self, count: int) -> np.ndarray:
        """Everything so far, once there are this many frames."""
        async with asyncio.timeout(45):
            while len(self.all) < count:
                self._came.clear()
                await self._came.wait()
        return np.concatenate(self.all)


@pytest.fixture
async def frames() -> Frames:
    return Frames()


def sine(hz: float, peak: float, seconds: float = 6.0) -> np.ndarray:
    """As a microphone on `RATE_HZ` hears it."""
    times = np.arange(round(RATE_HZ * seconds)) / RATE_HZ
    return (peak * np.sin(2 * np.pi * hz * times)).astype(np.float32)


@pytest.fixture
async def card(pulse: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundCard:
    return SoundCard(monkeypatch)


@pytest.fixture
async def mic(pulse: SoundServer) -> AsyncIterator[PortAudioMicrophone]:
    source = PortAudioMicrophone()
    yield source
    await source.stop()


async def test_a_tone_comes_out_of_a_real_device(
    pulse: SoundServer, mic: PortAudioMicrophone, frames: Frames, tmp_path: Path
) -> None:
    async with spoken(pulse, wav(tmp_path / "tone.wav", 700, 0.1414, seconds=40.0)):
        assert await mic.start(frames.take) == "default"
        while share_of_tone(await frames.until(len(frames.all) + 1), 700) < 0.99:
            pass
        assert mic.healthy


def share_of_tone(sound: np.ndarray, hz: float) -> float:
    """Part of the newest tenth of a second's power that lies near a tone."""
    power = np.abs(np.fft.rfft(sound[-800:].astype(float) * np.hanning(len(sound[-800:])))) ** 2
    near = np.abs(np.fft.rfftfreq(len(sound[-800:]), 1 / 8000) - hz) < 40
    return float(power[near].sum() / max(power.sum(), 1.0))


@pytest.mark.virtual_time
async def test_a_tone_comes_out_whole_and_in_frames(
    card: SoundCard, mic: PortAudioMicrophone, frames: Frames
) -> None:
    hz, peak = 700, 0.1414  # -20 dBFS, which the leveller leaves alone
    card.speak(sine(hz, peak))
    assert await mic.start(frames.take) == "default"
    sound = await frames.until(200)
    assert card.rate_hz == RATE_HZ
    assert mic.healthy
    assert mic.level_dbfs == pytest.approx(-20, abs=1)
    assert mic.lost_ms == 0
    assert {(frame.shape, frame.dtype.name) for frame in frames.all} == {((FRAME,), "int16")}
    second = sound[-16000:].astype(np.float64) / 32767
    assert np.sqrt(np.mean(second**2)) == pytest.approx(peak / np.sqrt(2), rel=0.06)
    # One unbroken sine has an unbroken phase: a gap or a repeat would turn it.
    turning = second * np.exp(-2j * np.pi * hz * np.arange(16000) / 8000)
    phases = np.unwrap(np.angle(turning.reshape(-1, FRAME).mean(axis=1)))
    assert np.abs(phases - phases.mean()).max() < 0.02
    power = np.abs(np.fft.rfft(second * np.hanning(16000))) ** 2
    near = slice(2 * hz - 20, 2 * hz + 21)
    assert 10 * np.log10(power[near].sum() / (power.sum() - power[near].sum())) > 50


@pytest.mark.virtual_time
async def test_what_the_phone_cannot_carry_does_not_fold_into_it(
    card: SoundCard, mic: PortAudioMicrophone, frames: Frames
) -> None:
    card.speak(sine(6000, 0.5))
    await mic.start(frames.take)
    sound = await frames.until(80)
    assert np.abs(sound[-8000:]).max() <= 3


@pytest.mark.virtual_time
async def test_a_frame_is_at_most_a_few_milliseconds_behind_the_device(
    card: SoundCard, mic: PortAudioMicrophone
) -> None:
    behind_ms: list[float] = []
    enough = asyncio.Event()

    def take(_: np.ndarray) -> None:
        source = mic._input
        assert source is not None
        # What the callback has given and no pump has taken yet, with the frame itself.
        behind_ms.append((source._written - source._read) * 1000 / source.rate_hz + 20)
        if len(behind_ms) == 50:
            enough.set()

    await mic.start(take)
    await enough.wait()
    filters_ms = 2.4 + 2.5
    assert np.median(behind_ms) + filters_ms <= 40


async def test_after_stop_nothing_comes(
    pulse: SoundServer, mic: PortAudioMicrophone, frames: Frames
) -> None:
    await mic.start(frames.take)
    await frames.until(3)
    stopping = asyncio.create_task(mic.stop())
    await asyncio.sleep(0)
    count = len(frames.all)
    await stopping
    await mic.stop()
    again = Frames()
    await mic.start(again.take)
    await again.until(3)
    assert len(frames.all) == count


async def test_a_callback_that_stops_the_microphone_is_the_last(
    pulse: SoundServer, mic: PortAudioMicrophone
) -> None:
    stopping: list[asyncio.Task[None]] = []
    mic_stopped = asyncio.Event()

    def take(_: np.ndarray) -> None:
        assert not stopping
        stopping.append(asyncio.create_task(mic.stop()))
        stopping[0].add_done_callback(lambda _: mic_stopped.set())

    await mic.start(take)
    await mic_stopped.wait()
    assert not mic.healthy
    assert mic.level_dbfs == -90


async def test_a_stop_during_start_wins(
    pulse: SoundServer, mic: PortAudioMicrophone, frames: Frames
) -> None:
    starting = asyncio.create_task(mic.start(frames.take))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await mic.stop()
    await starting
    assert not mic.healthy
    assert not frames.all


async def test_the_chosen_microphone_is_opened_and_a_missing_one_is_replaced(
    pulse: SoundServer, mic: PortAudioMicrophone, frames: Frames
) -> None:
    mic.choose("ALSA: desk_mic")
    assert await mic.start(frames.take) == "desk_mic"
    assert not mic.fallen_back
    mic.choose("ALSA: a headset of long ago")
    assert await mic.start(frames.take) == "default"
    assert mic.fallen_back


async def test_a_microphone_that_stops_is_noticed_and_replaced(
    pulse: SoundServer,
    mic: PortAudioMicrophone,
    frames: Frames,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(microphone, "STALL_S", 0.3)
    mic.choose("ALSA: desk_mic")
    await mic.start(frames.take)
    await frames.until(3)
    pulse.control("suspend-sink", "mic", "1")
    try:
        while mic.healthy:
            await asyncio.sleep(0.05)
        # Before it gives sound again, which would make it well.
        assert await mic.start(frames.take) == "default"
    finally:
        pulse.control("suspend-sink", "mic", "0")
    assert mic.fallen_back
    await frames.until(len(frames.all) + 3)
    assert await mic.start(frames.take) == "desk_mic"


async def test_the_callback_makes_no_array(pulse: SoundServer) -> None:
    source = Input(None)
    try:
        source._stream.stop()
        block = np.ones((48000, 2), np.float32)
        tracemalloc.start()
        try:
            for count in (480, 960, 47000):
                source._keep(block[:count], count, None, None)
            _, peak_bytes = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak_bytes < 10_000
        assert source.take().all()
    finally:
        source.close()


async def test_a_loop_that_came_late_gets_the_newest_sound(pulse: SoundServer) -> None:
    source = Input(None)
    try:
        source._stream.stop()
        source.take()
        block = np.zeros((480, 2), np.float32)
        for number in range(50):
            block[:] = number
            source._keep(block, 480, None, None)
        newest = source.take()
        assert set(newest) == {48.0, 49.0}
        assert source.lost_ms >= 480
    finally:
        source.close()


@pytest.mark.parametrize(
    ("words", "code"),
    [("Device unavailable", "microphone.busy"), ("Permission denied", "microphone.refused")],
)
async def test_a_microphone_that_cannot_be_opened_says_why(
    pulse: SoundServer, monkeypatch: pytest.MonkeyPatch, words: str, code: str
) -> None:
    import sounddevice

    def refuse(**_: object) -> None:
        raise sounddevice.PortAudioError(f"Error opening InputStream: {words}", -9985)

    monkeypatch.setattr(sounddevice, "InputStream", refuse)
    with pytest.raises(ProblemError) as caught:
        await PortAudioMicrophone().start(lambda _: None)
    assert caught.value.problem.code == code


NO_MICROPHONE = """
import asyncio
from callconsole.adapters.portaudio import PortAudioMicrophone
from callconsole.domain.problems import ProblemError
try:
    asyncio.run(PortAudioMicrophone().start(print))
except ProblemError as error:
    print(error.problem.code)
"""


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ("", "microphone.no_device"),
        ("import ctypes.util; ctypes.util.find_library = lambda name: None", "sound.no_library"),
    ],
)
def test_without_device_or_library_it_says_so(before: str, code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{before}\n{NO_MICROPHONE}"],
        env={**os.environ, "PULSE_SERVER": "unix:/nowhere"},
        cwd=Path(portaudio.__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    assert done.stdout.split() == [code]


def test_a_closed_loop_is_told_nothing() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    microphone._wake(loop, lambda: pytest.fail("woken"))
