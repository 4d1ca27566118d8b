"""Mends an agent that falls silent or makes no sense, step by step."""

from __future__ import annotations

from callconsole.domain import events
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.problems import Problem
from callconsole.engine import tasks, words
from callconsole.engine.bridge import Bridge
from callconsole.engine.call_state import CallState
from callconsole.engine.hanging_up import HangingUp
from callconsole.engine.ports import AgentSession, Clock
from callconsole.engine.silence import SilenceStep
from callconsole.engine.watchdog import Remedy, Stall


class AgentCare:
    """Does what the watchdogs of one call ask for; each step is told and recorded."""

    def __init__(
        self,
        state: CallState,
        bridge: Bridge,
        agent: AgentSession,
        hanging_up: HangingUp,
        clock: Clock,
    ) -> None:
        self._state = state
        self._bridge = bridge
        self._agent = agent
        self._hanging_up = hanging_up
        self._clock = clock

    def stalled(self, stall: Stall, remedy: Remedy) -> None:
        """This remedy is due."""
        self._state.publish(
            events.AgentStalled(
                call_sid=self._state.call.sid,
                at=self._clock.now(),
                stall=stall.value,
                remedy=remedy.value,
            )
        )
        if stall in (Stall.TONE, Stall.FAINT):
            self._bridge.cut_short()
        match remedy:
            case Remedy.NUDGE:
                self._agent.send_text(words.NUDGE)
            case Remedy.RESUME:
                self._agent.recover(fresh=False, reason=stall.value)
            case Remedy.RENEW:
                self._agent.recover(fresh=True, reason=stall.value)
            case Remedy.GIVE_UP:
                self.lost(words.SILENT_AGENT)

    def lost(self, problem: Problem) -> None:
        """Without an agent there is nobody to talk to, save an operator who has taken over."""
        self._state.publish(
            events.AgentLost(call_sid=self._state.call.sid, at=self._clock.now(), problem=problem)
        )
        ending = Ending(Outcome.FAILED, EndedBy.CONSOLE, problem)
        if self._state.call.taken_over:
            tasks.start(self._end_when_left(ending), name="end without an agent")
        else:
            self._hanging_up.soon(ending)

    async def _end_when_left(self, ending: Ending) -> None:
        state = self._state
        await state.changes.until(lambda: not (state.call.taken_over and state.live))
        self._hanging_up.soon(ending)

    def silent(self, step: SilenceStep) -> None:
        """Nobody has spoken for long; a machine on the line is not asked whether it is there."""
        if step is SilenceStep.END:
            ending = Ending(Outcome.COMPLETED, EndedBy.CONSOLE, words.NOBODY_SPEAKS)
            self._hanging_up.soon(ending)
        elif not self._bridge.machine_listens:
            self._agent.send_text(words.ASK_IF_THERE)
