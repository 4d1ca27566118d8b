from __future__ import annotations

import asyncio
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from practice_customer import ACCOUNT, NUMBER, Customer, order
from twilio.rest import Client

from callconsole.practice.carrier import CallbackFaults, PracticeCarrier

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

NO_STREAM = "<Response><Pause/></Response>"


@pytest.mark.parametrize(
    ("number", "statuses", "sip_code"),
    [
        ("+14155550103", ["initiated", "busy"], "486"),
        ("+14155550104", ["initiated", "ringing", "no-answer"], "487"),
        ("+14155550105", ["initiated", "ringing", "busy"], "603"),
        ("+14155550108", ["initiated", "failed"], "404"),
    ],
)
async def test_calls_that_nobody_answers(
    carrier: PracticeCarrier,
    customer: Customer,
    sdk: Client,
    number: str,
    statuses: list[str],
    sip_code: str,
) -> None:
    async with asyncio.timeout(10):
        placed = await sdk.calls.create_async(**order(to=number, timeout=1))
        events = await customer.until("/call-status", len(statuses))
        await carrier.wait_until_idle()
    assert [e["CallStatus"] for e in events] == statuses
    assert [e["SequenceNumber"] for e in events] == [str(i) for i in range(len(statuses))]
    assert events[-1]["SipResponseCode"] == sip_code
    assert events[-1]["CallDuration"] == events[-1]["Duration"] == "0"
    assert "SipResponseCode" not in events[0]
    fetched = await sdk.calls(placed.sid).fetch_async()
    assert (fetched.status, fetched.duration, fetched.start_time) == (statuses[-1], "0", None)
    assert customer.bad_signatures == []


async def test_the_fields_of_a_callback(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    async with asyncio.timeout(10):
        placed = await sdk.calls.create_async(**order(to="+442071838750", twiml=NO_STREAM))
        events = await customer.until("/call-status", 4)
    final = dict(events[-1])
    assert parsedate_to_datetime(final.pop("Timestamp")).utcoffset() is not None
    assert final == {
        "CallSid": placed.sid,
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Direction": "outbound-api",
        "CallStatus": "completed",
        "CallbackSource": "call-progress-events",
        "SequenceNumber": "3",
        "CallDuration": "2",
        "Duration": "1",
        "SipResponseCode": "200",
        **dict.fromkeys(("To", "Called"), "+442071838750"),
        **dict.fromkeys(("From", "Caller"), NUMBER),
        **{f"{name}Country": "GB" for name in ("To", "Called")},
        **{f"{name}Country": "US" for name in ("From", "Caller")},
        **{
            f"{name}{part}": ""
            for name in ("To", "Called", "From", "Caller")
            for part in ("City", "State", "Zip")
        },
    }


async def test_the_request_comes_through_the_edge(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    async with asyncio.timeout(10):
        await sdk.calls.create_async(**order(to="+14155550103"))
        await customer.until("/call-status", 1)
    headers = customer.requests[0][2]
    assert headers["Host"] == "console.practice.example"
    assert headers["X-Forwarded-Host"] == "console.practice.example"
    assert headers["X-Forwarded-Proto"] == "https"
    assert headers["X-Forwarded-For"] == "203.0.113.7"
    assert headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert "I-Twilio-Idempotency-Token" in headers


async def test_only_the_end_is_told_by_default(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    wanted = order(to="+14155550105")
    del wanted["status_callback_event"]
    async with asyncio.timeout(10):
        await sdk.calls.create_async(**wanted)
        events = await customer.until("/call-status", 1)
    assert [(e["CallStatus"], e["SequenceNumber"]) for e in events] == [("busy", "0")]


@pytest.mark.parametrize(
    ("faults", "sequence"),
    [
        (CallbackFaults(lost=frozenset({"ringing"})), ["0", "2"]),
        (CallbackFaults(duplicated=frozenset({"completed"})), ["0", "1", "2", "2"]),
        (CallbackFaults(reordered=True), ["1", "0", "2"]),
        (CallbackFaults(delayed_s={"initiated": 0.4}), ["1", "2", "0"]),
        (CallbackFaults(overtaken=frozenset({"ringing"})), ["0", "2", "1"]),
        (CallbackFaults(overtaken=frozenset({"initiated", "ringing"})), ["2", "0", "1"]),
        (CallbackFaults(lost=frozenset({"initiated", "ringing"})), ["2"]),
        (
            CallbackFaults(
                lost=frozenset({"initiated"}),
                duplicated=frozenset({"ringing"}),
                overtaken=frozenset({"ringing"}),
            ),
            ["2", "1", "1"],
        ),
    ],
)
async def test_faults_of_callbacks(
    carrier: PracticeCarrier,
    customer: Customer,
    sdk: Client,
    faults: CallbackFaults,
    sequence: list[str],
) -> None:
    carrier.faults.callbacks = replace(faults)
    async with asyncio.timeout(10):
        await sdk.calls.create_async(**order(to="+14155550105"))
        events = await customer.until("/call-status", len(sequence))
    assert [e["SequenceNumber"] for e in events] == sequence


async def test_an_end_that_is_never_told_can_be_asked_for(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    carrier.faults.callbacks = CallbackFaults(lost=frozenset({"completed"}))
    async with asyncio.timeout(10):
        placed = await sdk.calls.create_async(**order(to="+14155550105"))
        await carrier.wait_until_idle()
        await customer.until("/call-status", 2)
    assert (await sdk.calls(placed.sid).fetch_async()).status == "busy"
    assert [e["CallStatus"] for e in customer.callbacks()] == ["initiated", "ringing"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status_callback": "https://gone.practice.example/call-status"}, 11205),
        ({"status_callback": "https://console.practice.example/broken"}, 11200),
    ],
)
async def test_an_unheard_callback_raises_an_alert(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, changes: dict[str, Any], code: int
) -> None:
    customer.status["/broken"] = 403
    wanted = order(to="+14155550103", status_callback_event=["completed"], **changes)
    async with asyncio.timeout(10):
        placed = await sdk.calls.create_async(**wanted)
        await carrier.wait_until_idle()
        await carrier.stop()
    assert carrier.alerts.codes == [code]
    (alert,) = carrier.alerts
    assert (alert.call_sid, alert.warning) == (placed.sid, False)
    assert alert.at.tzinfo is not None


async def test_a_dead_server_behind_the_tunnel_is_a_502(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    await customer.stop()
    async with asyncio.timeout(10):
        await sdk.calls.create_async(**order(status_callback_event=["completed"]))
        await carrier.wait_until_idle()
        await carrier.stop()
    assert carrier.alerts.codes == [31920, 11200]
    assert "502" in next(iter(carrier.alerts)).detail
