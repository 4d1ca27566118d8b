"""The phone company lets somebody call the customer, and does as the customer's TwiML says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from practice_customer import NUMBER, PUBLIC, STREAM_TWIML, Customer
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from callconsole.practice.callers import ASKS, HIDDEN, Caller
from callconsole.practice.carrier import PracticeCall, PracticeCarrier

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the SDK's BasicAuth

VOICE = "/voice"
LEAVES = replace(ASKS, patience_s=0.2)


def calls_in(carrier: PracticeCarrier, caller: Caller = ASKS) -> PracticeCall:
    carrier.own.voice_url = PUBLIC + VOICE
    carrier.own.status_callback = f"{PUBLIC}/call-status"
    return carrier.call_in(caller)


async def test_the_customer_is_asked_as_twilio_asks(
    customer: Customer, carrier: PracticeCarrier
) -> None:
    customer.twiml[VOICE] = "<Response><Reject/></Response>"
    call = calls_in(carrier)
    await call.wait_until_over()
    (asked,) = customer.callbacks(VOICE)
    wanted = {
        "CallSid": call.sid,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "From": ASKS.number,
        "Caller": ASKS.number,
        "To": NUMBER,
        "Called": NUMBER,
        "FromCountry": "US",
    }
    assert asked.items() >= wanted.items()
    assert customer.bad_signatures == []


@pytest.mark.parametrize(
    ("verb", "status"), [('<Reject reason="busy"/>', "busy"), ("<Reject/>", "no-answer")]
)
async def test_a_call_that_is_rejected_was_never_picked_up(
    customer: Customer, carrier: PracticeCarrier, verb: str, status: str
) -> None:
    customer.twiml[VOICE] = f"<Response>{verb}</Response>"
    call = calls_in(carrier)
    await call.wait_until_over()
    assert (call.status, call.answered_at, call.duration_s) == (status, None, 0)
    # The number tells of the end alone.
    (told,) = await customer.until("/call-status")
    assert (told["CallStatus"], told["Direction"]) == (status, "inbound")


async def test_it_rings_through_pauses_and_redirects(
    customer: Customer, carrier: PracticeCarrier
) -> None:
    customer.twiml[VOICE] = '<Response><Pause length="1"/><Redirect>/then</Redirect></Response>'
    customer.twiml["/then"] = "<Response><Hangup/></Response>"
    call = calls_in(carrier)
    (asked,) = await customer.until("/then")
    assert (asked["CallStatus"], call.answered_at) == ("ringing", None)
    await call.wait_until_over()
    # Twilio picks up for anything but Reject, if only to hang up.
    assert (call.status, call.ended_by) == ("completed", "twiml")
    assert call.answered_at is not None


async def test_it_is_picked_up_and_streamed(customer: Customer, carrier: PracticeCarrier) -> None:
    customer.twiml[VOICE] = STREAM_TWIML
    call = calls_in(carrier, HIDDEN)
    socket = await customer.sockets.get()
    (start,) = socket.of("start")
    assert start["start"]["callSid"] == call.sid
    assert call.status == "in-progress"
    call.hang_up(by="carrier")
    await call.wait_until_over()


async def test_a_caller_who_gives_up_is_gone(customer: Customer, carrier: PracticeCarrier) -> None:
    customer.twiml[VOICE] = '<Response><Pause length="60"/></Response>'
    call = calls_in(carrier, LEAVES)
    await call.wait_until_over()
    assert (call.status, call.ended_by, call.answered_at) == ("canceled", "caller", None)


async def test_a_ringing_call_cannot_be_given_another_document(
    customer: Customer, carrier: PracticeCarrier, sdk: Client
) -> None:
    customer.twiml[VOICE] = '<Response><Pause length="60"/></Response>'
    call = calls_in(carrier)
    await customer.until(VOICE)
    with pytest.raises(TwilioRestException) as refused:
        await sdk.calls(call.sid).update_async(twiml="<Response><Hangup/></Response>")
    assert refused.value.code == 21220
    fetched = await sdk.calls(call.sid).fetch_async()
    assert (fetched.direction, fetched.status) == ("inbound", "ringing")
    await sdk.calls(call.sid).update_async(status="completed")
    await call.wait_until_over()


@pytest.mark.parametrize(
    ("document", "code"), [("", 11200), ("<Response><Dance/></Response>", 12200)]
)
async def test_a_customer_without_a_document_makes_it_apologise(
    customer: Customer, carrier: PracticeCarrier, document: str, code: int
) -> None:
    customer.twiml[VOICE] = document
    if not document:
        customer.status[VOICE] = 500
    call = calls_in(carrier)
    await call.wait_until_over()
    assert carrier.alerts.codes == [code]
    assert call.answered_at is not None
