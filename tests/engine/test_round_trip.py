"""How long sound takes to the carrier and its echo back, against networks of a known length."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callconsole.domain import events
from callconsole.engine.playout import Playout
from callconsole.engine.round_trip import WINDOW_S, RoundTrip
from callconsole.practice.carrier import CarrierFaults
from callconsole.practice.carrier.distance import Distance
from callconsole.practice.carrier.faults import StreamFaults
from callconsole.practice.carrier.playout import PlayoutBuffer
from support.stories import NUMBERS, practising
from support.virtual_time import play, virtual_loop

TOLERANCE_MS = 25
WAYS = st.floats(0, 300)


class FarCarrier:
    """A media line whose other end plays frames of 20 ms, a network away; both ends' clock is one.

    Args:
        in_ms: the way to the carrier.
        out_ms: the way back.
        phase_ms: where in our 20 ms the carrier's begin.
    """

    def __init__(self, in_ms: float, out_ms: float, phase_ms: float = 0.0) -> None:
        self.call_sid = self.stream_sid = ""
        self.playout = Playout(self, virtual_loop(), lambda _: None, lambda: None)
        self._buffer = PlayoutBuffer()
        self._in: Distance[tuple[str, object]] = Distance(in_ms, self._arrived)
        self._out: Distance[str] = Distance(out_ms, self.playout.mark_echoed)
        self._next_s = virtual_loop().time() + phase_ms / 1000
        self._timer = virtual_loop().call_at(self._next_s, self._tick)

    def send_audio(self, mulaw: bytes) -> None:
        self._in.put(("audio", mulaw))

    def send_mark(self, name: str) -> None:
        self._in.put(("mark", name))

    def clear(self) -> None:
        self._in.put(("clear", ""))

    async def close(self) -> None:
        self._timer.cancel()
        self._in.close()
        self._out.close()
        self.playout.close()

    def _tick(self) -> None:
        _frame, due = self._buffer.take()
        for name in due:
            self._out.put(name)
        self._next_s += 0.02
        self._timer = virtual_loop().call_at(self._next_s, self._tick)

    def _arrived(self, message: tuple[str, object]) -> None:
        match message:
            case ("audio", bytes(data)):
                assert self._buffer.put(data)
            case ("mark", str(name)):
                if self._buffer.mark(name):
                    self._out.put(name)
            case ("clear", _):
                for name in self._buffer.clear():
                    self._out.put(name)

    async def turn(self, length_ms: int, pause_s: float) -> None:
        """The agent says something in one burst and falls silent."""
        self.playout.feed(bytes(length_ms * 8))
        self.playout.finish()
        await asyncio.sleep(length_ms / 1000 + pause_s)

    async def operator(self, length_ms: int, jitter_ms: list[int]) -> None:
        """A microphone's frames, each a little early or late."""
        begin_s = virtual_loop().time()
        for index in range(length_ms // 20):
            due_s = begin_s + index * 0.02 + jitter_ms[index % len(jitter_ms)] / 1000
            await asyncio.sleep(max(0.0, due_s - virtual_loop().time()))
            self.playout.feed(bytes(160))
        self.playout.finish()


@given(WAYS, WAYS, st.floats(0, 20), st.lists(st.integers(200, 4000), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_an_agent_that_talks_measures_the_network(
    in_ms: float, out_ms: float, phase_ms: float, turns_ms: list[int]
) -> None:
    async def story() -> None:
        far = FarCarrier(in_ms, out_ms, phase_ms)
        for length_ms in turns_ms:
            await far.turn(length_ms, 1.0)
        assert far.playout.round_trip_ms == pytest.approx(in_ms + out_ms, abs=TOLERANCE_MS)
        await far.close()

    play(story())


@given(WAYS, WAYS, st.lists(st.integers(0, 15), min_size=3, max_size=9))
@settings(max_examples=40, deadline=None)
def test_an_operator_who_talks_measures_it_too(
    in_ms: float, out_ms: float, jitter_ms: list[int]
) -> None:
    async def story() -> None:
        far = FarCarrier(in_ms, out_ms)
        await far.operator(3000, jitter_ms)
        await asyncio.sleep(1.0)
        assert far.playout.round_trip_ms == pytest.approx(in_ms + out_ms, abs=TOLERANCE_MS)
        await far.close()

    play(story())


@given(WAYS, WAYS, st.integers(100, 1900))
@settings(max_examples=40, deadline=None)
def test_words_that_are_cut_off_do_not_make_it_too_small(
    in_ms: float, out_ms: float, heard_ms: int
) -> None:
    async def story() -> None:
        far = FarCarrier(in_ms, out_ms)
        far.playout.feed(bytes(2000 * 8))
        await asyncio.sleep(heard_ms / 1000)
        far.playout.clear()
        await far.turn(600, 1.0)
        assert far.playout.round_trip_ms == pytest.approx(in_ms + out_ms, abs=TOLERANCE_MS)
        await far.close()

    play(story())


def test_a_hitch_does_not_count_and_a_new_length_does_after_a_while() -> None:
    trip = RoundTrip()
    assert trip.ms is None
    for second in range(20):
        trip.echoed(100.0 + second, 100.0 + second - (0.9 if second % 3 else 0.08))
    assert trip.ms == 80
    trip.echoed(120.0 + WINDOW_S, 120.0 + WINDOW_S - 0.2)
    assert trip.ms == 200
    trip.forget()
    assert trip.ms is None


def test_another_stream_is_measured_anew() -> None:
    async def story() -> None:
        near, far = FarCarrier(5, 5), FarCarrier(200, 100)
        await near.turn(800, 0.5)
        near.playout.detach()
        near.playout.attach(far)
        assert near.playout.round_trip_ms is None
        await near.close()
        await far.close()

    play(story())


@pytest.mark.limit(60)
async def test_the_practice_line_with_a_long_way_is_measured_over_its_socket(
    tmp_path: Path,
) -> None:
    faults = CarrierFaults(stream=StreamFaults(delay_in_ms=90, delay_out_ms=60))
    async with practising(tmp_path, carrier=faults) as room:
        call = await room.app.console.place_call(NUMBERS["Never hangs up"])

        def measured() -> list[int]:
            found = (e.round_trip_ms for e in room.of(events.LevelsMeasured))
            return [ms for ms in found if ms is not None]

        await room.until(lambda: any(abs(ms - 150) <= TOLERANCE_MS for ms in measured()))
        assert min(measured()) >= 150 - TOLERANCE_MS
        figures = room.app.console.figures(call.sid)
        assert figures is not None
        assert figures["round_trip"]["now_ms"] == measured()[-1]
        await room.app.console.hang_up(call.sid)
        await room.until_over(call)
