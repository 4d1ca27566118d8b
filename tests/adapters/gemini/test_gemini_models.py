from __future__ import annotations

from datetime import date

import pytest

from callconsole.adapters.gemini import session_config as session_config_module
from callconsole.adapters.gemini.models import (
    BackEnd,
    bare_name,
    capabilities,
    check_back_end,
    known_models,
)
from callconsole.adapters.gemini.session_config import session_config
from callconsole.domain.problems import ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.engine.ports import AgentBrief, ToolSpec

BRIEF = AgentBrief(Prompt(name="p", text="Be brief."))
DEV, VERTEX = BackEnd.DEVELOPER, BackEnd.VERTEX

SAFE = {
    "response_modalities": ["AUDIO"],
    "system_instruction": {"parts": [{"text": "Be brief."}], "role": "user"},
    "speech_config": {"voice_config": {"prebuilt_voice_config": {"voice_name": "Kore"}}},
    "input_audio_transcription": {},
    "output_audio_transcription": {},
    "realtime_input_config": {
        "automatic_activity_detection": {
            "start_of_speech_sensitivity": "START_SENSITIVITY_HIGH",
            "end_of_speech_sensitivity": "END_SENSITIVITY_HIGH",
            "prefix_padding_ms": 20,
            "silence_duration_ms": 500,
        },
        "turn_coverage": "TURN_INCLUDES_ONLY_ACTIVITY",
    },
    "session_resumption": {},
    "context_window_compression": {"sliding_window": {}},
}
LIVELY = {
    "enable_affective_dialog": True,
    "proactivity": {"proactive_audio": True},
    "thinking_config": {"thinking_budget": 0},
}


KEYS = {
    "type": "object",
    "properties": {"digits": {"type": "string", "description": "Keys.", "enum": ["1", "2"]}},
    "required": ["digits"],
}
WITH_TOOLS = AgentBrief(
    BRIEF.prompt,
    (
        ToolSpec("press_keys", "Presses keys.", KEYS),
        ToolSpec("end_call", "Ends the call.", {"type": "object", "properties": {}}),
    ),
)


def dumped(model: str, back_end: BackEnd, **options: str) -> dict[str, object]:
    config = session_config(model, back_end, BRIEF, "Kore", **options)
    return config.model_dump(mode="json", exclude_none=True)


def test_the_day_follows_the_prompt() -> None:
    brief = AgentBrief(BRIEF.prompt, facts="The call begins on Friday.")
    told = session_config("gemini-3.8-live", DEV, brief, "Kore").model_dump(exclude_none=True)
    parts = told["system_instruction"]["parts"]
    assert parts == [{"text": "Be brief."}, {"text": "The call begins on Friday."}]


@pytest.mark.parametrize(
    ("model", "back_end", "more"),
    [
        ("gemini-3.8-live", DEV, {}),
        ("gemini-3.8-live", VERTEX, {}),
        ("models/gemini-3.8-live", DEV, {}),
        ("gemini-9-live", DEV, {}),
        ("gemini-9-live", VERTEX, {}),
        (
            "gemini-3.8-live-extended-thinking",
            DEV,
            {"thinking_config": {"thinking_level": "LOW"}},
        ),
        (
            "gemini-3.1-flash-live-preview",
            DEV,
            {"thinking_config": {"thinking_level": "MINIMAL"}},
        ),
        ("gemini-2.5-flash-native-audio-preview-12-2025", DEV, LIVELY),
        (
            "gemini-2.5-flash-native-audio-latest",
            DEV,
            {"thinking_config": {"thinking_budget": 0}},
        ),
        ("gemini-live-2.5-flash-native-audio", VERTEX, LIVELY),
        ("gemini-live-2.5-flash", VERTEX, {}),
    ],
)
def test_config_holds_what_the_model_accepts_and_nothing_else(
    model: str, back_end: BackEnd, more: dict[str, object]
) -> None:
    assert dumped(model, back_end) == SAFE | more


def test_every_known_model_gives_a_config() -> None:
    for back_end in BackEnd:
        for model in known_models(back_end):
            assert dumped(model, back_end).items() >= SAFE.items()


def test_language_is_a_hint_for_transcripts_of_native_audio() -> None:
    config = dumped("gemini-3.8-live", DEV, language="de-DE")
    assert config["input_audio_transcription"] == {"language_codes": ["de-DE"]}
    assert config["output_audio_transcription"] == {"language_codes": ["de-DE"]}
    assert config["speech_config"] == SAFE["speech_config"]


def test_language_is_the_voice_of_a_half_cascade_model() -> None:
    config = dumped("gemini-live-2.5-flash", VERTEX, language="de-DE")
    assert config["speech_config"] == {**SAFE["speech_config"], "language_code": "de-DE"}


def test_handle_resumes() -> None:
    assert dumped("gemini-3.8-live", DEV, handle="h1")["session_resumption"] == {"handle": "h1"}


@pytest.mark.parametrize(
    ("model", "back_end", "runs", "behavior", "scheduling"),
    [
        ("gemini-3.8-live", DEV, "non_blocking", {"behavior": "NON_BLOCKING"}, True),
        ("gemini-3.8-live", VERTEX, "non_blocking", {}, True),
        (
            "gemini-3.8-live-extended-thinking",
            DEV,
            "non_blocking",
            {"behavior": "NON_BLOCKING"},
            True,
        ),
        ("gemini-3.1-flash-live-preview", DEV, "blocking", {}, False),
        ("gemini-2.5-flash-native-audio-latest", DEV, "blocking", {}, False),
        ("gemini-live-2.5-flash-native-audio", VERTEX, "blocking", {}, False),
        ("gemini-live-2.5-flash", VERTEX, "blocking", {}, False),
        ("gemini-9-live", DEV, "blocking", {}, False),
        ("gemini-9-live", VERTEX, "blocking", {}, False),
    ],
)
def test_functions_are_declared_as_the_model_runs_them(
    model: str, back_end: BackEnd, runs: str, behavior: dict[str, str], scheduling: bool
) -> None:
    able = capabilities(model, back_end)
    assert (able.tools, able.tool_scheduling) == (runs, scheduling)
    config = session_config(model, back_end, WITH_TOOLS, "Kore")
    dumped_tools = config.model_dump(mode="json", exclude_none=True)["tools"]
    assert dumped_tools == [
        {
            "function_declarations": [
                {
                    "name": "press_keys",
                    "description": "Presses keys.",
                    "parameters": {
                        "type": "OBJECT",
                        "properties": {
                            "digits": {
                                "type": "STRING",
                                "description": "Keys.",
                                "enum": ["1", "2"],
                            }
                        },
                        "required": ["digits"],
                    },
                    **behavior,
                },
                {"name": "end_call", "description": "Ends the call.", **behavior},
            ]
        }
    ]


def test_only_functions_that_do_not_block_are_scheduled() -> None:
    for back_end in BackEnd:
        for model in known_models(back_end):
            able = capabilities(model, back_end)
            assert able.tools == "non_blocking" or not able.tool_scheduling


def test_a_model_without_functions_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    mute = capabilities("gemini-3.8-live", DEV).model_copy(update={"tools": "none"})
    monkeypatch.setattr(session_config_module, "capabilities", lambda *_: mute)
    assert session_config("gemini-3.8-live", DEV, WITH_TOOLS, "Kore").tools is None


def test_configs_are_never_shared() -> None:
    first = session_config("gemini-3.8-live", DEV, BRIEF, "Kore")
    assert session_config("gemini-3.8-live", DEV, BRIEF, "Kore") is not first


@pytest.mark.parametrize(
    ("model", "back_end", "version", "text"),
    [
        ("gemini-3.8-live", DEV, "v1beta", "realtime_text"),
        ("gemini-3.8-live", VERTEX, "v1beta1", "realtime_text"),
        ("gemini-3.1-flash-live-preview", DEV, "v1beta", "realtime_text"),
        ("gemini-2.5-flash-native-audio-preview-12-2025", DEV, "v1alpha", "client_content"),
        ("gemini-2.5-flash-native-audio-latest", DEV, "v1beta", "client_content"),
        ("gemini-live-2.5-flash-native-audio", VERTEX, "v1beta1", "client_content"),
        ("gemini-9-live", VERTEX, "v1beta1", "realtime_text"),
    ],
)
def test_version_and_way_of_text(model: str, back_end: BackEnd, version: str, text: str) -> None:
    able = capabilities(model, back_end)
    assert (able.api_version, able.text) == (version, text)


def test_what_needs_alpha_is_pinned_to_alpha() -> None:
    for model in known_models(DEV):
        able = capabilities(model, DEV)
        assert (able.api_version == "v1alpha") == (able.affective_dialog or able.proactive_audio)


def test_unknown_model_is_offered_anywhere() -> None:
    able = capabilities("gemini-9-live", DEV)
    assert not able.known
    assert able.back_ends == (DEV, VERTEX)
    assert able.retires is None
    check_back_end("gemini-9-live", VERTEX)


def test_retirement_dates() -> None:
    vertex = capabilities("gemini-live-2.5-flash-native-audio", VERTEX)
    assert vertex.retires == date(2026, 12, 13)
    assert capabilities("gemini-3.8-live", DEV).retires is None


@pytest.mark.parametrize(
    ("model", "back_end", "cause"),
    [
        (
            "gemini-live-2.5-flash-native-audio",
            DEV,
            "gemini-live-2.5-flash-native-audio is offered on Vertex AI, not on the Gemini API.",
        ),
        (
            "models/gemini-3.1-flash-live-preview",
            VERTEX,
            "gemini-3.1-flash-live-preview is offered on the Gemini API, not on Vertex AI.",
        ),
    ],
)
def test_model_of_the_other_back_end_is_refused(model: str, back_end: BackEnd, cause: str) -> None:
    with pytest.raises(ProblemError) as caught:
        check_back_end(model, back_end)
    assert caught.value.problem.code == "agent.wrong_back_end"
    assert caught.value.problem.cause == cause


@pytest.mark.parametrize(
    "spelling",
    [
        "gemini-3.8-live",
        " models/gemini-3.8-live ",
        "projects/p/locations/l/publishers/google/models/gemini-3.8-live",
    ],
)
def test_bare_name(spelling: str) -> None:
    assert bare_name(spelling) == "gemini-3.8-live"
