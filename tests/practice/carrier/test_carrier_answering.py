from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from practice_customer import PUBLIC, STREAM_TWIML, Customer, order
from twilio.rest import Client

from callconsole.practice.callees import FAX, MENU, SCREENING, SILENCE, Record, Say
from callconsole.practice.carrier import AmdFault, Callee, PracticeCarrier, hastened
from callconsole.practice.clips import load

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

AMD: dict[str, Any] = {
    "machine_detection": "Enable",
    "async_amd": "true",
    "async_amd_status_callback": f"{PUBLIC}/amd",
}
PERSON, VOICEMAIL = "+14155550101", "+14155550106"


@pytest.fixture(autouse=True)
async def guard() -> AsyncIterator[None]:
    async with asyncio.timeout(20):
        yield


@pytest.mark.parametrize(
    ("number", "verdict", "earliest_ms", "latest_ms"),
    [(PERSON, "human", 2600, 3200), (VOICEMAIL, "machine_start", 2400, 3500)],
)
async def test_the_verdict_comes_while_the_call_goes_on(
    carrier: PracticeCarrier,
    customer: Customer,
    sdk: Client,
    number: str,
    verdict: str,
    earliest_ms: int,
    latest_ms: int,
) -> None:
    placed = await sdk.calls.create_async(**order(to=number, **AMD))
    socket = await customer.sockets.get()
    (fields,) = await customer.until("/amd")
    assert fields.keys() == {"CallSid", "AccountSid", "AnsweredBy", "MachineDetectionDuration"}
    assert (fields["CallSid"], fields["AnsweredBy"]) == (placed.sid, verdict)
    assert earliest_ms <= int(fields["MachineDetectionDuration"]) <= latest_ms
    assert not socket.closed.is_set()
    assert (await sdk.calls(placed.sid).fetch_async()).answered_by == verdict
    await sdk.calls(placed.sid).update_async(status="completed")
    final = (await customer.until("/call-status", 4))[-1]
    assert final["AnsweredBy"] == verdict
    assert customer.bad_signatures == []


async def test_waiting_for_the_verdict_holds_the_document_back(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    customer.twiml["/twiml"] = "<Response><Hangup/></Response>"
    wanted = order(twiml="", url=f"{PUBLIC}/twiml", machine_detection="Enable")
    placed = await sdk.calls.create_async(**wanted)
    await carrier.calls[placed.sid].wait_until_over()
    (fields,) = customer.callbacks("/twiml")
    assert fields["AnsweredBy"] == "human"
    assert 2000 <= int(fields["MachineDetectionDuration"]) <= 3200
    assert len(carrier.calls[placed.sid].heard) > 20000
    assert set(carrier.calls[placed.sid].heard) == {0xFF}


async def test_an_inline_document_waits_for_the_verdict_too(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    placed = await sdk.calls.create_async(**order(machine_detection="Enable"))
    socket = await customer.sockets.get()
    call = carrier.calls[placed.sid]
    assert call.answered_by == "human"
    assert call.line is not None
    assert call.line.elapsed_ms >= 2000
    first = (await socket.until("media"))[0]
    assert first["media"]["timestamp"] == "0"
    await sdk.calls(placed.sid).update_async(status="completed")
    final = (await customer.until("/call-status", 4))[-1]
    assert final["AnsweredBy"] == "human"
    assert "MachineDetectionDuration" not in final
    assert customer.callbacks("/amd") == []


async def test_without_blocking_a_document_is_fetched_at_once_and_knows_nothing(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    customer.twiml["/twiml"] = STREAM_TWIML
    await sdk.calls.create_async(**order(twiml="", url=f"{PUBLIC}/twiml", **AMD))
    (fields,) = await customer.until("/twiml")
    assert not {"AnsweredBy", "MachineDetectionDuration"} & fields.keys()
    await customer.until("/amd")


@pytest.mark.parametrize(
    ("callee", "verdict"),
    [(FAX, "fax"), (SILENCE, "unknown"), (MENU, "machine_start"), (SCREENING, "machine_start")],
    ids=lambda value: value.name if isinstance(value, Callee) else None,
)
async def test_the_document_may_decide_by_the_verdict(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, callee: Callee, verdict: str
) -> None:
    customer.twiml["/twiml"] = "<Response><Hangup/></Response>"
    wanted = order(
        to=callee.number, twiml="", url=f"{PUBLIC}/twiml", machine_detection="Enable",
        machine_detection_silence_timeout=2000,
    )  # fmt: skip
    placed = await sdk.calls.create_async(**wanted)
    call = carrier.calls[placed.sid]
    await call.wait_until_over()
    (fields,) = customer.callbacks("/twiml")
    assert fields["AnsweredBy"] == verdict
    assert customer.sockets.empty()
    assert set(call.heard) == {0xFF}
    assert call.ended_by == "twiml"


async def test_one_who_hangs_up_before_the_verdict_leaves_the_document_unfetched(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    carrier.callees = hastened([Callee(PERSON, "", "", script=(Say("person_short"),))])
    wanted = order(twiml="", url=f"{PUBLIC}/twiml", machine_detection="Enable")
    placed = await sdk.calls.create_async(**wanted)
    await carrier.calls[placed.sid].wait_until_over()
    final = (await customer.until("/call-status", 4))[-1]
    assert customer.callbacks("/twiml") == []
    assert "AnsweredBy" not in final


@pytest.mark.parametrize(
    ("fault", "answered_by"),
    [
        (AmdFault(verdict="machine_start"), "machine_start"),
        (AmdFault(late_s=0.6), "human"),
        (AmdFault(never=True), None),
    ],
)
async def test_faults_of_a_verdict_that_is_waited_for(
    carrier: PracticeCarrier,
    customer: Customer,
    sdk: Client,
    fault: AmdFault,
    answered_by: str | None,
) -> None:
    carrier.faults.amd = fault
    customer.twiml["/twiml"] = "<Response><Hangup/></Response>"
    wanted = order(
        twiml="", url=f"{PUBLIC}/twiml", machine_detection="Enable", time_limit=5
    )  # fmt: skip
    placed = await sdk.calls.create_async(**wanted)
    call = carrier.calls[placed.sid]
    await call.wait_until_over()
    assert [f["AnsweredBy"] for f in customer.callbacks("/twiml")] == (
        [answered_by] if answered_by else []
    )
    assert call.ended_by == ("twiml" if answered_by else "limit")


async def test_a_verdict_may_be_posted_twice(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    carrier.faults.amd = AmdFault(duplicated=True)
    await sdk.calls.create_async(**order(to="+14155550107", **AMD))
    first, second = await customer.until("/amd", 2)
    assert first == second


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (AmdFault(verdict="machine_start"), ["machine_start"]),
        (AmdFault(never=True), []),
        (AmdFault(late_s=1.5), ["human"]),
    ],
)
async def test_faults_of_the_detection(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, fault: AmdFault, expected: list[str]
) -> None:
    carrier.faults.amd = fault
    await sdk.calls.create_async(**order(to="+14155550107", **AMD))
    socket = await customer.sockets.get()
    await socket.until("media", 140)
    assert [f["AnsweredBy"] for f in customer.callbacks("/amd")] == (
        [] if fault.late_s else expected
    )
    if expected:
        (fields,) = await customer.until("/amd")
        assert fields["AnsweredBy"] == expected[0]


async def test_a_message_after_the_beep_is_noticed(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    machine = Callee("+14155550106", "", "", script=(Say("voicemail_beep"), Record(5)))
    carrier.callees = hastened([machine])
    placed = await sdk.calls.create_async(**order(to=VOICEMAIL))
    call = carrier.calls[placed.sid]
    socket = await customer.sockets.get()
    await socket.until("media", 30)
    assert call.message_left is False
    await socket.play(load("callee")["person_choose"].mulaw)
    await socket.mark("left")
    await socket.until("mark")
    assert call.message_left is True
