"""Incoming calls, from the first ring until somebody has picked up or nobody will."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from callconsole.domain import events
from callconsole.domain.call import Call, Direction, EndedBy, Ending, Outcome, Phase
from callconsole.domain.incoming import Answerer, Incoming, IncomingCall, IncomingReply, Reply
from callconsole.domain.problems import ProblemError
from callconsole.domain.prompt import Prompt, checked
from callconsole.engine import refusals, tasks, words
from callconsole.engine.bus import Bus
from callconsole.engine.call_state import CallState, first_state
from callconsole.engine.ports import (
    AgentBrief,
    AgentSession,
    CarrierReport,
    Clock,
    Prompts,
)
from callconsole.engine.session import CallSession
from callconsole.engine.stream_tokens import StreamTokens
from callconsole.engine.taking_over import TakingOver
from callconsole.engine.tool_specs import tool_specs
from callconsole.engine.world import Habits, World

logger = logging.getLogger(__name__)

# Callers give up after about as long, and no carrier lets a call ring for much longer.
RING_S = 30.0
# The carrier hears from us within this: its webhooks wait 15 s (reference: twilio.md, section 4).
HOLD_S = 10.0
# No carrier tells in time that a caller has left; it is asked.
LOOK_EVERY_S = 4.0
# The stream of a call that was picked up comes within this.
CONNECT_S = 15.0
# Calls that were turned away and are on no record; the carrier reports their end as well.
TURNED_AWAY_KEPT = 64


@dataclass(frozen=True, slots=True)
class PickedUp:
    """What a call is picked up with."""

    world: World
    prompt: Prompt
    agent: AgentSession
    answerer: Answerer


@dataclass(slots=True)
class _Ringing:
    """One incoming call; `session` is there once it was picked up."""

    state: CallState
    world: World
    answering: bool = False
    session: CallSession | None = None

    @property
    def waits(self) -> bool:
        """True while nobody has decided what becomes of it."""
        return self.state.live and self.session is None


class Reception:
    """Lets calls ring here, holds the carrier meanwhile, and does what somebody decides.

    Args:
        prompts, habits, tokens, bus, clock: as everywhere.
        taking_over: the microphone, for a person who answers.
        begin: is given the state of each call that begins to ring.
        join: makes a session of a call that is picked up.
    """

    def __init__(
        self,
        prompts: Prompts,
        habits: Habits,
        tokens: StreamTokens,
        bus: Bus,
        clock: Clock,
        taking_over: TakingOver,
        begin: Callable[[CallState], None],
        join: Callable[[CallState, PickedUp], CallSession],
    ) -> None:
        self._prompts = prompts
        self.habits = habits
        self._tokens = tokens
        self._bus = bus
        self._clock = clock
        self._taking_over = taking_over
        self._begin = begin
        self._join = join
        self._calls: dict[str, _Ringing] = {}
        self._turned_away: deque[str] = deque(maxlen=TURNED_AWAY_KEPT)

    def knows(self, call_sid: str) -> bool:
        """True for a call that came in here, whatever became of it."""
        return call_sid in self._calls or call_sid in self._turned_away

    def forget(self, call_sid: str) -> None:
        """The call is over long since."""
        self._calls.pop(call_sid, None)

    # What the carrier says --------------------------------------------------------------------

    async def called(self, call: IncomingCall, world: World | None, lines: int) -> IncomingReply:
        """Somebody calls: what the carrier is to do, at the latest after `HOLD_S`.

        The carrier asks as long as it is told to let the call ring on.

        Args:
            call: who calls.
            world: where calls run; None turns it away.
            lines: how many more calls can be carried.
        """
        ringing = self._calls.get(call.sid)
        if ringing is None:
            if self.habits.incoming is Incoming.OFF or world is None:
                self._turned_away.append(call.sid)
                logger.info("call %s was turned away: incoming calls are off", call.sid)
                off = self.habits.incoming is Incoming.OFF
                return IncomingReply(Reply.REJECT if off else Reply.BUSY)
            ringing = self._ring(call, world, lines)
        await ringing.state.changes.until(lambda: not ringing.waits, HOLD_S)
        return self._reply(ringing)

    def reported(self, report: CarrierReport) -> bool:
        """Take in a report on a call that rings here; False where it is no such call."""
        ringing = self._calls.get(report.call_sid)
        if ringing is None or ringing.session is not None:
            return False
        ringing.state.take(report)
        return True

    # What somebody decides --------------------------------------------------------------------

    async def answer(self, call_sid: str, answerer: Answerer, prompt: str | None) -> None:
        """Pick up: the AI is opened first, so that nobody is greeted by silence.

        Raises:
            ProblemError: it does not ring any more, or the AI, the prompt or the microphone is
                missing; in these cases it goes on ringing.
        """
        ringing = self._waiting(call_sid)
        if ringing.answering:
            raise ProblemError(refusals.BEING_ANSWERED)
        ringing.answering = True
        try:
            if answerer is Answerer.OPERATOR:
                await self._taking_over.prepare(call_sid)
            picked_up = await self._prepared(ringing, answerer, prompt)
        except BaseException:
            self._taking_over.end(call_sid)
            raise
        finally:
            ringing.answering = False
        if not ringing.waits:
            self._taking_over.end(call_sid)
            await picked_up.agent.close()
            raise ProblemError(refusals.NOT_RINGING)
        ringing.state.change(prompt=picked_up.prompt.name)
        session = self._join(ringing.state, picked_up)
        self._taking_over.attach(call_sid, session.operator)
        ringing.session = session
        session.acted(words.ANSWERED if answerer is Answerer.OPERATOR else words.AI_ANSWERED)
        ringing.state.changes.happened()

    def decline(self, call_sid: str) -> None:
        """Refuse the call: the caller hears an engaged tone. Raises `ProblemError`."""
        self._end(self._waiting(call_sid), Ending(Outcome.DECLINED, EndedBy.OPERATOR))

    def _waiting(self, call_sid: str) -> _Ringing:
        ringing = self._calls.get(call_sid)
        if ringing is None or not ringing.waits:
            raise ProblemError(refusals.NOT_RINGING)
        return ringing

    async def _prepared(self, ringing: _Ringing, answerer: Answerer, name: str | None) -> PickedUp:
        prompt = checked(self._prompts.read(name or self.habits.default_prompt))
        brief = AgentBrief(prompt, tool_specs(prompt.abilities))
        agent = await ringing.world.agent.open(brief)
        return PickedUp(ringing.world, brief.prompt, agent, answerer)

    # Ringing ----------------------------------------------------------------------------------

    def _ring(self, incoming: IncomingCall, world: World, lines: int) -> _Ringing:
        now = self._clock.now()
        call = Call(
            sid=incoming.sid,
            to=incoming.to,
            from_number=incoming.from_number,
            prompt="",
            line=world.line,
            placed_at=now,
            direction=Direction.INCOMING,
            phase=Phase.RINGING,
            rang_at=now,
        )
        state = first_state(call, self._bus, self._clock, self.habits)
        ringing = self._calls[call.sid] = _Ringing(state, world)
        self._begin(state)
        self._bus.publish(events.IncomingCallRang(call_sid=call.sid, at=now, call=call))
        if lines > 0:
            tasks.start(self._watch(ringing), name="incoming call")
        else:
            full = Ending(Outcome.BUSY, EndedBy.CONSOLE, refusals.NO_LINE_FOR_CALLER)
            self._end(ringing, full)
        return ringing

    def _reply(self, ringing: _Ringing) -> IncomingReply:
        if ringing.waits:
            return IncomingReply(Reply.RING_ON)
        if ringing.state.going_on:
            return IncomingReply(Reply.CONNECT, self._tokens.mint(ringing.state.call.sid))
        return IncomingReply(Reply.BUSY)

    async def _watch(self, ringing: _Ringing) -> None:
        """Until it is picked up or over: nobody rings for ever, and callers leave."""
        loop = asyncio.get_running_loop()
        until = loop.time() + RING_S
        while ringing.waits:
            left_s = until - loop.time()
            if left_s <= 0 and not ringing.answering:
                self._end(ringing, Ending(Outcome.MISSED, EndedBy.CONSOLE))
                return
            wait_s = min(LOOK_EVERY_S, left_s) if left_s > 0 else LOOK_EVERY_S
            if not await ringing.state.changes.until(lambda: not ringing.waits, wait_s):
                await self._look(ringing)
        session = ringing.session
        if session is not None and not await self._connected(ringing.state):
            await session.hang_up(Ending(Outcome.FAILED, EndedBy.CONSOLE, words.NOT_CONNECTED))

    async def _look(self, ringing: _Ringing) -> None:
        """Ask the carrier whether the caller is still there."""
        try:
            report = await ringing.world.carrier.fetch_call(ringing.state.call.sid)
        except ProblemError as error:
            logger.warning("an incoming call could not be looked up: %s", error.problem.code)
            return
        if ringing.waits:
            ringing.state.take(report)

    async def _connected(self, state: CallState) -> bool:
        """False where the audio of a call that was picked up does not come."""
        return await state.changes.until(
            lambda: not state.live or state.call.answered_at is not None, CONNECT_S
        )

    def _end(self, ringing: _Ringing, ending: Ending) -> None:
        ringing.state.requested = ending
        ringing.state.end(ending)
