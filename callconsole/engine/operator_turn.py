"""What the operator says in one take-over, as a turn of the transcript."""

from __future__ import annotations

from callconsole.domain.transcript import Speaker
from callconsole.engine import words
from callconsole.engine.conversation import Conversation


class OperatorTurn:
    """Grows with the words that are written down; without any it says how long they spoke.

    Attributes:
        said: the words so far, "" where none are known.
        spoke_ms: how long the operator has been heard.
    """

    def __init__(self, conversation: Conversation, offset_s: float) -> None:
        """Begin the turn, `offset_s` seconds of call audio after the answer."""
        self.said = ""
        self.spoke_ms = 0.0
        self._conversation = conversation
        self._note = ""
        self._ended = False
        self._id = conversation.put(Speaker.OPERATOR, words.SPEAKING, offset_s)

    @property
    def spoke_s(self) -> float:
        """Seconds for which the operator has been heard, to a tenth."""
        return round(self.spoke_ms / 1000, 1)

    def grow(self, said: str) -> None:
        """These are all the words so far; some may come after the end."""
        self.said = said
        self._show()

    def end(self, note: str) -> None:
        """The operator speaks no more, and leaves this note, or "" for none."""
        self._note, self._ended = note, True
        self._show()

    def _show(self) -> None:
        text = self.said
        if self._ended:
            text = words.operators_turn(self._note, self.said, self.spoke_s)
        self._conversation.amend(self._id, text, final=self._ended)
