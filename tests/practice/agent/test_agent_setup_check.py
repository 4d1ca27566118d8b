from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from google.genai import errors, types
from hypothesis import given
from hypothesis import strategies as st
from practice_live_kit import Desk, listening

from callconsole.practice.agent.client_messages import (
    ClientContent,
    RealtimeText,
    read_client_message,
)
from callconsole.practice.agent.protocol import field_names, read_message
from callconsole.practice.agent.refusals import RefusalError
from callconsole.practice.agent.session_setup import Detection, SessionSetup
from callconsole.practice.agent.setup_check import check_setup
from callconsole.practice.agent.upgrade import BackEnd, Door

DEVELOPER = Door(BackEnd.DEVELOPER, "v1")
BETA = Door(BackEnd.DEVELOPER, "v1beta")
ALPHA = Door(BackEnd.DEVELOPER, "v1alpha")
VERTEX = Door(BackEnd.VERTEX, "v1beta1")
SUMMER = date(2026, 8, 1)
AUTUMN = date(2026, 11, 22)
NEW = "gemini-3.8-live"
DEEP = "gemini-3.8-live-extended-thinking"
LEGACY = "gemini-3.1-flash-live-preview"
OLD = "gemini-2.5-flash-native-audio-preview-12-2025"
OLD_VERTEX = "gemini-live-2.5-flash-native-audio"


def check(
    door: Door = DEVELOPER, model: str = NEW, today: date = SUMMER, **fields: Any
) -> SessionSetup:
    prefix = "models/"
    if door.back_end is BackEnd.VERTEX:
        prefix = "projects/p/locations/l/publishers/google/models/"
    return check_setup({"setup": {"model": prefix + model, **fields}}, door, today)


def refusal(*args: Any, **fields: Any) -> tuple[int, str]:
    with pytest.raises(RefusalError) as refused:
        check(*args, **fields)
    return refused.value.code, refused.value.reason


INVALID = (1007, "Request contains an invalid argument.")


def generation(**fields: Any) -> dict[str, Any]:
    return {"generationConfig": {"responseModalities": ["AUDIO"], **fields}}


def test_the_recommended_setup_is_accepted() -> None:
    fields = {
        **generation(speechConfig={"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Kore"}}}),
        "systemInstruction": {"parts": [{"text": "Be brief."}], "role": "user"},
        "sessionResumption": {},
        "inputAudioTranscription": {"languageCodes": ["en-US"]},
        "outputAudioTranscription": {},
        "contextWindowCompression": {"slidingWindow": {}},
        "realtimeInputConfig": {
            "automaticActivityDetection": {
                "startOfSpeechSensitivity": "START_SENSITIVITY_LOW",
                "endOfSpeechSensitivity": "END_SENSITIVITY_LOW",
                "prefixPaddingMs": 100,
                "silenceDurationMs": 500,
            },
            "activityHandling": "START_OF_ACTIVITY_INTERRUPTS",
            "turnCoverage": "TURN_INCLUDES_ONLY_ACTIVITY",
        },
    }
    for door in (DEVELOPER, BETA, VERTEX):
        setup = check(door, today=AUTUMN, **fields)
        assert setup.instruction == "Be brief."
        assert setup.gives_handles
        assert setup.transcribes_caller
        assert setup.detection == Detection(
            start_high=False, end_high=False, prefix_padding_ms=100, silence_ms=500
        )


def test_the_least_setup_is_accepted_with_the_service_s_defaults() -> None:
    setup = check()
    assert setup.detection == Detection(silence_ms=800, prefix_padding_ms=20)
    assert not setup.gives_handles
    assert check(VERTEX).detection == Detection(
        start_high=False, prefix_padding_ms=0, silence_ms=800
    )


def test_both_spellings_are_accepted_at_every_level() -> None:
    frame = """{"setup": {"model": "models/gemini-3.8-live", "generation_config":
      {"response_modalities": ["AUDIO"], "speech_config": {"voice_config":
      {"prebuiltVoiceConfig": {"voice_name": "Puck"}}}}, "realtimeInputConfig":
      {"automatic_activity_detection": {"silenceDurationMs": 300}}}}"""
    setup = check_setup(read_message(frame), DEVELOPER, SUMMER)
    assert setup.detection.silence_ms == 300


@pytest.mark.parametrize(
    "message", [{}, {"realtimeInput": {"text": "hi"}}, {"setup": {}}, {"setup": None}]
)
def test_the_first_message_must_be_a_setup(message: dict[str, Any]) -> None:
    with pytest.raises(RefusalError) as refused:
        check_setup(message, DEVELOPER, SUMMER)
    assert refused.value.code == 1007


NOT_FOUND = (
    "models/{} is not found for API version {}, or is not supported for bidiGenerateContent."
)


@pytest.mark.parametrize(
    ("door", "model", "today"),
    [
        (DEVELOPER, "gemini-9", SUMMER),
        (DEVELOPER, "gemini-live-2.5-flash-native-audio", SUMMER),
        (VERTEX, LEGACY, SUMMER),
        (VERTEX, DEEP, SUMMER),
        (DEVELOPER, LEGACY, AUTUMN),
        (DEVELOPER, OLD, AUTUMN),
        (VERTEX, OLD_VERTEX, date(2026, 12, 13)),
        (DEVELOPER, "gemini-2.5-flash-native-audio-latest", SUMMER),
    ],
)
def test_models_that_are_not_there(door: Door, model: str, today: date) -> None:
    code, reason = refusal(door, model, today)
    assert code == 1008
    assert reason == NOT_FOUND.format(model, door.api_version)[:123]


@pytest.mark.parametrize(
    ("door", "spelling"),
    [
        (DEVELOPER, NEW),
        (DEVELOPER, f"publishers/google/models/{NEW}"),
        (VERTEX, NEW),
        (VERTEX, f"models/{NEW}"),
        (VERTEX, f"publishers/google/models/{NEW}"),
    ],
)
def test_models_have_to_be_spelled_the_back_end_s_way(door: Door, spelling: str) -> None:
    with pytest.raises(RefusalError) as refused:
        check_setup({"setup": {"model": spelling}}, door, SUMMER)
    assert refused.value.code == 1008


@pytest.mark.parametrize(
    ("door", "model", "fields"),
    [
        (DEVELOPER, NEW, generation(enableAffectiveDialog=True)),
        (ALPHA, NEW, generation(enableAffectiveDialog=True)),
        (VERTEX, NEW, generation(enableAffectiveDialog=False)),
        (DEVELOPER, NEW, {"proactivity": {"proactiveAudio": False}}),
        (DEVELOPER, NEW, generation(thinkingConfig={"thinkingBudget": 0})),
        (VERTEX, NEW, generation(thinkingConfig={"thinkingLevel": "LOW"})),
        (DEVELOPER, NEW, generation(responseModalities=["TEXT"])),
        (DEVELOPER, NEW, generation(responseModalities=["AUDIO", "TEXT"])),
        (VERTEX, NEW, {"realtimeInputConfig": {"turnCoverage": "TURN_INCLUDES_ALL_INPUT"}}),
        (DEVELOPER, DEEP, generation(thinkingConfig={"thinkingLevel": "MINIMAL"})),
        (DEVELOPER, LEGACY, generation(enableAffectiveDialog=True)),
        (ALPHA, LEGACY, {"proactivity": {"proactiveAudio": True}}),
        (DEVELOPER, LEGACY, generation(thinkingConfig={"thinkingBudget": 0})),
        (DEVELOPER, OLD, generation(enableAffectiveDialog=True)),
        (BETA, OLD, {"proactivity": {"proactiveAudio": True}}),
        (ALPHA, OLD, generation(thinkingConfig={"thinkingLevel": "LOW"})),
        (DEVELOPER, NEW, {"sessionResumption": {"transparent": True}}),
        (DEVELOPER, NEW, {"sessionResumption": {"handle": None}}),
        (DEVELOPER, NEW, {"tools": []}),
        (DEVELOPER, NEW, {"tools": [{"functionDeclarations": [{"description": "no name"}]}]}),
        (VERTEX, NEW, {"historyConfig": {"initialHistoryInClientContent": True}}),
        (DEVELOPER, NEW, generation(speechConfig={"voiceConfig": {"x": 1}}, temperature=1)),
        (
            DEVELOPER,
            NEW,
            generation(
                speechConfig={"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Nobody"}}}
            ),
        ),
        (
            DEVELOPER,
            NEW,
            {"realtimeInputConfig": {"automaticActivityDetection": {"silenceDurationMs": -1}}},
        ),
    ],
)
def test_what_a_model_refuses(door: Door, model: str, fields: dict[str, Any]) -> None:
    code, reason = refusal(door, model, **fields)
    assert code == 1007
    assert reason


@pytest.mark.parametrize(
    ("door", "model", "fields"),
    [
        (DEVELOPER, NEW, {"proactivity": {"proactiveAudio": True}}),
        (DEVELOPER, DEEP, generation(thinkingConfig={"thinkingLevel": "high"})),
        (DEVELOPER, LEGACY, generation(thinkingConfig={"thinkingLevel": "MINIMAL"})),
        (ALPHA, OLD, generation(enableAffectiveDialog=True)),
        (ALPHA, OLD, {"proactivity": {"proactiveAudio": True}}),
        (DEVELOPER, OLD, generation(thinkingConfig={"thinkingBudget": 0})),
        (VERTEX, OLD_VERTEX, generation(enableAffectiveDialog=True)),
        (VERTEX, OLD_VERTEX, {"proactivity": {"proactiveAudio": True}}),
        (VERTEX, NEW, {"sessionResumption": {"transparent": True}, "explicitVadSignal": True}),
        (DEVELOPER, LEGACY, {"historyConfig": {"initialHistoryInClientContent": True}}),
        (DEVELOPER, NEW, {"realtimeInputConfig": {"turnCoverage": "TURN_INCLUDES_ALL_INPUT"}}),
    ],
)
def test_what_a_model_takes(door: Door, model: str, fields: dict[str, Any]) -> None:
    assert check(door, model, **fields).model_name == model


def test_unknown_fields_are_named() -> None:
    code, reason = refusal(somethingNew={})
    assert code == 1007
    assert reason == (
        "Invalid JSON payload received. Unknown name \"somethingNew\" at 'setup': "
        "Cannot find field."
    )
    assert refusal(explicitVadSignal=True)[0] == 1007
    assert refusal(**generation(topQ=1))[0] == 1007


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"setup": {"model": f"models/{NEW}"}},
        {"somethingNew": {}},
        {"realtimeInput": {}},
        {"realtimeInput": {"text": "a", "audioStreamEnd": True}},
        {"realtimeInput": {"smell": "roses"}},
        {"realtimeInput": {"text": 4}},
        {"realtimeInput": {"mediaChunks": [{"mimeType": "audio/pcm;rate=16000", "data": ""}]}},
        {"realtimeInput": {"activityStart": {}}},
        {"realtimeInput": {"video": {"mimeType": "audio/pcm", "data": ""}}},
        {"realtimeInput": {"text": "a"}, "clientContent": {}},
        {"clientContent": {"turns": [{"role": "system", "parts": [{"text": "a"}]}]}},
        {"clientContent": {"turns": "hello"}},
        {"clientContent": {"turnComplete": "yes"}},
        {"toolResponse": {}},
        {"toolResponse": {"functionResponses": []}},
        {"toolResponse": {"functionResponses": [{"name": "n", "response": {}}]}},
        {"toolResponse": {"functionResponses": [{"id": "1", "response": {}}]}},
        {"toolResponse": {"functionResponses": [{"id": "1", "name": "n", "response": "ok"}]}},
        {"toolResponse": {"functionResponses": [{"id": "1", "name": "n", "outcome": {}}]}},
        {
            "toolResponse": {
                "functionResponses": [
                    {"id": "1", "name": "n", "response": {}, "scheduling": "LATER"}
                ]
            }
        },
        {"contextUpdate": {}},
    ],
)
def test_bad_client_messages_are_refused(message: dict[str, Any]) -> None:
    with pytest.raises(RefusalError) as refused:
        read_client_message(message, check())
    assert refused.value.code == 1007


def test_good_client_messages_are_read() -> None:
    system = {"clientContent": {"turns": [{"role": "system", "parts": [{"text": "a"}]}]}}
    assert read_client_message(system, check(VERTEX)) == ClientContent(("a",), False)
    text = {"realtimeInput": {"text": "hello"}}
    assert read_client_message(text, check()) == RealtimeText("hello")
    with pytest.raises(RefusalError):
        read_client_message(
            {"contextUpdate": {"systemInstruction": {"parts": [{"text": "a"}]}}},
            check(model=LEGACY),
        )


NAMES = st.sampled_from(
    sorted(
        field_names(
            "model generationConfig responseModalities speechConfig voiceConfig "
            "prebuiltVoiceConfig voiceName thinkingConfig thinkingLevel thinkingBudget "
            "systemInstruction parts text tools functionDeclarations name sessionResumption "
            "handle realtimeInputConfig turnCoverage automaticActivityDetection "
            "silenceDurationMs disabled proactivity proactiveAudio turns role turnComplete "
            "audio data mimeType mediaChunks video"
        )
    )
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES), st.sampled_from([DEVELOPER, ALPHA, VERTEX]))
def test_hostile_setups_are_taken_or_refused(fields: dict[str, Any], door: Door) -> None:
    fields.pop("model", None)
    for name in ("gemini-3.8-live", "gemini-live-2.5-flash-native-audio", OLD):
        try:
            assert check(door, name, **fields).model_name == name
        except RefusalError as refused:
            assert refused.code in {1007, 1008}


@given(
    st.sampled_from(["realtimeInput", "clientContent", "contextUpdate"]),
    st.dictionaries(NAMES, VALUES, min_size=1, max_size=2),
)
def test_hostile_messages_are_read_or_refused(kind: str, fields: dict[str, Any]) -> None:
    try:
        read_client_message({kind: fields}, check(VERTEX))
        read_client_message({kind: fields}, check())
    except RefusalError as refused:
        assert refused.code == 1007


@pytest.mark.parametrize("back_end", ["developer", "vertex"])
async def test_the_sdk_sees_the_refusals(start_agent, desk: Desk, back_end: str) -> None:
    agent = await start_agent()
    with pytest.raises(errors.APIError, match="is not found for API version") as refused:
        async with desk.session(agent, back_end, model="gemini-9"):
            pass
    assert refused.value.code == 1008
    with pytest.raises(errors.APIError, match="invalid argument") as refused:
        async with desk.session(agent, back_end, enable_affective_dialog=True):
            pass
    assert refused.value.code == 1007
    await agent.until(lambda: all(record.closed_at for record in agent.sessions))
    assert [record.close_code for record in agent.sessions] == [1008, 1007]


async def test_content_in_the_middle_is_refused_by_3_1(start_agent, desk: Desk) -> None:
    agent = await start_agent(today=lambda: SUMMER)
    history = types.HistoryConfig(initial_history_in_client_content=True)
    turn = types.Content(role="user", parts=[types.Part(text="Earlier I said hello.")])
    async with (
        desk.session(agent, model=LEGACY, history_config=history) as session,
        listening(session) as ear,
    ):
        await session.send_client_content(turns=[turn], turn_complete=True)
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("turn")
        await session.send_client_content(turns=[turn], turn_complete=True)
        await ear.until(lambda: ear.failure is not None)
    assert isinstance(ear.failure, errors.APIError)
    assert ear.failure.code == 1007
    assert agent.sessions[0].said == ["agent_greeting"]


async def test_instructions_change_in_the_middle(start_agent, desk: Desk) -> None:
    agent = await start_agent()
    async with desk.session(agent, "vertex") as session, listening(session) as ear:
        await session.send_context_update(system_instruction="Speak of Wednesday.")
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("turn")
    (update,) = agent.sessions[0].updates
    assert update.instruction == "Speak of Wednesday."
