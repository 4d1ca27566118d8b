"""Passes a call on to a person, and takes it back where nobody is reached."""

from __future__ import annotations

from callconsole.domain import events
from callconsole.domain.abilities import TransferTarget
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.problems import ProblemError
from callconsole.engine import tasks, words
from callconsole.engine.bridge import Bridge
from callconsole.engine.call_state import CallState
from callconsole.engine.call_streams import PERHAPS_DONE, CallStreams
from callconsole.engine.farewell import Farewell
from callconsole.engine.ports import AgentSession, Carrier, Clock, Transfer

# The stream of a call that is being passed on stops at once.
DOUBT_S = 3.0


class PassingOn:
    """The transfers of one call, one at a time."""

    def __init__(
        self,
        state: CallState,
        bridge: Bridge,
        streams: CallStreams,
        carrier: Carrier,
        agent: AgentSession,
        clock: Clock,
    ) -> None:
        self._state = state
        self._bridge = bridge
        self._streams = streams
        self._carrier = carrier
        self._agent = agent
        self._clock = clock
        self._target: TransferTarget | None = None
        self._reason = ""

    async def begin(self, target: TransferTarget, reason: str, *, asked: bool) -> None:
        """Ask the carrier to join the two, once the person has heard that they will be.

        Args:
            target: whom to.
            reason: what they are told before they talk.
            asked: the announcement is still to come.
        """
        if self._target is not None:
            return
        farewell = Farewell(self._bridge)
        if asked:
            await farewell.wait_for_words()
        if not await farewell.heard_whole():
            # The person spoke into the announcement: they want something else first.
            return
        self._target, self._reason = target, reason
        self._state.change(transferred_to=target.number)
        self._state.publish(
            events.TransferBegan(
                call_sid=self._state.call.sid,
                at=self._clock.now(),
                to=target.number,
                label=target.label,
            )
        )
        self._streams.leave_for_good()
        try:
            await self._carrier.transfer(self._state.call.sid, Transfer(target.number))
        except ProblemError as error:
            unsure = error.problem.code.endswith(PERHAPS_DONE)
            if unsure and await self._streams.gone_within(DOUBT_S):
                return
            self._streams.stay()
            self._over(reached=False, reason=error.problem.title)
            self._agent.send_text(words.TRANSFER_REFUSED)

    def answered(self, title: str) -> str:
        """They have picked up; returns what they are told before they talk.

        The agent stays: should they hang up before the two are joined, it goes on.
        """
        if self._target is not None:
            self._state.publish(
                events.TransferAnswered(
                    call_sid=self._state.call.sid, at=self._clock.now(), to=self._target.number
                )
            )
        about = f" {self._reason}" if self._reason else ""
        return f"A call for you. It was about: {title}.{about}"

    def ended(self, *, reached: bool, status: str) -> str | None:
        """They have talked, or nobody was reached: then a token of the stream to come back on."""
        if not self._state.going_on or self._target is None:
            return None
        self._over(reached=reached, reason=status.replace("-", " "))
        if reached:
            self._state.requested = Ending(Outcome.COMPLETED, EndedBy.CALLER)
            tasks.start(self._agent.close(), name="close the agent")
            return None
        self._agent.send_text(words.TRANSFER_FAILED)
        return self._streams.token()

    def _over(self, *, reached: bool, reason: str) -> None:
        target, self._target = self._target, None
        if target is None:
            return
        if not reached:
            self._state.change(transferred_to=None)
        self._state.publish(
            events.TransferEnded(
                call_sid=self._state.call.sid,
                at=self._clock.now(),
                to=target.number,
                reached=reached,
                reason=reason,
            )
        )
