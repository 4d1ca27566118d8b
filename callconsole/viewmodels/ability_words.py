"""What a prompt may allow, in an operator's words and in reading order."""

from __future__ import annotations

from callconsole.domain.abilities import Ability

ABILITY_WORDS = {
    Ability.END_CALL: ("End the call", "It says goodbye first."),
    Ability.PRESS_KEYS: ("Press keys", "In phone menus: “For sales, press 2.”"),
    Ability.TAKE_NOTE: ("Take notes", "What was agreed is kept with the call."),
    Ability.SCHEDULE_CALLBACK: (
        "Arrange a call back",
        "A note with the time. Nobody is called automatically.",
    ),
    Ability.TRANSFER_CALL: ("Pass the call on", "Only to these people, and it says so first."),
}
"""Title and explanation of each ability."""
