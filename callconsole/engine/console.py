"""The façade that a front end drives: place a call, watch it, listen, hang up, stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from callconsole.domain import events
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, Phase
from callconsole.domain.costs import Cost
from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.incoming import Answerer, IncomingCall, IncomingReply, Reply
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.domain.record import CallPage, CallQuery, CallRecord
from callconsole.domain.transcript import Turn
from callconsole.engine import refusals
from callconsole.engine.at_the_desk import AtTheDesk
from callconsole.engine.bus import Bus, Listener
from callconsole.engine.call_state import CallState, first_state
from callconsole.engine.dialling import DialSteps, OnStep
from callconsole.engine.from_outside import FromOutside
from callconsole.engine.kept_calls import KeptCalls
from callconsole.engine.listening import Listening
from callconsole.engine.placing import Accepted, Placing
from callconsole.engine.ports import (
    AgentSession,
    CarrierReport,
    Clock,
    History,
    Microphone,
    Prompts,
    Speaker,
)
from callconsole.engine.reception import PickedUp, Reception
from callconsole.engine.recorder import Recordings
from callconsole.engine.session import CallSession, Joined
from callconsole.engine.sound_choice import SoundChoice
from callconsole.engine.standing import Standing
from callconsole.engine.starring import Starring
from callconsole.engine.stream_tokens import StreamTokens
from callconsole.engine.taking_over import TakingOver
from callconsole.engine.world import Habits, World

STOP_S = 3.0


class Console(AtTheDesk, FromOutside):
    """Owns every call; implements `ports.Switchboard` for the web server as well.

    What an operator does is in `AtTheDesk`, what a carrier drives in `FromOutside`.
    """

    def __init__(
        self,
        *,
        prompts: Prompts,
        clock: Clock,
        habits: Habits,
        recordings: Path,
        speaker: Speaker | None = None,
        microphone: Microphone | None = None,
        history: History,
        version: str = "",
    ) -> None:
        self._clock = clock
        self._habits = habits
        self._recordings = Recordings(recordings)
        self._history = history
        self._record = True
        self._version = version
        self._bus = Bus()
        self._world: World | None = None
        calls, tokens = KeptCalls(), StreamTokens()
        AtTheDesk.__init__(
            self,
            calls,
            Standing(),
            Listening(speaker, self.report_service),
            TakingOver(microphone),
            SoundChoice(speaker, microphone),
            Starring(history, self._bus, clock),
        )
        placing = Placing(prompts, habits, tokens, clock)
        reception = Reception(
            prompts,
            habits,
            tokens,
            self._bus,
            clock,
            self._taking_over,
            begin=calls.know,
            join=self._pick_up,
        )
        FromOutside.__init__(self, calls, placing, reception, tokens)
        self._bus.subscribe(self._follow)

    # Joining ----------------------------------------------------------------------------------

    def connect(self, world: World | None) -> None:
        """Let calls run in this world from now on; None: in none.

        Raises RuntimeError while calls live.
        """
        if self.live_calls():
            raise RuntimeError("the world cannot change under live calls")
        self._world = world
        self._standing.checked = ()

    def report_findings(self, in_the_way: Sequence[Problem]) -> None:
        """What a check-up of this line has found that forbids calls; empty where nothing does."""
        self._standing.checked = tuple(in_the_way)

    def report_service(self, change: ServiceChanged) -> None:
        """A part came up or went down: remembered for the status bar, and told to everybody."""
        self._standing.take(change)
        if change.service is Service.SOUND and change.state is ServiceState.READY:
            self._listening.problem = None
        self._bus.publish(change)

    # What a front end asks --------------------------------------------------------------------

    @property
    def line(self) -> str:
        """The world that calls run in: "practice" or "phone"."""
        return self._world.line if self._world is not None else "practice"

    def services(self) -> dict[Service, ServiceChanged]:
        """The last word of every part."""
        return self._standing.services()

    def obstacles(self) -> list[Problem]:
        """Why a call cannot start now; empty where one can."""
        return self._standing.obstacles(self._world)

    def call(self, call_sid: str) -> Call | None:
        """The call's present state, or None."""
        return self._calls.call(call_sid)

    def turns(self, call_sid: str) -> list[Turn]:
        """The call's transcript so far; empty for an unknown call."""
        session = self._calls.session(call_sid)
        return session.turns if session is not None else []

    def figures(self, call_sid: str) -> dict[str, Any] | None:
        """What was counted during the call (`CallFigures.as_json`), or None."""
        state = self._calls.state(call_sid)
        return state.figures.as_json() if state is not None else None

    def cost(self, call_sid: str) -> Cost | None:
        """What the call costs so far, an estimate; None for an unknown call or without prices."""
        state = self._calls.state(call_sid)
        return state.figures.meter.cost(self._clock.now()) if state is not None else None

    def calls(self) -> list[Call]:
        """Every call since the start, newest last."""
        return self._calls.calls()

    def live_calls(self) -> list[Call]:
        """Calls that have not ended, oldest first."""
        return self._calls.live()

    def lines_free(self) -> int:
        """How many more calls can be placed now."""
        return self._placing.lines_free(self.live_calls())

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Be told of every event; call the result to stop."""
        return self._bus.subscribe(listener)

    def set_recording(self, on: bool) -> None:
        """Record the calls placed from now on, or do not."""
        self._record = on

    def health(self) -> dict[str, object]:
        """JSON-ready state for ``GET /health``."""
        obstacles = self.obstacles()
        return {
            "status": "ok" if not obstacles else "not ready",
            "version": self._version,
            "line": self.line,
            "liveCalls": len(self.live_calls()),
            "services": self._standing.as_json(),
            "problems": [problem.sentence() for problem in obstacles],
        }

    # What a front end does --------------------------------------------------------------------

    def set_habits(self, habits: Habits) -> None:
        """Make the calls placed from now on this way; live ones go on as they began."""
        self._habits = habits
        self._placing.habits = habits
        self._reception.habits = habits

    async def place_call(
        self, to: str, prompt: str | None = None, *, on_step: OnStep | None = None
    ) -> Call:
        """Dial a number.

        Args:
            to: the number as typed.
            prompt: name of the prompt to follow; None for the default one.
            on_step: is told each step's outcome at once.

        Raises:
            DialError: a step failed; nobody's phone rang.
        """
        steps = DialSteps(self._clock, on_step)
        return self._begin(
            await self._placing.place(
                self._world, self.obstacles(), self.live_calls(), to, prompt, steps
            )
        ).call

    async def answer_incoming(
        self, call_sid: str, by: Answerer = Answerer.AGENT, prompt: str | None = None
    ) -> None:
        """Pick up a call that rings here; returns once the carrier is told to.

        Args:
            call_sid: the call.
            by: who speaks to the caller; where the operator does, the AI is there, silent.
            prompt: name of the prompt to follow; None for the default one.

        Raises:
            ProblemError: it does not ring any more, or cannot be answered so; then it rings on.
        """
        await self._reception.answer(call_sid, by, prompt)

    def decline_incoming(self, call_sid: str) -> None:
        """Refuse a call that rings here: the caller hears an engaged tone.

        Raises `ProblemError`: it does not ring any more.
        """
        self._reception.decline(call_sid)

    async def hang_up_all(self) -> None:
        """End every live call for the operator; returns when they are over.

        One that cannot be ended does not keep the others alive. Raises `ProblemError` for it.
        """
        ends = [self.hang_up(call.sid) for call in self.live_calls()]
        for end in await asyncio.gather(*ends, return_exceptions=True):
            if isinstance(end, BaseException):
                raise end

    async def hang_up(self, call_sid: str) -> None:
        """End a call for the operator; returns when it is over.

        Raises `ProblemError` for a name that is no call of ours.
        """
        call = self.call(call_sid)
        if call is not None and self._calls.session(call_sid) is None:
            if call.live:
                self.decline_incoming(call_sid)
            return
        session = self._calls.known(call_sid)
        if session.call.live:
            session.acted("hung up")
        waiting = session.call.phase in (Phase.QUEUED, Phase.RINGING)
        outcome = Outcome.CANCELED if waiting else Outcome.COMPLETED
        if waiting and session.call.incoming:
            outcome = Outcome.DECLINED
        await session.hang_up(Ending(outcome, EndedBy.OPERATOR))

    async def find_calls(self, query: CallQuery) -> CallPage:
        """Calls that are kept, newest first. Raises `ProblemError`."""
        return await self._history.find(query)

    async def call_record(self, call_sid: str) -> CallRecord | None:
        """Everything that is kept of one call, or None. Raises `ProblemError`."""
        await self._history.flush()
        return await self._history.record(call_sid)

    async def delete_call(self, call_sid: str) -> None:
        """Forget an ended call and delete its recording. Raises `ProblemError`."""
        record = await self._history.record(call_sid)
        call = self.call(call_sid)
        if call is not None and call.live:
            raise ProblemError(refusals.STILL_LIVE)
        if record is not None and record.call.recording is not None:
            await asyncio.to_thread(Path(record.call.recording).unlink, missing_ok=True)
        await self._history.delete(call_sid)
        self._forget(call_sid)

    async def stop(self) -> None:
        """No new calls; end the live ones, save recordings, let go of the sound device."""
        self._standing.stopping = True
        try:
            async with asyncio.timeout(STOP_S):
                await asyncio.gather(*(self.hang_up(call.sid) for call in self.live_calls()))
                for session in self._calls.sessions():
                    await session.closed.wait()
        except TimeoutError:
            # The carrier was asked to end them and does not say that it has.
            for session in self._calls.sessions():
                session.give_up()
        self._recordings.close()
        await self._listening.close()
        await self._taking_over.close()

    # What the outside reports (ports.Switchboard) ----------------------------------------------

    async def incoming_call(self, call: IncomingCall) -> IncomingReply:
        """Somebody calls our number, or still does: what the carrier is to do now."""
        if self._standing.stopping:
            return IncomingReply(Reply.BUSY)
        return await self._reception.called(call, self._world, self.lines_free())

    # Inside -----------------------------------------------------------------------------------

    def _begin(self, accepted: Accepted) -> CallSession:
        placed = accepted.placed
        call = Call(
            sid=placed.sid,
            to=accepted.number.e164,
            from_number=placed.from_number,
            prompt=accepted.prompt.name,
            line=accepted.world.line,
            placed_at=self._clock.now(),
        )
        state = first_state(call, self._bus, self._clock, self._habits)
        self._calls.know(state)
        session = self._join(state, accepted.world, accepted.prompt, accepted.agent)
        self._bus.publish(events.CallQueued(call_sid=call.sid, at=call.placed_at, call=call))
        session.begin()
        for report in self._placing.named(call.sid):
            if isinstance(report, CarrierReport):
                self.carrier_reported(report)
            else:
                self.answer_judged(report)
        return session

    def _pick_up(self, state: CallState, picked_up: PickedUp) -> CallSession:
        """An incoming call is answered."""
        world, answerer = picked_up.world, picked_up.answerer
        session = self._join(state, world, picked_up.prompt, picked_up.agent, answerer)
        session.begin()
        return session

    def _join(
        self,
        state: CallState,
        world: World,
        prompt: Prompt,
        agent: AgentSession,
        answerer: Answerer | None = None,
    ) -> CallSession:
        joined = Joined(
            carrier=world.carrier,
            agent=agent,
            prompt=prompt,
            bus=self._bus,
            clock=self._clock,
            habits=self._habits,
            tokens=self._tokens,
            recordings=self._recordings if self._record else None,
            answerer=answerer,
            scribes=world.agent if self._habits.transcribe_operator else None,
        )
        session = CallSession(state, joined)
        session.add_tap(partial(self._listen_to, session))
        self._calls.join(session)
        return session

    def _follow(self, event: events.Event) -> None:
        self._follow_at_desk(event)
        if isinstance(event, events.CallEnded):
            self._tokens.forget(event.call_sid)
            for sid in self._calls.too_old():
                self._forget(sid)

    def _forget(self, call_sid: str) -> None:
        self._calls.forget(call_sid)
        self._reception.forget(call_sid)
