"""Builds the set-up of one Live session: what this model accepts, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callconsole.adapters.gemini.models import BackEnd, Capabilities, capabilities
from callconsole.engine.ports import AgentBrief, ToolSpec

if TYPE_CHECKING:
    from google.genai import types

# Turn taking on a phone line: begin at the first syllable, so that a short “yes” counts, and
# answer half a second after the last. The back ends' own defaults differ, so all are sent.
PREFIX_PADDING_MS = 20
SILENCE_MS = 500


@dataclass(frozen=True, slots=True)
class Manner:
    """What an operator may do without where a model can do it.

    Attributes:
        affective: go by the mood of the caller's voice.
        proactive: stay silent where nothing is meant for the model.
    """

    affective: bool = True
    proactive: bool = True


USUAL_MANNER = Manner()


def session_config(
    model: str,
    back_end: BackEnd,
    brief: AgentBrief,
    voice: str,
    *,
    language: str | None = None,
    handle: str | None = None,
    history_first: bool = False,
    manner: Manner = USUAL_MANNER,
) -> types.LiveConnectConfig:
    """A fresh config; the SDK writes into the one it is given, so none is used twice.

    Args:
        model: model id.
        back_end: where it runs.
        brief: its prompt and facts become the system instruction; its functions are declared
            where the model has functions.
        voice: one of the prebuilt voices, such as ``Puck``.
        language: BCP 47 code such as ``de-DE`` as a hint, or None to let the model hear.
        handle: resumes an earlier session, or None for a new one.
        history_first: what has been said so far follows before anything else.
        manner: what of the model's talents is wanted.
    """
    from google.genai import types

    able = capabilities(model, back_end)
    return types.LiveConnectConfig(
        response_modalities=[types.Modality.AUDIO],
        system_instruction=_instruction(brief),
        speech_config=_speech(able, voice, language),
        input_audio_transcription=_transcription(able, language),
        output_audio_transcription=_transcription(able, language),
        realtime_input_config=_turn_taking(able),
        session_resumption=types.SessionResumptionConfig(handle=handle)
        if able.resumption
        else None,
        context_window_compression=_compression(able),
        enable_affective_dialog=True if able.affective_dialog and manner.affective else None,
        proactivity=types.ProactivityConfig(proactive_audio=True)
        if able.proactive_audio and manner.proactive
        else None,
        thinking_config=_thinking(able),
        tools=_tools(able, brief.tools),
        history_config=types.HistoryConfig(initial_history_in_client_content=True)
        if history_first
        else None,
    )


def _instruction(brief: AgentBrief) -> types.Content:
    from google.genai import types

    texts = (brief.prompt.text, brief.facts)
    return types.Content(role="user", parts=[types.Part(text=text) for text in texts if text])


def _compression(able: Capabilities) -> types.ContextWindowCompressionConfig | None:
    from google.genai import types

    if not able.compression:
        return None
    return types.ContextWindowCompressionConfig(sliding_window=types.SlidingWindow())


def _tools(able: Capabilities, specs: tuple[ToolSpec, ...]) -> types.ToolListUnion | None:
    from google.genai import types

    if not specs or able.tools == "none":
        return None
    behavior = types.Behavior(able.tools.upper()) if able.tool_behavior else None
    declarations = [
        types.FunctionDeclaration(
            name=spec.name,
            description=spec.description,
            # An object without properties is refused.
            parameters=types.Schema.model_validate(spec.parameters)
            if spec.parameters.get("properties")
            else None,
            behavior=behavior,
        )
        for spec in specs
    ]
    return [types.Tool(function_declarations=declarations)]


def _speech(able: Capabilities, voice: str, language: str | None) -> types.SpeechConfig:
    from google.genai import types

    return types.SpeechConfig(
        voice_config=types.VoiceConfig(
            prebuilt_voice_config=types.PrebuiltVoiceConfig(voice_name=voice)
        ),
        language_code=language if able.speech_language else None,
    )


def _transcription(
    able: Capabilities, language: str | None
) -> types.AudioTranscriptionConfig | None:
    from google.genai import types

    if not able.transcription:
        return None
    return types.AudioTranscriptionConfig(language_codes=[language] if language else None)


def _turn_taking(able: Capabilities) -> types.RealtimeInputConfig | None:
    from google.genai import types

    if not able.activity_detection:
        return None
    return types.RealtimeInputConfig(
        automatic_activity_detection=types.AutomaticActivityDetection(
            start_of_speech_sensitivity=types.StartSensitivity.START_SENSITIVITY_HIGH,
            end_of_speech_sensitivity=types.EndSensitivity.END_SENSITIVITY_HIGH,
            prefix_padding_ms=PREFIX_PADDING_MS,
            silence_duration_ms=SILENCE_MS,
        ),
        turn_coverage=types.TurnCoverage.TURN_INCLUDES_ONLY_ACTIVITY
        if able.turn_coverage
        else None,
    )


def _thinking(able: Capabilities) -> types.ThinkingConfig | None:
    from google.genai import types

    if able.thinking == "budget":
        return types.ThinkingConfig(thinking_budget=0)
    if able.thinking == "level":
        return types.ThinkingConfig(thinking_level=types.ThinkingLevel(able.thinking_level.upper()))
    return None
