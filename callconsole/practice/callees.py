"""Who can be called on the practice line: one number per kind of callee, with a script each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from callconsole.practice.steps import (
    AwaitKeys,
    AwaitSpeech,
    AwaitTurn,
    Noise,
    Press,
    Record,
    Say,
    Step,
    Tone,
    Wait,
)

__all__ = [
    "CALLEES",
    "AwaitKeys",
    "AwaitSpeech",
    "AwaitTurn",
    "Callee",
    "Noise",
    "Press",
    "Reaction",
    "Record",
    "Say",
    "Step",
    "Tone",
    "Wait",
    "find",
    "hastened",
]


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


def _chat(*clips: str) -> tuple[Step, ...]:
    """Say each clip when the other side has finished, and hang up after the last goodbye."""
    talk = tuple(step for clip in clips for step in (AwaitTurn(), Say(clip)))
    return (*talk, _GOODBYE)


def _person(number: str, name: str, description: str, hello: str, *rest: Step) -> Callee:
    return Callee(number, name, description, script=(Wait(0.3), Say(hello), *rest))


_SAMS_APPOINTMENT = _chat("person_move", "person_choose", "person_bye")
_YES = _chat("interrupter_fine", "interrupter_bye")

# People -------------------------------------------------------------------------------------

PERSON = _person(
    "+14155550101", "A person", "Sam answers and asks for a later time.",
    "person_hello", *_SAMS_APPOINTMENT,
)  # fmt: skip

INTERRUPTER = _person(
    "+14155550102", "An interrupter", "Cuts in while the AI is speaking.",
    "interrupter_hello", AwaitSpeech(after_s=1.2), Say("interrupter_who"), *_YES,
)  # fmt: skip

SHORT_HELLO = _person(
    "+14155550110", "A short hello", "Says only “Hello?” and waits.",
    "person_short", *_SAMS_APPOINTMENT,
)  # fmt: skip

LONG_HELLO = _person(
    "+14155550111", "A long hello", "Answers with a whole sentence.",
    "person_long", *_YES,
)  # fmt: skip

BUSINESS = _person(
    "+14155550112", "A business", "A receptionist names the firm.",
    "business_hello", *_YES,
)  # fmt: skip

WRONG_NUMBER = _person(
    "+14155550107", "A wrong number", "A stranger, who says so and hangs up.",
    "wrong_hello", AwaitTurn(), Say("wrong_number"), _GOODBYE,
)  # fmt: skip

HASTY = _person(
    "+14155550121", "Hangs up", "Puts the phone down mid-sentence.",
    "person_hello", AwaitSpeech(after_s=1.5),
)  # fmt: skip

LINGERER = _person(
    "+14155550120", "Never hangs up", "Says goodbye and stays on the line.",
    "person_hello", *_SAMS_APPOINTMENT[:-1], AwaitTurn(patience_s=60.0, or_hang_up=False),
    Say("person_goodbye"), Wait(3600.0),
)  # fmt: skip

PRESSER = _person(
    "+14155550122", "Presses keys", "Types keys in place of an answer.",
    "person_hello", AwaitTurn(), Press("42#"), AwaitTurn(patience_s=6.0, or_hang_up=False),
    Say("person_bye"), _GOODBYE,
)  # fmt: skip

ASKS_FOR_HUMAN = _person(
    "+14155550126", "Wants a human", "Asks to be put through to a person.",
    "person_hello", AwaitTurn(), Say("person_human"), AwaitTurn(patience_s=45.0),
    # The colleague's greeting comes after the ringing.
    AwaitTurn(patience_s=45.0), Say("person_move"),
    *_chat("person_bye"),
)  # fmt: skip

ASKS_FOR_CALLBACK = _person(
    "+14155550127", "Has no time", "Wants a call back tomorrow at ten.",
    "person_hello", AwaitTurn(), Say("person_callback"), *_chat("person_bye"),
)  # fmt: skip

# Machines -----------------------------------------------------------------------------------

VOICEMAIL = Callee(
    "+14155550106", "A voicemail", "A greeting, a beep, then it records.", ring_s=3.0,
    script=(
        Wait(0.4), Say("voicemail_greeting"), Wait(0.5), Say("voicemail_beep"), Record(),
    ),
)  # fmt: skip

NO_BEEP = Callee(
    "+14155550113", "A silent voicemail", "A greeting; records without a beep.", ring_s=3.0,
    script=(Wait(0.4), Say("mailbox_greeting"), Record()),
)  # fmt: skip

PAUSING = Callee(
    "+14155550114", "A pausing voicemail", "Sounds like a person at first.",
    ring_s=3.0,
    script=(
        Wait(0.4), Say("mailbox_hi"), Wait(0.8), Say("mailbox_sorry"),
        Wait(0.5), Say("voicemail_beep"), Record(),
    ),
)  # fmt: skip

SCREENING = Callee(
    "+14155550115", "Call screening", "Asks who calls; then Sam picks up.",
    script=(
        Wait(0.4), Say("screening_greeting"), AwaitTurn(), Say("screening_wait"), Wait(4.0),
        Say("person_hello"), *_SAMS_APPOINTMENT,
    ),
)  # fmt: skip

MENU = Callee(
    "+14155550116", "A phone menu", "“Press 1 for appointments.”",
    script=(
        Wait(0.4), AwaitKeys("menu_greeting", "menu_again", keys="1"), Wait(1.5),
        Say("business_hello"), *_YES,
    ),
)  # fmt: skip

# ITU-T T.30: the called terminal's 2100 Hz; then the pulses of a machine that waits for another.
FAX = Callee(
    "+14155550117", "A fax machine", "Whistles at whoever calls.",
    script=(
        Wait(0.5), Tone(2100, 3.0), Wait(1.0),
        Tone(1100, 0.5), Wait(3.0), Tone(1100, 0.5), Wait(3.0), Tone(1100, 0.5), Wait(3.0),
    ),
)  # fmt: skip

SILENCE = Callee(
    "+14155550118", "Silence", "Picks up and says nothing.",
    script=(Wait(25.0),),
)  # fmt: skip

NOISE = Callee(
    "+14155550119", "Only noise", "A phone in a pocket: nobody speaks.",
    script=(Noise(25.0),),
)  # fmt: skip

# Whom a call can be transferred to ----------------------------------------------------------

_COLLEAGUE: tuple[Step, ...] = (
    Wait(0.3),
    Say("colleague_hello"),
    # What is whispered before the caller is there; without it, the question comes soon.
    AwaitTurn(patience_s=2.0, or_hang_up=False),
    Say("colleague_help"),
    *_chat("colleague_fine", "colleague_bye"),
)

COLLEAGUE = Callee(
    "+14155550123", "A colleague", "Robin at the front desk.",
    script=_COLLEAGUE,
)  # fmt: skip

BUSY_COLLEAGUE = Callee(
    "+14155550124", "A busy colleague", "Cannot take a transferred call.", Reaction.BUSY
)

ABSENT_COLLEAGUE = Callee(
    "+14155550125", "An absent colleague", "Lets a transferred call ring.", Reaction.NEVER_ANSWERS
)

BUSY = Callee("+14155550103", "Busy", "Is on another call.", Reaction.BUSY)

NO_ANSWER = Callee("+14155550104", "No answer", "Rings until we give up.", Reaction.NEVER_ANSWERS)

CALLEES: tuple[Callee, ...] = (
    # One of each kind first: these are offered before all are unfolded.
    PERSON,
    INTERRUPTER,
    SHORT_HELLO,
    VOICEMAIL,
    SCREENING,
    MENU,
    BUSY,
    NO_ANSWER,
    LONG_HELLO,
    BUSINESS,
    WRONG_NUMBER,
    HASTY,
    LINGERER,
    PRESSER,
    ASKS_FOR_HUMAN,
    ASKS_FOR_CALLBACK,
    NO_BEEP,
    PAUSING,
    FAX,
    SILENCE,
    NOISE,
    Callee("+14155550105", "Declined", "Looks at the phone and declines.", Reaction.DECLINES),
    Callee("+14155550108", "Unreachable", "A number not in service.", Reaction.UNREACHABLE),
    Callee("+14155550109", "Unverified", "Refused, as on a trial account.", Reaction.UNVERIFIED),
    COLLEAGUE,
    BUSY_COLLEAGUE,
    ABSENT_COLLEAGUE,
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
