from __future__ import annotations

import numpy as np
import pytest
from google.genai import types
from hypothesis import given
from hypothesis import strategies as st

from callconsole.adapters.gemini.messages import MessageReader, seconds
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentEvent,
    AgentGenerated,
    AgentLeaving,
    AgentTurnDone,
    AgentUsage,
    AgentWords,
)


def message(**fields: object) -> types.LiveServerMessage:
    return types.LiveServerMessage.model_validate(fields)


def part(data: bytes, mime_type: str | None = "audio/pcm;rate=24000") -> types.Part:
    return types.Part(inline_data=types.Blob(data=data, mime_type=mime_type))


def speech(*parts: types.Part, **more: object) -> types.LiveServerMessage:
    content = types.LiveServerContent(model_turn=types.Content(parts=list(parts)), **more)
    return types.LiveServerMessage(server_content=content)


def samples(events: list[AgentEvent]) -> list[list[int]]:
    return [event.pcm.tolist() for event in events if isinstance(event, AgentAudio)]


def test_audio_is_a_view_of_the_bytes() -> None:
    data = np.array([1, -2, 32767], "<i2").tobytes()
    (event,) = MessageReader().events(speech(part(data)))
    assert isinstance(event, AgentAudio)
    assert event.pcm.dtype == np.int16
    assert event.pcm.tolist() == [1, -2, 32767]
    assert np.shares_memory(event.pcm, np.frombuffer(data, np.int16))


def test_every_part_counts_and_thoughts_do_not() -> None:
    thought = types.Part(text="The caller seems cross.", thought=True)
    events = MessageReader().events(
        speech(
            thought, part(b"\1\0"), types.Part(text="x"), part(b"\2\0"), part(b"\0", "image/png")
        )
    )
    assert samples(events) == [[1], [2]]
    assert len(events) == 2


@pytest.mark.parametrize("mime_type", ["audio/pcm", None, "audio/pcm;rate=24000"])
def test_mime_type_may_be_bare_or_missing(mime_type: str | None) -> None:
    assert samples(MessageReader().events(speech(part(b"\1\0", mime_type)))) == [[1]]


def test_half_a_sample_waits_for_its_other_half() -> None:
    reader = MessageReader()
    assert samples(reader.events(speech(part(b"\1\0\2")))) == [[1]]
    assert samples(reader.events(speech(part(b"\0\3\0")))) == [[2, 3]]


@pytest.mark.parametrize("end", ["interrupted", "turn_complete"])
def test_half_a_sample_does_not_outlive_its_turn(end: str) -> None:
    reader = MessageReader()
    reader.events(speech(part(b"\1\0\2"), **{end: True}))
    assert samples(reader.events(speech(part(b"\3\0")))) == [[3]]


@given(st.lists(st.binary(max_size=9), max_size=30))
def test_no_sample_is_lost_however_the_bytes_are_cut(pieces: list[bytes]) -> None:
    reader = MessageReader()
    got = [
        value
        for piece in pieces
        for pcm in samples(reader.events(speech(part(piece))))
        for value in pcm
    ]
    whole = b"".join(pieces)
    assert got == np.frombuffer(whole[: len(whole) // 2 * 2], "<i2").tolist()


def test_all_fields_of_one_message_are_read_in_order() -> None:
    bundle = message(
        server_content={
            "input_transcription": {"text": "hello"},
            "output_transcription": {"text": "Hi", "finished": True},
            "model_turn": {"parts": [{"inline_data": {"data": "AQA=", "mime_type": "audio/pcm"}}]},
            "interrupted": True,
            "generation_complete": True,
            "turn_complete": True,
        },
        usage_metadata={"prompt_token_count": 3, "response_token_count": 4, "total_token_count": 7},
        go_away={"time_left": "50s"},
    )
    events = MessageReader().events(bundle)
    assert samples(events) == [[1]]
    assert [event for event in events if not isinstance(event, AgentAudio)] == [
        AgentWords("hello", by_caller=True),
        AgentWords("Hi", by_caller=False, final=True),
        AgentCutOff(),
        AgentGenerated(),
        AgentTurnDone(),
        AgentUsage(3, 4, 7),
        AgentLeaving(50.0),
    ]
    assert isinstance(events[2], AgentAudio)


def test_finished_alone_closes_an_utterance() -> None:
    (event,) = MessageReader().events(
        message(server_content={"input_transcription": {"finished": True}})
    )
    assert event == AgentWords("", by_caller=True, final=True)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"setup_complete": {}},
        {"server_content": {}},
        {"server_content": {"waiting_for_input": True}},
        {"server_content": {"interim_input_transcription": {"text": "hel"}}},
        {"server_content": {"input_transcription": {}}},
        {"server_content": {"model_turn": {}}},
        {"voice_activity": {"voice_activity_type": "ACTIVITY_START"}},
        {"session_resumption_update": {"new_handle": "h", "resumable": True}},
        {"tool_call_cancellation": {"ids": ["1"]}},
    ],
)
def test_what_says_nothing_to_the_engine_is_no_event(fields: dict[str, object]) -> None:
    assert MessageReader().events(message(**fields)) == []


def test_usage_by_modality_sums_and_counts_thoughts() -> None:
    (event,) = MessageReader().events(
        message(
            usage_metadata={
                "prompt_token_count": 522,
                "response_token_count": 42,
                "total_token_count": 564,
                "thoughts_token_count": 136,
                "prompt_tokens_details": [
                    {"modality": "TEXT", "token_count": 300},
                    {"modality": "TEXT", "token_count": 32},
                    {"modality": "AUDIO", "token_count": 165},
                    {"token_count": 25},
                ],
                "response_tokens_details": [{"modality": "AUDIO", "token_count": 42}],
            }
        )
    )
    assert event == AgentUsage(
        522,
        42,
        564,
        {
            "prompt_text": 332,
            "prompt_audio": 165,
            "prompt_unspecified": 25,
            "response_audio": 42,
            "response_thoughts": 136,
        },
    )


def test_a_turn_is_open_from_its_first_word_to_its_end() -> None:
    reader = MessageReader()
    reader.events(message(server_content={"input_transcription": {"text": "hello"}}))
    assert not reader.in_turn
    reader.events(message(server_content={"output_transcription": {"text": "Hi"}}))
    assert reader.in_turn
    reader.events(message(server_content={"turn_complete": True}))
    assert not reader.in_turn


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50s", 50.0),
        ("1.5s", 1.5),
        ("0s", 0.0),
        ("", 0.0),
        (None, 0.0),
        ("soon", 0.0),
        ("-3s", 0.0),
    ],
)
def test_durations(text: str | None, expected: float) -> None:
    assert seconds(text) == expected
