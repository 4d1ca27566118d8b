"""What a client says after its setup, as typed messages."""

from __future__ import annotations

from dataclasses import dataclass, field

from callconsole.practice.agent.declarations import read_tools
from callconsole.practice.agent.function_calls import FunctionAnswer
from callconsole.practice.agent.protocol import (
    Json,
    Pcm16,
    field_names,
    fields_of,
    read_audio,
    refuse_unless,
    texts_of,
)
from callconsole.practice.agent.refusals import invalid_argument, unknown_field
from callconsole.practice.agent.session_setup import SessionSetup
from callconsole.practice.agent.setup_check import read_instruction
from callconsole.practice.agent.upgrade import BackEnd

_TOP_LEVEL = frozenset({"setup", "realtimeInput", "clientContent", "toolResponse", "contextUpdate"})
_REALTIME = field_names("audio text video mediaChunks audioStreamEnd activityStart activityEnd")
_ANSWER = field_names("id name response scheduling parts")
_SCHEDULING = frozenset({"SILENT", "WHEN_IDLE", "INTERRUPT"})
_ROLES = frozenset({"user", "model", ""})


@dataclass(frozen=True, slots=True)
class CallerAudio:
    """Audio of the caller: shape (n,), int16, 16000 Hz."""

    pcm: Pcm16


@dataclass(frozen=True, slots=True)
class RealtimeText:
    """An instruction or a typed remark that counts at once."""

    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A video frame; taken, as the real service takes it, and not looked at."""


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The client's microphone is off."""


@dataclass(frozen=True, slots=True)
class ActivityMarked:
    """The client finds turns itself: one starts, or ends."""

    starts: bool


@dataclass(frozen=True, slots=True)
class ClientContent:
    """Turns put into the context; `turn_complete` asks for an answer now.

    Attributes:
        texts: the words, part by part.
        turn_complete: an answer is wanted, or the history is whole.
        by_model: for each text, whether it was the model's.
    """

    texts: tuple[str, ...]
    turn_complete: bool
    by_model: tuple[bool, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ContextUpdate:
    """New instructions or tools in the middle of a session; None leaves them."""

    instruction: str | None
    tool_names: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class ToolResponse:
    """Results of functions."""

    answers: tuple[FunctionAnswer, ...]


ClientMessage = (
    CallerAudio
    | RealtimeText
    | Picture
    | StreamEnded
    | ActivityMarked
    | ClientContent
    | ContextUpdate
    | ToolResponse
)


def read_client_message(message: Json, setup: SessionSetup) -> ClientMessage:
    """Check and type one message with camelCase fields.

    Raises:
        RefusalError: 1007 for whatever the session's model does not take.
    """
    for name in message:
        if name not in _TOP_LEVEL:
            raise unknown_field(name, "")
    refuse_unless(len(message) == 1)
    if "realtimeInput" in message:
        return _read_realtime(fields_of(message["realtimeInput"]), setup)
    if "clientContent" in message:
        return _read_content(fields_of(message["clientContent"]), setup)
    if "contextUpdate" in message and setup.model.context_update:
        return _read_update(fields_of(message["contextUpdate"]), setup)
    if "toolResponse" in message:
        return _read_answers(fields_of(message["toolResponse"]), setup)
    # A second setup, or an update that the model does not take.
    raise invalid_argument()


def _read_realtime(fields: Json, setup: SessionSetup) -> ClientMessage:
    for name in fields:
        if name not in _REALTIME:
            raise unknown_field(name, "realtime_input")
    refuse_unless(len(fields) == 1)
    (name,) = fields
    value = fields[name]
    if name in {"audio", "mediaChunks"}:
        return CallerAudio(_read_sound(name, value, setup))
    if name == "text":
        return RealtimeText(_text(value))
    if name == "video":
        refuse_unless(_text(fields_of(value).get("mimeType")).startswith("image/"))
        return Picture()
    if name == "audioStreamEnd":
        refuse_unless(value is True and setup.detection.automatic)
        return StreamEnded()
    refuse_unless(value == {} and not setup.detection.automatic)
    return ActivityMarked(starts=name == "activityStart")


def _read_sound(name: str, value: object, setup: SessionSetup) -> Pcm16:
    if name == "audio":
        return read_audio(value)
    refuse_unless(setup.model.media_chunks)
    if not isinstance(value, list) or len(value) != 1:
        raise invalid_argument()
    return read_audio(value[0])


def _read_content(fields: Json, setup: SessionSetup) -> ClientContent:
    for name in fields:
        if name not in {"turns", "turnComplete"}:
            raise unknown_field(name, "client_content")
    turns = fields.get("turns", [])
    if not isinstance(turns, list):
        raise invalid_argument()
    complete = fields.get("turnComplete", False)
    refuse_unless(isinstance(complete, bool))
    for turn in turns:
        role = fields_of(turn).get("role", "")
        # The Developer API refuses other roles; Vertex passes over them.
        refuse_unless(_text(role) in _ROLES or setup.door.back_end is BackEnd.VERTEX)
    spoken = [(text, fields_of(turn)) for turn in turns for text in texts_of(turn)]
    return ClientContent(
        tuple(text for text, _ in spoken),
        bool(complete),
        tuple(turn.get("role") == "model" for _, turn in spoken),
    )


def _read_answers(fields: Json, setup: SessionSetup) -> ToolResponse:
    for name in fields:
        if name != "functionResponses":
            raise unknown_field(name, "tool_response")
    answers = fields.get("functionResponses")
    if not isinstance(answers, list) or not answers:
        raise invalid_argument()
    return ToolResponse(tuple(_read_answer(fields_of(answer), setup) for answer in answers))


def _read_answer(fields: Json, setup: SessionSetup) -> FunctionAnswer:
    vertex = setup.door.back_end is BackEnd.VERTEX
    for known in fields:
        if known not in _ANSWER and (known != "willContinue" or vertex):
            raise unknown_field(known, "tool_response.function_responses[0]")
    name = _text(fields.get("name"))
    # Without its name the result would be read as a failure.
    refuse_unless(bool(name))
    scheduling = fields.get("scheduling")
    refuse_unless(scheduling is None or scheduling in _SCHEDULING)
    refuse_unless(vertex or "id" in fields)
    return FunctionAnswer(
        _text(fields["id"]) if "id" in fields else None,
        name,
        fields_of(fields.get("response")),
        scheduling if isinstance(scheduling, str) else None,
    )


def _read_update(fields: Json, setup: SessionSetup) -> ContextUpdate:
    for name in fields:
        if name not in {"systemInstruction", "tools"}:
            raise unknown_field(name, "context_update")
    refuse_unless(bool(fields))
    return ContextUpdate(
        instruction=read_instruction(fields) if "systemInstruction" in fields else None,
        tool_names=tuple(tool.name for tool in read_tools(fields, setup.model))
        if "tools" in fields
        else None,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise invalid_argument()
    return value
