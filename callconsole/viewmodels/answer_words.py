"""Plain words for who answered, whose word that is, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callconsole.domain.answering import AnsweredBy, JudgedBy
from callconsole.domain.events import AnswerJudged


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """One class of answer in words.

    Attributes:
        name: as a row's or a fact's value.
        icon: Phosphor name.
        question: what the answer card asks while it is the likeliest.
        action: what choosing it does, on its button.
        outlook: what will happen if nobody chooses otherwise, before "in 1.4 s".
        answered: what has happened, as a sentence without its full stop.
    """

    name: str
    icon: str
    question: str
    action: str
    outlook: str
    answered: str


WORDS = {
    AnsweredBy.PERSON: AnswerWords(
        "Person",
        "user",
        "Is this a person?",
        "Person, let the AI speak",
        "The AI starts to speak",
        "A person answered",
    ),
    AnsweredBy.VOICEMAIL: AnswerWords(
        "Voicemail",
        "voicemail",
        "Is this a voicemail?",
        "Voicemail, hang up",
        "The call is hung up",
        "Voicemail answered",
    ),
    AnsweredBy.SCREENING: AnswerWords(
        "Screening",
        "shield-check",
        "Is the call being screened?",
        "Screening, say who calls",
        "The AI says who calls",
        "Call screening answered",
    ),
    AnsweredBy.MENU: AnswerWords(
        "Menu",
        "list-numbers",
        "Is this a phone menu?",
        "Menu, let the AI press keys",
        "The AI may press keys",
        "A phone menu answered",
    ),
    AnsweredBy.FAX: AnswerWords(
        "Fax",
        "printer",
        "Is this a fax?",
        "Fax, hang up",
        "The call is hung up",
        "A fax answered",
    ),
    AnsweredBy.UNKNOWN: AnswerWords(
        "Not known",
        "question",
        "Who answered?",
        "",
        "Your setting decides",
        "Nobody knows who answered",
    ),
}

CHOICES: Sequence[AnsweredBy] = (
    AnsweredBy.PERSON,
    AnsweredBy.VOICEMAIL,
    AnsweredBy.SCREENING,
    AnsweredBy.MENU,
    AnsweredBy.FAX,
)
"""What an operator can say; a class's place in it, from 1, is its key on every card."""

_BY = {
    JudgedBy.EAR: "Sound and words",
    JudgedBy.CARRIER: "Phone company",
    JudgedBy.OPERATOR: "You",
    JudgedBy.LIMIT: "Time limit",
}


def key_of(answered_by: AnsweredBy) -> str:
    """The digit that says this class."""
    return str(CHOICES.index(answered_by) + 1)


def judge_text(by: JudgedBy, after_ms: int) -> str:
    """Whose word it is and when it came: "Sound and words, 1.1 s"."""
    return f"{_BY[by]}, {after_ms / 1000:.1f} s"


def judged_text(event: AnswerJudged) -> str:
    """A verdict as one line: "A person answered · Short greeting, then a pause"."""
    return judged_line(event.answered_by, event.reason, obeyed=event.obeyed)


def judged_line(answered_by: AnsweredBy, reason: str, *, obeyed: bool) -> str:
    """The same from its parts, as a record keeps them."""
    why = reason.strip().rstrip(".")
    parts = [WORDS[answered_by].answered, why, "" if obeyed else "not acted on"]
    return " · ".join(part for part in parts if part)
