from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import pytest
from practice_customer import (
    ACCOUNT,
    NUMBER,
    PUBLIC,
    STREAM_TWIML,
    TOKEN,
    Customer,
    order,
)
from twilio.rest import Client

from callconsole.audio import mulaw
from callconsole.practice.callees import MENU, Wait
from callconsole.practice.carrier import (
    Callee,
    Edge,
    PracticeCarrier,
    StreamFaults,
    hastened,
    tones,
)
from callconsole.practice.carrier.orders import TwimlSource

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

LISTENER = Callee("+14155550101", "", "", dial_s=0, ring_s=0, script=(Wait(20),))


@pytest.fixture
async def carrier(customer: Customer) -> AsyncIterator[PracticeCarrier]:
    edge = Edge()
    edge.map(PUBLIC, customer.local_url)
    carrier = PracticeCarrier(ACCOUNT, TOKEN, NUMBER, edge=edge, callees=(LISTENER,))
    await carrier.start()
    yield carrier
    await carrier.stop()


@pytest.fixture(autouse=True)
async def guard() -> AsyncIterator[None]:
    async with asyncio.timeout(20):
        yield


async def test_twiml_is_fetched_with_a_signed_post_when_answered(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    customer.twiml["/twiml"] = "<Response><Hangup/></Response>"
    placed = await sdk.calls.create_async(**order(twiml="", url=f"{PUBLIC}/twiml?call=7"))
    call = carrier.calls[placed.sid]
    await call.wait_until_over()
    (fields,) = customer.callbacks("/twiml")
    assert fields["CallSid"] == call.sid
    assert fields["CallStatus"] == "in-progress"
    assert fields["Direction"] == "outbound-api"
    assert customer.bad_signatures == []
    assert (call.status, call.ended_by) == ("completed", "twiml")


async def test_a_get_is_signed_with_its_query(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    customer.twiml["/twiml"] = "<Response/>"
    wanted = order(twiml="", url=f"{PUBLIC}/twiml?call=7", method="GET")
    placed = await sdk.calls.create_async(**wanted)
    await carrier.calls[placed.sid].wait_until_over()
    (fields,) = customer.callbacks("/twiml")
    assert (fields["call"], fields["CallSid"]) == ("7", placed.sid)
    assert customer.bad_signatures == []


async def test_redirects_and_actions_lead_to_the_next_document(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    connect = STREAM_TWIML.replace("<Connect>", '<Connect action="after">')
    customer.twiml |= {
        "/calls/first": "<Response><Redirect>second</Redirect></Response>",
        "/calls/second": connect,
        "/calls/after": "<Response><Hangup/></Response>",
    }
    placed = await sdk.calls.create_async(**order(twiml="", url=f"{PUBLIC}/calls/first"))
    socket = await customer.sockets.get()
    await socket.ws.close()
    await carrier.calls[placed.sid].wait_until_over()
    fetched = [path for path, _, _ in customer.requests if path.startswith("/calls/")]
    assert fetched == ["/calls/first", "/calls/second", "/calls/after"]
    assert len(carrier.alerts) == 0


@pytest.mark.parametrize("way", ["the server closes", "the connection breaks", "refused"])
async def test_however_a_stream_ends_its_action_is_asked_for_what_follows(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, way: str
) -> None:
    customer.twiml["/after"] = STREAM_TWIML.replace("t-1", "t-2")
    document = STREAM_TWIML.replace("<Connect>", f'<Connect action="{PUBLIC}/after">')
    if way == "the connection breaks":
        carrier.faults.stream = StreamFaults(drop_after_ms=200)
    customer.refuse_stream = 403 if way == "refused" else 0
    placed = await sdk.calls.create_async(**order(twiml=document))
    if way != "refused":
        first = await customer.sockets.get()
        carrier.faults.stream = StreamFaults()
        if way == "the server closes":
            await first.ws.close()
        await first.closed.wait()
        assert first.of("stop") == []
    else:
        await customer.until("/after")
    customer.refuse_stream = 0
    (fields,) = await customer.until("/after")
    assert (fields["CallSid"], fields["CallStatus"]) == (placed.sid, "in-progress")
    assert fields["From"] == NUMBER
    assert customer.bad_signatures == []
    if way != "refused":
        second = await customer.sockets.get()
        assert second.messages[1]["start"]["customParameters"] == {"token": "t-2"}
        assert second.messages[1]["sequenceNumber"] == "1"
        assert second.sid != first.sid
        assert (await second.until("media"))[0]["media"]["timestamp"] == "0"
        assert (await second.until("media"))[0]["media"]["chunk"] == "1"
    assert carrier.alerts.codes == ([31920] if way == "refused" else [])


@pytest.mark.parametrize("way", ["ended", "redirected", "hung up by the callee"])
async def test_a_stream_that_is_taken_away_asks_its_action_nothing(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, way: str
) -> None:
    customer.twiml["/after"] = "<Response/>"
    if way == "hung up by the callee":
        carrier.callees = (replace(LISTENER, script=(Wait(0.3),)),)
    document = STREAM_TWIML.replace("<Connect>", f'<Connect action="{PUBLIC}/after">')
    placed = await sdk.calls.create_async(**order(twiml=document))
    socket = await customer.sockets.get()
    if way == "ended":
        await sdk.calls(placed.sid).update_async(status="completed")
    elif way == "redirected":
        await sdk.calls(placed.sid).update_async(twiml="<Response><Pause/></Response>")
    await carrier.calls[placed.sid].wait_until_over()
    await customer.until("/call-status", 4)
    assert socket.messages[-1]["event"] == "stop"
    assert customer.callbacks("/after") == []


@pytest.mark.parametrize(("status", "code"), [(500, 11200), (302, 11200), (200, 12300)])
async def test_an_action_that_fails_ends_the_call_with_an_apology(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, status: int, code: int
) -> None:
    customer.status["/after"] = status
    document = STREAM_TWIML.replace("<Connect>", f'<Connect action="{PUBLIC}/after">')
    placed = await sdk.calls.create_async(**order(twiml=document))
    socket = await customer.sockets.get()
    await socket.ws.close()
    call = carrier.calls[placed.sid]
    await call.wait_until_over()
    assert carrier.alerts.codes == [code]
    assert set(call.heard) != {0xFF}
    assert (call.status, call.ended_by) == ("completed", "twiml")


async def test_keys_are_pressed_at_a_menu_and_the_talk_goes_on(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    carrier.callees = hastened([MENU])
    placed = await sdk.calls.create_async(**order(to=MENU.number))
    call = carrier.calls[placed.sid]
    first = await customer.sockets.get()
    # In the stream's own audio the same tones are no keys.
    await first.play(tones.key_tones("1"))
    await first.mark("played")
    await first.until("mark")
    assert call.person is not None
    assert call.person.keys_heard == ""
    keys = STREAM_TWIML.replace("<Response>", '<Response><Play digits="w1"/>')
    await sdk.calls(placed.sid).update_async(twiml=keys)
    second = await customer.sockets.get()
    assert call.person.keys_heard == "1"
    assert call.person.said == ["menu_greeting"]
    await second.until_turn_over()
    assert call.person.said == ["menu_greeting", "business_hello"]
    assert first.sid != second.sid
    assert first.messages[-1]["event"] == "stop"
    assert first.of("dtmf") == second.of("dtmf") == []


async def test_the_fallback_is_told_what_went_wrong(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    customer.status["/twiml"] = 500
    customer.twiml["/fallback"] = "<Response/>"
    wanted = order(twiml="", url=f"{PUBLIC}/twiml", fallback_url=f"{PUBLIC}/fallback")
    placed = await sdk.calls.create_async(**wanted)
    await carrier.calls[placed.sid].wait_until_over()
    (fields,) = customer.callbacks("/fallback")
    assert (fields["ErrorCode"], fields["ErrorUrl"]) == ("11200", f"{PUBLIC}/twiml")
    assert carrier.alerts.codes == [11200]


@pytest.mark.parametrize(
    ("code", "document"),
    [(12100, "no xml"), (31922, "https")],
)
async def test_a_bad_document_is_told_and_the_callee_hears_an_apology(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, code: int, document: str
) -> None:
    twiml = STREAM_TWIML.replace("wss:", "https:") if document == "https" else document
    placed = await sdk.calls.create_async(**order(twiml=twiml))
    call = carrier.calls[placed.sid]
    await call.wait_until_over()
    assert carrier.alerts.codes == [code]
    assert (call.status, call.ended_by) == ("completed", "twiml")
    assert set(call.heard) != {0xFF}


async def test_a_twiml_address_that_cannot_be_reached(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    carrier.faults.twiml_fetch_fails = True
    placed = await sdk.calls.create_async(**order(twiml="", url=f"{PUBLIC}/twiml"))
    await carrier.calls[placed.sid].wait_until_over()
    assert carrier.alerts.codes == [11205]
    assert customer.callbacks("/twiml") == []


async def test_new_twiml_stops_the_stream_and_opens_another(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    placed = await sdk.calls.create_async(**order())
    first = await customer.sockets.get()
    again = STREAM_TWIML.replace("<Response>", '<Response><Play digits="5"/>')
    again = again.replace("t-1", "t-2")
    updated = await sdk.calls(placed.sid).update_async(twiml=again)
    assert updated.status == "in-progress"
    second = await customer.sockets.get()
    assert first.messages[-1]["event"] == "stop"
    assert first.closed.is_set()
    assert second.sid != first.sid
    assert second.messages[1]["start"]["callSid"] == placed.sid
    assert second.messages[1]["start"]["customParameters"] == {"token": "t-2"}
    assert second.of("media") == [] or second.of("media")[0]["media"]["timestamp"] == "0"
    assert _loudest_hz(carrier.calls[placed.sid].heard) == {770, 1336}
    assert len(carrier.alerts) == 0


async def test_new_twiml_can_end_the_call(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    placed = await sdk.calls.create_async(**order())
    socket = await customer.sockets.get()
    await sdk.calls(placed.sid).update_async(twiml="<Response><Hangup/></Response>")
    await carrier.calls[placed.sid].wait_until_over()
    assert socket.messages[-1]["event"] == "stop"
    assert carrier.calls[placed.sid].ended_by == "twiml"


async def test_canceled_does_nothing_to_an_answered_call(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    placed = await sdk.calls.create_async(**order())
    await customer.sockets.get()
    assert (await sdk.calls(placed.sid).update_async(status="canceled")).status == "in-progress"
    assert carrier.calls[placed.sid].live
    assert (await sdk.calls(placed.sid).update_async(status="completed")).status == "completed"


async def test_a_new_time_limit_counts_from_the_answer(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    placed = await sdk.calls.create_async(**order())
    await customer.sockets.get()
    await sdk.calls(placed.sid).update_async(time_limit=1)
    await carrier.calls[placed.sid].wait_until_over()
    assert carrier.calls[placed.sid].ended_by == "limit"


async def test_say_and_pause_take_their_time(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    document = "<Response><Say>Good morning</Say><Pause/><Hangup/></Response>"
    placed = await sdk.calls.create_async(**order(twiml=document))
    call = carrier.calls[placed.sid]
    await call.wait_until_over()
    assert len(call.heard) / 8000 == pytest.approx(12 * 0.065 + 1.0, abs=0.1)


async def test_stopping_the_carrier_ends_calls_and_tells_about_it(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    placed = await sdk.calls.create_async(**order())
    socket = await customer.sockets.get()
    await carrier.stop()
    await carrier.stop()
    assert socket.messages[-1]["event"] == "stop"
    assert customer.callbacks()[-1]["CallStatus"] == "completed"
    assert carrier.calls[placed.sid].ended_by == "carrier"
    with pytest.raises(RuntimeError):
        _ = carrier.base_url


async def test_hanging_up_right_after_new_twiml_leaves_nothing_open(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    placed = await sdk.calls.create_async(**order())
    socket = await customer.sockets.get()
    call = carrier.calls[placed.sid]
    call.redirect(TwimlSource(text=STREAM_TWIML))
    call.redirect(TwimlSource(text=STREAM_TWIML))
    await asyncio.sleep(0)
    call.hang_up(by="api")
    await call.wait_until_over()
    await socket.closed.wait()
    assert call.status == "completed"


async def test_two_calls_do_not_mix(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    first = await sdk.calls.create_async(**order())
    one = await customer.sockets.get()
    second = await sdk.calls.create_async(**order())
    two = await customer.sockets.get()
    await one.play(b"\x10" * 800)
    await one.mark("one")
    await one.until("mark")
    assert one.messages[1]["start"]["callSid"] == first.sid
    assert two.messages[1]["start"]["callSid"] == second.sid
    assert b"\x10" * 800 in carrier.calls[first.sid].heard
    assert set(carrier.calls[second.sid].heard) == {0xFF}


def _loudest_hz(sound: bytes) -> set[int]:
    """The two key tones in a sound that holds one key."""
    samples = mulaw.decode(sound).astype(float)
    loud = np.flatnonzero(np.abs(samples) > 1000)
    tone = samples[loud[0] : loud[0] + 1600]
    spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), 8000))
    known = (697, 770, 852, 941, 1209, 1336, 1477, 1633)
    return set(sorted(known, key=lambda hertz: -spectrum[hertz])[:2])
