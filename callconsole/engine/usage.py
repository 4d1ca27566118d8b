"""Tokens that one conversation with the model has used so far."""

from __future__ import annotations

from callconsole.domain.costs import Tokens
from callconsole.engine.ports import AgentAudio, AgentEvent, AgentTurnDone, AgentUsage, AgentWords


class TokenMeter:
    """Adds up what the model says of each turn.

    A server may report a turn more than once while it lasts, each time as a whole, so the last
    report of a turn is the one that counts; the one that comes just behind its end is still its.
    """

    def __init__(self) -> None:
        self._before = Tokens()
        self._turn = Tokens()
        self._turn_done = False

    @property
    def tokens(self) -> Tokens:
        """Everything so far."""
        return self._before + self._turn

    def take(self, event: AgentEvent) -> bool:
        """Take in what the model says; True where the tokens have changed."""
        if isinstance(event, AgentUsage):
            before, self._turn = self._turn, tokens_of(event)
            return self._turn != before
        if isinstance(event, AgentTurnDone):
            if self._turn_done:
                self._close()
            self._turn_done = True
        elif self._turn_done and _is_speech(event):
            self._close()
        return False

    def _close(self) -> None:
        self._before, self._turn = self.tokens, Tokens()
        self._turn_done = False


def tokens_of(usage: AgentUsage) -> Tokens:
    """One turn's tokens by the kinds that are charged.

    Input without a modality is text, as instructions are; output without one is speech, the only
    thing that is asked for. Thoughts are text.
    """
    kinds = usage.by_modality
    told = {
        side: sum(count for name, count in kinds.items() if name.startswith(side))
        for side in ("prompt_", "response_")
    }
    thoughts = kinds.get("response_thoughts", 0)
    audio_in, text_out = kinds.get("prompt_audio", 0), kinds.get("response_text", 0)
    return Tokens(
        text_in=max(usage.prompt_tokens, told["prompt_"]) - audio_in,
        audio_in=audio_in,
        text_out=text_out + thoughts,
        audio_out=max(usage.response_tokens, told["response_"] - thoughts) - text_out,
    )


def _is_speech(event: AgentEvent) -> bool:
    return isinstance(event, AgentAudio) or (isinstance(event, AgentWords) and not event.by_caller)
