"""The metrics as Prometheus reads them, from a real socket and by its own parser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from prometheus_client import REGISTRY, Metric
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from callconsole.adapters.metrics import Metrics
from callconsole.adapters.web.access import AccessPolicy
from callconsole.adapters.web.server import WebServer
from callconsole.domain import events
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.problems import Problem
from callconsole.engine.watchdog import Stall
from fakes.switchboard import AT, FIRST_CALL, SID, FakeSwitchboard

ABOUT: dict[str, Any] = {"call_sid": SID, "at": AT}
TUNNEL = {"Host": "desk.ngrok-free.app", "X-Forwarded-For": "203.0.113.7"}
TOKEN = {"Authorization": "Bearer s3cret"}
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Desk:
    """A running server with metrics, what feeds them, and a client."""

    def __init__(self, switchboard: FakeSwitchboard, base: str, client: ClientSession) -> None:
        self.publish = switchboard.publish
        self.base = base
        self.client = client

    async def scrape(self) -> Scrape:
        async with self.client.get(f"{self.base}/metrics") as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"] == CONTENT_TYPE
            assert answer.headers["Cache-Control"] == "no-store"
            return Scrape(await answer.text())


class Scrape:
    """One answer, parsed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.families: list[Metric] = list(text_string_to_metric_families(text))

    def value(self, name: str, **labels: str) -> float | None:
        found = [
            sample.value
            for family in self.families
            for sample in family.samples
            if (sample.name, sample.labels) == (f"callconsole_{name}", labels)
        ]
        assert len(found) < 2
        return found[0] if found else None

    def by(self, name: str, label: str) -> dict[str, float]:
        return {
            sample.labels[label]: sample.value
            for family in self.families
            for sample in family.samples
            if sample.name == f"callconsole_{name}" and sample.value
        }


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    switchboard = FakeSwitchboard()
    metrics = Metrics(switchboard.subscribe, "1.2.3")
    access = AccessPolicy(SecretStr("s3cret"))
    server = WebServer("127.0.0.1", 0, switchboard, (), access, metrics.pages())
    await server.start()
    async with ClientSession() as client:
        yield Desk(switchboard, f"http://127.0.0.1:{server.port}", client)
    await server.stop()


def queued(sid: str = SID) -> events.CallQueued:
    return events.CallQueued(call_sid=sid, at=AT, call=replace(FIRST_CALL, sid=sid))


def ended(outcome: Outcome, after_s: float = 0.0, sid: str = SID) -> events.CallEnded:
    at = AT + timedelta(seconds=after_s)
    return events.CallEnded(call_sid=sid, at=at, ending=Ending(outcome, EndedBy.CALLER))


def service(which: Service, state: ServiceState) -> ServiceChanged:
    problem = Problem("x.y", "It failed", "", "") if state is ServiceState.FAILED else None
    return ServiceChanged(service=which, state=state, detail="port 8080", problem=problem)


async def test_before_the_first_call_every_series_stands_at_zero(desk: Desk) -> None:
    told = await desk.scrape()
    assert told.value("build_info", version="1.2.3") == 1
    assert told.value("live_calls") == 0
    for outcome in Outcome:
        assert told.value("calls_total", outcome=outcome.value) == 0
    for stall in Stall:
        assert told.value("agent_stalls_total", kind=stall.value) == 0
    for session in ("resumed", "fresh"):
        assert told.value("agent_renewals_total", session=session) == 0
    for name in ("interruptions_total", "agent_audio_dropped_seconds_total"):
        assert told.value(name) == 0
    for name in ("call_duration", "reply_sent", "reply_heard"):
        assert told.value(f"{name}_seconds_count") == 0
    assert told.by("service_up", "service") == {}


async def test_calls_are_counted_by_outcome_and_timed_from_their_answer(desk: Desk) -> None:
    desk.publish(queued())
    desk.publish(queued("CA2"))
    assert (await desk.scrape()).value("live_calls") == 2
    desk.publish(ended(Outcome.BUSY, 8, "CA2"))
    desk.publish(events.CallAnswered(**ABOUT))
    desk.publish(ended(Outcome.COMPLETED, 61.5))
    told = await desk.scrape()
    assert told.value("live_calls") == 0
    assert told.by("calls_total", "outcome") == {"busy": 1, "completed": 1}
    assert told.value("call_duration_seconds_count") == 1
    assert told.value("call_duration_seconds_sum") == 61.5
    assert told.value("call_duration_seconds_bucket", le="60.0") == 0
    assert told.value("call_duration_seconds_bucket", le="120.0") == 1


async def test_replies_are_timed_as_sent_and_as_heard(desk: Desk) -> None:
    desk.publish(events.AgentReplied(**ABOUT, delay_ms=600))
    desk.publish(events.AgentReplied(**ABOUT, delay_ms=900))
    desk.publish(events.AgentHeard(**ABOUT, delay_ms=1010))
    told = await desk.scrape()
    assert told.value("reply_sent_seconds_sum") == 1.5
    assert told.value("reply_sent_seconds_bucket", le="0.6") == 1
    assert told.value("reply_sent_seconds_bucket", le="1.0") == 2
    assert told.value("reply_heard_seconds_count") == 1
    assert told.value("reply_heard_seconds_bucket", le="1.0") == 0
    assert told.value("reply_heard_seconds_bucket", le="1.25") == 1


async def test_what_went_wrong_with_the_agent_is_counted(desk: Desk) -> None:
    desk.publish(events.AgentInterrupted(**ABOUT, turn_id=1, dropped_ms=1250))
    desk.publish(events.AgentInterrupted(**ABOUT, turn_id=3, dropped_ms=250))
    desk.publish(events.AgentStalled(**ABOUT, stall=Stall.TONE.value, remedy="nudged"))
    desk.publish(events.AgentRenewed(**ABOUT, fresh=False, reason="goodbye", gap_ms=200))
    desk.publish(events.AgentRenewed(**ABOUT, fresh=True, reason="lost", gap_ms=300))
    told = await desk.scrape()
    assert told.value("interruptions_total") == 2
    assert told.value("agent_audio_dropped_seconds_total") == 1.5
    assert told.by("agent_stalls_total", "kind") == {"a tone instead of speech": 1}
    assert told.by("agent_renewals_total", "session") == {"resumed": 1, "fresh": 1}


async def test_parts_are_up_only_while_they_are_ready(desk: Desk) -> None:
    desk.publish(service(Service.SERVER, ServiceState.READY))
    desk.publish(service(Service.TUNNEL, ServiceState.STARTING))
    desk.publish(service(Service.AGENT, ServiceState.READY))
    desk.publish(service(Service.AGENT, ServiceState.FAILED))
    told = await desk.scrape()
    up = {name.value: told.value("service_up", service=name.value) for name in Service}
    assert up == {
        "server": 1,
        "tunnel": 0,
        "carrier": None,
        "agent": 0,
        "sound": None,
        "history": None,
    }


async def test_nothing_unbounded_becomes_a_label_and_nothing_private_is_told(desk: Desk) -> None:
    desk.publish(queued())
    desk.publish(events.AgentStalled(**ABOUT, stall="stall of +14155550100", remedy="x"))
    desk.publish(events.AgentRenewed(**ABOUT, fresh=True, reason="reason 4711", gap_ms=1))
    desk.publish(ended(Outcome.FAILED))
    desk.publish(service(Service.CARRIER, ServiceState.FAILED))
    told = await desk.scrape()
    assert told.by("agent_stalls_total", "kind") == {"other": 1}
    for secret in (SID, "4155550100", "6285550100", "reception", "4711", "It failed"):
        assert secret not in told.text
    series = len(told.text.splitlines())
    for number in range(100):
        desk.publish(queued(f"CA{number}"))
        desk.publish(events.AgentStalled(**ABOUT, stall=f"stall {number}", remedy="x"))
        desk.publish(ended(Outcome.FAILED, sid=f"CA{number}"))
    assert len((await desk.scrape()).text.splitlines()) == series


async def test_an_end_that_is_told_twice_leaves_no_call_below_zero(desk: Desk) -> None:
    desk.publish(ended(Outcome.COMPLETED))
    desk.publish(events.CallAnswered(**ABOUT))
    told = await desk.scrape()
    assert (told.value("live_calls"), told.value("call_duration_seconds_count")) == (0, 0)


async def test_two_consoles_in_one_process_share_nothing(desk: Desk) -> None:
    other = FakeSwitchboard()
    Metrics(other.subscribe, "9")
    other.publish(queued())
    assert (await desk.scrape()).value("live_calls") == 0
    assert not [family.name for family in REGISTRY.collect() if "callconsole" in family.name]


async def test_outsiders_need_the_token(desk: Desk) -> None:
    url = f"{desk.base}/metrics"
    for headers, status in ((TUNNEL, 403), ({**TUNNEL, **TOKEN}, 200)):
        async with desk.client.get(url, headers=headers) as answer:
            assert answer.status == status
            assert ("callconsole_calls" in await answer.text()) is (status == 200)
    async with desk.client.post(url) as answer:
        assert answer.status == 405
