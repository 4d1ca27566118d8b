"""Keys, transfers, strict orders and doubtful ones, through the real SDK to a real socket."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from api_stand_in import CALL_SID, CALLEE, NUMBER, PUBLIC, Answer, StandIn, call_json, carrier_at
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callconsole.adapters.twilio.order_form import order_form
from callconsole.adapters.twilio.rest import TwilioCarrier
from callconsole.domain.answering import AnswerThresholds
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import CallOrder, CarrierStatus, Detection, PlacedCall, Transfer

DESK = "+14155550120"


async def press(carrier: TwilioCarrier) -> None:
    await carrier.press_keys(CALL_SID, "ww1234#", "second-token")


async def transfer(carrier: TwilioCarrier) -> None:
    await carrier.transfer(CALL_SID, Transfer(DESK, ring_timeout_s=15))


Steer = Callable[[TwilioCarrier], Awaitable[None]]
both = pytest.mark.parametrize("steer", [press, transfer])


# Orders -------------------------------------------------------------------------------------


async def test_strict_detection_asks_us_before_any_stream(
    twilio: StandIn, carrier: TwilioCarrier
) -> None:
    await carrier.place_call(
        CallOrder(to=CALLEE, stream_token="unused", detection=Detection.BLOCKING)
    )
    (order,) = twilio.posts()
    fields = {name: value for name, value in order.fields if not name.startswith("StatusCallback")}
    assert fields == {
        "To": CALLEE,
        "From": NUMBER,
        "Url": f"{PUBLIC}/twiml/answered",
        "Method": "POST",
        "Timeout": "25",
        "TimeLimit": "1800",
        "MachineDetection": "Enable",
        "MachineDetectionSpeechThreshold": "2000",
        "MachineDetectionSpeechEndThreshold": "1400",
        "MachineDetectionSilenceTimeout": "3500",
    }


@given(short_ms=st.integers(-5000, 60_000), silence_ms=st.integers(-5000, 60_000))
def test_thresholds_stay_within_what_twilio_takes(short_ms: int, silence_ms: int) -> None:
    thresholds = AnswerThresholds(short_ms=short_ms, silence_ms=silence_ms)
    form = order_form(CallOrder(CALLEE, "t", thresholds=thresholds), NUMBER, PUBLIC)
    speech, silence = (
        form[f"machine_detection_{name}"] for name in ("speech_threshold", "silence_timeout")
    )
    assert 1000 <= speech <= 6000
    assert 2000 <= silence <= 10_000
    assert speech == short_ms or not 1000 <= short_ms <= 6000
    assert silence == silence_ms or not 2000 <= silence_ms <= 10_000


# Keys and transfers -------------------------------------------------------------------------


async def test_keys_replace_the_calls_document(twilio: StandIn, carrier: TwilioCarrier) -> None:
    await press(carrier)
    (asked,) = twilio.asked
    assert (asked.method, [name for name, _ in asked.fields]) == ("POST", ["Twiml"])
    assert asked.path.endswith(f"/Calls/{CALL_SID}.json")
    document = asked.one("Twiml") or ""
    assert document.index('<Play digits="ww1234#" />') < document.index("<Connect ")
    assert '<Parameter name="token" value="second-token" />' in document


async def test_a_transfer_dials_from_our_number(twilio: StandIn, carrier: TwilioCarrier) -> None:
    await transfer(carrier)
    (asked,) = twilio.asked
    document = asked.one("Twiml") or ""
    assert f'callerId="{NUMBER}"' in document
    assert 'timeLimit="1800" timeout="15"' in document
    assert f'url="{PUBLIC}/twiml/whisper">{DESK}</Number>' in document


@pytest.mark.parametrize("digits", ["", "1-2", "+1", "1 2", "W", "a", "٣", "<", "1\n"])
async def test_what_no_phone_has_is_not_pressed(
    twilio: StandIn, carrier: TwilioCarrier, digits: str
) -> None:
    with pytest.raises(ProblemError) as caught:
        await carrier.press_keys(CALL_SID, digits, "t")
    assert caught.value.problem.code == "keys.invalid"
    assert twilio.asked == []


@both
@pytest.mark.parametrize(
    ("answer", "code", "title"),
    [
        ((400, {"code": 21220, "message": "no"}), "twilio.21220", "The call is over already"),
        ((404, {"code": 20404, "message": "no"}), "twilio.20404", "Twilio does not know this call"),
        ((429, {"code": 20429, "message": "no"}), "twilio.20429", "Twilio asks us to slow down"),
        ((401, {"code": 20003, "message": "no"}), "twilio.20003", "Twilio refused the account"),
        ((503, "sad"), "twilio.unavailable.perhaps_done", "The call may have been steered"),
        ((200, "<html>"), "twilio.unreadable.perhaps_done", "The call may have been steered"),
    ],
)
async def test_a_refusal_says_what_became_of_the_call(
    twilio: StandIn, carrier: TwilioCarrier, steer: Steer, answer: Answer, code: str, title: str
) -> None:
    twilio.update = [answer]
    with pytest.raises(ProblemError) as caught:
        await steer(carrier)
    assert (caught.value.problem.code, caught.value.problem.title) == (code, title)
    assert len(twilio.asked) == 1


@both
async def test_a_silent_twilio_is_not_told_twice(twilio: StandIn, steer: Steer) -> None:
    carrier = carrier_at(twilio.base_url, timeout_s=0.2)
    twilio.hang = {"update"}
    with pytest.raises(ProblemError) as caught:
        await steer(carrier)
    assert caught.value.problem.code == "twilio.timeout.perhaps_done"
    assert len(twilio.asked) == 1
    await carrier.close()


@both
async def test_neither_keys_nor_numbers_are_logged(
    twilio: StandIn, carrier: TwilioCarrier, steer: Steer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await steer(carrier)
    twilio.update = [(503, "x")]
    with pytest.raises(ProblemError) as caught:
        await steer(carrier)
    secrets = rf"1234|second-token|{DESK[1:]}|{NUMBER[1:]}"
    assert not re.search(secrets, caplog.text + repr(caught.value))


# Orders of which nobody knows ---------------------------------------------------------------


def listed(*calls: dict[str, Any]) -> Answer:
    return 200, {"calls": list(calls), "page": 0, "next_page_uri": None}


def made(seconds_ago: int, sid: str, status: str = "ringing", **more: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    return call_json(f"CA{sid * 32}", status, date_created=format_datetime(at), **more)


async def test_the_newest_call_since_an_order_is_found(
    twilio: StandIn, carrier: TwilioCarrier
) -> None:
    since = datetime.now(UTC) - timedelta(seconds=60)
    transferred = made(1, "1", parent_call_sid="CA" + "9" * 32)
    twilio.listed = listed(transferred, made(50, "2", "completed"), made(55, "3"), made(300, "4"))
    found = PlacedCall("CA" + "2" * 32, CarrierStatus.COMPLETED, NUMBER)
    assert await carrier.find_call(CALLEE, since) == found
    # Asked again, because the first answer was lost: the same call.
    assert await carrier.find_call(CALLEE, since) == found
    (asked, _) = twilio.asked
    assert (asked.method, asked.one("To"), asked.one("From")) == ("GET", CALLEE, NUMBER)


async def test_a_twilio_whose_clock_is_slow_is_understood(
    twilio: StandIn, carrier: TwilioCarrier
) -> None:
    twilio.listed = listed(made(20, "2"))
    found = await carrier.find_call(CALLEE, datetime.now(UTC))
    assert found is not None
    assert found.sid == "CA" + "2" * 32


async def test_a_call_that_is_another_orders_is_not_found(
    twilio: StandIn, carrier: TwilioCarrier
) -> None:
    placed = await carrier.place_call(CallOrder(to=CALLEE, stream_token="t"))
    twilio.listed = listed(call_json(placed.sid, "in-progress"))
    assert await carrier.find_call(CALLEE, datetime.now(UTC)) is None
    twilio.listed = listed(made(5, "2"), call_json(placed.sid, "in-progress"))
    first, second = (datetime.now(UTC) - timedelta(seconds=ago) for ago in (6, 3))
    assert await carrier.find_call(CALLEE, first) is not None
    assert await carrier.find_call(CALLEE, second) is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((503, "sad"), "twilio.unavailable"),
        ((401, {"code": 20003, "message": "Authenticate"}), "twilio.20003"),
        ((429, {"code": 20429, "message": "Too many"}), "twilio.20429"),
        ((400, ["odd"]), "twilio.refused"),
        ((302, "moved"), "twilio.unreadable"),
        ((200, {"calls": None}), "twilio.unreadable"),
    ],
)
async def test_a_look_that_fails_says_why(
    twilio: StandIn, carrier: TwilioCarrier, answer: Answer, code: str
) -> None:
    twilio.listed = answer
    with pytest.raises(ProblemError) as caught:
        await carrier.find_call(CALLEE, datetime.now(UTC))
    assert caught.value.problem.code == code


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    call=st.dictionaries(
        st.sampled_from(["sid", "status", "date_created", "start_time", "parent_call_sid", "from"]),
        st.none() | st.integers() | st.text(max_size=20) | st.lists(st.integers(), max_size=2),
    )
)
async def test_any_list_is_a_call_or_none_or_a_problem(
    twilio: StandIn, carrier: TwilioCarrier, call: dict[str, Any]
) -> None:
    twilio.listed = listed(call)
    try:
        found = await carrier.find_call(CALLEE, datetime.now(UTC))
    except ProblemError as error:
        assert error.problem.code == "twilio.unreadable"
    else:
        assert found is None or found.sid == call["sid"]
