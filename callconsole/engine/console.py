"""The façade that a front end drives: place a call, watch it, listen, hang up, stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from callconsole.audio.meter import FLOOR_DBFS
from callconsole.domain import events
from callconsole.domain.abilities import TransferTarget
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, Phase
from callconsole.domain.costs import Cost
from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.incoming import Answerer, IncomingCall, IncomingReply, Reply
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.domain.record import CallPage, CallQuery, CallRecord, Recorded
from callconsole.domain.sound import SoundDevices
from callconsole.domain.transcript import Turn
from callconsole.engine import refusals, tasks
from callconsole.engine.bus import Bus, Listener
from callconsole.engine.call_state import CallState, first_state
from callconsole.engine.dialling import DialSteps, OnStep
from callconsole.engine.listening import Listening
from callconsole.engine.placing import Accepted, Placing
from callconsole.engine.ports import (
    AgentSession,
    AnswerVerdict,
    CarrierReport,
    Clock,
    History,
    MediaLine,
    Microphone,
    Prompts,
    Speaker,
)
from callconsole.engine.reception import PickedUp, Reception
from callconsole.engine.recorder import Recordings
from callconsole.engine.session import CallSession, Joined
from callconsole.engine.sound_choice import SoundChoice
from callconsole.engine.starring import Starring
from callconsole.engine.stream_tokens import StreamTokens
from callconsole.engine.taking_over import TakingOver
from callconsole.engine.world import STARTING, STOPPING, Habits, World

STOP_S = 3.0
# Ended calls that can still be looked at; older ones are known by their recordings only.
KEPT_CALLS = 200
# Calls go on without these.
_DISPENSABLE = frozenset({Service.SOUND, Service.HISTORY})


class Console:
    """Owns every call; implements `ports.Switchboard` for the web server as well."""

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
        self._states: dict[str, CallState] = {}
        self._sessions: dict[str, CallSession] = {}
        self._tokens = StreamTokens()
        self._placing = Placing(prompts, habits, self._tokens, clock)
        self._services: dict[Service, ServiceChanged] = {}
        self._checked: tuple[Problem, ...] = ()
        self._stopping = False
        self._focus: str | None = None
        self._listening = Listening(speaker, self.report_service)
        self._taking_over = TakingOver(microphone)
        self._starring = Starring(history, self._bus, clock)
        self._reception = Reception(
            prompts,
            habits,
            self._tokens,
            self._bus,
            clock,
            self._taking_over,
            begin=self._know,
            join=self._pick_up,
        )
        self._sound = SoundChoice(speaker, microphone)
        self._bus.subscribe(self._follow)

    # Joining ----------------------------------------------------------------------------------

    def connect(self, world: World | None) -> None:
        """Let calls run in this world from now on; None: in none.

        Raises RuntimeError while calls live.
        """
        if self.live_calls():
            raise RuntimeError("the world cannot change under live calls")
        self._world = world
        self._checked = ()

    def report_findings(self, in_the_way: Sequence[Problem]) -> None:
        """What a check-up of this line has found that forbids calls; empty where nothing does."""
        self._checked = tuple(in_the_way)

    def report_service(self, change: ServiceChanged) -> None:
        """A part came up or went down: remembered for the status bar, and told to everybody."""
        self._services[change.service] = change
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
        return dict(self._services)

    def obstacles(self) -> list[Problem]:
        """Why a call cannot start now; empty where one can."""
        if self._stopping:
            return [STOPPING]
        if self._world is None:
            return [STARTING]
        failed = [
            change.problem
            for service, change in self._services.items()
            if service not in _DISPENSABLE
            and change.state is ServiceState.FAILED
            and change.problem is not None
        ]
        found = [*self._world.obstacles, *failed]
        known = {problem.code for problem in found}
        return [*found, *(problem for problem in self._checked if problem.code not in known)]

    def call(self, call_sid: str) -> Call | None:
        """The call's present state, or None."""
        state = self._states.get(call_sid)
        return state.call if state is not None else None

    def turns(self, call_sid: str) -> list[Turn]:
        """The call's transcript so far; empty for an unknown call."""
        session = self._sessions.get(call_sid)
        return session.turns if session is not None else []

    def figures(self, call_sid: str) -> dict[str, Any] | None:
        """What was counted during the call (`CallFigures.as_json`), or None."""
        state = self._states.get(call_sid)
        return state.figures.as_json() if state is not None else None

    def cost(self, call_sid: str) -> Cost | None:
        """What the call costs so far, an estimate; None for an unknown call or without prices."""
        state = self._states.get(call_sid)
        return state.figures.meter.cost(self._clock.now()) if state is not None else None

    def calls(self) -> list[Call]:
        """Every call since the start, newest last."""
        return [state.call for state in self._states.values()]

    def live_calls(self) -> list[Call]:
        """Calls that have not ended, oldest first."""
        return [state.call for state in self._states.values() if state.live]

    def lines_free(self) -> int:
        """How many more calls can be placed now."""
        return self._placing.lines_free(self.live_calls())

    @property
    def heard(self) -> str | None:
        """The call that listening plays: the one the operator speaks to, else the focused one."""
        return self._taking_over.call_sid or self._focus

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Be told of every event; call the result to stop."""
        return self._bus.subscribe(listener)

    def set_recording(self, on: bool) -> None:
        """Record the calls placed from now on, or do not."""
        self._record = on

    def listen(self, on: bool) -> None:
        """Play the focused call on this computer, or stop."""
        self._listening.listen(on)

    def pause_listening(self, on: bool) -> None:
        """Play nothing of the focused call for a while, as while something else is heard."""
        self._listening.pause(on)

    def set_volume(self, fraction: float) -> None:
        """Loudness of listening, 0 to 1."""
        self._listening.set_volume(fraction)

    def set_balance(self, position: float) -> None:
        """Of listening: -1 is the caller alone, 0 both alike, 1 the agent alone."""
        self._listening.set_balance(position)

    def choose_speaker(self, device: str | None) -> None:
        """Listen on this `SoundDevice.id` from now on, None: on the system's default."""
        self._listening.choose(device)

    def choose_microphone(self, device: str | None) -> None:
        """Speak through this `SoundDevice.id`, None: the default, from the next time on."""
        self._sound.choose_microphone(device)

    async def sound_devices(self) -> SoundDevices:
        """What can be chosen; looked for anew where nothing is open."""
        return await self._sound.devices()

    def listening_problem(self) -> Problem | None:
        """Why listening does not work, or None."""
        sound = self._services.get(Service.SOUND)
        found = sound.problem if sound is not None else None
        return self._listening.problem or found

    def health(self) -> dict[str, object]:
        """JSON-ready state for ``GET /health``."""
        obstacles = self.obstacles()
        return {
            "status": "ok" if not obstacles else "not ready",
            "version": self._version,
            "line": self.line,
            "liveCalls": len(self.live_calls()),
            "services": {
                service.value: {
                    "state": change.state.value,
                    "detail": change.problem.title if change.problem else change.detail,
                }
                for service, change in self._services.items()
            },
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

    def focus(self, call_sid: str | None) -> None:
        """Listen to this live call from now on; None, or a call that has ended: to none.

        A call that the operator speaks to is heard all the same until it is handed back. A new
        call takes the focus by itself only where no call has it.
        """
        call = self.call(call_sid) if call_sid is not None else None
        self._focus = call.sid if call is not None and call.live else None
        self._listening.focus(self.heard)

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
        if call_sid in self._states and call_sid not in self._sessions:
            if self._states[call_sid].live:
                self.decline_incoming(call_sid)
            return
        session = self._known(call_sid)
        if session.call.live:
            session.acted("hung up")
        waiting = session.call.phase in (Phase.QUEUED, Phase.RINGING)
        outcome = Outcome.CANCELED if waiting else Outcome.COMPLETED
        if waiting and session.call.incoming:
            outcome = Outcome.DECLINED
        await session.hang_up(Ending(outcome, EndedBy.OPERATOR))

    def judge_answer(self, call_sid: str, answered_by: AnsweredBy) -> None:
        """The operator says who answered; that wins over every other verdict, at any time.

        Raises `ProblemError` for a name that is no call of ours.
        """
        self._known(call_sid).judge_answer(answered_by)

    def whisper(self, call_sid: str, text: str) -> None:
        """Tell the agent something that the callee does not hear. Raises `ProblemError`."""
        self._known(call_sid).operator.whisper(text)

    def say(self, call_sid: str, text: str) -> None:
        """Have the agent say exactly this sentence now. Raises `ProblemError`."""
        self._known(call_sid).operator.say(text)

    async def take_over(self, call_sid: str) -> None:
        """The callee hears the operator from now on, and the agent no more.

        Raises `ProblemError`: there is no microphone; then the agent goes on.
        """
        try:
            await self._taking_over.begin(call_sid, self._known(call_sid).operator)
        finally:
            self._listening.focus(self.heard)

    def hand_back(self, call_sid: str, note: str) -> None:
        """The agent goes on, and knows of `note`. Raises `ProblemError`."""
        if self._known(call_sid).call.rings_here:
            # It is about to be picked up by the operator: somebody has to be there.
            raise ProblemError(refusals.NOT_ANSWERED)
        self._taking_over.end(call_sid, note)
        self._listening.focus(self.heard)

    def mute_agent(self, call_sid: str, on: bool) -> None:
        """The callee does not hear the agent, or does again. Raises `ProblemError`."""
        self._known(call_sid).operator.mute_agent(on=on)

    def mute_caller(self, call_sid: str, on: bool) -> None:
        """The agent does not hear the callee, or does again. Raises `ProblemError`."""
        self._known(call_sid).operator.mute_caller(on=on)

    def hold(self, call_sid: str, on: bool) -> None:
        """The callee hears the hold sound, or the agent again. Raises `ProblemError`."""
        self._known(call_sid).operator.hold(on=on)

    def mute_operator(self, call_sid: str, on: bool) -> None:
        """The callee hears silence in place of the operator, or them again.

        Raises `ProblemError`: the operator is not on the line.
        """
        self._known(call_sid).operator.mute_operator(on=on)

    def transfer_targets(self, call_sid: str) -> tuple[TransferTarget, ...]:
        """Whom the call's prompt passes calls on to; empty for an unknown call."""
        session = self._sessions.get(call_sid)
        return session.transfer_targets if session is not None else ()

    async def transfer_call(self, call_sid: str, to: str, note: str = "") -> None:
        """Pass a call on; returns once the carrier does it.

        Args:
            call_sid: the call.
            to: the name of somebody whom its prompt passes calls on to, or a number as typed.
            note: what they are told before they talk.

        Raises:
            ProblemError: the number is none to pass on to, or the call cannot be passed on; then
                it goes on as it was.
        """
        await self._known(call_sid).transfer(to, note)

    async def star_moment(
        self, call_sid: str, turn_id: int | None = None, *, starred: bool = True
    ) -> None:
        """Star a turn of a live or kept call, or take its star away; the record tells of it.

        Args:
            call_sid: the call.
            turn_id: the turn; None for what is being said at this moment, or was said last.
            starred: False takes the star away.

        Raises `ProblemError`: there is no such call, or no such turn in it.
        """
        await self._starring.star(call_sid, self._sessions.get(call_sid), turn_id, starred=starred)

    async def recorded_so_far(self, call_sid: str) -> Recorded | None:
        """What can be read of a live call's recording, to this moment; None without one."""
        session = self._sessions.get(call_sid)
        return await session.recorded_so_far() if session is not None else None

    def microphone_dbfs(self) -> float:
        """Loudness of what the operator sends, -90 to 0; -90 while that is nothing."""
        call = self.call(self._taking_over.call_sid or "")
        return FLOOR_DBFS if call is None or call.operator_muted else self._taking_over.dbfs

    async def press_keys(self, call_sid: str, digits: str) -> None:
        """Send tones to the other end for the operator. Raises `ProblemError`."""
        await self._known(call_sid).press_keys(digits)

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
        self._stopping = True
        try:
            async with asyncio.timeout(STOP_S):
                await asyncio.gather(*(self.hang_up(call.sid) for call in self.live_calls()))
                for session in self._sessions.values():
                    await session.closed.wait()
        except TimeoutError:
            # The carrier was asked to end them and does not say that it has.
            for session in self._sessions.values():
                session.give_up()
        self._recordings.close()
        await self._listening.close()
        await self._taking_over.close()

    # What the outside reports (ports.Switchboard) ----------------------------------------------

    def knows(self, call_sid: str) -> bool:
        """True for our calls, and for any name while one of ours is still being named."""
        known = call_sid in self._states or self._reception.knows(call_sid)
        return known or self._placing.in_flight

    async def incoming_call(self, call: IncomingCall) -> IncomingReply:
        """Somebody calls our number, or still does: what the carrier is to do now."""
        if self._stopping:
            return IncomingReply(Reply.BUSY)
        return await self._reception.called(call, self._world, self.lines_free())

    def stream_token(self, call_sid: str) -> str | None:
        """A fresh one-time stream token for a live call, else None."""
        call = self.call(call_sid)
        return self._tokens.mint(call_sid) if call is not None and call.live else None

    async def admit(self, call_sid: str, token: str) -> bool:
        """Spend a stream token; waits shortly for a call that is still being named."""
        while call_sid not in self._sessions and self._placing.in_flight:
            await self._placing.wait_for_name()
        call = self.call(call_sid)
        return call is not None and call.live and self._tokens.spend(token, call_sid)

    def call_answered(self, call_sid: str, verdict: AnswerVerdict | None) -> str | None:
        """Strict detection: a one-time token to open a stream, or None to hang up."""
        session = self._sessions.get(call_sid)
        return session.call_answered(verdict) if session is not None else None

    def stream_ended(self, call_sid: str) -> str | None:
        """The carrier lost a call's stream: a token to open another, or None to hang up."""
        session = self._sessions.get(call_sid)
        return session.stream_ended() if session is not None else None

    def transfer_answered(self, call_sid: str) -> str:
        """Whom the call is passed on to has picked up: what they are told."""
        session = self._sessions.get(call_sid)
        return session.transfer_answered() if session is not None else ""

    def transfer_ended(self, call_sid: str, *, reached: bool, status: str) -> str | None:
        """A transfer is over: a token to open a stream again, or None to hang up."""
        session = self._sessions.get(call_sid)
        if session is None:
            return None
        return session.transfer_ended(reached=reached, status=status)

    async def serve_line(self, line: MediaLine) -> None:
        """Carry the call over this stream until it ends."""
        session = self._sessions.get(line.call_sid)
        if session is None:
            await line.close()
            return
        await session.serve(line)

    def carrier_reported(self, report: CarrierReport) -> None:
        """Take in a status callback; one that outran the call's name waits for it."""
        session = self._sessions.get(report.call_sid)
        if session is not None:
            session.carrier_reported(report)
        elif not self._reception.reported(report):
            self._placing.keep(report)

    def answer_judged(self, verdict: AnswerVerdict) -> None:
        """Take in the carrier's answering-machine verdict."""
        session = self._sessions.get(verdict.call_sid)
        if session is not None:
            session.answer_judged(verdict)
        else:
            self._placing.keep(verdict)

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
        self._know(state)
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
        )
        session = CallSession(state, joined)
        session.add_tap(partial(self._listening.heard, state.call.sid))
        self._sessions[state.call.sid] = session
        return session

    def _know(self, state: CallState) -> None:
        self._states[state.call.sid] = state

    def _known(self, call_sid: str) -> CallSession:
        session = self._sessions.get(call_sid)
        if session is None and call_sid in self._states:
            raise ProblemError(refusals.NOT_ANSWERED)
        if session is None:
            raise ProblemError(refusals.unknown(call_sid))
        return session

    def _follow(self, event: events.Event) -> None:
        if isinstance(event, events.CallQueued):
            if self._focus is None:
                self.focus(event.call_sid)
        elif isinstance(event, events.CallEnded):
            self._tokens.forget(event.call_sid)
            self._taking_over.end(event.call_sid)
            if event.call_sid == self._focus:
                live = [call.sid for call in self.live_calls() if not call.rings_here]
                self._focus = live[-1] if live else None
            self._listening.focus(self.heard)
            self._forget_old()
        elif isinstance(event, events.TransferBegan):
            self._taking_over.leave(event.call_sid)
        elif isinstance(event, events.TransferEnded) and not event.reached:
            call = self.call(event.call_sid)
            if call is not None and call.taken_over:
                tasks.start(self._come_back(event.call_sid), name="back on the line")

    async def _come_back(self, call_sid: str) -> None:
        """Nobody was reached: the operator who passed the call on has it again, or the agent."""
        try:
            await self.take_over(call_sid)
        except ProblemError:
            self._known(call_sid).operator.hand_back("")

    def _forget_old(self) -> None:
        ended = [sid for sid, state in self._states.items() if not state.live]
        for sid in ended[:-KEPT_CALLS]:
            self._forget(sid)

    def _forget(self, call_sid: str) -> None:
        self._states.pop(call_sid, None)
        self._sessions.pop(call_sid, None)
        self._reception.forget(call_sid)
