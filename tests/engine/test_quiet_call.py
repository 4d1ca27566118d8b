"""A call of which nothing is heard is asked for, again and again, and given up in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from callconsole.domain.call import Phase
from callconsole.domain.problems import Problem
from callconsole.engine.changes import Changes
from callconsole.engine.ports import CarrierReport, CarrierStatus
from callconsole.engine.progress import reported
from callconsole.engine.quiet_call import GIVE_UP_AFTER, QuietCall
from fakes.engine import SID, FakeCarrier, FakeClock
from support.calls import queued_call

pytestmark = pytest.mark.virtual_time


class Watched:
    def __init__(self) -> None:
        self.call = queued_call(SID)
        self.changes = Changes()
        self.carrier = FakeCarrier()
        self.given_up: list[Problem] = []
        quiet = QuietCall(
            lambda: self.call,
            self.changes,
            self.carrier,
            self.take,
            self.given_up.append,
            ring_timeout_s=0.02,
            time_limit_s=30,
        )
        self.task = asyncio.create_task(quiet.watch())

    def take(self, report: CarrierReport) -> None:
        self.call = reported(self.call, report, None, FakeClock().now())
        self.changes.happened()


@pytest.fixture
async def watched(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    for name in ("QUEUED_S", "LATE_S", "AGAIN_S"):
        monkeypatch.setattr(f"callconsole.engine.quiet_call.{name}", 0.01)
    made = Watched()
    yield made
    made.task.cancel()
    await asyncio.gather(made.task, return_exceptions=True)


async def test_a_lost_ending_is_found(watched: Watched) -> None:
    watched.carrier.state = CarrierStatus.NO_ANSWER
    await watched.task
    assert watched.call.phase is Phase.ENDED
    assert watched.carrier.fetches == 1


async def test_it_goes_on_asking_while_the_carrier_says_that_it_rings(watched: Watched) -> None:
    watched.carrier.state = CarrierStatus.RINGING
    while watched.carrier.fetches < 3:
        watched.carrier.fetched.clear()
        await watched.carrier.fetched.wait()
    assert not watched.given_up
    watched.carrier.state = CarrierStatus.BUSY
    await watched.task


async def test_an_answered_call_is_left_in_peace(watched: Watched) -> None:
    watched.take(CarrierReport(SID, CarrierStatus.IN_PROGRESS, 2))
    await asyncio.sleep(0)
    assert watched.carrier.fetches == 0
    watched.call = replace(watched.call, phase=Phase.ENDED)
    watched.changes.happened()
    await watched.task


async def test_a_carrier_that_cannot_be_asked_is_given_up(watched: Watched) -> None:
    watched.carrier.fetch_fails = True
    await watched.task
    assert watched.carrier.fetches == GIVE_UP_AFTER
    assert [problem.code for problem in watched.given_up] == ["call.no_word"]
