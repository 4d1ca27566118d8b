"""Who is on the practice line, as the window shows them: each with a symbol."""

from __future__ import annotations

from callconsole.practice.callees import CALLEES, Reaction
from callconsole.practice.callers import CALLERS
from callconsole.viewmodels.desk import PracticeCallee

ICONS = {
    "A person": "user",
    "An interrupter": "scissors",
    "Busy": "phone-x",
    "No answer": "phone-slash",
    "Declined": "phone-disconnect",
    "A voicemail": "voicemail",
    "A wrong number": "user-focus",
    "A short hello": "chat",
    "A long hello": "chat-text",
    "A business": "storefront",
    "Hangs up": "hand-waving",
    "Never hangs up": "clock",
    "Presses keys": "dots-nine",
    "Wants a human": "user-list",
    "Has no time": "calendar-plus",
    "A silent voicemail": "voicemail",
    "A pausing voicemail": "pause-circle",
    "Call screening": "shield-check",
    "A phone menu": "list-numbers",
    "A fax machine": "printer",
    "Silence": "speaker-none",
    "Only noise": "waves",
    "A colleague": "headset",
    "A busy colleague": "phone-x",
    "An absent colleague": "phone-slash",
    "Unreachable": "warning",
}


def callees() -> list[PracticeCallee]:
    """Whom the operator can call there."""
    return [
        PracticeCallee(each.number, each.name, each.description, ICONS[each.name])
        for each in CALLEES
        if each.reaction is not Reaction.UNVERIFIED
    ]


def callers() -> list[PracticeCallee]:
    """Who can be asked to call the operator from there."""
    return [
        PracticeCallee(each.number, each.name, each.description, "phone-incoming")
        for each in CALLERS
    ]
