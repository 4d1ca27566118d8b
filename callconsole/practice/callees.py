"""Who can be called on the practice line: one number per kind of callee, with a script each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a clip."""

    clip: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Stay silent for a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class AwaitTurn:
    """Listen until the other side has spoken and then been quiet for `quiet_s`.

    Where nothing is heard for `patience_s`, go on with the script, or hang up at once with
    `or_hang_up`.
    """

    quiet_s: float = 0.7
    patience_s: float = 20.0
    or_hang_up: bool = True


@dataclass(frozen=True, slots=True)
class AwaitSpeech:
    """Listen until the other side has been speaking for `after_s` in one go: then cut in."""

    after_s: float
    patience_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys."""

    digits: str


@dataclass(frozen=True, slots=True)
class Record:
    """Record a message for at most `limit_s`."""

    limit_s: float = 30.0


Step = Say | Wait | AwaitTurn | AwaitSpeech | Press | Record


class Reaction(StrEnum):
    """What happens when the number is dialled."""

    ANSWERS = "answers"
    BUSY = "busy"
    NEVER_ANSWERS = "never answers"
    DECLINES = "declines"
    UNREACHABLE = "unreachable"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Callee:
    """Somebody who can be called.

    Attributes:
        number: E.164.
        name: for a list of callees.
        description: one line that says what will happen.
        reaction: how the call is taken.
        dial_s: from the order to the first ring (or the busy tone).
        ring_s: from the first ring to the answer or the refusal.
        script: what the callee does after answering; at its end it hangs up.
    """

    number: str
    name: str
    description: str
    reaction: Reaction = Reaction.ANSWERS
    dial_s: float = 0.4
    ring_s: float = 2.0
    script: tuple[Step, ...] = ()


_GOODBYE = AwaitTurn(patience_s=3.0, or_hang_up=False)

PERSON = Callee(
    number="+14155550101",
    name="A person",
    description="Sam answers and asks for a later time.",
    script=(
        Wait(0.3),
        Say("person_hello"),
        AwaitTurn(),
        Say("person_move"),
        AwaitTurn(),
        Say("person_choose"),
        AwaitTurn(),
        Say("person_bye"),
        _GOODBYE,
    ),
)

INTERRUPTER = Callee(
    number="+14155550102",
    name="An interrupter",
    description="Cuts in while the AI is speaking.",
    script=(
        Wait(0.3),
        Say("interrupter_hello"),
        AwaitSpeech(after_s=1.2),
        Say("interrupter_who"),
        AwaitTurn(),
        Say("interrupter_fine"),
        AwaitTurn(),
        Say("interrupter_bye"),
        _GOODBYE,
    ),
)

VOICEMAIL = Callee(
    number="+14155550106",
    name="A voicemail",
    description="A greeting, a beep, then it records.",
    ring_s=3.0,
    script=(
        Wait(0.4),
        Say("voicemail_greeting"),
        Wait(0.5),
        Say("voicemail_beep"),
        Record(),
    ),
)

WRONG_NUMBER = Callee(
    number="+14155550107",
    name="A wrong number",
    description="A stranger, who says so and hangs up.",
    script=(Wait(0.3), Say("wrong_hello"), AwaitTurn(), Say("wrong_number"), _GOODBYE),
)

CALLEES: tuple[Callee, ...] = (
    PERSON,
    INTERRUPTER,
    Callee("+14155550103", "Busy", "Is on another call.", Reaction.BUSY),
    Callee("+14155550104", "No answer", "Rings until we give up.", Reaction.NEVER_ANSWERS),
    Callee("+14155550105", "Declined", "Looks at the phone and declines.", Reaction.DECLINES),
    VOICEMAIL,
    WRONG_NUMBER,
    Callee("+14155550108", "Unreachable", "A number not in service.", Reaction.UNREACHABLE),
    Callee("+14155550109", "Unverified", "Refused, as on a trial account.", Reaction.UNVERIFIED),
)


def find(callees: Iterable[Callee], number: str) -> Callee:
    """Whoever has the number; every other number is answered by the person."""
    everybody = tuple(callees)
    for callee in everybody:
        if callee.number == number:
            return callee
    person = next((c for c in everybody if c.number == PERSON.number), PERSON)
    return replace(person, number=number)


def hastened(
    callees: Iterable[Callee] = CALLEES, dial_s: float = 0.01, ring_s: float = 0.05
) -> tuple[Callee, ...]:
    """The same callees with short delays before the answer; what they say keeps its pace."""
    return tuple(replace(callee, dial_s=dial_s, ring_s=ring_s) for callee in callees)
