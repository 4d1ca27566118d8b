"""One row of a transcript: what is shown of a turn, in the view and as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callconsole.domain.transcript import Speaker, Turn


class LineKind(StrEnum):
    """How a row is drawn: whose bubble, or a line across."""

    AGENT = "agent"
    CALLER = "caller"
    SYSTEM = "system"


KINDS = {
    Speaker.AGENT: LineKind.AGENT,
    Speaker.CALLER: LineKind.CALLER,
    Speaker.SYSTEM: LineKind.SYSTEM,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row.

    Attributes:
        turn: what was said; a system line is a turn of the system.
        name: who is shown as the speaker; empty on a system line.
        icon: the icon's name on a system line, or "".
        matches: (start, length) of each place in the text where the search is found.
        playing: these words are being played from the recording.
    """

    turn: Turn
    name: str
    icon: str = ""
    matches: tuple[tuple[int, int], ...] = ()
    playing: bool = False

    @property
    def kind(self) -> LineKind:
        """How the row is drawn."""
        return KINDS[self.turn.speaker]

    @property
    def clock(self) -> str:
        """Call time of the first word as ``mm:ss`` or ``h:mm:ss``."""
        return clock_text(self.turn.offset_s)

    @property
    def tag(self) -> str:
        """What is to be said of the row beside its text, or ""."""
        if not self.turn.interrupted:
            return ""
        words = self.turn.unheard_words
        if not words:
            return "interrupted"
        return f"interrupted, {words} word{'s' if words != 1 else ''} unheard"

    @property
    def sign(self) -> tuple[str, str]:
        """What is drawn beside the clock: the tag or "playing", and its icon; both may be ""."""
        if self.playing:
            return "playing", "speaker-high"
        return self.tag, "scissors" if self.tag else ""

    @property
    def struck_from(self) -> int | None:
        """Where the words begin that were never heard, or None."""
        if not self.turn.interrupted or self.turn.heard_chars is None:
            return None
        start = min(max(self.turn.heard_chars, 0), len(self.turn.text))
        return start if self.turn.text[start:].strip() else None

    def as_text(self) -> str:
        """The row as one line of plain text."""
        words = self.turn.text.strip() + ("" if self.turn.final else " …")
        if self.kind is LineKind.SYSTEM:
            return f"[{self.clock}] {words}"
        tag = f" ({self.tag})" if self.tag else ""
        return f"[{self.clock}] {self.name}: {words}{tag}"

    def spoken(self) -> str:
        """The row as a screen reader says it."""
        who = f"{self.name}, " if self.name else ""
        tag = f", {self.tag}" if self.tag else ""
        return f"{who}{self.clock}{tag}: {self.turn.text.strip()}"


@dataclass(frozen=True, slots=True)
class Match:
    """One place where the search is found."""

    row: int
    start: int
    length: int


def clock_text(seconds: float) -> str:
    """Seconds of a call as ``mm:ss``, from an hour on as ``h:mm:ss``."""
    whole = max(int(seconds), 0)
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes:02}:{secs:02}"
