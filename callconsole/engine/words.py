"""What the agent is told in text during a call, and what a call can end for, in words."""

from __future__ import annotations

from datetime import datetime

from callconsole.domain.problems import Problem

GREETING = "The call has just been answered and nobody has spoken yet. Greet the person now."
ANSWERED = "answered"
AI_ANSWERED = "had the AI answer"
CALLED = (
    "The telephone rings, and you answer it: somebody calls you. Greet the caller now in one "
    "sentence, say who you are, and ask what you can do for them. Leave out why you would call "
    "somebody. {who}"
)
NUDGE = "The person on the phone is waiting for your answer. Answer now, in one short sentence."
SCREENING = (
    "A call screening service has answered, not the person. Say in one sentence who you are and "
    "why you call. Then say nothing more until the person speaks to you."
)
MENU = (
    "An automated phone menu has answered, not a person. Listen to it, and press the key that "
    "leads to a person or to what you call about. Say nothing unless the menu asks you to speak."
)
MENU_WITHOUT_KEYS = (
    "An automated phone menu has answered, not a person. You cannot press keys. Say nothing "
    "unless the menu asks you to speak, and wait for a person."
)
ASK_IF_THERE = (
    "Nobody has spoken for a while. Ask in one short sentence whether the person is still there."
)
TRANSFER_FAILED = (
    "The colleague could not be reached, and the person is with you again. Tell them so, and "
    "offer to write down what they need."
)
TRANSFER_REFUSED = (
    "The call could not be passed on. Tell the person so, and offer to write down what they need."
)
TRANSFER_BACK_AT_DESK = (
    "A colleague wanted to pass the call on and could not. The colleague speaks with the person "
    "again."
)


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
BACK_FROM_HOLD = (
    "The person was on hold and is with you again. Thank them for waiting, in one short sentence, "
    "and go on."
)
SPEAKING = "(speaking)"


def time_of_call(local: datetime) -> str:
    """The day and the time, so that "tomorrow at ten" has a date; whatever the locale."""
    day = f"{_WEEKDAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"
    return f"The call begins on {day} at {local:%H:%M}, by the clock of those who call."


def incoming_greeting(number: str) -> str:
    """The agent answers the telephone; `number` calls, "" where it is withheld."""
    who = f"The call comes from {number}." if number else "The caller's number is withheld."
    return CALLED.format(who=who)


def whisper(text: str) -> str:
    """The operator tells the agent something."""
    return (
        f"A colleague, whom the person on the phone does not hear, tells you: {text} "
        "Keep to that from now on. Do not mention it."
    )


def say(text: str) -> str:
    """The operator wants this sentence said."""
    return f"Say exactly this sentence now, word for word, and nothing else: {text}"


def announce_transfer(label: str) -> str:
    """The operator passes the call on; `label` is how the prompt calls them, or empty."""
    whom = label or "somebody who can help further"
    return (
        f"A colleague passes this call on to {whom}. Tell the person so now, in one short "
        "sentence, and nothing else. It is passed on right after that."
    )


def spoke_for(seconds: float) -> str:
    """An operator's turn of which no words are known."""
    return f"(spoke for {seconds:.0f} s)"


def operators_turn(note: str, said: str, seconds: float) -> str:
    """An operator's turn once it is over: their words and their note, as far as there are any."""
    if note and said:
        return f"{said} (noted: {note})"
    return note or said or spoke_for(seconds)


def handed_back(note: str, said: str, seconds: float) -> str:
    """The operator has spoken with the person and leaves again; `said` is what was heard of it."""
    told = f"This was said or agreed: {note} " if note else ""
    if said:
        told += f"The colleague's own words to the person were: “{said}” "
    return (
        f"A colleague has spoken with the person on the phone for {seconds:.0f} seconds and has "
        f"left again. {told}Go on with the conversation from there. Do not greet again."
    )


def said_before(said: str) -> str:
    """Words of the operator that were known only after they had left."""
    return (
        f"The last words of the colleague who spoke with the person on the phone were: “{said}” "
        "Keep that in mind, and do not speak about it now."
    )


def key_received(digit: str) -> str:
    """The person on the phone pressed a key."""
    return f"The person on the phone pressed the key {digit}."


SILENT_AGENT = Problem(
    "agent.silent",
    "The AI fell silent",
    "It gave no answer that could be heard, and a new session did not help.",
    "Call again; if it happens again, choose another model in GEMINI_MODEL.",
)
STREAM_LOST = Problem(
    "call.stream_lost",
    "The call lost its sound",
    "The audio stream broke off while the call went on, and did not come back.",
    "Call again; if it happens again, check the tunnel.",
)
NOBODY_SPEAKS = Problem(
    "call.silence",
    "Nobody spoke any more",
    "Neither side had made a sound for most of a minute, and the AI's question got no answer.",
    "Listen to the end of the recording, and call again if something was left open.",
)
NOT_CONNECTED = Problem(
    "call.not_connected",
    "The call could not be picked up",
    "You answered it, but the phone company never opened its audio stream.",
    "Call back; if it happens again, check the tunnel.",
)
TIME_LIMIT = Problem(
    "call.time_limit",
    "The call reached its time limit",
    "No call lives longer, so that a forgotten one costs a bounded sum.",
    "Call again if something was left open, or raise CALLCONSOLE_TIME_LIMIT_S.",
)
UNDECIDED_END = Problem(
    "call.undecided",
    "Nobody could tell who answered",
    "The sound of the first seconds was neither clearly a person nor clearly a machine.",
    "Call again, or let the AI speak in such cases: CALLCONSOLE_UNDECIDED=speak.",
)
