"""A moment of a practice call that goes on, heard again through a sound card by clockwork."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import correlate, fftconvolve, firwin, resample_poly

from callconsole.adapters.portaudio.player import PortAudioPlayer
from callconsole.audio.wavfile import WavReader, read
from callconsole.domain import events
from callconsole.domain.call import Call
from callconsole.domain.record import Recorded
from callconsole.domain.stars import stars_of
from callconsole.practice.carrier import CALLEES, hastened
from callconsole.practice.world import PracticeWorld
from support.room import Room
from support.sound_card import SoundCard
from support.sound_server import SoundServer

NUMBERS = {callee.name: callee.number for callee in CALLEES}
RATE_HZ = 8000
UP = 6  # to 48 kHz, at which they are compared
Sound = NDArray[np.float64]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    made = Room(tmp_path, PracticeWorld(callees=hastened()))
    await made.app.start("practice", practice=made.world)
    yield made
    await made.app.stop()


def second(path: str | Path, at_s: float) -> NDArray[np.int16]:
    """One second of a recording as it is on the disk now, shape (8000, 2)."""
    with WavReader(Path(path)) as file:
        file.seek(round(at_s * file.rate_hz))
        return file.read(file.rate_hz)


async def recorded(room: Room, call: Call, seconds: float) -> Recorded:
    """Wait until so much of the call is on the disk."""
    while True:
        so_far = await room.app.console.recorded_so_far(call.sid)
        if so_far is not None and so_far.duration_s >= seconds:
            return so_far
        await asyncio.sleep(0.05)


def snr_db(heard: Sound, meant: Sound) -> float:
    """How far what was meant stands above all else that was heard, where the two fit best.

    Compared up to 3 kHz, because two resamplers differ in their edges, and after a filter of a
    few samples, because they differ by a part of a sample.
    """
    low = firwin(513, 3000, fs=RATE_HZ * UP)
    heard, meant = (fftconvolve(sound, low, mode="same") for sound in (heard, meant))
    edge = 8
    inner = slice(edge, len(meant) - edge)
    lag = int(np.argmax(correlate(heard, meant, mode="valid", method="fft")))
    found = heard[lag : lag + len(meant)][inner]
    shifts = range(-edge, edge + 1)
    near = np.stack([np.roll(meant, shift)[inner] for shift in shifts], axis=1)
    fitted = near @ np.linalg.lstsq(near, found, rcond=None)[0]
    return float(10 * np.log10(np.mean(fitted**2) / np.mean((found - fitted) ** 2)))


@pytest.mark.limit(120)
async def test_a_second_is_heard_again_as_it_is_recorded_while_the_call_goes_on(
    pulse: SoundServer, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    console = room.app.console
    call = await console.place_call(NUMBERS["Never hangs up"])
    await room.until(lambda: bool(room.of(events.AgentHeard)))
    await console.star_moment(call.sid)
    so_far = await recorded(room, call, 8.0)
    loud = [float(np.std(second(so_far.path, at_s)[:, 1])) for at_s in range(7)]
    at_s = float(np.argmax(loud))
    meant = second(so_far.path, at_s)
    assert loud[int(at_s)] > 500

    ended = asyncio.Event()
    player = PortAudioPlayer(ended.set)
    card = SoundCard(monkeypatch)
    await player.play_file(Path(so_far.path), at_s, 1.0, at_s + 1.0)
    await ended.wait()
    assert room.now(call).live
    heard = resample_poly(card.played.astype(np.float64), UP * RATE_HZ, card.rate_hz)
    sounding = [side for side in (0, 1) if np.std(meant[:, side]) > 100]
    for side in sounding:
        wanted = resample_poly(meant[:, side].astype(np.float64), UP, 1)
        edges = slice(UP * 800, UP * 7200)
        assert snr_db(heard[:, side], wanted[edges]) > 40
    assert 1 in sounding

    await console.hang_up(call.sid)
    over = await room.until_over(call)
    assert over.recording == so_far.path
    assert np.array_equal(second(so_far.path, at_s), meant)
    whole, _rate_hz = read(Path(so_far.path))
    assert len(whole) > so_far.duration_s * RATE_HZ
    record = await console.call_record(call.sid)
    assert record is not None
    (turn_id,) = stars_of(record.events)
    assert turn_id in {turn.id for turn in record.turns}
