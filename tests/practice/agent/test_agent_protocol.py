from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.practice.agent.protocol import (
    audio_part,
    camel,
    duration,
    read_audio,
    read_message,
    write_message,
)
from callconsole.practice.agent.refusals import RefusalError, fit_reason

FRAME = np.arange(-160, 160, dtype=np.int16)


def blob(data: str, mime: str = "audio/pcm;rate=16000") -> dict[str, str]:
    return {"data": data, "mimeType": mime}


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("mime", ["audio/pcm;rate=16000", "audio/pcm", "audio/pcm; rate=16000"])
def test_both_alphabets_are_read(encode, mime: str) -> None:
    data = encode(FRAME.tobytes()).decode()
    assert np.array_equal(read_audio(blob(data, mime)), FRAME)
    assert np.array_equal(read_audio(blob(data.rstrip("="), mime)), FRAME)


@pytest.mark.parametrize(
    "bad",
    [
        blob("A"),
        blob("not base64!"),
        blob(base64.b64encode(b"abc").decode()),
        blob("AAAA", "audio/wav"),
        blob("AAAA", "audio/pcm;rate=8000"),
        blob("AAAA", "audio/pcm;rate=24000"),
        blob("AAAA", "audio/pcm;rate=" + "1" * 5000),
        {"mimeType": "audio/pcm;rate=16000"},
        {"data": "AAAA"},
        "AAAA",
        None,
    ],
)
def test_bad_audio_is_refused(bad: object) -> None:
    with pytest.raises(RefusalError) as refused:
        read_audio(bad)
    assert refused.value.code == 1007
    assert refused.value.reason == "Request contains an invalid argument."


def test_both_spellings_become_one() -> None:
    frame = json.dumps({"realtime_input": {"audio": {"mime_type": "x"}, "audioStreamEnd": True}})
    assert read_message(frame) == {
        "realtimeInput": {"audio": {"mimeType": "x"}, "audioStreamEnd": True}
    }
    assert camel("start_of_speech_sensitivity") == "startOfSpeechSensitivity"


def test_names_of_the_client_s_own_stay_as_they_are() -> None:
    frame = json.dumps({"setup": {"tools": [{"parameters": {"properties": {"a_b": {}}}}]}})
    assert '"a_b"' in json.dumps(read_message(frame))


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "[]",
        "nonsense",
        b"\xff\xfe",
        '{"audio_x": 1, "audioX": 2}',
        "[" * 100_000,
        '{"a":' * 980 + "1" + "}" * 980,
    ],
)
def test_what_is_not_a_message_is_refused(frame: str | bytes) -> None:
    with pytest.raises(RefusalError):
        read_message(frame)


@given(st.one_of(st.text(), st.binary()))
def test_hostile_frames_are_read_or_refused(frame: str | bytes) -> None:
    try:
        assert isinstance(read_message(frame), dict)
    except RefusalError as refusal:
        assert refusal.code == 1007


@given(st.text())
def test_hostile_base64_is_read_or_refused(data: str) -> None:
    try:
        assert read_audio(blob(data)).dtype == np.int16
    except RefusalError as refusal:
        assert refusal.code == 1007


def test_frames_look_like_the_service_s() -> None:
    assert write_message({"setupComplete": {}}) == b'{\n  "setupComplete": {}\n}\n'
    part = audio_part(np.array([1, -2], np.int16))
    data = {"mimeType": "audio/pcm;rate=24000", "data": "AQD+/w=="}
    assert part == {"parts": [{"inlineData": data}]}


@pytest.mark.parametrize(("seconds", "text"), [(50, "50s"), (1.0, "1s"), (1.24, "1.240s")])
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(st.text(max_size=300))
def test_reasons_fit_a_close_frame(reason: str) -> None:
    fitted = fit_reason(reason)
    assert len(fitted.encode()) <= 123
    assert reason.startswith(fitted)


def test_reasons_can_always_be_encoded() -> None:
    assert fit_reason("a\ud800b") == "a?b"
