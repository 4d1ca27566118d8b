"""The jitter buffer: what it gathers, keeps, drops and fades."""

from __future__ import annotations

import threading
import tracemalloc

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from callconsole.audio.jitter import JitterBuffer

RATE_HZ = 48000


def level(ms: int, value: float = 0.5) -> np.ndarray:
    return np.full((RATE_HZ * ms // 1000, 2), value, np.float32)


def taken(buffer: JitterBuffer, ms: int) -> np.ndarray:
    out = np.full((RATE_HZ * ms // 1000, 2), np.nan, np.float32)
    buffer.read_into(out)
    assert not np.isnan(out).any()
    return out


def largest_step(sound: np.ndarray) -> float:
    return float(np.abs(np.diff(sound[:, 0], prepend=0)).max())


def test_it_plays_nothing_before_sixty_milliseconds_are_there() -> None:
    buffer = JitterBuffer(RATE_HZ)
    buffer.write(level(59))
    assert not taken(buffer, 10).any()
    assert buffer.buffered_ms == 59
    buffer.write(level(1))
    assert taken(buffer, 10)[-1, 0] == 0.5
    assert buffer.buffered_ms == 50


def test_what_goes_in_comes_out_in_order_and_once() -> None:
    buffer = JitterBuffer(RATE_HZ)
    sound = np.linspace(0.1, 1, 5 * RATE_HZ, dtype=np.float32)[:, None].repeat(2, 1)
    out = []
    for start in range(0, len(sound), 960):
        buffer.write(sound[start : start + 960])
        out.append(taken(buffer, 20))
    heard = np.concatenate(out)
    begin = int(np.argmax(heard[:, 0] > 0))
    after = slice(begin + 240, None)
    np.testing.assert_array_equal(
        heard[after], sound[240 : 240 + len(heard[after])], "all but the first 5 ms, faded in"
    )
    assert (buffer.ran_dry, buffer.drops) == (0, 0)


def test_running_dry_fades_counts_and_gathers_anew() -> None:
    buffer = JitterBuffer(RATE_HZ)
    buffer.write(level(65))
    sound = np.concatenate([taken(buffer, 10) for _ in range(10)])
    assert buffer.ran_dry == 1
    assert largest_step(sound) < 0.5 / 200
    buffer.write(level(30))
    assert not taken(buffer, 10).any()
    assert buffer.ran_dry == 1


def test_a_fade_goes_on_in_the_next_block() -> None:
    buffer = JitterBuffer(RATE_HZ)
    buffer.write(level(60))
    out = np.concatenate([taken(buffer, 1) for _ in range(70)])
    assert largest_step(out) < 0.5 / 200
    assert not out[65 * 48 :].any()


def test_above_two_hundred_milliseconds_the_oldest_is_dropped() -> None:
    buffer = JitterBuffer(RATE_HZ)
    buffer.write(level(60, 0.1))
    taken(buffer, 10)
    buffer.write(level(200, 0.5))
    sound = taken(buffer, 10)
    assert buffer.drops == 1
    assert buffer.buffered_ms == 70
    assert sound[0, 0] < 0.11
    assert np.abs(np.diff(sound[:, 0])).max() < 0.5 / 200


def test_a_drop_is_blended_however_short_the_blocks() -> None:
    buffer = JitterBuffer(RATE_HZ)
    buffer.write(level(60, 0.1))
    taken(buffer, 10)
    buffer.write(level(200, 0.5))
    sound = np.concatenate([taken(buffer, 1) for _ in range(10)])
    assert buffer.drops == 1
    assert np.allclose(sound[240:, 0], 0.5)
    assert np.abs(np.diff(sound[:, 0])).max() < 0.5 / 200


def test_flush_fades_out_and_forgets() -> None:
    buffer = JitterBuffer(RATE_HZ)
    buffer.write(level(150))
    before = taken(buffer, 10)
    buffer.flush()
    assert buffer.buffered_ms == 0
    sound = np.concatenate((before, taken(buffer, 20)))
    assert largest_step(sound) < 0.5 / 200
    assert not sound[-600:].any()
    assert buffer.ran_dry == 0


def test_a_flush_fades_out_though_new_sound_is_there_already() -> None:
    buffer = JitterBuffer(RATE_HZ)
    buffer.write(level(150))
    before = taken(buffer, 10)
    buffer.flush()
    buffer.write(level(60, -0.5))
    sound = np.concatenate([before, *(taken(buffer, 1) for _ in range(20))])
    assert largest_step(sound) < 0.5 / 200
    assert sound[-1, 0] == -0.5


def test_a_reader_that_stands_still_costs_sound_but_nothing_else() -> None:
    buffer = JitterBuffer(RATE_HZ)
    for _ in range(200):
        buffer.write(level(20))
    assert buffer.buffered_ms == 1000
    assert taken(buffer, 10).any()
    assert buffer.buffered_ms == 70


def test_the_end_is_played_without_waiting_for_more() -> None:
    buffer = JitterBuffer(RATE_HZ)
    buffer.write(level(20))
    buffer.finish()
    assert taken(buffer, 10).any()


def test_reading_makes_no_array() -> None:
    buffer = JitterBuffer(RATE_HZ)
    out = np.zeros((480, 2), np.float32)
    sound = level(10)
    buffer.write(level(100))
    tracemalloc.start()
    try:
        for _ in range(50):
            buffer.write(sound)
            buffer.read_into(out)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < out.nbytes


@given(st.lists(st.tuples(st.sampled_from("wrf"), st.integers(0, 12000)), max_size=60))
def test_any_use_fills_every_frame_with_what_was_written(steps: list[tuple[str, int]]) -> None:
    buffer = JitterBuffer(RATE_HZ)
    for what, count in steps:
        if what == "w":
            buffer.write(np.full((count, 2), 0.5, np.float32))
        elif what == "f":
            buffer.flush()
        else:
            out = np.full((count, 2), np.nan, np.float32)
            buffer.read_into(out)
            assert ((out >= 0) & (out <= 0.5 + 1e-6)).all()
        assert 0 <= buffer.buffered_ms <= 1000


def test_two_threads_lose_and_repeat_nothing() -> None:
    buffer = JitterBuffer(RATE_HZ, prime_ms=0, cap_ms=10_000)
    total = 200_000
    sound = np.arange(1, total + 1, dtype=np.float32)[:, None].repeat(2, 1)

    def write() -> None:
        at = 0
        while at < total:
            count = min(777, total - at, buffer.room)
            buffer.write(sound[at : at + count])
            at += count

    writer = threading.Thread(target=write)
    writer.start()
    heard: list[np.ndarray] = []
    out = np.zeros((480, 2), np.float32)
    while writer.is_alive() or buffer.buffered_ms:
        waiting = round(buffer.buffered_ms * 48)
        take = out[: min(480, waiting)]
        if len(take):
            buffer.read_into(take)
            heard.append(take[:, 0].copy())
    writer.join()
    joined = np.concatenate(heard)
    assert len(joined) == total
    np.testing.assert_array_equal(joined[240:], sound[240:, 0])


def test_it_gathers_and_leaves_what_it_is_aimed_at() -> None:
    buffer = JitterBuffer(RATE_HZ)
    buffer.aim(120)
    buffer.write(level(119))
    assert not taken(buffer, 10).any()
    buffer.write(level(1))
    assert not buffer.playing
    assert taken(buffer, 10).any()
    assert buffer.playing
    buffer.write(level(150))
    taken(buffer, 10)
    assert (buffer.drops, buffer.buffered_ms) == (1, 110)
    buffer.flush()
    buffer.write(level(119))
    taken(buffer, 10)
    assert not taken(buffer, 10).any()
