"""Media Streams messages as text: what is read, and what is refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio_door import ACCOUNT, CALL_SID, START, STREAM_SID

from callconsole.adapters.twilio.stream_messages import (
    BadMessage,
    Connected,
    Started,
    Stopped,
    read_message,
)
from callconsole.engine.ports import LineAudio, LineDigit, LineMark

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def media(**fields: Any) -> str:
    body = {"track": "inbound", "timestamp": "40", "payload": "AAECAw==", **fields}
    return json.dumps({"event": "media", "streamSid": STREAM_SID, "media": body})


def start(**fields: Any) -> str:
    return json.dumps({"event": "start", "streamSid": STREAM_SID, "start": {**START, **fields}})


def test_every_kind_of_message_is_read() -> None:
    assert read_message('{"event":"connected","protocol":"Call"}') == Connected()
    assert read_message(start(customParameters={"token": "t"})) == Started(
        ACCOUNT, CALL_SID, STREAM_SID, "t"
    )
    assert read_message(media()) == LineAudio(b"\x00\x01\x02\x03", 40)
    assert read_message('{"event":"mark","mark":{"name":"a"}}') == LineMark("a")
    assert read_message('{"event":"dtmf","dtmf":{"track":"x","digit":"#"}}') == LineDigit("#")
    assert read_message('{"event":"stop","stop":{}}') == Stopped()


@pytest.mark.parametrize("timestamp", ["5", 5, "0005", 0])
def test_numbers_may_be_text(timestamp: object) -> None:
    audio = read_message(media(timestamp=timestamp))
    assert isinstance(audio, LineAudio)
    assert audio.timestamp_ms == int(str(timestamp))


def test_the_shape_of_the_audio_may_be_text_too() -> None:
    shape = {"encoding": "audio/x-mulaw", "sampleRate": "8000", "channels": "1"}
    assert isinstance(read_message(start(mediaFormat=shape)), Started)


def test_what_does_not_concern_us_is_ignored() -> None:
    assert read_message('{"event":"weather","rain":true}') is None
    assert read_message(media(track="outbound")) is None
    assert read_message(media(colour="blue")) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"event":7}',
        '{"event":"media"}',
        '{"event":"media","media":[]}',
        media(payload="AAE"),
        media(payload="AAEC\nAw=="),
        media(payload="AAE_Aw=="),
        media(payload="A=AECAw="),
        media(payload="ÄÄÄÄ"),
        media(payload=""),
        media(payload=None),
        media(timestamp=-1),
        media(timestamp="1.5"),
        media(timestamp=True),
        media(timestamp="9" * 16),
        media(timestamp=10**15),
        '{"event":"mark","mark":{"name":""}}',
        '{"event":"dtmf","dtmf":{"digit":"12"}}',
        start(callSid="CA"),
        start(streamSid='MZ"},"event":"clear'),
        start(accountSid=None),
        start(mediaFormat=None),
        start(mediaFormat={"encoding": "audio/l16", "sampleRate": 8000, "channels": 1}),
        start(mediaFormat={"encoding": "audio/x-mulaw", "sampleRate": 16000, "channels": 1}),
        start(mediaFormat={"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 2}),
        "[" * 60_000,
        '{"event":"media","media":{"payload":"AAEC","timestamp":' + "9" * 5000 + "}}",
    ],
)
def test_what_breaks_the_protocol_is_refused(text: str) -> None:
    with pytest.raises(BadMessage):
        read_message(text)


@pytest.mark.parametrize("token", [None, 7, ["t"], "t\ud800", "ü"])
def test_a_token_that_is_no_plain_text_is_no_token(token: object) -> None:
    started = read_message(start(customParameters={"token": token}))
    assert isinstance(started, Started)
    assert started.token == ""


@given(st.binary(min_size=1, max_size=400), st.integers(0, 10**15 - 1))
def test_any_audio_arrives_as_it_was_sent(mulaw: bytes, at_ms: int) -> None:
    text = media(payload=base64.b64encode(mulaw).decode(), timestamp=str(at_ms))
    assert read_message(text) == LineAudio(mulaw, at_ms)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_message(text)
    except BadMessage as error:
        assert not text.strip() or text.strip() not in str(error) or len(text.strip()) < 4


@given(
    st.sampled_from(["media", "start", "mark", "dtmf", "stop", "connected", "x"]),
    json_values,
    json_values,
)
def test_any_json_is_read_or_refused(event: str, body: object, inner: object) -> None:
    for shape in (body, {"payload": inner, "timestamp": inner, "name": inner, "digit": inner}):
        try:
            read_message(json.dumps({"event": event, event: shape}))
        except BadMessage:
            continue
