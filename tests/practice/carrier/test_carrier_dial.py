from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from practice_customer import ACCOUNT, NUMBER, PUBLIC, STREAM_TWIML, TOKEN, Customer, order
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.twiml.voice_response import Dial, VoiceResponse

from callconsole.practice.callees import (
    ASKS_FOR_HUMAN,
    COLLEAGUE,
    AwaitTurn,
    Reaction,
    Say,
    Wait,
)
from callconsole.practice.carrier import Callee, Edge, PracticeCarrier, hastened
from callconsole.practice.carrier.call import PracticeCall
from callconsole.practice.carrier.tones import murmur
from callconsole.practice.clips import load

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

CLIPS = load("callee")
QUICK = {"dial_s": 0.02, "ring_s": 0.1}
# Speaks when spoken to, so that both directions of a joined call are proved.
CALLER = Callee(
    "+14155550101", "", "", **QUICK,
    script=(AwaitTurn(patience_s=30.0), Say("person_choose"), Wait(30)),
)  # fmt: skip
ASKER = Callee(
    "+14155550123", "", "", **QUICK,
    script=(Wait(0.8), Say("colleague_help"), AwaitTurn(), Say("colleague_bye")),
)  # fmt: skip
LISTENER = Callee("+14155550126", "", "", **QUICK, script=(Wait(30),))
BUSY = Callee("+14155550124", "", "", Reaction.BUSY, **QUICK)
ABSENT = Callee("+14155550125", "", "", Reaction.NEVER_ANSWERS, **QUICK)
UNVERIFIED = Callee("+14155550109", "", "", Reaction.UNVERIFIED, **QUICK)


@pytest.fixture
async def carrier(customer: Customer) -> AsyncIterator[PracticeCarrier]:
    edge = Edge()
    edge.map(PUBLIC, customer.local_url)
    callees = (CALLER, ASKER, LISTENER, BUSY, ABSENT, UNVERIFIED)
    carrier = PracticeCarrier(ACCOUNT, TOKEN, NUMBER, edge=edge, callees=callees)
    await carrier.start()
    yield carrier
    await carrier.stop()


def transfer(to: str = ASKER.number, *, caller_id: str = NUMBER, timeout: int = 20) -> str:
    response = VoiceResponse()
    dial = Dial(
        caller_id=caller_id, answer_on_bridge=True, timeout=timeout, action=f"{PUBLIC}/done"
    )
    dial.number(
        to,
        url=f"{PUBLIC}/whisper",
        status_callback=f"{PUBLIC}/leg-status",
        status_callback_event="initiated ringing answered completed",
    )
    response.append(dial)
    return str(response)


@pytest.fixture(autouse=True)
def documents(customer: Customer) -> None:
    customer.twiml["/whisper"] = "<Response><Say>A call</Say></Response>"
    customer.twiml["/done"] = "<Response><Hangup/></Response>"


async def transferred(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, document: str
) -> PracticeCall:
    """A call whose stream has been replaced by a Dial."""
    placed = await sdk.calls.create_async(**order())
    socket = await customer.sockets.get()
    await sdk.calls(placed.sid).update_async(twiml=document)
    await socket.closed.wait()
    assert socket.messages[-1]["event"] == "stop"
    return carrier.calls[placed.sid]


async def test_both_parties_hear_one_another_after_the_whisper(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call = await transferred(carrier, customer, sdk, transfer())
    (done,) = await customer.until("/done")
    await call.wait_until_over()
    (listed,) = await sdk.calls.list_async(parent_call_sid=call.sid)
    leg = carrier.calls[listed.sid]
    assert call.person is not None
    assert leg.person is not None
    assert leg.person.said == ["colleague_help", "colleague_bye"]
    assert call.person.said == ["person_choose"]
    for clip, heard in (("colleague_bye", call.heard), ("person_choose", leg.heard)):
        assert CLIPS[clip].mulaw[1600:8000] in heard
    # The whisper is the dialled party's alone, and what it said meanwhile is its own.
    assert murmur("A call") in leg.heard
    assert murmur("A call") not in call.heard
    assert (done["DialCallStatus"], done["DialBridged"]) == ("completed", "true")
    assert done["DialCallSid"] == leg.sid
    assert int(done["DialCallDuration"]) == leg.duration_s >= 4
    assert (done["CallSid"], done["CallStatus"]) == (call.sid, "in-progress")
    assert (call.ended_by, leg.ended_by) == ("twiml", "callee")
    assert customer.bad_signatures == []
    assert len(carrier.alerts) == 0


async def test_the_dialled_leg_is_a_call_of_its_own(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call = await transferred(carrier, customer, sdk, transfer(LISTENER.number))
    (whisper,) = await customer.until("/whisper")
    events = await customer.until("/leg-status", 3)
    (leg,) = await sdk.calls.list_async(parent_call_sid=call.sid)
    assert whisper["CallSid"] == leg.sid != call.sid
    assert whisper["ParentCallSid"] == leg.parent_call_sid == call.sid
    assert whisper["Direction"] == leg.direction == "outbound-dial"
    assert (whisper["To"], whisper["From"]) == (LISTENER.number, NUMBER)
    assert whisper["CallStatus"] == "in-progress"
    assert [e["CallStatus"] for e in events] == ["initiated", "ringing", "in-progress"]
    assert {e["CallSid"] for e in events} == {leg.sid}
    assert [c.sid for c in await sdk.calls.list_async(to=LISTENER.number)] == [leg.sid]
    assert (await sdk.calls(call.sid).fetch_async()).parent_call_sid is None
    # Ending the leg is the end of the Dial, not of the call.
    ended = await sdk.calls(leg.sid).update_async(status="completed")
    assert ended.status == "completed"
    (done,) = await customer.until("/done")
    assert (done["DialCallStatus"], done["DialCallSid"]) == ("completed", leg.sid)
    assert done["CallStatus"] == "in-progress"


@pytest.mark.parametrize(
    ("to", "status"),
    [(BUSY.number, "busy"), (ABSENT.number, "no-answer")],
)
async def test_who_does_not_answer_leaves_the_call_to_the_action(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, to: str, status: str
) -> None:
    customer.twiml["/done"] = STREAM_TWIML.replace("t-1", "t-2")
    call = await transferred(carrier, customer, sdk, transfer(to, timeout=1))
    again = await customer.sockets.get()
    (done,) = customer.callbacks("/done")
    assert (done["DialCallStatus"], done["DialBridged"]) == (status, "false")
    assert done["DialCallDuration"] == "0"
    assert done["DialCallSid"] in carrier.calls
    assert again.messages[1]["start"]["customParameters"] == {"token": "t-2"}
    assert again.messages[1]["sequenceNumber"] == "1"
    assert (await again.until("media"))[0]["media"]["timestamp"] == "0"
    assert call.live
    assert customer.callbacks("/whisper") == []


async def test_the_caller_hears_ringing_which_is_no_speech(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call = await transferred(carrier, customer, sdk, transfer(ABSENT.number, timeout=2))
    await customer.until("/done")
    assert set(call.heard) != {0xFF}
    assert call.person is not None
    assert call.person.said == []


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("4155550123", 13223),
        ("+1415555", 13224),
        ("+14155550109", 13224),
        ("+19005550123", 13227),
    ],
)
async def test_a_number_that_cannot_be_dialled_fails(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, to: str, code: int
) -> None:
    call = await transferred(carrier, customer, sdk, transfer(to))
    (done,) = await customer.until("/done")
    assert done["DialCallStatus"] == "failed"
    assert "DialCallSid" not in done
    assert carrier.alerts.codes == [code]
    assert list(carrier.calls) == [call.sid]


async def test_a_number_of_somebody_else_cannot_be_shown(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call = await transferred(carrier, customer, sdk, transfer(caller_id="+14155550177"))
    await call.wait_until_over()
    assert carrier.alerts.codes == [13214]
    assert customer.callbacks("/done") == []
    assert list(carrier.calls) == [call.sid]
    assert set(call.heard) != {0xFF}


async def test_without_an_action_the_next_verb_follows(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    document = f'<Response><Dial callerId="{NUMBER}">{BUSY.number}</Dial>'
    document += "<Say>Sorry</Say></Response>"
    call = await transferred(carrier, customer, sdk, document)
    await call.wait_until_over()
    assert murmur("Sorry") in call.heard
    assert call.ended_by == "twiml"


@pytest.mark.parametrize(
    ("whisper", "alerts"),
    [
        ("<Response><Hangup/></Response>", []),
        (STREAM_TWIML, [13201]),
        (transfer(), [13201]),
        ("no document", [12100]),
    ],
    ids=["hang up", "stream", "dial", "broken"],
)
async def test_a_whisper_may_turn_the_call_away(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, whisper: str, alerts: list[int]
) -> None:
    customer.twiml["/whisper"] = whisper
    call = await transferred(carrier, customer, sdk, transfer())
    (done,) = await customer.until("/done")
    assert (done["DialCallStatus"], done["DialBridged"]) == ("completed", "false")
    assert carrier.calls[done["DialCallSid"]].ended_by == "twiml"
    assert carrier.alerts.codes == alerts
    assert call.person is not None
    assert call.person.said == []


async def test_the_end_of_the_call_ends_its_leg_and_fetches_nothing(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call = await transferred(carrier, customer, sdk, transfer(LISTENER.number))
    await customer.until("/leg-status", 3)
    await sdk.calls(call.sid).update_async(status="completed")
    events = await customer.until("/leg-status", 4)
    await carrier.wait_until_idle()
    (leg,) = (c for c in carrier.calls.values() if c.order.parent_sid)
    assert (events[-1]["CallStatus"], leg.ended_by) == ("completed", "parent")
    assert customer.callbacks("/done") == []


async def test_a_new_document_ends_the_leg_while_it_rings(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call = await transferred(carrier, customer, sdk, transfer(ABSENT.number))
    await customer.until("/leg-status", 2)
    await sdk.calls(call.sid).update_async(twiml=STREAM_TWIML)
    await customer.sockets.get()
    (leg,) = await sdk.calls.list_async(parent_call_sid=call.sid)
    assert leg.status == "canceled"
    assert customer.callbacks("/done") == []
    assert call.live


async def test_the_time_limit_of_a_dial_is_the_legs(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    document = (
        f'<Response><Dial callerId="{NUMBER}" timeLimit="1" action="{PUBLIC}/done">'
        f"<Number>{LISTENER.number}</Number></Dial></Response>"
    )
    call = await transferred(carrier, customer, sdk, document)
    (done,) = await customer.until("/done")
    leg = carrier.calls[done["DialCallSid"]]
    assert (done["DialCallStatus"], leg.ended_by) == ("completed", "limit")
    assert leg.order.parent_sid == call.sid


async def test_a_dialled_leg_takes_no_other_document(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call = await transferred(carrier, customer, sdk, transfer(LISTENER.number))
    await customer.until("/whisper")
    (leg,) = await sdk.calls.list_async(parent_call_sid=call.sid)
    with pytest.raises(TwilioRestException, match="dialled leg"):
        await sdk.calls(leg.sid).update_async(twiml=STREAM_TWIML)


async def test_relative_addresses_start_from_the_document(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    customer.twiml["/calls/first"] = (
        f'<Response><Dial action="done"><Number url="whisper">{ASKER.number}</Number></Dial>'
        "</Response>"
    )
    customer.twiml["/calls/whisper"] = "<Response><Hangup/></Response>"
    customer.twiml["/calls/done"] = "<Response/>"
    placed = await sdk.calls.create_async(**order(twiml="", url=f"{PUBLIC}/calls/first"))
    await carrier.calls[placed.sid].wait_until_over()
    (whisper,) = customer.callbacks("/calls/whisper")
    assert whisper["From"] == NUMBER
    assert len(customer.callbacks("/calls/done")) == 1
    assert len(carrier.alerts) == 0


async def test_the_one_who_wants_a_human_gets_the_colleague(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    carrier.callees = hastened([ASKS_FOR_HUMAN, COLLEAGUE])
    placed = await sdk.calls.create_async(**order(to=ASKS_FOR_HUMAN.number))
    socket = await customer.sockets.get()
    for _ in range(2):
        await socket.until_turn_over()
        await socket.play(CLIPS["person_choose"].mulaw)
    await socket.mark("announced")
    await socket.until("mark")
    await sdk.calls(placed.sid).update_async(twiml=transfer(COLLEAGUE.number))
    call = carrier.calls[placed.sid]
    await call.wait_until_over()
    (listed,) = await sdk.calls.list_async(parent_call_sid=call.sid)
    leg = carrier.calls[listed.sid]
    assert call.person is not None
    assert leg.person is not None
    assert call.person.said == ["person_hello", "person_human", "person_move", "person_bye"]
    # Whoever says goodbye first may have hung up before the other does.
    assert leg.person.said[:3] == ["colleague_hello", "colleague_help", "colleague_fine"]
    assert leg.person.said[3:] in ([], ["colleague_bye"])
    assert (call.ended_by, leg.ended_by) == ("callee", "parent")
    assert customer.callbacks("/done") == []
