from __future__ import annotations

import asyncio
import base64
import json
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import numpy as np
import pytest
from gemini_kit import BRIEF, take
from google.genai import types
from google.genai.live import AsyncSession
from hypothesis import example, given
from hypothesis import strategies as st
from scripted_gemini import SETUP_DONE, Json, Peer, ScriptedGemini, audio, content

from callconsole.adapters.gemini import GeminiAgent, client, connection
from callconsole.adapters.gemini.bounded_socket import BoundedSocket
from callconsole.adapters.gemini.connection import MIME_TYPE
from callconsole.adapters.gemini.fast_path import audio_frame, audio_parts
from callconsole.adapters.gemini.messages import MessageReader
from callconsole.adapters.gemini.session import GeminiSession
from callconsole.engine.ports import AgentAudio, AgentEvent, AgentWords

Open = Callable[[], Awaitable[GeminiSession]]


class Void:
    """A socket that keeps what is sent and gives one frame."""

    def __init__(self, frame: bytes = b"") -> None:
        self.frame = frame
        self.sent: list[str] = []

    async def send(self, message: str) -> None:
        self.sent.append(message)

    async def recv(self, decode: bool | None = None) -> bytes:
        return self.frame


class Client:
    def __init__(self, vertexai: bool) -> None:
        self.vertexai = vertexai


def sdk(socket: Void, *, vertex: bool) -> AsyncSession:
    session: Any = AsyncSession(api_client=Client(vertex), websocket=socket)
    return session


@given(st.binary(max_size=2000), st.booleans())
@example(bytes(range(256)), True)
@example(b"\xfb\xff\xfe", False)
async def test_frames_are_those_of_the_sdk_to_the_byte(pcm: bytes, vertex: bool) -> None:
    socket = Void()
    blob = types.Blob(data=pcm, mime_type=MIME_TYPE)
    await sdk(socket, vertex=vertex).send_realtime_input(audio=blob)
    assert [message.encode() for message in socket.sent] == [audio_frame(pcm, MIME_TYPE)]


async def sdk_events(frame: bytes, *, vertex: bool) -> list[AgentEvent] | None:
    """What the SDK and our reader make of a frame; None where the SDK cannot read it."""
    try:
        message = await anext(sdk(Void(frame), vertex=vertex).receive())
        return MessageReader().events(message)
    except (TypeError, ValueError, AttributeError, LookupError):
        return None


def plain(events: list[AgentEvent]) -> list[object]:
    return [e.pcm.tolist() if isinstance(e, AgentAudio) else e for e in events]


BASE64 = st.one_of(
    st.binary(max_size=40).map(lambda data: base64.b64encode(data).decode()),
    st.binary(max_size=40).map(lambda data: base64.urlsafe_b64encode(data).decode()),
    st.text("AB=\n -_+/\u00e9", max_size=9),
    st.none(),
    st.integers(),
)
MIME = st.sampled_from(
    ["audio/pcm;rate=24000", "audio/pcm", "audio/pcmx", "image/png", "", None, 7]
)
BLOBS = st.one_of(
    st.fixed_dictionaries({"mimeType": MIME, "data": BASE64}),
    st.fixed_dictionaries({"data": BASE64}, optional={"mimeType": MIME, "colour": st.just(1)}),
    st.none(),
)
PARTS = st.fixed_dictionaries(
    {"inlineData": BLOBS},
    optional={"thought": st.booleans(), "text": st.text(max_size=3), "novel": st.just({})},
)
TURNS = st.fixed_dictionaries(
    {"parts": st.one_of(st.lists(PARTS, max_size=4), st.none(), PARTS)},
    optional={"role": st.sampled_from(["model", "user", None, 3])},
)
CONTENTS = st.fixed_dictionaries(
    {"modelTurn": TURNS},
    optional={
        "interrupted": st.booleans(),
        "turnComplete": st.booleans(),
        "outputTranscription": st.fixed_dictionaries({"text": st.text(max_size=3)}),
    },
)
MESSAGES = st.fixed_dictionaries(
    {"serverContent": CONTENTS},
    optional={"usageMetadata": st.just({}), "goAway": st.just({"timeLeft": "5s"})},
)


@given(MESSAGES, st.sampled_from([None, 2]), st.booleans())
async def test_audio_is_what_the_sdk_reads(message: Json, indent: int | None, vertex: bool) -> None:
    frame = json.dumps(message, indent=indent).encode()
    parts = audio_parts(frame)
    if parts is not None:
        expected = await sdk_events(frame, vertex=vertex)
        assert expected is not None
        assert plain(MessageReader().audio(parts)) == plain(expected)


@given(st.binary(max_size=60))
@example(b'"inlineData"')
@example(b'{"serverContent": "inlineData"}')
@example(b'[{"inlineData": 1}]')
@example(b'{"serverContent": {"modelTurn": "inlineData"}}')
def test_nonsense_is_left_alone(frame: bytes) -> None:
    assert audio_parts(frame) is None
    assert audio_parts(frame + b'"inlineData"') is None


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=4), st.booleans())
def test_usual_audio_takes_the_fast_way(pcm: list[bytes], with_role: bool) -> None:
    parts = [audio(data)["serverContent"]["modelTurn"]["parts"][0] for data in pcm]
    role = {"role": "model"} if with_role else {}
    message = {"serverContent": {"modelTurn": {"parts": parts, **role}}}
    assert audio_parts(json.dumps(message).encode()) == pcm


def test_what_comes_with_anything_else_is_left_to_the_sdk() -> None:
    joint = audio(b"\1\0")
    joint["serverContent"]["interrupted"] = True
    assert audio_parts(json.dumps(joint).encode()) is None
    assert audio_parts(json.dumps({**audio(b"\1\0"), "usageMetadata": {}}).encode()) is None


# On the wire ---------------------------------------------------------------------------------


def says(*messages: Json) -> Callable[[Peer], Awaitable[None]]:
    async def script(peer: Peer) -> None:
        await peer.say(SETUP_DONE, *messages)
        await peer.socket.wait_closed()

    return script


def words(text: str) -> Json:
    return content(outputTranscription={"text": text})


MIXED = [m for i in range(1, 40) for m in (words(f"w{i}"), audio(bytes([i, 0])), audio(b"\0\0"))]


async def heard(session: GeminiSession, count: int) -> list[object]:
    return plain(await take(session, count))


async def test_order_is_kept_between_both_ways(server: ScriptedGemini, open_session: Open) -> None:
    server.play(says(*MIXED))
    session = await open_session()
    expected = [x for i in range(1, 40) for x in (AgentWords(f"w{i}", by_caller=False), [i], [0])]
    assert await heard(session, len(expected)) == expected
    assert session._connection._reads_fast is True


async def test_audio_passes_the_sdk_by(
    server: ScriptedGemini, open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.play(says(audio(b"\1\0")))
    session = await open_session()
    assert await heard(session, 1) == [[1]]
    read: list[object] = []
    with monkeypatch.context() as patch:
        patch.setattr(AsyncSession, "_receive", read.append)
        await server.peers[0].say(audio(b"\2\0"), audio(b"\3\0\4"), audio(b"\0"))
        assert await heard(session, 3) == [[2], [3], [4]]
    assert read == []


async def listen(server: ScriptedGemini, session: GeminiSession, count: int) -> list[bytes]:
    """Send `count` frames, each as soon as the one before has arrived; return what came."""
    got: list[bytes] = []
    for number in range(count):
        session.send_audio(np.full(320, number, np.int16))
        message = await server.peers[0].receive()
        got.append(base64.urlsafe_b64decode(message["realtime_input"]["audio"]["data"]))
    return got


FRAMES = [np.full(320, number, np.int16).tobytes() for number in range(5)]


def silent_until_told(stop: asyncio.Event) -> Callable[[Peer], Awaitable[None]]:
    async def script(peer: Peer) -> None:
        await peer.say(SETUP_DONE)
        await stop.wait()

    return script


async def test_frames_are_written_at_once(
    server: ScriptedGemini, open_session: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = asyncio.Event()
    server.play(silent_until_told(stop))
    session = await open_session()
    async with asyncio.timeout(5):
        assert await listen(server, session, 1) == FRAMES[:1]
    assert session._connection._writes_fast is True
    queued: list[bytes] = []
    monkeypatch.setattr(session._uplink, "add_bytes", queued.append)
    async with asyncio.timeout(5):
        assert await listen(server, session, 5) == FRAMES
    assert queued == []
    stop.set()


async def test_text_and_audio_keep_their_order(server: ScriptedGemini, open_session: Open) -> None:
    stop = asyncio.Event()
    server.play(silent_until_told(stop))
    session = await open_session()
    async with asyncio.timeout(5):
        await listen(server, session, 1)
        for number in range(5):
            session.send_audio(np.full(320, number, np.int16))
            session.send_text(str(number))
        got: list[object] = []
        while len(got) < 10:
            message = (await server.peers[0].receive())["realtime_input"]
            got.append(message.get("text") or base64.urlsafe_b64decode(message["audio"]["data"]))
    assert got == [x for number in range(5) for x in (FRAMES[number], str(number))]
    stop.set()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="not on this system")
async def test_the_system_watches_for_a_dead_line(open_session: Open) -> None:
    session = await open_session()
    live = session._connection._socket
    assert live is not None
    line = live.transport.get_extra_info("socket")
    assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 8000


@pytest.fixture
def fresh_log() -> Iterator[None]:
    connection._log_slow.cache_clear()
    yield
    connection._log_slow.cache_clear()


def broken_socket(patch: pytest.MonkeyPatch) -> None:
    options = client._socket_options

    def other(access: Any) -> dict[str, Any]:
        return {**options(access), "create_connection": BoundedSocket}

    patch.setattr(client, "_socket_options", other)


def broken_writing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(connection, "audio_frame", lambda _pcm, _mime: b"{}")


def broken_reading(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        connection, "audio_parts", lambda frame: [b"\7\7"] if b"inlineData" in frame else None
    )


def broken_attribute(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(connection, "getattr", lambda *_: None, raising=False)


@pytest.mark.usefixtures("fresh_log")
@pytest.mark.parametrize(
    "breaks", [broken_socket, broken_writing, broken_reading, broken_attribute]
)
async def test_where_the_sdk_is_not_as_expected_it_does_the_work(
    server: ScriptedGemini,
    agent: GeminiAgent,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    breaks: Callable[[pytest.MonkeyPatch], None],
) -> None:
    breaks(monkeypatch)
    stop = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.say(SETUP_DONE, *MIXED[:6])
        await stop.wait()

    server.play(script)
    sessions = [await agent.open(BRIEF), await agent.open(BRIEF)]
    expected = [AgentWords("w1", False), [1], [0], AgentWords("w2", False), [2], [0]]
    async with asyncio.timeout(5):
        for session, peer in zip(sessions, server.peers, strict=True):
            assert await heard(session, 6) == expected
            for number in range(3):
                session.send_audio(np.full(320, number, np.int16))
                blob = (await peer.receive())["realtime_input"]["audio"]
                assert base64.urlsafe_b64decode(blob["data"]) == FRAMES[number]
    stop.set()
    for session in sessions:
        await session.close()
    slow = [r for r in caplog.records if "slower path" in r.message]
    assert [r.levelno for r in slow] == [logging.WARNING]
