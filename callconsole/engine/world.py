"""The outside world that calls run in, and the operator's standing choices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callconsole.domain.answering import (
    USUAL_THRESHOLDS,
    AnswerThresholds,
    GateMode,
    Undecided,
)
from callconsole.domain.costs import Tariff
from callconsole.domain.incoming import Incoming
from callconsole.domain.problems import Problem
from callconsole.engine.ports import Agent, Carrier

PRACTICE = "practice"
PHONE = "phone"


@dataclass(frozen=True, slots=True)
class World:
    """A phone company, an agent and our own address in it.

    Attributes:
        line: `PRACTICE` or `PHONE`.
        public_address: where the carrier reaches us, or None while it cannot.
        obstacles: why no call can start in this world, () where one can.
    """

    line: str
    carrier: Carrier
    agent: Agent
    public_address: str | None
    obstacles: tuple[Problem, ...] = ()


class Opening(StrEnum):
    """Who speaks first when a call is answered.

    With `LISTEN` the callee does, as people do, and silence is greeted after two seconds. With
    `GREET` the agent does: its greeting is made while the phone rings, and a "Hello?" over it
    does not reach the agent, which would begin again.
    """

    LISTEN = "listen"
    GREET = "greet"


@dataclass(frozen=True, slots=True)
class Habits:
    """How calls are made.

    Attributes:
        default_prompt: used where a call names none.
        gate: when the agent may be heard.
        undecided: what happens where nobody can tell who answered.
        thresholds: times that tell people from machines.
        detect_machine: ask the carrier as well who answered; it charges for that.
        tariff: what calls are charged by, for estimates; None where it is not known.
        max_calls: live calls at one time.
        opening: who speaks first.
        early_barge_in: fall silent as soon as our own ear hears the caller begin to speak,
            before the model says so, and go on where it was a false alarm.
        reads_along: the agent hears the callee while the operator has taken over.
        transcribe_operator: while the operator has taken over, another session hears them and
            writes their words down.
        region: ISO country of numbers typed without one.
        incoming: what becomes of calls to our number.
        ring_timeout_s: seconds of ringing before the carrier gives up.
        time_limit_s: longest life of a call.
    """

    default_prompt: str
    gate: GateMode = GateMode.ON
    undecided: Undecided = Undecided.SPEAK
    thresholds: AnswerThresholds = USUAL_THRESHOLDS
    detect_machine: bool = True
    max_calls: int = 10
    opening: Opening = Opening.LISTEN
    region: str = "US"
    early_barge_in: bool = True
    reads_along: bool = True
    transcribe_operator: bool = True
    ring_timeout_s: int = 25
    time_limit_s: int = 1800
    tariff: Tariff | None = None
    incoming: Incoming = Incoming.OFF


STARTING = Problem(
    "console.starting",
    "The console is still starting",
    "The line to the outside is not up yet.",
    "Wait a moment and call again.",
)

STOPPING = Problem(
    "console.stopping",
    "The console is closing",
    "No new calls start while the console closes.",
    "Start it again to make calls.",
)
