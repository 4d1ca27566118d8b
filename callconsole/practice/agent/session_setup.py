"""What a session was opened with, once its setup has passed every check."""

from __future__ import annotations

from dataclasses import dataclass

from callconsole.practice.agent.declarations import Declaration
from callconsole.practice.agent.models import Model
from callconsole.practice.agent.upgrade import Door

DEFAULT_SILENCE_MS = 800
DEFAULT_PREFIX_MS = 20


@dataclass(frozen=True, slots=True)
class Detection:
    """How the end and the start of the caller's speech are to be found.

    Attributes:
        automatic: False where the client marks activity itself.
        start_high: quiet or short speech counts too.
        end_high: falling speech counts as ended sooner.
        prefix_padding_ms: speech needed before a start is believed.
        silence_ms: silence that ends a turn.
    """

    automatic: bool = True
    start_high: bool = True
    end_high: bool = True
    prefix_padding_ms: int = DEFAULT_PREFIX_MS
    silence_ms: int = DEFAULT_SILENCE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSetup:
    """What a session was opened with, after all checks.

    Attributes:
        door: back end and version.
        model_name: short name.
        model: what that model takes.
        instruction: text of the system instruction.
        tools: functions that were declared.
        transcribes_caller: the caller's words were asked for.
        transcribes_agent: the agent's words were asked for, or come anyway.
        interruptible: the caller's speech cuts the agent off.
        detection: how turns are found.
        resumes: handle of the session to go on with, or None.
        gives_handles: resumption handles were asked for.
        transparent: handles tell which client message was the last one used.
        vad_signals: Vertex's explicit voice signals were asked for.
        seeds_history: the first ``clientContent`` is the history so far.
    """

    door: Door
    model_name: str
    model: Model
    instruction: str = ""
    tools: tuple[Declaration, ...] = ()
    transcribes_caller: bool = False
    transcribes_agent: bool = False
    interruptible: bool = True
    detection: Detection = Detection()
    resumes: str | None = None
    gives_handles: bool = False
    transparent: bool = False
    vad_signals: bool = False
    seeds_history: bool = False
