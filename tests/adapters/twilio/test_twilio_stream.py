"""The media socket on a real socket, with Twilio's end played by the test."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from twilio_door import (
    ACCOUNT,
    CALL_SID,
    PUBLIC,
    START,
    STREAM_SID,
    TOKEN,
    media_socket,
    serving,
    signed,
)

from callconsole.adapters.twilio import stream
from callconsole.adapters.twilio.signature import SignatureCheck
from callconsole.adapters.twilio.stream_line import StreamLimits
from callconsole.engine.ports import LineAudio, LineDigit, LineMark, MediaLine
from fakes.switchboard import FIRST_CALL, FakeSwitchboard

POLICY = 1008
LIMITS = StreamLimits(start_s=5.0, waiting_sockets=3)


@dataclass
class Desk:
    switchboard: FakeSwitchboard
    signature: SignatureCheck
    base: str


@pytest.fixture
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    limits = getattr(request, "param", LIMITS)
    switchboard = FakeSwitchboard(FIRST_CALL)
    switchboard.tokens[CALL_SID] = {"one-time"}
    signature = SignatureCheck(SecretStr(TOKEN), lambda: PUBLIC)
    async with serving(stream.routes(switchboard, signature, ACCOUNT, limits)) as base:
        yield Desk(switchboard, signature, base)


def using(switchboard: FakeSwitchboard, act: Callable[[MediaLine], None]) -> None:
    """Let the engine do something with the line, then hear it to its end."""

    async def serve(line: MediaLine) -> None:
        act(line)
        async for event in line.events():
            switchboard.heard.append(event)

    switchboard.serve = serve


async def test_a_stream_is_admitted_and_heard(desk: Desk) -> None:
    async with media_socket(desk.base) as twilio:
        await twilio.begin()
        await twilio.media(base64.b64encode(bytes(range(160))).decode(), timestamp=20)
        await twilio.say("dtmf", dtmf={"track": "inbound_track", "digit": "5"})
        await twilio.say("mark", mark={"name": "turn1"})
        await twilio.say("stop", stop={"accountSid": ACCOUNT, "callSid": CALL_SID})
        assert await twilio.close_code() == 1000
    await desk.switchboard.line_done.wait()
    (line,) = desk.switchboard.lines
    assert (line.call_sid, line.stream_sid) == (CALL_SID, STREAM_SID)
    assert desk.switchboard.heard == [
        LineAudio(bytes(range(160)), 20),
        LineDigit("5"),
        LineMark("turn1"),
    ]
    assert desk.switchboard.spent == [(CALL_SID, "one-time")]


async def test_what_we_send_is_what_twilio_documents(desk: Desk) -> None:
    def speak(line: MediaLine) -> None:
        line.send_audio(b"\xff\x00" * 80)
        line.send_audio(b"")
        line.send_mark('say "hello"')

    using(desk.switchboard, speak)
    async with media_socket(desk.base) as twilio:
        await twilio.begin()
        assert await twilio.heard() == {
            "event": "media",
            "streamSid": STREAM_SID,
            "media": {"payload": base64.b64encode(b"\xff\x00" * 80).decode()},
        }
        assert await twilio.heard() == {
            "event": "mark",
            "streamSid": STREAM_SID,
            "mark": {"name": 'say "hello"'},
        }
        desk.switchboard.lines[0].clear()
        assert await twilio.heard() == {"event": "clear", "streamSid": STREAM_SID}


async def test_on_a_healthy_socket_everything_leaves_at_once_and_in_order(desk: Desk) -> None:
    def cut_off(line: MediaLine) -> None:
        line.send_audio(b"\xff" * 1600)
        line.send_mark("sent")
        line.clear()
        line.send_audio(b"\x00" * 160)

    using(desk.switchboard, cut_off)
    async with media_socket(desk.base) as twilio:
        await twilio.begin()
        heard = [(await twilio.heard())["event"] for _ in range(4)]
        assert heard == ["media", "mark", "clear", "media"]
        await twilio.media("AAAA", timestamp=0)
        await twilio.say("stop", stop={})
        await twilio.close_code()
    await desk.switchboard.line_done.wait()
    assert desk.switchboard.heard == [LineAudio(b"\x00\x00\x00", 0)]


@pytest.mark.parametrize("desk", [StreamLimits(send_s=60, close_s=0.2)], indirect=True)
async def test_clear_drops_what_was_not_sent_and_echoes_its_marks(desk: Desk) -> None:
    writer = await deaf_twilio(desk.base)
    try:
        await desk.switchboard.line_served.wait()
        line = desk.switchboard.lines[0]
        for _ in range(400):
            line.send_audio(b"\xff" * 8000)
        line.send_mark("never sent")
        line.clear()
        await line.close()
        await desk.switchboard.line_done.wait()
        assert desk.switchboard.heard == [LineMark("never sent")]
    finally:
        writer.transport.abort()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed("wss://desk.example.com/media-stream", token="guess"),
        signed("https://desk.example.com/media-stream"),
        signed("wss://desk.example.com/other"),
    ],
)
async def test_a_handshake_without_twilios_signature_is_refused(
    desk: Desk, headers: dict[str, str]
) -> None:
    async with ClientSession() as client:
        with pytest.raises(WSServerHandshakeError) as caught:
            await client.ws_connect(f"{desk.base}/media-stream", headers=headers)
    assert caught.value.status == 403
    assert desk.signature.refused == 1


async def test_a_subprotocol_is_answered_only_where_it_is_offered(desk: Desk) -> None:
    async with media_socket(desk.base) as twilio:
        assert twilio.socket.protocol is None
    async with media_socket(desk.base, protocols=("audio.twilio.com",)) as twilio:
        assert twilio.socket.protocol == "audio.twilio.com"


@pytest.mark.parametrize(
    "start",
    [
        {"accountSid": "AC" + "9" * 32},
        {"callSid": "CA" + "9" * 32},
        {"callSid": "nonsense"},
        {"customParameters": {}},
        {"customParameters": {"token": "guess"}},
        {"customParameters": {"token": 7}},
        {"mediaFormat": {"encoding": "audio/l16", "sampleRate": 8000, "channels": 1}},
    ],
)
async def test_a_stream_that_is_not_ours_is_refused(desk: Desk, start: dict[str, Any]) -> None:
    async with media_socket(desk.base) as twilio:
        await twilio.begin(**start)
        assert await twilio.close_code() == POLICY
    assert desk.switchboard.lines == []


async def test_a_token_opens_the_door_once(desk: Desk) -> None:
    async with media_socket(desk.base) as first:
        await first.begin()
        await desk.switchboard.line_served.wait()
        async with media_socket(desk.base) as second:
            await second.begin()
            assert await second.close_code() == POLICY
    assert len(desk.switchboard.lines) == 1


CONNECTED = '{"event":"connected"}'


@pytest.mark.parametrize(
    "texts",
    [
        ["not json"],
        [CONNECTED, "[]"],
        [CONNECTED, '{"event":"media","media":{"payload":"AAAA","timestamp":"0"}}'],
        ['{"event":"start","start":{}}'],
    ],
)
async def test_what_comes_before_start_has_to_be_right(desk: Desk, texts: list[str]) -> None:
    async with media_socket(desk.base) as twilio:
        for text in texts:
            await twilio.socket.send_str(text)
        assert await twilio.close_code() == POLICY


async def test_start_has_to_come_after_connected(desk: Desk) -> None:
    async with media_socket(desk.base) as twilio:
        await twilio.say("start", start=START)
        assert await twilio.close_code() == POLICY
    assert desk.switchboard.spent == []


async def test_binary_before_start_is_refused(desk: Desk) -> None:
    async with media_socket(desk.base) as twilio:
        await twilio.socket.send_bytes(b"\x00")
        assert await twilio.close_code() == POLICY


@pytest.mark.parametrize("desk", [StreamLimits(start_s=0.1)], indirect=True)
async def test_a_silent_socket_is_closed(desk: Desk) -> None:
    async with media_socket(desk.base) as twilio:
        await twilio.socket.send_str(CONNECTED)
        assert await twilio.close_code() == POLICY


async def test_waiting_sockets_are_few_and_their_places_come_free(desk: Desk) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(LIMITS.waiting_sockets):
            await stack.enter_async_context(media_socket(desk.base))
        with pytest.raises(WSServerHandshakeError) as caught:
            await stack.enter_async_context(media_socket(desk.base))
        assert caught.value.status == 503
    async with media_socket(desk.base) as twilio:
        await twilio.begin()
        await desk.switchboard.line_served.wait()


async def test_a_message_that_is_too_long_ends_the_stream(desk: Desk) -> None:
    async with media_socket(desk.base) as twilio:
        await twilio.begin()
        await twilio.media("A" * 66_000)
        assert await twilio.close_code() == 1009
    await desk.switchboard.line_done.wait()


async def test_bad_messages_in_a_call_are_skipped(desk: Desk) -> None:
    async with media_socket(desk.base) as twilio:
        await twilio.begin()
        await twilio.socket.send_str("nonsense")
        await twilio.socket.send_bytes(b"\x00")
        await twilio.media("not base64")
        await twilio.say("weather", rain=True)
        await twilio.say("mark", mark={"name": "after"})
        await twilio.say("stop")
        await twilio.close_code()
    await desk.switchboard.line_done.wait()
    assert desk.switchboard.heard == [LineMark("after")]


@pytest.mark.parametrize("desk", [StreamLimits(bad_messages=5)], indirect=True)
async def test_too_many_bad_messages_end_the_stream(desk: Desk) -> None:
    async with media_socket(desk.base) as twilio:
        await twilio.begin()
        for _ in range(6):
            await twilio.socket.send_str("nonsense")
        assert await twilio.close_code() == POLICY
    await desk.switchboard.line_done.wait()


async def test_a_lost_socket_ends_the_line(desk: Desk) -> None:
    async with media_socket(desk.base) as twilio:
        await twilio.begin()
        await desk.switchboard.line_served.wait()
        transport = twilio.socket.get_extra_info("socket")
        assert transport is not None
        twilio.socket._response.connection.transport.abort()  # type: ignore[union-attr]
        await desk.switchboard.line_done.wait()
    line = desk.switchboard.lines[0]
    line.send_audio(b"\xff")
    line.clear()
    await line.close()


async def test_our_close_reaches_twilio_at_once_and_twice_is_safe(desk: Desk) -> None:
    async with media_socket(desk.base) as twilio:
        await twilio.begin()
        await desk.switchboard.line_served.wait()
        line = desk.switchboard.lines[0]
        await asyncio.gather(line.close(), twilio.close_code())
        await line.close()
        await desk.switchboard.line_done.wait()
        assert twilio.socket.close_code == 1000
        line.send_mark("nobody hears")


async def test_a_fault_of_the_engine_closes_the_stream(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(line: MediaLine) -> None:
        raise LookupError("a bug")

    using(desk.switchboard, broken)
    async with media_socket(desk.base) as twilio:
        await twilio.begin()
        assert await twilio.close_code() == 1000
    assert "LookupError: a bug" in caplog.text


async def deaf_twilio(base: str) -> asyncio.StreamWriter:
    """Twilio's end without a reader: signed handshake and start, then nothing is ever read."""
    host, port = base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
    headers = {
        "Host": host,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(b"k" * 16).decode(),
        **signed("wss://desk.example.com/media-stream"),
    }
    lines = ["GET /media-stream HTTP/1.1", *(f"{name}: {text}" for name, text in headers.items())]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    await reader.readuntil(b"\r\n\r\n")
    for text in (CONNECTED + " " * 126, json.dumps({"event": "start", "start": START})):
        data = text.encode()
        # Client frames carry a mask (RFC 6455, 5.3); four zero bytes leave the text as it is.
        writer.write(b"\x81" + bytes([0x80 | 126]) + len(data).to_bytes(2, "big") + bytes(4) + data)
    await writer.drain()
    return writer


@pytest.mark.parametrize("desk", [StreamLimits(send_s=0.2, close_s=0.2)], indirect=True)
async def test_a_socket_that_takes_nothing_is_given_up(desk: Desk) -> None:
    writer = await deaf_twilio(desk.base)
    try:
        await desk.switchboard.line_served.wait()
        for _ in range(400):
            desk.switchboard.lines[0].send_audio(b"\xff" * 8000)
        await desk.switchboard.line_done.wait()
    finally:
        writer.transport.abort()


@pytest.mark.parametrize("desk", [StreamLimits(send_s=60, queued_bytes=50_000)], indirect=True)
async def test_a_queue_that_grows_without_end_is_given_up(desk: Desk) -> None:
    writer = await deaf_twilio(desk.base)
    try:
        await desk.switchboard.line_served.wait()
        for _ in range(200):
            desk.switchboard.lines[0].send_audio(b"\xff" * 40_000)
        await desk.switchboard.line_done.wait()
    finally:
        writer.transport.abort()


@pytest.mark.parametrize("desk", [StreamLimits(send_s=60, close_s=0.2)], indirect=True)
async def test_closing_a_stalled_socket_takes_no_longer_than_its_limit(desk: Desk) -> None:
    writer = await deaf_twilio(desk.base)
    try:
        await desk.switchboard.line_served.wait()
        line = desk.switchboard.lines[0]
        for _ in range(400):
            line.send_audio(b"\xff" * 8000)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await line.close()
        assert loop.time() - began < 1.0
        await desk.switchboard.line_done.wait()
    finally:
        writer.transport.abort()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=60) | st.binary(max_size=60), min_size=1, max_size=6))
async def test_nothing_that_is_sent_before_start_breaks_the_door(
    desk: Desk, messages: list[str | bytes]
) -> None:
    async with media_socket(desk.base) as twilio:
        for message in messages:
            if isinstance(message, str):
                await twilio.socket.send_str(message)
            else:
                await twilio.socket.send_bytes(message)
        assert await twilio.close_code() == POLICY
    assert desk.switchboard.lines == []


async def test_twilio_may_leave_before_start(desk: Desk) -> None:
    for _ in range(LIMITS.waiting_sockets + 1):
        async with media_socket(desk.base) as twilio:
            await twilio.socket.send_str(CONNECTED)
            await twilio.socket.close()
    async with media_socket(desk.base) as late:
        await late.begin()
        await desk.switchboard.line_served.wait()
