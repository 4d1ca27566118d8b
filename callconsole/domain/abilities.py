"""What a prompt allows its agent to do besides talking."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LABEL_CHARS = 60
"""How long the name of a transfer target may be."""
MOST_TRANSFERS = 20
"""To how many targets one prompt may transfer."""


class Ability(StrEnum):
    """One thing that the agent may do; the value is the function's name for the model."""

    END_CALL = "end_call"
    PRESS_KEYS = "press_keys"
    TRANSFER_CALL = "transfer_call"
    TAKE_NOTE = "take_note"
    SCHEDULE_CALLBACK = "schedule_callback"


@dataclass(frozen=True, slots=True)
class TransferTarget:
    """Somebody whom the agent may transfer a call to.

    Attributes:
        label: how the agent calls them, "Front desk".
        number: E.164.
    """

    label: str
    number: str


@dataclass(frozen=True, slots=True)
class Abilities:
    """What one prompt allows. A transfer needs somebody to transfer to."""

    allowed: frozenset[Ability] = frozenset(Ability)
    transfers: tuple[TransferTarget, ...] = ()

    def allows(self, ability: Ability) -> bool:
        """True where the agent is offered this."""
        if ability is Ability.TRANSFER_CALL and not self.transfers:
            return False
        return ability in self.allowed


USUAL = Abilities()
