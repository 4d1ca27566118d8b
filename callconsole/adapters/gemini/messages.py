"""Reads the server's messages: every field for itself, as one message may carry several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from callconsole.adapters.gemini.fast_path import PCM
from callconsole.adapters.gemini.tool_calls import ToolCalls, ToolTerms
from callconsole.adapters.gemini.uplink import Uplink
from callconsole.engine.clock import SystemClock
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

if TYPE_CHECKING:
    from google.genai import types


class MessageReader:
    """Turns messages into events, in order; keeps half a sample between two audio parts.

    Args:
        calls: told of every function call, and knows which of them are repetitions; None for a
            model without functions.

    Attributes:
        in_turn: True while the model is speaking a turn that is not complete.
        unfinished: True while more of that turn's speech is to come.
    """

    def __init__(self, calls: ToolCalls | None = None) -> None:
        self._calls = calls or ToolCalls(ToolTerms(), Uplink(), SystemClock())
        self.in_turn = False
        self.unfinished = False
        self._tail = b""

    def events(self, message: types.LiveServerMessage) -> list[AgentEvent]:
        """What one message says: words, audio, calls, then signals, then the tokens it cost.

        Content goes before `AgentCutOff`, so that what came with a cut is void as well.
        """
        events: list[AgentEvent] = []
        if message.server_content is not None:
            events += self._content(message.server_content)
        if message.tool_call is not None:
            events += self._called(message.tool_call.function_calls or [], by_part=False)
        if message.tool_call_cancellation is not None:
            cancelled = self._calls.cancelled(message.tool_call_cancellation.ids or [])
            events += [cancelled] if cancelled is not None else []
        if message.usage_metadata is not None:
            events.append(usage(message.usage_metadata))
        if message.go_away is not None:
            events.append(AgentLeaving(seconds(message.go_away.time_left)))
        return events

    def audio(self, parts: Iterable[bytes]) -> list[AgentEvent]:
        """Speech of the model, int16 little-endian at 24000 Hz, in parts of any length."""
        events: list[AgentEvent] = []
        for part in parts:
            data = self._tail + part if self._tail else part
            whole = len(data) // 2
            self._tail = data[2 * whole :]
            if whole:
                events.append(AgentAudio(np.frombuffer(data, dtype="<i2", count=whole)))
        if events:
            self.in_turn = self.unfinished = True
        return events

    def _content(self, content: types.LiveServerContent) -> list[AgentEvent]:
        words = _words(content.output_transcription, by_caller=False)
        if words:
            self.in_turn = self.unfinished = True
        events = [*_words(content.input_transcription, by_caller=True), *words]
        events += self.audio(_speech(content.model_turn))
        events += self._called(_calls(content.model_turn), by_part=True)
        if content.interrupted:
            self._tail = b""
            self.unfinished = False
            events.append(AgentCutOff())
        if content.generation_complete:
            self.unfinished = False
            events.append(AgentGenerated())
        if content.turn_complete:
            self._tail = b""
            self.in_turn = self.unfinished = False
            self._calls.turn_done()
            events.append(AgentTurnDone())
        return events

    def _called(self, calls: Iterable[types.FunctionCall], *, by_part: bool) -> list[AgentEvent]:
        told = [self._calls.called(call, by_part=by_part) for call in calls]
        return [call for call in told if call is not None]


def _speech(turn: types.Content | None) -> Iterator[bytes]:
    """Audio of every part; thoughts and text are not meant for the phone."""
    for part in (turn.parts or []) if turn else []:
        blob = part.inline_data
        if part.thought or blob is None or not blob.data:
            continue
        if (blob.mime_type or PCM).startswith(PCM):
            yield blob.data


def _calls(turn: types.Content | None) -> Iterator[types.FunctionCall]:
    """Calls inside a turn; the same ones usually come as a ``toolCall`` too."""
    for part in (turn.parts or []) if turn else []:
        if part.function_call is not None:
            yield part.function_call


def _words(transcript: types.Transcription | None, *, by_caller: bool) -> list[AgentEvent]:
    if transcript is None or not (transcript.text or transcript.finished):
        return []
    return [AgentWords(transcript.text or "", by_caller, final=bool(transcript.finished))]


def usage(counts: types.UsageMetadata) -> AgentUsage:
    """Tokens of one turn; `by_modality` has keys such as ``prompt_audio``, ``response_audio``.

    Thoughts are counted as ``response_thoughts``; they are not among the response tokens.
    """
    by_modality: dict[str, int] = {}
    for side, details in (
        ("prompt", counts.prompt_tokens_details),
        ("response", counts.response_tokens_details),
    ):
        for detail in details or []:
            name = str(detail.modality.value).lower() if detail.modality else "unspecified"
            key = f"{side}_{name}"
            by_modality[key] = by_modality.get(key, 0) + (detail.token_count or 0)
    if counts.thoughts_token_count:
        by_modality["response_thoughts"] = counts.thoughts_token_count
    return AgentUsage(
        prompt_tokens=counts.prompt_token_count or 0,
        response_tokens=counts.response_token_count or 0,
        total_tokens=counts.total_token_count or 0,
        by_modality=by_modality,
    )


def seconds(duration: str | None) -> float:
    """A protobuf JSON duration such as ``50s`` or ``1.5s`` in seconds; 0 where it is none."""
    try:
        return max(0.0, float((duration or "0").removesuffix("s")))
    except ValueError:
        return 0.0
