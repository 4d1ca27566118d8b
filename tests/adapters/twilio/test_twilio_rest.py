"""The real SDK, through our client, against an API on a real socket."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from api_stand_in import (
    ACCOUNT,
    CALL_SID,
    CALLEE,
    NUMBER,
    PUBLIC,
    TOKEN,
    Answer,
    StandIn,
    call_json,
    carrier_at,
)
from pydantic import SecretStr

import callconsole
from callconsole.adapters.twilio.rest import TwilioCarrier
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import (
    CallOrder,
    Carrier,
    CarrierReport,
    CarrierStatus,
    Detection,
    PlacedCall,
)

ORDER = CallOrder(to=CALLEE, stream_token="one-time", ring_timeout_s=22, time_limit_s=600)


async def refusal_of(carrier: Carrier, order: CallOrder = ORDER) -> str:
    with pytest.raises(ProblemError) as caught:
        await carrier.place_call(order)
    assert TOKEN not in repr(caught.value)
    return caught.value.problem.code


async def test_an_order_carries_everything_twilio_needs(
    twilio: StandIn, carrier: TwilioCarrier
) -> None:
    placed = await carrier.place_call(ORDER)
    assert placed == PlacedCall(CALL_SID, CarrierStatus.QUEUED, NUMBER)
    (order,) = twilio.posts()
    assert order.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert order.all("StatusCallbackEvent") == ["initiated", "ringing", "answered", "completed"]
    fields = dict(order.fields)
    fields.pop("StatusCallbackEvent")
    twiml = fields.pop("Twiml")
    assert fields == {
        "To": CALLEE,
        "From": NUMBER,
        "StatusCallback": f"{PUBLIC}/call-status",
        "StatusCallbackMethod": "POST",
        "Timeout": "22",
        "TimeLimit": "600",
        "MachineDetection": "Enable",
        "AsyncAmd": "true",
        "AsyncAmdStatusCallback": f"{PUBLIC}/call-status",
        "AsyncAmdStatusCallbackMethod": "POST",
        "MachineDetectionSpeechThreshold": "2000",
        "MachineDetectionSpeechEndThreshold": "1400",
        "MachineDetectionSilenceTimeout": "3500",
    }
    assert twiml == (
        '<?xml version="1.0" encoding="UTF-8"?><Response>'
        f'<Connect action="{PUBLIC}/twiml/stream-ended" method="POST">'
        '<Stream url="wss://desk.example.com/media-stream">'
        '<Parameter name="token" value="one-time" /></Stream></Connect></Response>'
    )


async def test_machine_detection_can_be_left_out(twilio: StandIn, carrier: TwilioCarrier) -> None:
    await carrier.place_call(CallOrder(to=CALLEE, stream_token="t", detection=Detection.OFF))
    (order,) = twilio.posts()
    assert not [name for name, _ in order.fields if "Machine" in name or "Amd" in name]


async def test_the_address_is_asked_for_at_each_call(twilio: StandIn) -> None:
    addresses = iter(["https://one.example.com/", "https://two.example.com"])
    carrier = TwilioCarrier(
        ACCOUNT, SecretStr(TOKEN), NUMBER, lambda: next(addresses), twilio.base_url
    )
    for _ in range(2):
        await carrier.place_call(ORDER)
    await carrier.close()
    assert [order.one("StatusCallback") for order in twilio.posts()] == [
        "https://one.example.com/call-status",
        "https://two.example.com/call-status",
    ]


@pytest.mark.parametrize("address", ["", "http://desk.example.com", "desk.example.com", "https://"])
async def test_without_a_public_https_address_nothing_is_sent(
    twilio: StandIn, address: str
) -> None:
    carrier = TwilioCarrier(ACCOUNT, SecretStr(TOKEN), NUMBER, lambda: address, twilio.base_url)
    assert await refusal_of(carrier) == "twilio.no_public_address"
    assert twilio.asked == []
    await carrier.close()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((400, {"code": 21211, "message": "Invalid 'To'", "status": 400}), "twilio.21211"),
        ((400, {"code": "21219", "message": "unverified"}), "twilio.21219"),
        ((400, {"code": 60999, "message": "New rule"}), "twilio.60999"),
        ((401, {"code": 20003, "message": "Authenticate"}), "twilio.20003"),
        ((401, "<html>"), "twilio.20003"),
        ((429, {"code": 20429, "message": "Too many"}), "twilio.20429"),
        ((400, "nonsense"), "twilio.refused"),
        ((400, {"code": [1], "message": {"a": 1}}), "twilio.refused"),
        (
            (400, {"type": "x", "title": "Bad", "status": 400, "code": 21215, "detail": "d"}),
            "twilio.21215",
        ),
    ],
)
async def test_a_refusal_is_put_into_words(
    twilio: StandIn, carrier: TwilioCarrier, answer: Answer, code: str
) -> None:
    twilio.create = answer
    assert await refusal_of(carrier) == code
    assert [asked.method for asked in twilio.asked] == ["POST"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((503, "upstream"), "twilio.unavailable.perhaps_placed"),
        ((500, {"code": 20500, "message": "Internal"}), "twilio.unavailable.perhaps_placed"),
        ((201, "<html>Sign in to the Wi-Fi"), "twilio.unreadable.perhaps_placed"),
        ((201, ["list"]), "twilio.unreadable.perhaps_placed"),
        ((201, {"status": "queued"}), "twilio.unreadable.perhaps_placed"),
        ((302, "moved"), "twilio.unreadable.perhaps_placed"),
    ],
)
async def test_a_doubtful_answer_never_dials_twice(
    twilio: StandIn, carrier: TwilioCarrier, answer: Answer, code: str
) -> None:
    twilio.create = answer
    assert await refusal_of(carrier) == code
    assert len(twilio.posts()) == 1


async def test_a_silent_twilio_is_left_after_the_time_out_and_not_asked_twice(
    twilio: StandIn,
) -> None:
    carrier = carrier_at(twilio.base_url, timeout_s=0.2)
    twilio.hang = {"create"}
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert await refusal_of(carrier) == "twilio.timeout.perhaps_placed"
    assert loop.time() - began < 2.0
    assert [asked.method for asked in twilio.asked] == ["POST", "GET", "GET"]
    assert twilio.asked[1].fields == [("To", CALLEE), ("From", NUMBER), ("PageSize", "20")]
    await carrier.close()


async def test_a_cut_connection_is_not_dialled_again(
    twilio: StandIn, carrier: TwilioCarrier
) -> None:
    twilio.cut = {"create"}
    assert await refusal_of(carrier) == "twilio.connection_lost.perhaps_placed"
    assert len(twilio.posts()) == 1


async def test_a_stale_kept_alive_connection_is_not_dialled_again(
    twilio: StandIn, carrier: TwilioCarrier
) -> None:
    await carrier.check()
    twilio.cut = {"create"}
    assert await refusal_of(carrier) == "twilio.connection_lost.perhaps_placed"
    assert len(twilio.posts()) == 1


@pytest.mark.parametrize("fault", ["timeout", "cut", "503"])
async def test_a_call_that_was_placed_without_an_answer_is_adopted(
    twilio: StandIn, fault: str
) -> None:
    carrier = carrier_at(twilio.base_url, timeout_s=0.3)
    old = format_datetime(datetime.now(UTC) - timedelta(minutes=5))
    placed = call_json("CA" + "1" * 32, "ringing")
    before = call_json("CA" + "2" * 32, "in-progress", date_created=old)
    twilio.listed = (200, {"calls": [placed, before], "page": 0, "next_page_uri": None})
    twilio.hang = {"create"} if fault == "timeout" else set()
    twilio.cut = {"create"} if fault == "cut" else set()
    twilio.create = (503, "sad")
    adopted = await carrier.place_call(ORDER)
    assert adopted == PlacedCall("CA" + "1" * 32, CarrierStatus.RINGING, NUMBER)
    assert len(twilio.posts()) == 1
    # The same call is not taken for a second order's.
    assert (await refusal_of(carrier)).endswith(".perhaps_placed")
    await carrier.close()


async def test_an_older_call_is_not_adopted(twilio: StandIn, carrier: TwilioCarrier) -> None:
    old = format_datetime(datetime.now(UTC) - timedelta(minutes=5))
    over = call_json("CA" + "3" * 32, "completed", date_created=None)
    calls = [call_json("CA" + "2" * 32, "in-progress", date_created=old), over]
    twilio.listed = (200, {"calls": calls, "page": 0, "next_page_uri": None})
    twilio.create = (503, "sad")
    assert await refusal_of(carrier) == "twilio.unavailable.perhaps_placed"


async def test_nobody_at_the_address_is_certain_not_to_have_dialled() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        carrier = carrier_at(f"http://127.0.0.1:{unused.getsockname()[1]}")
        assert await refusal_of(carrier) == "twilio.unreachable"
        await carrier.close()


async def test_ending_a_call_asks_for_completed(twilio: StandIn, carrier: TwilioCarrier) -> None:
    await carrier.end_call(CALL_SID)
    (asked,) = twilio.asked
    assert (asked.method, asked.fields) == ("POST", [("Status", "completed")])
    assert asked.path.endswith(f"/Calls/{CALL_SID}.json")


ALREADY_OVER = (400, {"code": 21220, "message": "Call is not in-progress"})
UNKNOWN = (404, {"code": 20404, "message": "not found"})
DONE = (200, call_json(status="canceled"))


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ([UNKNOWN], ["completed"]),
        ([(404, "gone")], ["completed"]),
        ([ALREADY_OVER, ALREADY_OVER], ["completed", "canceled"]),
        ([ALREADY_OVER, DONE], ["completed", "canceled"]),
        ([ALREADY_OVER, UNKNOWN], ["completed", "canceled"]),
        ([(400, {"code": 21218, "message": "invalid"}), DONE], ["completed", "canceled"]),
    ],
)
async def test_ending_a_call_succeeds_whatever_its_state(
    twilio: StandIn, carrier: TwilioCarrier, answers: list[Answer], asked: list[str]
) -> None:
    twilio.update = answers
    await carrier.end_call(CALL_SID)
    assert [request.one("Status") for request in twilio.asked] == asked


@pytest.mark.parametrize("answer", [(401, {"code": 20003}), (503, "sad"), (429, {"code": 20429})])
async def test_a_call_that_cannot_be_ended_is_told(
    twilio: StandIn, carrier: TwilioCarrier, answer: Answer
) -> None:
    twilio.update = [answer]
    with pytest.raises(ProblemError):
        await carrier.end_call(CALL_SID)
    assert len(twilio.asked) == 1


async def test_a_call_in_progress_that_is_not_ended_is_told(
    twilio: StandIn, carrier: TwilioCarrier
) -> None:
    twilio.update = [(400, {"code": 21218, "message": "no"}), ALREADY_OVER]
    with pytest.raises(ProblemError) as caught:
        await carrier.end_call(CALL_SID)
    assert caught.value.problem.code == "twilio.21218"


async def test_a_fetched_call_is_a_report(twilio: StandIn, carrier: TwilioCarrier) -> None:
    twilio.fetch = (200, call_json(status="completed", duration="49"))
    assert await carrier.fetch_call(CALL_SID) == CarrierReport(
        CALL_SID, CarrierStatus.COMPLETED, duration_s=49
    )
    twilio.fetch = (200, call_json(status="dreaming"))
    with pytest.raises(ProblemError) as caught:
        await carrier.fetch_call(CALL_SID)
    assert caught.value.problem.code == "twilio.unreadable"


async def test_the_check_names_our_number(twilio: StandIn, carrier: TwilioCarrier) -> None:
    assert await carrier.check() == "+1 628-555-0100"
    twilio.account = (200, {"sid": ACCOUNT, "status": "active", "type": "Trial"})
    assert await carrier.check() == "+1 628-555-0100, trial account"
    twilio.account = (200, {"sid": ACCOUNT, "status": "suspended", "type": "Full"})
    with pytest.raises(ProblemError) as caught:
        await carrier.check()
    assert caught.value.problem.code == "twilio.account_closed"


async def test_a_wrong_token_is_told_without_showing_it(twilio: StandIn) -> None:
    carrier = TwilioCarrier(
        ACCOUNT, SecretStr("wrong-secret"), NUMBER, lambda: PUBLIC, twilio.base_url
    )
    with pytest.raises(ProblemError) as caught:
        await carrier.check()
    assert caught.value.problem.code == "twilio.20003"
    assert "wrong-secret" not in repr(caught.value) + repr(vars(caught.value))
    await carrier.close()


async def test_a_base_url_may_have_a_path(twilio: StandIn) -> None:
    carrier = carrier_at(f"{twilio.base_url}/proxy/")
    with pytest.raises(ProblemError) as caught:
        await carrier.check()
    assert caught.value.problem.code == "twilio.20404"
    await carrier.close()


async def test_closing_twice_is_safe_and_the_carrier_opens_again(carrier: TwilioCarrier) -> None:
    await carrier.close()
    await carrier.check()
    await carrier.close()
    await carrier.close()
    assert await carrier.check()


async def test_nothing_that_is_secret_is_logged(
    twilio: StandIn, carrier: TwilioCarrier, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await carrier.place_call(ORDER)
    twilio.create = (503, "x")
    await refusal_of(carrier)
    assert not re.search(rf"{TOKEN}|one-time|{CALLEE[1:]}|{NUMBER[1:]}", caplog.text)


def test_the_sdk_is_not_imported_with_the_package() -> None:
    script = (
        "import sys, callconsole.adapters.twilio.rest, callconsole.adapters.twilio.webhooks, "
        "callconsole.adapters.twilio.stream\n"
        "sys.exit(any(name.split('.')[0] == 'twilio' for name in sys.modules))"
    )
    root = Path(callconsole.__file__).parent.parent
    subprocess.run([sys.executable, "-c", script], check=True, cwd=root)
