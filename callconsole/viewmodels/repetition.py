"""Tells that the callee says the same thing again, as people do who are not understood."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from callconsole.domain.transcript import Speaker, Turn

ALIKE = 0.75
"""Share of the words that two turns have in common, in order, from which on they say the same."""
WORDS_AT_LEAST = 3
"""Of shorter turns ("yes, please") people say many alike, and mean each."""
_IS_ANYBODY_THERE = frozenset({"hello", "hi", "hallo", "allo", "hola", "pronto", "alô", "halo"})


class Repetition:
    """The callee's last two turns.

    Attributes:
        noticed: the last one says what the one before said.
    """

    def __init__(self) -> None:
        self.noticed = False
        self._last_id: int | None = None
        self._before: list[str] = []
        self._last: list[str] = []

    def take(self, turn: Turn) -> None:
        """A turn began, grew, or is whole; turns of other speakers say nothing here."""
        if turn.speaker is not Speaker.CALLER:
            return
        if turn.id != self._last_id:
            self._last_id, self._before = turn.id, self._last
        self._last = re.findall(r"\w+", turn.text.casefold())
        self.noticed = _alike(self._before, self._last)


def _alike(before: list[str], last: list[str]) -> bool:
    if min(len(before), len(last)) < WORDS_AT_LEAST:
        return bool(before) and bool(last) and {*before, *last} <= _IS_ANYBODY_THERE
    return SequenceMatcher(None, before, last, autojunk=False).ratio() >= ALIKE
