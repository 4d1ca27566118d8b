"""One row of a transcript: what is shown of a turn, in the view and as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.clock_text import clock_text

STAR = "★"


class LineKind(StrEnum):
    """How a row is drawn: whose bubble, or a line across."""

    AGENT = "agent"
    CALLER = "caller"
    OPERATOR = "operator"
    WHISPER = "whisper"
    SYSTEM = "system"


class Manner(StrEnum):
    """What is special about a row besides its speaker.

    WHISPER only the agent was told, SAID the agent spoke because the operator asked for it,
    and YOURS is a system line: the operator's voice came or went.
    """

    PLAIN = "plain"
    WHISPER = "whisper"
    SAID = "said"
    YOURS = "yours"


KINDS = {
    Speaker.AGENT: LineKind.AGENT,
    Speaker.CALLER: LineKind.CALLER,
    Speaker.OPERATOR: LineKind.OPERATOR,
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
        manner: what is special about it.
        heeded_ms: on a whisper, how much later the agent spoke, or None.
        starred: the operator marked this moment.
    """

    turn: Turn
    name: str
    icon: str = ""
    matches: tuple[tuple[int, int], ...] = ()
    playing: bool = False
    manner: Manner = Manner.PLAIN
    heeded_ms: int | None = None
    starred: bool = False

    @property
    def spoken_aloud(self) -> bool:
        """True for words on the recording, which alone can be starred."""
        return self.kind not in (LineKind.SYSTEM, LineKind.WHISPER)

    @property
    def kind(self) -> LineKind:
        """How the row is drawn."""
        if self.manner is Manner.WHISPER:
            return LineKind.WHISPER
        return KINDS[self.turn.speaker]

    @property
    def clock(self) -> str:
        """Call time of the first word as ``mm:ss`` or ``h:mm:ss``."""
        return clock_text(self.turn.offset_s)

    @property
    def tag(self) -> str:
        """What is to be said of the row beside its text, or ""."""
        if self.manner is Manner.WHISPER:
            return _whisper_tag(self.heeded_ms)
        if not self.turn.interrupted:
            return "at your request" if self.manner is Manner.SAID else ""
        words = self.turn.unheard_words
        if not words:
            return "interrupted"
        return f"interrupted, {words} word{'s' if words != 1 else ''} unheard"

    @property
    def sign(self) -> tuple[str, str]:
        """What is drawn beside the clock: the tag or "playing", and its icon; both may be ""."""
        if self.playing:
            return "playing", "speaker-high"
        if not self.tag:
            return "", ""
        return self.tag, "scissors" if self.turn.interrupted else _TAG_ICONS[self.manner]

    @property
    def name_icon(self) -> str:
        """The icon before the name, or ""."""
        return "chat-teardrop-dots" if self.kind is LineKind.WHISPER else ""

    @property
    def struck_from(self) -> int | None:
        """Where the words begin that were never heard, or None."""
        if not self.turn.interrupted or self.turn.heard_chars is None:
            return None
        start = min(max(self.turn.heard_chars, 0), len(self.turn.text))
        unheard = self.turn.text[start:].lstrip()
        return len(self.turn.text) - len(unheard) if unheard else None

    def as_text(self) -> str:
        """The row as one line of plain text."""
        words = self.turn.text.strip() + ("" if self.turn.final else " …")
        if self.kind is LineKind.SYSTEM:
            return f"[{self.clock}] {words}"
        tag = f" ({self.tag})" if self.tag else ""
        star = f"{STAR} " if self.starred else ""
        return f"{star}[{self.clock}] {self.name}: {words}{tag}"

    def spoken(self) -> str:
        """The row as a screen reader says it."""
        who = f"{self.name}, " if self.name else ""
        tag = f", {self.tag}" if self.tag else ""
        star = ", starred" if self.starred else ""
        return f"{who}{self.clock}{tag}{star}: {self.turn.text.strip()}"


_TAG_ICONS = {Manner.WHISPER: "ear-slash", Manner.SAID: "megaphone-simple"}


def _whisper_tag(heeded_ms: int | None) -> str:
    if heeded_ms is None:
        return "only the AI hears"
    return f"only the AI hears · the AI spoke {heeded_ms / 1000:.1f} s later"


@dataclass(frozen=True, slots=True)
class Match:
    """One place where the search is found."""

    row: int
    start: int
    length: int
