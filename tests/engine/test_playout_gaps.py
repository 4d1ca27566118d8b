"""Holes that the callee hears in the middle of a turn, and silences that are none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from callconsole.engine.playout import GAP_MS, LEAD_MS, Playout
from fakes.engine import FakeLine, HandClock

pytestmark = pytest.mark.virtual_time


class Bench:
    def __init__(self) -> None:
        self.clock = HandClock()
        self.line = FakeLine()
        self.gaps: list[int] = []
        self.playout = Playout(self.line, self.clock, lambda _: None, lambda: None)
        self.playout.on_gap = self.gaps.append

    def says(self, duration_ms: int) -> None:
        self.playout.feed(bytes(duration_ms * 8))

    def waits(self, duration_ms: int) -> None:
        self.clock.ms += duration_ms


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    made.playout.close()


async def test_audio_that_comes_too_late_leaves_a_hole(bench: Bench) -> None:
    bench.says(100)
    bench.waits(300)
    bench.says(100)
    assert bench.gaps == [200]
    bench.waits(100 + GAP_MS - 1)
    bench.says(100)
    assert bench.gaps == [200]
    bench.waits(100 + GAP_MS)
    bench.says(100)
    assert bench.gaps == [200, GAP_MS]


async def test_audio_in_time_leaves_none(bench: Bench) -> None:
    for _ in range(50):
        bench.says(100)
        bench.waits(100)
    assert bench.gaps == []


async def test_a_piece_of_a_frame_does_not_hide_a_hole(bench: Bench) -> None:
    bench.says(100)
    bench.waits(150)
    bench.says(10)
    bench.waits(50)
    bench.says(10)
    assert bench.gaps == [100]


async def test_the_rest_of_a_whole_turn_that_is_sent_too_late_leaves_a_hole(bench: Bench) -> None:
    bench.says(LEAD_MS + 500)
    bench.playout.finish()
    bench.waits(LEAD_MS + 200)
    bench.playout._pump()
    assert bench.gaps == [200]


SILENCES: dict[str, Callable[[Playout], object]] = {
    "its turn is over": Playout.finish,
    "it was cut off": Playout.clear,
    "it waits for a tool": Playout.expect_pause,
}


@pytest.mark.parametrize("silence", SILENCES.values(), ids=SILENCES)
async def test_a_silence_with_a_reason_is_no_hole(
    bench: Bench, silence: Callable[[Playout], object]
) -> None:
    bench.says(100)
    silence(bench.playout)
    bench.waits(900)
    bench.says(100)
    assert bench.gaps == []
    bench.waits(200)
    bench.says(100)
    assert bench.gaps == [100]


async def test_a_pause_for_the_caller_is_no_hole(bench: Bench) -> None:
    bench.says(400)
    bench.playout.pause()
    bench.waits(3000)
    bench.playout.resume()
    assert bench.gaps == []
    assert bench.playout.buffered_ms == 400


async def test_a_stream_that_came_back_goes_on_without_a_hole(bench: Bench) -> None:
    bench.says(400)
    bench.playout.detach()
    bench.waits(3000)
    bench.playout.attach(FakeLine())
    bench.says(100)
    assert bench.gaps == []
