"""Turns pieces of transcript into turns: who spoke, what, when, and how much of it was heard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from callconsole.domain.transcript import Speaker, Turn

# The model's text runs ahead of its audio; English speech has about 15 letters a second, so a
# cut turn cannot have been heard further than this.
LETTERS_PER_S = 17
_SENTENCE_ENDS = frozenset(".?!")


class Conversation:
    """The turns of one call; every change is given to `on_change` as a whole `Turn`."""

    def __init__(self, on_change: Callable[[Turn], None]) -> None:
        self._on_change = on_change
        self._turns: list[Turn] = []
        self._open: dict[Speaker, int] = {}

    @property
    def turns(self) -> list[Turn]:
        """All turns so far, in the order of their beginning."""
        return list(self._turns)

    def spoke_turns(self, speaker: Speaker) -> int:
        """How many turns this side has had."""
        return sum(turn.speaker is speaker for turn in self._turns)

    def add(
        self,
        speaker: Speaker,
        text: str,
        offset_s: float,
        *,
        final: bool = False,
        late: bool = False,
    ) -> None:
        """Append words to the speaker's open turn, or begin one; the other side's ends.

        Args:
            speaker: whose words these are.
            text: a piece of transcript with its own spaces.
            offset_s: seconds of call audio before the turn, should these words begin one.
            final: the transcript says that the utterance is whole.
            late: the words belong to what the speaker said before the other side began;
                transcripts of the two sides arrive without a guaranteed order.
        """
        index = self._open.get(speaker)
        if index is None and late:
            self._append_late(speaker, text)
            return
        if index is None:
            if not text.strip():
                return
            self._close_others(speaker)
            turn = Turn(len(self._turns) + 1, speaker, text.lstrip(), offset_s)
            self._turns.append(turn)
            self._open[speaker] = turn.id - 1
        else:
            turn = self._turns[index]
            turn = replace(turn, text=joined(turn.text, text))
        self._put(replace(turn, final=final))
        if final:
            self._open.pop(speaker, None)

    def put(self, speaker: Speaker, text: str, offset_s: float) -> int:
        """Begin a turn whose words come later, if at all; returns its id for `amend`."""
        self._close_others(speaker)
        turn = Turn(len(self._turns) + 1, speaker, text, offset_s)
        self._turns.append(turn)
        self._put(turn)
        return turn.id

    def amend(self, turn_id: int, text: str, *, final: bool = True) -> None:
        """The words of a turn are these; `final`: and no more are waited for."""
        self._put(replace(self._turns[turn_id - 1], text=text, final=final))

    def finish(self, speaker: Speaker) -> None:
        """The speaker's turn is complete."""
        index = self._open.pop(speaker, None)
        if index is not None:
            turn = self._turns[index]
            self._put(replace(turn, text=turn.text.rstrip(), final=True))

    def cut_off(self, heard_ms: float, generated_ms: float, *, whole: bool) -> Turn | None:
        """The caller cut the agent's turn off.

        Args:
            heard_ms: audio of this turn that was played to the ear.
            generated_ms: audio of this turn that the model had produced.
            whole: True where the model had produced all of it.

        Returns:
            The turn that was cut, or None where the agent had said nothing in words.
        """
        index = self._open.pop(Speaker.AGENT, None)
        if index is None:
            index = self._last_agent_turn()
        if index is None:
            return None
        turn = self._turns[index]
        heard = _heard_chars(turn.text.rstrip(), heard_ms, generated_ms, whole=whole)
        turn = replace(
            turn, text=turn.text.rstrip(), final=True, interrupted=True, heard_chars=heard
        )
        self._put(turn)
        return turn

    def close(self) -> None:
        """The call is over: no turn stays open."""
        for speaker in tuple(self._open):
            self.finish(speaker)

    def _append_late(self, speaker: Speaker, text: str) -> None:
        for turn in reversed(self._turns):
            if turn.speaker is speaker:
                self._put(replace(turn, text=joined(turn.text, text).rstrip()))
                return
        if text.strip():
            turn = Turn(len(self._turns) + 1, speaker, text.strip(), 0.0, final=True)
            self._turns.append(turn)
            self._put(turn)

    def _last_agent_turn(self) -> int | None:
        for turn in reversed(self._turns):
            if turn.speaker is Speaker.AGENT:
                return None if turn.interrupted else turn.id - 1
        return None

    def _close_others(self, speaker: Speaker) -> None:
        for other in tuple(self._open):
            if other is not speaker:
                self.finish(other)

    def _put(self, turn: Turn) -> None:
        self._turns[turn.id - 1] = turn
        self._on_change(turn)


def _heard_chars(text: str, heard_ms: float, generated_ms: float, *, whole: bool) -> int:
    """How many characters were heard, ending at a word; proportional to the audio played."""
    if generated_ms <= 0:
        return 0
    share = min(1.0, heard_ms / generated_ms)
    estimate = share * len(text)
    if not whole:
        estimate = min(estimate, heard_ms / 1000 * LETTERS_PER_S)
    cut = round(estimate)
    if cut >= len(text):
        return len(text)
    space = text.rfind(" ", 0, cut + 1)
    return max(space, 0)


def joined(before: str, text: str) -> str:
    """Both as one text. Pieces carry their own spaces, but not where a new sentence begins."""
    apart = before[-1:] in _SENTENCE_ENDS and text[:1].isupper() and text[1:2] != "."
    return f"{before} {text}" if apart else before + text
