"""Waits until the agent's last words have been heard whole, before a goodbye or a transfer."""

from __future__ import annotations

from callconsole.engine.bridge import Bridge

# A model that was told to say something begins within this, or does not.
WORDS_S = 6.0
# Audio that trails behind the function; a turn that is never declared complete ends here.
# AVA's watchdogs for the same faults are 0.8 to 4 s (reference: peers.md, demand 19).
TRAILING_S = 1.25
# Beyond what the carrier still holds, an echo is late or lost.
ECHO_S = 2.0
# The last syllable leaves the phone's own buffer.
TAIL_S = 0.3
# Somebody who spoke into the goodbye is heard; if then nobody says anything more, it was "bye".
SECOND_THOUGHT_S = 6.0


class Farewell:
    """One attempt to leave politely."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._cuts = bridge.voice.cuts

    async def wait_for_words(self) -> None:
        """Return when the agent has begun to say what it was asked to, or will not."""
        voice = self._bridge.voice
        fed_ms = voice.playout.fed_ms
        await voice.changes.until(lambda: self._cut or voice.playout.fed_ms > fed_ms, WORDS_S)

    async def heard_whole(self) -> bool:
        """Return True when everything said has been heard; False where somebody cut in.

        That is the person, or an operator who takes the call over, mutes the agent or holds.

        Bounded in every step: a model that never completes its turn, and an echo that never
        comes, do not keep the call open.
        """
        voice = self._bridge.voice
        while not self._cut:
            await self._turn_whole()
            waits_ms = voice.playout.waiting_ms + voice.playout.buffered_ms
            await voice.changes.until(
                lambda: self._cut or voice.mid_turn or voice.playout.all_heard,
                waits_ms / 1000 + ECHO_S,
            )
            if await voice.changes.until(lambda: self._cut or voice.mid_turn, TAIL_S):
                continue
            return True
        return False

    async def _turn_whole(self) -> None:
        """Return when the model has said all of its turn, or adds nothing to it any more."""
        voice = self._bridge.voice
        while voice.mid_turn and not self._cut:
            fed_ms = voice.playout.fed_ms

            def moved(fed_ms: float = fed_ms) -> bool:
                return self._cut or not voice.mid_turn or voice.playout.fed_ms > fed_ms

            if not await voice.changes.until(moved, TRAILING_S + voice.playout.waiting_ms / 1000):
                voice.finish_turn()

    async def nobody_goes_on(self) -> bool:
        """After a cut: True where nobody says anything more, so that it was a goodbye too."""
        voice, gate = self._bridge.voice, self._bridge.gate
        fed_ms = voice.playout.fed_ms

        def goes_on() -> bool:
            return gate.in_vain or voice.playout.fed_ms > fed_ms or self._bridge.caller_speaking

        return not await voice.changes.until(goes_on, SECOND_THOUGHT_S)

    @property
    def _cut(self) -> bool:
        return self._bridge.gate.in_vain or self._bridge.voice.cuts != self._cuts
