from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from practice_customer import ACCOUNT, NUMBER, PUBLIC, TOKEN, Customer, Socket, order
from twilio.rest import Client

from callconsole.practice.callees import Press, Say, Wait
from callconsole.practice.carrier import (
    Callee,
    Edge,
    PracticeCarrier,
    StreamFaults,
)
from callconsole.practice.carrier.call import PracticeCall
from callconsole.practice.clips import load

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TALKER = Callee("+14155550101", "", "", dial_s=0, ring_s=0, script=(Say("person_move"), Wait(20)))
PRESSER = Callee("+14155550102", "", "", dial_s=0, ring_s=0, script=(Wait(0.1), Press("7#")))
SOUND = load("callee")["person_choose"].mulaw[:8000]


@pytest.fixture
async def carrier(customer: Customer) -> AsyncIterator[PracticeCarrier]:
    edge = Edge()
    edge.map(PUBLIC, customer.local_url)
    carrier = PracticeCarrier(ACCOUNT, TOKEN, NUMBER, edge=edge, callees=(TALKER, PRESSER))
    await carrier.start()
    yield carrier
    await carrier.stop()


async def dial(
    carrier: PracticeCarrier, customer: Customer, sdk: Client, to: str = TALKER.number
) -> tuple[PracticeCall, Socket]:
    placed = await sdk.calls.create_async(**order(to=to))
    return carrier.calls[placed.sid], await customer.sockets.get()


@pytest.fixture(autouse=True)
async def guard() -> AsyncIterator[None]:
    async with asyncio.timeout(20):
        yield


async def test_messages_in_order_with_every_field(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call, socket = await dial(carrier, customer, sdk)
    await socket.until("media", 50)
    await sdk.calls(call.sid).update_async(status="completed")
    await socket.closed.wait()
    await call.wait_until_over()

    connected, start, *rest = socket.messages
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert start["start"]["callSid"] == call.sid
    assert start["start"]["accountSid"] == ACCOUNT
    assert start["start"]["customParameters"] == {"token": "t-1"}
    assert start["start"]["tracks"] == ["inbound"]
    assert rest[-1]["stop"] == {"accountSid": ACCOUNT, "callSid": call.sid}
    numbers = [int(m["sequenceNumber"]) for m in socket.messages[1:]]
    assert numbers == list(range(1, len(numbers) + 1))
    media = socket.of("media")
    assert [int(m["media"]["chunk"]) for m in media] == list(range(1, len(media) + 1))
    times_ms = [int(m["media"]["timestamp"]) for m in media]
    assert times_ms == [20 * i for i in range(len(media))]
    # Some frames are spoken before the socket is open, as at Twilio.
    assert call.spoken.find(socket.audio()) % 160 == 0
    assert socket.headers["Host"] == "console.practice.example"
    assert customer.bad_signatures == []
    assert (call.status, call.ended_by) == ("completed", "api")
    assert len(carrier.alerts) == 0


async def test_media_is_paced_without_drift(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    _, socket = await dial(carrier, customer, sdk)
    await socket.until("media", 201)
    took_s = socket.arrived[202] - socket.arrived[2]
    assert took_s == pytest.approx(4.0, abs=0.12)


async def test_sound_is_heard_in_real_time_and_marks_follow_it(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call, socket = await dial(carrier, customer, sdk)
    await socket.mark("empty")
    await socket.until("mark", 1)
    begun_s = asyncio.get_running_loop().time()
    await socket.play(SOUND[:4000])
    await socket.mark("half")
    await socket.play(SOUND[4000:])
    await socket.mark("end")
    marks = await socket.until("mark", 3)
    took_s = asyncio.get_running_loop().time() - begun_s
    assert [m["mark"]["name"] for m in marks] == ["empty", "half", "end"]
    assert 0.9 <= took_s <= 1.5
    at = call.heard.find(SOUND)
    assert at >= 0
    assert set(call.heard[:at] + call.heard[at + 8000 :]) == {0xFF}


async def test_clear_silences_at_once_and_echoes_every_mark(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call, socket = await dial(carrier, customer, sdk)
    await socket.play(SOUND * 5)
    await socket.mark("never heard")
    await socket.until("media", len(socket.of("media")) + 25)
    await socket.send("clear")
    cleared = await socket.until("mark", 1)
    assert cleared[0]["mark"]["name"] == "never heard"
    await socket.until("media", len(socket.of("media")) + 10)
    at = call.heard.find(SOUND[:1600])
    heard = call.heard[at:].rstrip(b"\xff")
    assert 2400 <= len(heard) <= 8000
    assert SOUND.startswith(heard)


async def test_malformed_messages_are_told_once_and_ignored(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call, socket = await dial(carrier, customer, sdk)
    await socket.ws.send_str("hello")
    await socket.ws.send_json({"event": "play", "streamSid": socket.sid})
    await socket.ws.send_json({"event": "clear", "streamSid": "MZ0"})
    await socket.send("media", media={"payload": "***"})
    await socket.ws.send_bytes(b"\xff" * 160)
    await socket.mark("still here")
    await socket.until("mark", 1)
    assert carrier.alerts.codes == [31951, 31950]
    assert all(alert.warning for alert in carrier.alerts)
    assert call.live


async def test_more_than_ten_minutes_are_not_buffered(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    _, socket = await dial(carrier, customer, sdk)
    for _ in range(11):
        await socket.play(bytes(60 * 8000))
    await socket.send("clear")
    await socket.mark("read")
    await socket.until("mark", 1)
    assert carrier.alerts.codes == [31931]


async def test_our_close_runs_the_next_verb(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call, socket = await dial(carrier, customer, sdk)
    await socket.ws.close()
    await call.wait_until_over()
    assert (call.status, call.ended_by) == ("completed", "twiml")
    assert carrier.alerts.codes == []


async def test_our_close_with_an_error_is_told(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call, socket = await dial(carrier, customer, sdk)
    await socket.ws.close(code=1011)
    await call.wait_until_over()
    assert carrier.alerts.codes == [31921]


async def test_our_broken_connection_is_told(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call, socket = await dial(carrier, customer, sdk)
    transport = socket.ws.get_extra_info("transport") or socket.ws._req.transport
    transport.abort()
    await call.wait_until_over()
    assert carrier.alerts.codes == [31903]


async def test_a_fragmented_control_frame_is_a_protocol_error(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call, socket = await dial(carrier, customer, sdk)
    socket.ws._req.transport.write(b"\x09\x00")
    await call.wait_until_over()
    assert carrier.alerts.codes == [31924]


async def test_a_refused_handshake_is_told_and_ends_the_call(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    customer.refuse_stream = 403
    placed = await sdk.calls.create_async(**order())
    await carrier.calls[placed.sid].wait_until_over()
    assert carrier.alerts.codes == [31920]
    assert "403" in next(iter(carrier.alerts)).detail


async def test_an_unknown_host_is_told_and_reported_to_the_stream_callback(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    document = (
        '<Response><Connect><Stream url="wss://gone.practice.example/media-stream" name="one" '
        f'statusCallback="{PUBLIC}/stream-status"/></Connect></Response>'
    )
    placed = await sdk.calls.create_async(**order(twiml=document))
    events = await customer.until("/stream-status")
    await carrier.calls[placed.sid].wait_until_over()
    assert carrier.alerts.codes == [31901]
    assert events[0]["StreamEvent"] == "stream-error"
    assert events[0]["StreamError"].startswith("31901")
    assert (events[0]["StreamName"], events[0]["CallSid"]) == ("one", placed.sid)


async def test_stream_callbacks_of_a_good_stream(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    document = (
        '<Response><Connect><Stream url="wss://console.practice.example/media-stream" '
        f'statusCallback="{PUBLIC}/stream-status"/></Connect></Response>'
    )
    await sdk.calls.create_async(**order(twiml=document))
    socket = await customer.sockets.get()
    await socket.ws.close()
    events = await customer.until("/stream-status", 2)
    assert [e["StreamEvent"] for e in events] == ["stream-started", "stream-stopped"]
    assert {e["StreamSid"] for e in events} == {socket.sid}


async def test_keys_arrive_as_dtmf(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    call, socket = await dial(carrier, customer, sdk, PRESSER.number)
    pressed = await socket.until("dtmf", 2)
    assert [m["dtmf"] for m in pressed] == [
        {"track": "inbound_track", "digit": "7"},
        {"track": "inbound_track", "digit": "#"},
    ]
    await call.wait_until_over()
    assert call.ended_by == "callee"
    await socket.closed.wait()
    assert socket.messages[-1]["event"] == "stop"


async def test_the_time_limit_ends_the_call(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    placed = await sdk.calls.create_async(**order(time_limit=1))
    call = carrier.calls[placed.sid]
    await call.wait_until_over()
    assert (call.status, call.ended_by, call.duration_s) == ("completed", "limit", 2)
    assert 7600 <= len(call.heard) <= 12000


async def test_a_dropped_stream(carrier: PracticeCarrier, customer: Customer, sdk: Client) -> None:
    carrier.faults.stream = StreamFaults(drop_after_ms=200)
    call, socket = await dial(carrier, customer, sdk)
    await socket.closed.wait()
    await call.wait_until_over()
    assert len(socket.of("stop")) == 0
    assert call.ended_by == "twiml"


async def test_a_gap_and_a_malformed_message(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    carrier.faults.stream = StreamFaults(gap_after_ms=100, gap_ms=200)
    _, socket = await dial(carrier, customer, sdk)
    media = await socket.until("media", 10)
    times_ms = [int(m["media"]["timestamp"]) for m in media[:10]]
    assert times_ms == [0, 20, 40, 60, 80, 300, 320, 340, 360, 380]
    carrier.faults.stream = StreamFaults(malformed_after_ms=110, malformed_text='{"event":"x"}')
    _, other = await dial(carrier, customer, sdk)
    await other.until("x", 1)
    assert [m["event"] for m in other.messages].index("x") == 8


async def test_a_hanging_socket_stays_open_and_silent(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    carrier.faults.stream = StreamFaults(hang_after_ms=100)
    call, socket = await dial(carrier, customer, sdk)
    await socket.until("media", 5)
    begun_ms = call.line.elapsed_ms if call.line else 0
    while call.line is not None and call.line.elapsed_ms < begun_ms + 300:
        await asyncio.sleep(0.01)
    assert len(socket.of("media")) == 5
    assert not socket.closed.is_set()
    await carrier.stop()
    await socket.closed.wait()
