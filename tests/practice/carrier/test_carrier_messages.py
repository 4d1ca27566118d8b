from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.practice.carrier import stream_messages as messages

SID = "MZ" + "1" * 32


def text(**fields: Any) -> str:
    return json.dumps({"streamSid": SID, **fields})


def test_the_three_messages_are_understood() -> None:
    payload = base64.b64encode(b"\xff\x00abc").decode()
    assert messages.parse(text(event="media", media={"payload": payload}), SID) == messages.Media(
        b"\xff\x00abc"
    )
    assert messages.parse(text(event="mark", mark={"name": "m:1"}), SID) == messages.Mark("m:1")
    assert messages.parse(text(event="clear"), SID) == messages.Clear()


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "media",
        "[]",
        "null",
        "[" * 100000,
        text(event="play"),
        text(event=["media"]),
        text(event="clear", now=True),
        text(event="media"),
        text(event="media", media="abcd"),
        text(event="media", media={}),
        text(event="media", media={"payload": ""}),
        text(event="media", media={"payload": 7}),
        text(event="media", media={"payload": "a-_b"}),
        text(event="media", media={"payload": "abc"}),
        text(event="media", media={"payload": "YWJj\n"}),
        text(event="media", media={"payload": "é"}),
        text(event="media", media={"payload": "YWJj", "track": "outbound"}),
        text(event="mark", mark={"name": ""}),
        text(event="mark", mark={"name": None}),
        json.dumps({"event": "clear"}),
        json.dumps({"event": "clear", "streamSid": "MZ" + "2" * 32}),
    ],
)
def test_everything_else_is_refused(bad: str) -> None:
    with pytest.raises(messages.InvalidMessageError):
        messages.parse(bad, SID)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_hostile_json_never_breaks_the_reader(value: Any) -> None:
    with pytest.raises(messages.InvalidMessageError):
        messages.parse(json.dumps({"event": "media", "streamSid": SID, "media": value}), SID)


def test_what_the_writer_writes() -> None:
    writer = messages.Writer(SID)
    assert json.loads(writer.connected()) == {
        "event": "connected", "protocol": "Call", "version": "1.0.0",
    }  # fmt: skip
    assert json.loads(writer.start("AC1", "CA1", {"token": "t"})) == {
        "event": "start",
        "sequenceNumber": "1",
        "start": {
            "accountSid": "AC1",
            "streamSid": SID,
            "callSid": "CA1",
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"token": "t"},
        },
        "streamSid": SID,
    }
    media = json.loads(writer.media(b"abc", 40))
    assert media == {
        "event": "media",
        "sequenceNumber": "2",
        "media": {"track": "inbound", "chunk": "1", "timestamp": "40", "payload": "YWJj"},
        "streamSid": SID,
    }
    assert json.loads(writer.dtmf("5"))["dtmf"] == {"track": "inbound_track", "digit": "5"}
    assert json.loads(writer.mark("m"))["mark"] == {"name": "m"}
    stop = json.loads(writer.stop("AC1", "CA1"))
    assert stop["sequenceNumber"] == "5"
    assert stop["stop"] == {"accountSid": "AC1", "callSid": "CA1"}
