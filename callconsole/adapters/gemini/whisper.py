"""Text that the model shall keep in mind, on its way to it, and how each model takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Words where nothing else keeps the model from answering.
_SILENTLY = (
    "Keep this in mind for what you say next, and say nothing about it now. If nobody waits for "
    "an answer from you, stay silent and keep listening. What to keep in mind: {text}"
)


@dataclass(frozen=True, slots=True)
class WhisperWay:
    """How text that wants no answer is sent during a session.

    Attributes:
        by: as a turn that is left incomplete, or as realtime text that asks for silence.
        role: whose turn it is, empty for nobody's; of no account for realtime text.
    """

    by: Literal["client_content", "realtime_text"] = "realtime_text"
    role: Literal["user", "model", ""] = ""


# Compared by identity: the same words may be meant twice.
@dataclass(frozen=True, slots=True, eq=False)
class Whisper:
    """One thing to keep in mind; `text` is as it was given."""

    text: str

    def in_words(self) -> str:
        """The text with a request for silence around it."""
        return _SILENTLY.format(text=self.text)
