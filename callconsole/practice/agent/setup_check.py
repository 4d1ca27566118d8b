"""Take a session's ``setup`` apart and refuse what the real service would refuse."""

from __future__ import annotations

from datetime import date

from callconsole.practice.agent.declarations import read_tools
from callconsole.practice.agent.models import Extra, Model, find_model
from callconsole.practice.agent.protocol import (
    Json,
    field_names,
    fields_of,
    refuse_unless,
    texts_of,
)
from callconsole.practice.agent.refusals import invalid_argument, unknown_field
from callconsole.practice.agent.session_setup import (
    DEFAULT_PREFIX_MS,
    DEFAULT_SILENCE_MS,
    Detection,
    SessionSetup,
)
from callconsole.practice.agent.upgrade import BackEnd, Door

VOICES = field_names(
    "Zephyr Puck Charon Kore Fenrir Leda Orus Aoede Callirrhoe Autonoe Enceladus Iapetus "
    "Umbriel Algieba Despina Erinome Algenib Rasalgethi Laomedeia Achernar Alnilam Schedar "
    "Gacrux Pulcherrima Achird Zubenelgenubi Vindemiatrix Sadachbia Sadaltager Sulafat"
)

_SETUP = field_names(
    "model generationConfig systemInstruction tools sessionResumption inputAudioTranscription "
    "outputAudioTranscription realtimeInputConfig contextWindowCompression proactivity "
    "historyConfig safetySettings"
)
_SETUP_VERTEX = _SETUP | {"explicitVadSignal", "labels", "avatarConfig"}
_GENERATION = field_names(
    "candidateCount maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty "
    "responseModalities speechConfig mediaResolution thinkingConfig enableAffectiveDialog"
)
_SPEECH = frozenset({"voiceConfig", "languageCode"})
_TRANSCRIPTION = field_names(
    "languageCodes languageAuto languageHints customVocabulary adaptationPhrases wordTimestamp "
    "diarization mode"
)
_REALTIME = frozenset({"automaticActivityDetection", "activityHandling", "turnCoverage"})
_DETECTION = field_names(
    "disabled startOfSpeechSensitivity endOfSpeechSensitivity prefixPaddingMs silenceDurationMs"
)
_ONLY_ACTIVITY = "TURN_INCLUDES_ONLY_ACTIVITY"
_COVERAGES = frozenset(
    {_ONLY_ACTIVITY, "TURN_INCLUDES_ALL_INPUT", "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO"}
)
_HANDLINGS = frozenset({"START_OF_ACTIVITY_INTERRUPTS", "NO_INTERRUPTION"})


def check_setup(message: Json, door: Door, today: date) -> SessionSetup:
    """The session that the first message asks for.

    Args:
        message: the message with camelCase fields.
        door: where it came in.
        today: which models are retired by now.

    Raises:
        RefusalError: 1007 or 1008 with the reason that the real service gives.
    """
    refuse_unless(set(message) == {"setup"})
    setup = fields_of(message["setup"])
    vertex = door.back_end is BackEnd.VERTEX
    _known(setup, _SETUP_VERTEX if vertex else _SETUP, "setup")
    name, model = find_model(setup.get("model"), door, today)
    _check_generation(_part(setup, "generationConfig"), model, door)
    _check_proactivity(setup, model, door)
    _check_compression(_part(setup, "contextWindowCompression"))
    refuse_unless("avatarConfig" not in setup)
    realtime = _part(setup, "realtimeInputConfig")
    resumption = _check_resumption(_part(setup, "sessionResumption"), vertex)
    return SessionSetup(
        door=door,
        model_name=name,
        model=model,
        instruction=read_instruction(setup),
        tools=read_tools(setup, model),
        transcribes_caller=_wants_transcript(setup, "inputAudioTranscription"),
        transcribes_agent=_wants_transcript(setup, "outputAudioTranscription")
        or model.always_transcribes,
        interruptible=_check_realtime(realtime, vertex),
        detection=_check_detection(_part(realtime, "automaticActivityDetection"), vertex),
        resumes=resumption,
        gives_handles="sessionResumption" in setup,
        transparent=_flag(_part(setup, "sessionResumption"), "transparent"),
        vad_signals=_flag(setup, "explicitVadSignal"),
        seeds_history=_check_history(_part(setup, "historyConfig"), vertex),
    )


def read_instruction(fields: Json) -> str:
    """The text of ``systemInstruction``, or an empty text."""
    return "\n".join(texts_of(fields.get("systemInstruction", {})))


def _known(fields: Json, names: frozenset[str], where: str) -> None:
    for name in fields:
        if name not in names:
            raise unknown_field(name, where)


def _part(fields: Json, name: str) -> Json:
    return fields_of(fields.get(name, {}))


def _flag(fields: Json, name: str) -> bool:
    value = fields.get(name, False)
    refuse_unless(isinstance(value, bool))
    return bool(value)


def _milliseconds(fields: Json, name: str, default: int) -> int:
    value = fields.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise invalid_argument()
    return value


def _choice(fields: Json, name: str, choices: frozenset[str], default: str) -> str:
    value = fields.get(name, default)
    if not isinstance(value, str) or value not in choices:
        raise invalid_argument()
    return value


def _check_generation(fields: Json, model: Model, door: Door) -> None:
    _known(fields, _GENERATION, "setup.generation_config")
    # The native audio models answer in sound only; a missing list means the same.
    refuse_unless(fields.get("responseModalities", ["AUDIO"]) == ["AUDIO"])
    if _flag(fields, "enableAffectiveDialog"):
        refuse_unless(_takes(model.affective, door))
    refuse_unless("enableAffectiveDialog" not in fields or model.affective is not Extra.NEVER)
    if "thinkingConfig" in fields:
        _check_thinking(_part(fields, "thinkingConfig"), model)
    if "speechConfig" in fields:
        _check_speech(_part(fields, "speechConfig"))


def _takes(extra: Extra, door: Door) -> bool:
    if extra is Extra.ALPHA_ONLY:
        return door.back_end is BackEnd.VERTEX or door.api_version == "v1alpha"
    return extra is Extra.ALWAYS_ON


def _check_thinking(fields: Json, model: Model) -> None:
    refuse_unless(model.thinks)
    known = frozenset({"thinkingBudget", "thinkingLevel", "includeThoughts"})
    _known(fields, known, "setup.generation_config.thinking_config")
    if "thinkingBudget" in fields:
        refuse_unless(model.thinking_budget and isinstance(fields["thinkingBudget"], int))
    if "thinkingLevel" in fields:
        level = fields["thinkingLevel"]
        refuse_unless(isinstance(level, str) and level.upper() in model.thinking_levels)


def _check_speech(fields: Json) -> None:
    _known(fields, _SPEECH, "setup.generation_config.speech_config")
    place = "setup.generation_config.speech_config.voice_config"
    chosen = _part(fields, "voiceConfig")
    _known(chosen, frozenset({"prebuiltVoiceConfig"}), place)
    prebuilt = _part(chosen, "prebuiltVoiceConfig")
    _known(prebuilt, frozenset({"voiceName"}), f"{place}.prebuilt_voice_config")
    voice = prebuilt.get("voiceName")
    refuse_unless(voice is None or (isinstance(voice, str) and voice in VOICES))


def _check_proactivity(setup: Json, model: Model, door: Door) -> None:
    if "proactivity" not in setup:
        return
    refuse_unless(_takes(model.proactive, door))
    fields = _part(setup, "proactivity")
    _known(fields, frozenset({"proactiveAudio", "proactiveVideo"}), "setup.proactivity")
    wanted = _flag(fields, "proactiveAudio") or "proactiveAudio" not in fields
    refuse_unless(wanted or model.proactive is not Extra.ALWAYS_ON)


def _check_resumption(fields: Json, vertex: bool) -> str | None:
    _known(fields, frozenset({"handle", "transparent"}), "setup.session_resumption")
    refuse_unless(vertex or "transparent" not in fields)
    if "handle" not in fields:
        return None
    handle = fields["handle"]
    # An explicit null handle was refused by 3.1; the SDK leaves it out.
    if not isinstance(handle, str):
        raise invalid_argument()
    return handle or None


def _check_compression(fields: Json) -> None:
    _known(
        fields, frozenset({"triggerTokens", "slidingWindow"}), "setup.context_window_compression"
    )
    window = _part(fields, "slidingWindow")
    _known(window, frozenset({"targetTokens"}), "setup.context_window_compression.sliding_window")


def _check_history(fields: Json, vertex: bool) -> bool:
    _known(fields, frozenset({"initialHistoryInClientContent"}), "setup.history_config")
    # Vertex was seen to have no historyConfig at all.
    refuse_unless(not (vertex and fields))
    return _flag(fields, "initialHistoryInClientContent")


def _wants_transcript(setup: Json, name: str) -> bool:
    if name not in setup:
        return False
    place = "input" if name.startswith("input") else "output"
    _known(_part(setup, name), _TRANSCRIPTION, f"setup.{place}_audio_transcription")
    return True


def _check_realtime(fields: Json, vertex: bool) -> bool:
    """Check the turn settings; True where the caller may interrupt."""
    _known(fields, _REALTIME, "setup.realtime_input_config")
    coverages = frozenset({_ONLY_ACTIVITY}) if vertex else _COVERAGES
    _choice(fields, "turnCoverage", coverages, _ONLY_ACTIVITY)
    handling = _choice(fields, "activityHandling", _HANDLINGS, "START_OF_ACTIVITY_INTERRUPTS")
    return handling != "NO_INTERRUPTION"


def _check_detection(fields: Json, vertex: bool) -> Detection:
    _known(fields, _DETECTION, "setup.realtime_input_config.automatic_activity_detection")
    starts = frozenset({"START_SENSITIVITY_HIGH", "START_SENSITIVITY_LOW"})
    ends = frozenset({"END_SENSITIVITY_HIGH", "END_SENSITIVITY_LOW"})
    # The two back ends differ in the default of the start (types.py and the Vertex 2.5 page).
    usual = "START_SENSITIVITY_LOW" if vertex else "START_SENSITIVITY_HIGH"
    start = _choice(fields, "startOfSpeechSensitivity", starts, usual)
    end = _choice(fields, "endOfSpeechSensitivity", ends, "END_SENSITIVITY_HIGH")
    return Detection(
        automatic=not _flag(fields, "disabled"),
        start_high=start.endswith("HIGH"),
        end_high=end.endswith("HIGH"),
        prefix_padding_ms=_milliseconds(
            fields, "prefixPaddingMs", 0 if vertex else DEFAULT_PREFIX_MS
        ),
        silence_ms=_milliseconds(fields, "silenceDurationMs", DEFAULT_SILENCE_MS),
    )
