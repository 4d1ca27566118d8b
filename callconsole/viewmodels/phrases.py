"""Sentences at hand for whispering: those used last, then the usual ones."""

from __future__ import annotations

KEPT = 10
USUAL = (
    "Slow down.",
    "Ask for the date of birth.",
    "Repeat the last point.",
    "Confirm what was agreed, then say goodbye.",
)


class Phrases:
    """Remembers what was whispered or said, newest first, each once."""

    def __init__(self) -> None:
        self._used: list[str] = []

    def use(self, words: str) -> None:
        """These words were used now."""
        self._used = [words, *(used for used in self._used if used != words)][:KEPT]

    def at_hand(self) -> list[str]:
        """Those used last, then those usual ones that are not among them."""
        return [*self._used, *(usual for usual in USUAL if usual not in self._used)]
