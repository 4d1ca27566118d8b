"""Passes a call on to a person, and takes it back where nobody is reached."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from callconsole.domain import events
from callconsole.domain.abilities import TransferTarget
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.problems import ProblemError
from callconsole.engine import refusals, tasks, words
from callconsole.engine.bridge import Bridge
from callconsole.engine.call_state import CallState
from callconsole.engine.call_streams import PERHAPS_DONE, CallStreams
from callconsole.engine.farewell import Farewell
from callconsole.engine.ports import AgentSession, Carrier, Transfer

# The stream of a call that is being passed on stops at once.
DOUBT_S = 3.0
# The model may break off what it was saying before it announces, and the person may speak into
# the announcement; then what comes next is heard out.
ATTEMPTS = 2
# A model that does not break off comes to the end of what nobody hears any more.
OLD_TURN_S = 6.0


class PassingOn:
    """The transfers of one call, one at a time."""

    def __init__(
        self,
        state: CallState,
        bridge: Bridge,
        streams: CallStreams,
        carrier: Carrier,
        agent: AgentSession,
    ) -> None:
        self._state = state
        self._bridge = bridge
        self._streams = streams
        self._carrier = carrier
        self._agent = agent
        self._target: TransferTarget | None = None
        self._reason = ""
        self._announcing = False

    async def begin(self, target: TransferTarget, reason: str, *, asked: bool) -> None:
        """Ask the carrier to join the two, once the person has heard that they will be.

        Args:
            target: whom to.
            reason: what they are told before they talk.
            asked: the announcement is still to come.
        """
        if self._busy:
            return
        farewell = Farewell(self._bridge)
        with self._announcement():
            if asked:
                await farewell.wait_for_words()
            heard = await farewell.heard_whole()
        # Where the person spoke into the announcement, they want something else first.
        if heard and self._state.going_on:
            with suppress(ProblemError):
                await self._join(target, reason)

    async def order(self, target: TransferTarget, reason: str) -> None:
        """The same for the operator, whose word counts whatever the person says meanwhile.

        Raises:
            ProblemError: it is being passed on already, is over, or the carrier refuses; then
                the call goes on as it was.
        """
        if self._busy:
            raise ProblemError(refusals.PASSED_ON)
        detail = f"{target.label}. {reason}" if target.label and reason else target.label or reason
        act = "asked to pass the call on"
        self._state.tell(events.OperatorActed, act=act, detail=detail)
        if self._bridge.gate.open:
            with self._announcement():
                await self._announce(target)
        if not self._state.going_on:
            raise ProblemError(refusals.NOT_ANSWERED)
        await self._join(target, reason)

    async def _announce(self, target: TransferTarget) -> None:
        # Not every model stops of its own accord where it is told to say something else.
        self._bridge.cut_turn()
        self._agent.send_text(words.announce_transfer(target.label))
        voice = self._bridge.voice
        for _ in range(ATTEMPTS):
            farewell = Farewell(self._bridge)
            if not voice.mid_turn and not voice.playout.busy:
                await voice.changes.until(lambda: not voice.turn_open, OLD_TURN_S)
                await farewell.wait_for_words()
            if await farewell.heard_whole() or not self._bridge.gate.open:
                return

    @property
    def _busy(self) -> bool:
        return self._announcing or self._target is not None

    @contextmanager
    def _announcement(self) -> Iterator[None]:
        self._announcing = True
        try:
            yield
        finally:
            self._announcing = False

    async def _join(self, target: TransferTarget, reason: str) -> None:
        """Ask the carrier to join the two. Raises `ProblemError`; then the agent knows of it."""
        self._target, self._reason = target, reason
        self._state.change(transferred_to=target.number)
        self._state.tell(events.TransferBegan, to=target.number, label=target.label)
        self._streams.leave_for_good()
        try:
            await self._carrier.transfer(self._state.call.sid, Transfer(target.number))
        except ProblemError as error:
            unsure = error.problem.code.endswith(PERHAPS_DONE)
            if unsure and await self._streams.gone_within(DOUBT_S):
                return
            self._streams.stay()
            self._over(reached=False, reason=error.problem.title)
            self._tell_agent(words.TRANSFER_REFUSED)
            raise

    def answered(self, title: str) -> str:
        """They have picked up; returns what they are told before they talk.

        The agent stays: should they hang up before the two are joined, it goes on.
        """
        if self._target is not None:
            self._state.tell(events.TransferAnswered, to=self._target.number)
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
        self._tell_agent(words.TRANSFER_FAILED)
        return self._streams.token()

    def _over(self, *, reached: bool, reason: str) -> None:
        target, self._target = self._target, None
        if target is None:
            return
        if not reached:
            self._state.change(transferred_to=None)
        self._state.tell(events.TransferEnded, to=target.number, reached=reached, reason=reason)

    def _tell_agent(self, what: str) -> None:
        """The agent has the person again and says so, unless the operator has them."""
        if self._state.call.taken_over:
            self._agent.tell(words.TRANSFER_BACK_AT_DESK)
        else:
            self._agent.send_text(what)
