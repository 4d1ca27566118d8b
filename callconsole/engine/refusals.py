"""Why the console does not do what it was asked to, in words that an operator can act on."""

from __future__ import annotations

from callconsole.domain.phone import PhoneNumber
from callconsole.domain.problems import Problem

FOUND_AND_ENDED = Problem(
    "call.found_and_ended",
    "The earlier call was still there",
    "The last order to this number had got through although its answer was lost. That call has "
    "been ended now.",
    "Wait a moment, then call again.",
)
STILL_LIVE = Problem(
    "call.live",
    "The call is still going on",
    "Only a call that has ended can be deleted.",
    "Hang up first.",
)

NOT_ANSWERED = Problem(
    "call.not_answered",
    "Nobody is on the line",
    "This works only while a call is answered and goes on.",
    "Wait until somebody has picked up.",
)
NOTHING_TO_SAY = Problem(
    "call.no_words", "There is nothing to say", "The text is empty.", "Type a sentence first."
)
NOTHING_SAID = Problem(
    "call.nothing_said",
    "There is no moment to star yet",
    "Nobody has said anything at this place of the call.",
    "Star it once somebody has spoken.",
)
YOU_ARE_ON_THE_LINE = Problem(
    "call.taken_over",
    "You are on the line yourself",
    "The AI is silent while you speak.",
    "Hand the call back first.",
)
AGENT_UNHEARD = Problem(
    "call.agent_unheard",
    "Nobody would hear the AI",
    "It is muted, or the call is on hold.",
    "Unmute the AI, or take the call off hold, first.",
)
NOT_ON_THE_LINE = Problem(
    "call.not_taken_over",
    "You are not on the line",
    "Only an operator who has taken the call over can mute themselves.",
    "Take over first.",
)
NOT_DECIDED = Problem(
    "call.not_decided",
    "It is not decided yet who answered",
    "A machine is not passed on.",
    "Say who answered, or wait a moment.",
)
PASSED_ON = Problem(
    "call.passed_on",
    "The call is being passed on already",
    "One call is passed on to one person at a time.",
    "Wait until they have answered or not.",
)
NO_MICROPHONE = Problem(
    "sound.no_microphone",
    "This computer has no microphone",
    "Nothing was found that could be spoken into.",
    "Connect a headset and start the console again.",
)
NOT_RINGING = Problem(
    "call.not_ringing",
    "This call does not ring any more",
    "It was answered or declined, or the caller has hung up.",
    "Look into the history; you can call back from there.",
)
BEING_ANSWERED = Problem(
    "call.being_answered",
    "This call is being answered already",
    "The AI's session is being opened for it.",
    "Wait a moment.",
)
NO_LINE_FOR_CALLER = Problem(
    "call.incoming_full",
    "Every line was in use",
    "Somebody called while this console carried as many calls as it may; they heard a busy tone.",
    "Call back, or raise CALLCONSOLE_MAX_CALLS.",
)
ELSEWHERE = Problem(
    "call.taken_over_elsewhere",
    "You are on the line with another call",
    "One microphone speaks to one person at a time.",
    "Hand the other call back first.",
)


SILENT_MICROPHONE = Problem(
    "microphone.silent",
    "Your microphone gives no sound",
    "It was pulled out, or the system took it away.",
    "Connect it again, or hand the call back.",
)
OTHER_MICROPHONE = "microphone.other"


def other_microphone(name: str) -> Problem:
    """The operator is heard, through this one."""
    return Problem(
        OTHER_MICROPHONE,
        f"You speak through {name}",
        "The chosen microphone is missing, or gave no sound any more.",
        "Hand back and take over again to try the chosen one.",
    )


def already(number: PhoneNumber) -> Problem:
    """This number is in a call of ours."""
    return Problem(
        "call.already",
        "This number is already in a call",
        f"A call to {number.formatted} is going on or being placed.",
        "Wait until that call has ended, or hang it up.",
    )


def too_many(limit: int) -> Problem:
    """The limit of live calls is reached."""
    calls = "one call" if limit == 1 else f"{limit} calls"
    return Problem(
        "call.limit",
        "No line is free",
        f"This console carries {calls} at a time.",
        "Wait until a call has ended, or raise CALLCONSOLE_MAX_CALLS.",
    )


def in_doubt(reason: Problem) -> Problem:
    """It cannot be learnt whether an earlier order has placed a call."""
    return Problem(
        "call.in_doubt",
        "It is not known whether the last call got through",
        f"The phone company could not be asked: {reason.title.lower()}. Dialling again might ring "
        "the same person twice.",
        "Try again in a moment, or look at the calls in the Twilio console.",
    )


def unknown(call_sid: str) -> Problem:
    """There is no call of this name."""
    return Problem(
        "call.unknown",
        "No such call",
        f"This console has placed no call named {call_sid[:40]}.",
        "Take the callSid from the answer to /place-call.",
    )
