"""Who said what and when: turns that grow while they are spoken."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Speaker(StrEnum):
    """Whose words a turn holds. The caller is the person on the phone, whoever dialled."""

    CALLER = "caller"
    AGENT = "agent"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's words between two changes of speaker.

    Attributes:
        id: counts from 1 within the call; a later snapshot with the same id replaces this one.
        speaker: whose words these are.
        text: all words so far.
        offset_s: seconds of call audio before the turn began.
        final: False while more words may come.
        interrupted: True where the caller cut the agent off.
        heard_chars: how many characters of `text` were played before the cut; the rest was
            never heard. None where everything was heard or nothing is known.
    """

    id: int
    speaker: Speaker
    text: str
    offset_s: float
    final: bool = False
    interrupted: bool = False
    heard_chars: int | None = None

    @property
    def unheard_words(self) -> int:
        """How many words the caller never heard."""
        if self.heard_chars is None:
            return 0
        return len(self.text[self.heard_chars :].split())
