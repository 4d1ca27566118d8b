"""What is sent, what is held, what has been heard."""

from __future__ import annotations

import asyncio

import pytest

from callconsole.engine.playout import (
    FRAME_BYTES,
    LEAD_MS,
    LONGEST_WAIT_MS,
    MARK_EVERY_MS,
    MESSAGE_MS,
    QUIET_S,
    Playout,
)
from fakes.engine import FakeClock, FakeLine, HandClock
from support.virtual_time import virtual_loop

pytestmark = pytest.mark.virtual_time


class Bench:
    """A playout with its line, its sent frames and an event for its end."""

    def __init__(self) -> None:
        self.line = FakeLine()
        self.sent: list[bytes] = []
        self.drained = asyncio.Event()
        self.playout = Playout(self.line, FakeClock(), self.sent.append, self.drained.set)


@pytest.fixture
async def bench() -> Bench:
    return Bench()


def audio(duration_ms: int) -> bytes:
    return bytes(index % 251 for index in range(duration_ms * 8))


async def test_the_first_frames_leave_at_once_up_to_the_lead(bench: Bench) -> None:
    bench.playout.feed(audio(LEAD_MS + 600))
    assert len(bench.line.audio()) == LEAD_MS * 8
    assert bench.playout.buffered_ms == LEAD_MS
    assert bench.playout.waiting_ms == 600
    bench.playout.close()


async def test_everything_arrives_whole_in_order_and_in_frames(bench: Bench) -> None:
    whole = audio(600)
    for start in range(0, len(whole), 700):
        bench.playout.feed(whole[start : start + 700])
    bench.playout.finish()
    async with asyncio.timeout(5):
        await bench.drained.wait()
    assert bench.line.audio() == whole
    assert all(len(data) % FRAME_BYTES == 0 for data in bench.sent)
    assert max(map(len, bench.sent)) <= MESSAGE_MS * 8
    assert bench.playout.heard_ms == bench.playout.fed_ms == 600
    assert not bench.playout.busy


async def test_a_loop_that_is_blocked_for_a_second_leaves_no_gap(bench: Bench) -> None:
    bench.playout.feed(audio(3000))
    async with asyncio.timeout(5):
        while bench.playout.waiting_ms > 1000:
            bench.line.sent_something.clear()
            await bench.line.sent_something.wait()
            virtual_loop().block(1.0)
            assert bench.playout.buffered_ms > 0
    bench.playout.close()


async def test_the_pace_is_the_phones_own(bench: Bench) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    bench.playout.feed(audio(700))
    async with asyncio.timeout(5):
        await bench.drained.wait()
    # The lead must not shorten the time until everything has been heard.
    assert loop.time() - began == pytest.approx(0.7 + QUIET_S)


async def test_a_mark_follows_every_fifth_of_a_second_and_the_end(bench: Bench) -> None:
    for _ in range(17):
        bench.playout.feed(audio(20))
    bench.playout.finish()
    kinds = [kind for kind, _ in bench.line.sent]
    assert kinds.index("mark") == MARK_EVERY_MS // 20
    assert kinds[-1] == "mark"
    assert len(bench.line.marks()) == len(set(bench.line.marks())) == 2
    bench.playout.close()


async def test_the_tail_of_a_turn_is_filled_with_silence(bench: Bench) -> None:
    bench.playout.feed(b"\x10" * 100)
    assert bench.line.count("audio") == 0
    bench.playout.finish()
    assert bench.line.audio() == b"\x10" * 100 + b"\xff" * 60
    bench.playout.close()


async def test_clear_drops_both_buffers_and_tells_how_much(bench: Bench) -> None:
    bench.playout.feed(audio(1000))
    dropped = bench.playout.clear()
    assert bench.line.count("audio") == 10
    assert dropped == 1000
    assert bench.line.sent[-1] == ("clear", "")
    assert (bench.playout.waiting_ms, bench.playout.buffered_ms) == (0, 0)
    assert bench.playout.heard_ms == 0
    before = bench.line.count("audio")
    bench.playout.feed(audio(20))
    assert bench.line.count("audio") == before + 1
    bench.playout.close()


async def test_the_echo_of_a_cleared_mark_proves_nothing(bench: Bench) -> None:
    bench.playout.feed(audio(LEAD_MS))
    bench.playout.clear()
    heard_ms = bench.playout.heard_ms
    for name in bench.line.marks():
        bench.playout.mark_echoed(name)
    assert bench.playout.heard_ms == heard_ms
    bench.playout.close()


async def test_an_echo_proves_what_was_heard_before_our_clock_does(bench: Bench) -> None:
    bench.playout.feed(audio(LEAD_MS))
    bench.playout.mark_echoed(bench.line.marks()[-1])
    assert bench.playout.heard_ms == LEAD_MS // MARK_EVERY_MS * MARK_EVERY_MS
    bench.playout.close()


async def test_nothing_is_sent_after_close(bench: Bench) -> None:
    bench.playout.close()
    bench.playout.feed(audio(100))
    bench.playout.finish()
    bench.playout.clear()
    assert bench.line.sent == []


async def test_a_pause_takes_back_what_was_not_heard_and_goes_on_there(bench: Bench) -> None:
    whole = audio(900)
    bench.playout.feed(whole)
    heard_ms = bench.playout.heard_ms
    bench.playout.pause()
    assert bench.line.sent[-1] == ("clear", "")
    assert (bench.playout.paused, bench.playout.busy) == (True, True)
    assert bench.playout.heard_ms == heard_ms
    before = bench.line.audio()
    bench.playout.feed(b"")
    assert bench.line.audio() == before
    waiting = bench.playout.waiting_ms
    assert waiting == 900
    bench.playout.resume()
    again = bench.line.audio()[len(before) :]
    assert again == whole[len(whole) - waiting * 8 :]
    bench.playout.finish()
    async with asyncio.timeout(5):
        await bench.drained.wait()
    assert bench.playout.heard_ms == bench.playout.fed_ms


async def test_a_stream_that_breaks_goes_on_where_the_last_echo_came_from() -> None:
    clock, line, again = HandClock(), FakeLine(), FakeLine()
    playout = Playout(line, clock, lambda _: None, lambda: None)
    whole = audio(3000)
    playout.feed(whole)
    clock.ms += 700
    playout.mark_echoed(line.marks()[1])
    playout.detach()
    # By our clock 700 ms were heard; the carrier has proven 400 and may have been late.
    assert playout.heard_ms == 400
    playout.attach(again)
    assert again.audio() == whole[400 * 8 :][: LEAD_MS * 8]
    clock.ms += 400
    playout.mark_echoed(again.marks()[0])
    assert playout.proven_ms == 400 + MARK_EVERY_MS
    playout.close()


@pytest.mark.parametrize(
    ("waited_ms", "said_again_ms"),
    [(0, 1000), (400, 1000), (900, 700), (1200, 400), (1600, 0), (9000, 0)],
)
async def test_without_echoes_little_is_said_twice(waited_ms: int, said_again_ms: int) -> None:
    clock, again = HandClock(), FakeLine()
    playout = Playout(FakeLine(), clock, lambda _: None, lambda: None)
    whole = audio(1000)
    playout.feed(whole)
    clock.ms += waited_ms
    playout.detach()
    playout.attach(again)
    assert again.audio() == whole[len(whole) - said_again_ms * 8 :]
    assert playout.fed_ms == 1000
    playout.close()


async def test_what_was_dropped_does_not_come_back_with_the_next_stream() -> None:
    clock, line, again = HandClock(), FakeLine(), FakeLine()
    playout = Playout(line, clock, lambda _: None, lambda: None)
    playout.feed(audio(1000))
    clock.ms += 300
    playout.clear()
    playout.feed(b"\x10" * 320)
    playout.detach()
    playout.attach(again)
    assert again.audio() == b"\x10" * 320
    playout.close()


async def test_a_clear_in_a_pause_drops_it_all(bench: Bench) -> None:
    bench.playout.feed(audio(2000))
    bench.playout.pause()
    assert bench.playout.clear() == 2000
    assert not bench.playout.paused
    assert not bench.playout.busy
    bench.playout.close()


async def test_a_model_that_never_stops_is_bounded_and_can_be_cut_off(bench: Bench) -> None:
    for _ in range(11):
        bench.playout.feed(bytes(60_000 * 8))
    assert bench.playout.waiting_ms <= LONGEST_WAIT_MS
    assert bench.playout.overflow_ms == pytest.approx(60_000, abs=2 * LEAD_MS)
    dropped = bench.playout.clear()
    assert dropped == pytest.approx(LONGEST_WAIT_MS + LEAD_MS, abs=LEAD_MS)
    assert not bench.playout.busy
    bench.playout.feed(audio(20))
    assert bench.playout.busy
    bench.playout.close()
