"""What the operator did in a call, as its transcript shows it: whispers, sentences, lines.

The words are made from an event's name and JSON-ready fields, which is all that a record keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callconsole.domain import events
from callconsole.domain.record import CallRecord
from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.second_zero import sound_began_at

Details = Mapping[str, Any]
_MUTING = ("agent_muted", "caller_muted", "on_hold", "operator_muted")
_MUTED_WORDS = {
    "agent_muted": (
        ("You muted the AI", "microphone-slash"),
        ("You unmuted the AI", "microphone"),
    ),
    "caller_muted": (
        ("You muted the callee: the AI does not hear them", "ear-slash"),
        ("You unmuted the callee: the AI hears them again", "ear"),
    ),
    "operator_muted": (
        ("You muted yourself", "microphone-slash"),
        ("You unmuted yourself", "microphone"),
    ),
    "on_hold": (
        ("You put the call on hold", "pause"),
        ("You took the call off hold", "play"),
    ),
}
# A turn's time counts from the first sound, an event's from the answer a moment before.
_EARLY_S = 1.0


@dataclass(frozen=True, slots=True)
class Whisper:
    """One whisper of a kept call.

    Attributes:
        whisper_id: counts from 1 within the call.
        text: what the agent was told.
        offset_s: seconds since the answer.
        heeded_ms: how much later the agent spoke, or None.
    """

    whisper_id: int
    text: str
    offset_s: float
    heeded_ms: int | None = None


@dataclass(frozen=True, slots=True)
class DeedLine:
    """A system line; `yours` where it tells that the operator's voice came or went."""

    text: str
    icon: str
    yours: bool = False


@dataclass(frozen=True, slots=True)
class Deeds:
    """Everything the operator did in a kept call.

    Attributes:
        notes: system lines, each with its seconds of the call's audio.
        whispers: oldest first.
        said: ids of the turns that the agent spoke because the operator asked for them.
    """

    notes: tuple[tuple[DeedLine, float], ...] = ()
    whispers: tuple[Whisper, ...] = ()
    said: frozenset[int] = frozenset()


NOTHING_DONE = Deeds()


class DeedLines:
    """Words the system lines of one call; remembers who was muted, to tell what changed."""

    def __init__(self) -> None:
        self._muting: dict[str, bool] = {}

    def lines(self, name: str, details: Details) -> list[DeedLine]:
        """The lines that an event leaves; none for what others tell."""
        if name == events.OperatorTookOver.__name__:
            return [DeedLine("You took over", "microphone-fill", yours=True)]
        if name == events.OperatorHandedBack.__name__:
            # What the agent was told stands in the operator's own turn.
            self._muting.pop("operator_muted", None)
            return [DeedLine("You handed back", "arrow-u-up-left", yours=True)]
        if name == events.MutingChanged.__name__:
            return self._muted(details)
        return []

    def _muted(self, details: Details) -> list[DeedLine]:
        told = []
        for field in _MUTING:
            on = bool(details.get(field, False))
            if on != self._muting.get(field, False):
                self._muting[field] = on
                told.append(DeedLine(*_MUTED_WORDS[field][0 if on else 1]))
        return told


def deeds_of(record: CallRecord, turns: Sequence[Turn]) -> Deeds:
    """What the operator did in a kept call whose turns these are."""
    began = sound_began_at(record)
    worded = DeedLines()
    notes: list[tuple[DeedLine, float]] = []
    whispers: dict[int, Whisper] = {}
    said: set[int] = set()
    for event in record.events:
        at_s = max(0.0, (event.at - began).total_seconds())
        details = event.details
        if event.name == events.Whispered.__name__:
            whisper_id = int(details.get("whisper_id", 0))
            whispers[whisper_id] = Whisper(whisper_id, str(details.get("text", "")), at_s)
        elif event.name == events.WhisperHeeded.__name__:
            whisper_id = int(details.get("whisper_id", 0))
            if whisper_id in whispers:
                heeded_ms = int(details.get("delay_ms", 0))
                whispers[whisper_id] = replace(whispers[whisper_id], heeded_ms=heeded_ms)
        elif event.name == events.SayAsked.__name__:
            said |= _spoken_for(str(details.get("text", "")), at_s, turns, said)
        else:
            notes.extend((line, at_s) for line in worded.lines(event.name, details))
    return Deeds(tuple(notes), tuple(whispers.values()), frozenset(said))


def _spoken_for(text: str, at_s: float, turns: Sequence[Turn], taken: set[int]) -> set[int]:
    """The agent's turn that says this sentence: of those that follow the one most like it."""
    wanted = _words(text)
    following = [
        turn
        for turn in turns
        if turn.speaker is Speaker.AGENT
        and turn.id not in taken
        and turn.offset_s >= at_s - _EARLY_S
    ]
    alike = [turn for turn in following if 2 * len(wanted & _words(turn.text)) >= len(wanted)]
    return {turn.id for turn in (alike or following)[:1]}


def _words(text: str) -> set[str]:
    return {word.strip(".,;:!?") for word in text.lower().split()}
