"""Who speaks first in a call, and what the agent is told of whoever has answered."""

from __future__ import annotations

import asyncio

from callconsole.domain.abilities import Abilities, Ability
from callconsole.domain.answering import MACHINES, AnsweredBy, JudgedBy, Undecided, Verdict
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.engine import words
from callconsole.engine.bridge import Bridge
from callconsole.engine.gate import Hold
from callconsole.engine.hanging_up import HangingUp
from callconsole.engine.ports import AgentSession
from callconsole.engine.world import Habits, Opening

# The callee speaks first, as people do; whoever says nothing is greeted after this long.
GREET_AFTER_S = 2.0
# They talk, and wait for keys or for a person, but not for an answer to all they say.
_ANNOUNCERS = frozenset({AnsweredBy.SCREENING, AnsweredBy.MENU})


class FirstWords:
    """Has the agent greet once, and does what a verdict means for the call."""

    def __init__(
        self,
        agent: AgentSession,
        bridge: Bridge,
        hanging_up: HangingUp,
        habits: Habits,
        abilities: Abilities,
    ) -> None:
        self._agent = agent
        self._bridge = bridge
        self._hanging_up = hanging_up
        self._habits = habits
        self._abilities = abilities
        self._greeted = False

    def prepare(self) -> None:
        """The phone rings, or is answered: where the agent speaks first, its greeting is made."""
        if self._habits.opening is Opening.GREET:
            self._greet()

    def pick_up(self, number: str) -> None:
        """Somebody calls us, `number` or "": the agent greets as soon as it can be heard."""
        self._greeted = True
        self._agent.send_text(words.incoming_greeting(number))

    async def break_silence(self) -> None:
        """Greet whoever says nothing."""
        await asyncio.sleep(GREET_AFTER_S)
        if self._bridge.silent:
            self._greet()

    def decided(self, verdict: Verdict) -> None:
        """Open the gate, tell the agent who listens, or hang up."""
        answered_by, gate = verdict.answered_by, self._bridge.gate
        if answered_by in MACHINES:
            by = EndedBy.OPERATOR if verdict.by is JudgedBy.OPERATOR else EndedBy.CONSOLE
            self._hanging_up.soon(Ending(Outcome.VOICEMAIL, by))
            return
        if answered_by is AnsweredBy.UNKNOWN and gate.holds(Hold.UNDECIDED):
            if self._habits.undecided is Undecided.HANG_UP:
                ending = Ending(Outcome.COMPLETED, EndedBy.CONSOLE, words.UNDECIDED_END)
                self._hanging_up.soon(ending)
                return
            if self._bridge.silent and not gate.held_ms:
                self._greet()
        self._bridge.listened_to_by(machine=answered_by in _ANNOUNCERS)
        if answered_by is AnsweredBy.SCREENING:
            self._instruct(words.SCREENING)
        elif answered_by is AnsweredBy.MENU:
            keys = self._abilities.allows(Ability.PRESS_KEYS)
            self._instruct(words.MENU if keys else words.MENU_WITHOUT_KEYS)
        gate.release(Hold.UNDECIDED)

    def _instruct(self, text: str) -> None:
        """What was about to be said to a person is not for a machine."""
        if not self._bridge.gate.in_vain:
            self._bridge.cut_short()
        self._greeted = True
        self._agent.send_text(text)

    def _greet(self) -> None:
        if not self._greeted:
            self._greeted = True
            self._agent.send_text(words.GREETING)
