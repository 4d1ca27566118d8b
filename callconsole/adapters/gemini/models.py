"""What each Live model accepts at each back end, read from the table beside this module."""

from __future__ import annotations

import tomllib
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from callconsole.adapters.gemini.whisper import WhisperWay
from callconsole.domain.agent_models import Voice
from callconsole.domain.problems import Problem, ProblemError

HistoryWay = Literal["client_content", "initial_history", "instruction"]

DEFAULT_MODEL = "gemini-3.8-live"


class BackEnd(StrEnum):
    """The two services that offer Live models; their names and fields differ."""

    DEVELOPER = "developer"
    VERTEX = "vertex"

    @property
    def service(self) -> str:
        """The name that Google uses."""
        return "the Gemini API" if self is BackEnd.DEVELOPER else "Vertex AI"


_STABLE_VERSION = {BackEnd.DEVELOPER: "v1beta", BackEnd.VERTEX: "v1beta1"}


class Capabilities(BaseModel):
    """What one model accepts at one back end.

    Attributes:
        known: False for a model that the table does not name.
        back_ends: where the model is offered; both for an unknown model.
        thinking: leave thinking out, send a budget of 0, or send `thinking_level`.
        speech_language: True where the voice takes a language code.
        text: how text that the model shall act on is sent during a session.
        whisper: how text that the model shall only keep in mind is sent during a session.
        whisper_role: whose turn such a text is where it is one; empty for nobody's.
        history: how a fresh session is told what has been said before.
        tools: how functions run: the model waits for each result and takes no realtime input
            meanwhile, or it goes on talking; or it has no functions.
        tool_behavior: True where a declaration may say how its function runs.
        tool_scheduling: True where a result may say what the model shall do with it.
        api_version: version of the protocol to pin, such as ``v1beta``.
        retires: the day Google named for its shutdown, or None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    known: bool
    back_ends: tuple[BackEnd, ...]
    transcription: bool
    activity_detection: bool
    turn_coverage: bool
    resumption: bool
    compression: bool
    affective_dialog: bool
    proactive_audio: bool
    thinking: Literal["omit", "budget", "level"]
    thinking_level: str
    speech_language: bool
    text: Literal["realtime_text", "client_content"]
    whisper: Literal["client_content", "realtime_text"]
    whisper_role: Literal["user", "model", ""]
    history: HistoryWay
    tools: Literal["blocking", "non_blocking", "none"]
    tool_behavior: bool
    tool_scheduling: bool
    api_version: str
    retires: date | None = None

    @property
    def whisper_way(self) -> WhisperWay:
        """The two fields of a whisper together."""
        return WhisperWay(self.whisper, self.whisper_role)


def bare_name(model: str) -> str:
    """The model's id alone: ``models/gemini-x`` and full resource paths end in it."""
    return model.strip().rsplit("/", 1)[-1]


def known_models(back_end: BackEnd) -> list[str]:
    """Names that the table lists for a back end, in its order."""
    return [name for name, row in _table()["models"].items() if back_end in row["back_ends"]]


def known_voices() -> list[Voice]:
    """The prebuilt voices, which all models share."""
    return [Voice(name, character) for name, character in _table()["voices"].items()]


def capabilities(model: str, back_end: BackEnd) -> Capabilities:
    """What may be sent to this model here; the safe minimum for one that is not known."""
    table = _table()
    row: dict[str, Any] = dict(table["models"].get(bare_name(model), {}))
    known = bool(row)
    family = dict(table["families"].get(row.pop("family", ""), {}))
    merged = {"back_ends": list(BackEnd), **table["defaults"]}
    for fields in (family, row):
        own = {side: fields.pop(side, {}) for side in BackEnd}
        merged |= fields | own[back_end]
    merged["api_version"] = merged["api_version"] or _STABLE_VERSION[back_end]
    return Capabilities(known=known, **merged)


def check_back_end(model: str, back_end: BackEnd) -> None:
    """Refuse a model that is known to live only on the other back end.

    Raises:
        ProblemError: code ``agent.wrong_back_end``.
    """
    able = capabilities(model, back_end)
    if back_end in able.back_ends:
        return
    other = able.back_ends[0]
    raise ProblemError(
        Problem(
            code="agent.wrong_back_end",
            title="This model is not offered here",
            cause=f"{bare_name(model)} is offered on {other.service}, not on {back_end.service}.",
            cure=f"Choose {DEFAULT_MODEL}, which both offer, or sign in to {other.service}.",
        )
    )


@cache
def _table() -> dict[str, Any]:
    text = files("callconsole.adapters.gemini").joinpath("models.toml").read_text("utf-8")
    return tomllib.loads(text)
