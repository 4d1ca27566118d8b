"""How looks from outside become a state, and how the lookout holds on to the address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.adapters.tunnel import faults
from callconsole.adapters.tunnel.beacon import Beacon
from callconsole.adapters.tunnel.lookout import Judgement, Lookout, Pace, Sight
from callconsole.domain.events import ServiceState
from support.beacon_alone import alone
from support.tls_edge import TlsEdge, tls_edge

LOST = faults.silent("tunnel.no_answer", "desk.example")
WRONG = faults.of_answer(404, "", "desk.example")
HASTY = Pace(every_s=0.02, doubtful_s=0.02, lost_s=0.02, limit_s=2.0)


def test_one_bad_look_says_nothing() -> None:
    for error in (LOST, WRONG):
        judgement = Judgement()
        assert judgement.bad(error) is None
        assert judgement.doubtful
        assert judgement.good(80).state is ServiceState.READY
        assert not judgement.doubtful


def test_who_answers_wrongly_is_down() -> None:
    judgement = Judgement()
    judgement.bad(WRONG)
    assert judgement.bad(WRONG) == Sight(ServiceState.FAILED, None, WRONG.problem)


def test_a_silent_address_that_never_answered_stays_doubtful() -> None:
    judgement = Judgement()
    judgement.bad(LOST)
    for _ in range(9):
        sight = judgement.bad(LOST)
        assert sight is not None
        assert sight.state is ServiceState.DEGRADED
        assert sight.problem is not None
        assert "routers" in sight.problem.cure


def test_an_address_that_had_answered_is_lost_after_a_while() -> None:
    judgement = Judgement()
    judgement.good(80)
    states = [sight.state if sight else None for sight in (judgement.bad(LOST) for _ in range(4))]
    assert states == [None, ServiceState.DEGRADED, ServiceState.DEGRADED, ServiceState.FAILED]
    assert judgement.good(80).state is ServiceState.READY


def test_slow_twice_is_doubtful_and_tells_how_slow() -> None:
    judgement = Judgement()
    assert judgement.good(1400).state is ServiceState.READY
    assert judgement.doubtful
    sight = judgement.good(1400)
    assert (sight.state, sight.round_trip_ms) == (ServiceState.DEGRADED, 1400)
    assert sight.problem is not None
    assert "1.4 s" in sight.problem.cause
    assert judgement.good(90).problem is None


def test_a_warning_stays() -> None:
    judgement = Judgement()
    judgement.warn(faults.open_door("desk.example").problem)
    sight = judgement.good(80)
    assert sight.state is ServiceState.DEGRADED
    assert sight.problem is not None
    assert sight.problem.code == "tunnel.open_door"


@given(st.lists(st.one_of(st.floats(0, 5000), st.sampled_from([LOST, WRONG]))))
def test_a_problem_is_told_exactly_where_something_is_wrong(looks: list[object]) -> None:
    judgement = Judgement()
    for look in looks:
        sight = judgement.good(look) if isinstance(look, float) else judgement.bad(look)
        if sight is not None:
            assert (sight.problem is None) == (sight.state is ServiceState.READY)
            assert (sight.round_trip_ms is None) == (not isinstance(look, float))


class Watch:
    """A lookout at an edge, and what it told."""

    def __init__(self, edge: TlsEdge, beacon: Beacon) -> None:
        self.edge = edge
        self.sights: asyncio.Queue[Sight] = asyncio.Queue()
        self.doors = 0
        self.lookout = Lookout(
            edge.address,
            beacon,
            self.sights.put_nowait,
            on_open_door=self._open_door,
            ca_file=edge.ca_file,
            pace=HASTY,
        )

    def _open_door(self) -> None:
        self.doors += 1

    async def until(self, state: ServiceState) -> Sight:
        while (sight := await self.sights.get()).state is not state:
            pass
        return sight


@asynccontextmanager
async def watching(beacon: Beacon, folder: Path) -> AsyncIterator[Watch]:
    async with alone(beacon, "127.0.0.1", 0) as port, tls_edge(folder / "edge", port) as edge:
        watch = Watch(edge, beacon)
        running = asyncio.create_task(watch.lookout.run())
        yield watch
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_it_stays_on_one_line_and_notices_its_end(tmp_path: Path) -> None:
    async with watching(Beacon(), tmp_path) as watch:
        for _ in range(5):
            sight = await watch.sights.get()
            assert sight.state is ServiceState.READY
            assert sight.round_trip_ms is not None
        await watch.edge.stop()
        doubtful = await watch.until(ServiceState.DEGRADED)
        assert doubtful.problem is not None
        lost = await watch.until(ServiceState.FAILED)
        assert lost.problem is not None
        assert lost.problem.code == "tunnel.refused"
        await watch.edge.start()
        await watch.until(ServiceState.READY)


async def test_another_server_takes_the_address(tmp_path: Path) -> None:
    async with watching(Beacon(), tmp_path) as watch:
        await watch.until(ServiceState.READY)
        async with alone(Beacon(), "127.0.0.1", 0) as other:
            ours, watch.edge.target = watch.edge.target, other
            await watch.edge.stop()
            await watch.edge.start()
            found = await watch.until(ServiceState.FAILED)
            assert found.problem is not None
            assert found.problem.code == "tunnel.another_console"
            watch.edge.target = ours
            await watch.until(ServiceState.READY)
