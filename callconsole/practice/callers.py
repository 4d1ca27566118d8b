"""Who calls us on the practice line: one per kind of caller, with a script each."""

from __future__ import annotations

from dataclasses import dataclass

from callconsole.practice.callees import Callee
from callconsole.practice.steps import AwaitTurn, Say, Step

# Twilio writes a withheld number as the word that its digits spell on a telephone's keys.
WITHHELD = "+266696687"
_UNTIL_ANSWERED_S = 90.0


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls.

    Attributes:
        number: what stands in From: E.164, or `WITHHELD`.
        name: for a list of callers.
        description: one line that says what will happen.
        patience_s: how long the caller lets it ring.
        script: what the caller does once somebody has picked up; at its end it hangs up.
    """

    number: str
    name: str
    description: str
    patience_s: float = _UNTIL_ANSWERED_S
    script: tuple[Step, ...] = ()

    def on_the_line(self) -> Callee:
        """The same as a party of a call; it is the one that hangs up."""
        return Callee(
            self.number, self.name, self.description, ring_s=self.patience_s, script=self.script
        )


_APPOINTMENT: tuple[Step, ...] = (
    AwaitTurn(),
    Say("person_move"),
    AwaitTurn(),
    Say("person_choose"),
    AwaitTurn(),
    Say("person_bye"),
    AwaitTurn(patience_s=3.0, or_hang_up=False),
)

ASKS = Caller(
    "+14155550131", "A patient", "Wants another appointment.",
    script=_APPOINTMENT,
)  # fmt: skip

LEAVES = Caller("+14155550132", "Gives up", "Hangs up after five rings.", patience_s=15.0)

HIDDEN = Caller(WITHHELD, "Number withheld", "The same patient, unseen.", script=_APPOINTMENT)

CALLERS: tuple[Caller, ...] = (ASKS, LEAVES, HIDDEN)
