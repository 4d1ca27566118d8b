"""An engine for the window's tests: does nothing until told what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from callconsole.domain import events
from callconsole.domain.abilities import USUAL, Abilities
from callconsole.domain.answering import AnsweredBy, JudgedBy, Weighing
from callconsole.domain.call import (
    Call,
    Direction,
    EndedBy,
    Ending,
    Floor,
    Outcome,
    Phase,
    answered,
    ended,
    rung,
)
from callconsole.domain.costs import (
    CarrierPrices,
    Cost,
    Prices,
    TokenPrices,
    Tokens,
    Used,
    cost_of,
)
from callconsole.domain.dialling import DialError, Step, StepResult, StepState
from callconsole.domain.incoming import Answerer
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt, missing
from callconsole.domain.sound import SoundDevices
from callconsole.domain.transcript import Turn
from callconsole.viewmodels.desk import PracticeCallee
from fakes.kept_calls import KeptCalls
from fakes.stepping_in import SteppingIn

CALLEES = (
    PracticeCallee("+14155550101", "Answers", "Answers after two rings and talks.", "user"),
    PracticeCallee("+14155550102", "Interrupts", "Cuts in while the AI speaks.", "scissors"),
    PracticeCallee("+14155550103", "Busy", "Is on another call.", "phone-x"),
    PracticeCallee("+14155550104", "No answer", "Rings until we give up.", "phone-slash"),
    PracticeCallee("+14155550105", "Declined", "Looks at the phone and declines.", "x-circle"),
    PracticeCallee("+14155550106", "Voicemail", "A greeting, then a beep.", "voicemail"),
    PracticeCallee("+14155550107", "Wrong number", "Does not know the person.", "user-minus"),
    PracticeCallee("+14155550108", "Unreachable", "A number not in service.", "warning"),
)
CROWD = CALLEES + tuple(
    PracticeCallee(f"+141555501{number}", f"Callee {number}", "Says what it was told to.", "user")
    for number in range(10, 22)
)
CALLERS = (
    PracticeCallee("+14155550131", "A patient", "Wants another appointment.", "phone-incoming"),
    PracticeCallee("+14155550132", "Gives up", "Hangs up after five rings.", "phone-incoming"),
    PracticeCallee("+266696687", "Number withheld", "The same patient.", "phone-incoming"),
)
SID = "CA" + "0" * 32
PRICES = Prices(
    date(2026, 9, 18),
    "calls within the United States",
    "USD",
    CarrierPrices(
        Decimal("0.014"),
        Decimal("0.0044"),
        Decimal("0.0075"),
        Decimal("0.014"),
        Decimal("0.0085"),
    ),
    {"usual": TokenPrices(Decimal("0.75"), Decimal(3), Decimal("4.5"), Decimal(12))},
)
# Three minutes begun, 0.0552, detection 0.0075, and 0.0465 for the AI.
USED = Used(
    talked_s=161.0, streamed_s=160.0, detections=1,
    tokens=Tokens(text_in=6000, audio_in=9000, audio_out=1250),
)  # fmt: skip
START = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)


class FakePrompts:
    def __init__(self, texts: dict[str, str] | None = None) -> None:
        self.texts = texts or {
            "appointment_reminder": "# Who you are\nYou are Ada, calling {{customer_name}}.\n",
            "order_status": "Tell the caller where the order is.\n",
            "survey_short": "Ask three questions.\n",
        }
        self.abilities: dict[str, Abilities] = {}

    def names(self) -> list[str]:
        return sorted(self.texts)

    def read(self, name: str) -> Prompt:
        if name not in self.texts:
            raise missing(name, "prompts")
        return Prompt(name, self.texts[name], self.abilities.get(name, USUAL))

    def write(self, prompt: Prompt) -> None:
        self.texts[prompt.name] = prompt.text
        self.abilities[prompt.name] = prompt.abilities


class FakeDesk(SteppingIn, KeptCalls):
    """`Desk` whose calls go as a test says.

    Attributes:
        orders: (number, prompt) of every place_call.
        hung_up: SIDs of every hang_up.
        judged: (SID, class) of every judge_answer.
        taken: (SID, who) of every answer_incoming; with what prompt in `taken_with`.
        untakeable: what answer_incoming raises, or None.
        gate: place_call waits here between its steps and its end, until it is set.
        refusal: what place_call raises, or None.
        lines: how many calls can live at one time.
        focused: what was asked to be heard last.
    """

    def __init__(self, line: str = "practice") -> None:
        self.line = line
        self.orders: list[tuple[str, str | None]] = []
        self.hung_up: list[str] = []
        self.judged: list[tuple[str, AnsweredBy]] = []
        self.taken: list[tuple[str, Answerer]] = []
        self.taken_with: list[str | None] = []
        self.untakeable: Problem | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.refusal: DialError | None = None
        self.blocked: list[Problem] = []
        self.found: list[Problem] = []
        self.lines = 3
        self.focused: str | None = None
        self.sound_problem: Problem | None = None
        self.recording = False
        self.listening = False
        self.paused = False
        self.volume = 0.0
        self.balance = 0.0
        self.speaker: str | None = None
        self.microphone: str | None = None
        self.sounds = SoundDevices()
        self.costs: dict[str, Cost] = {}
        self.now = START
        super().__init__()
        self.calls: dict[str, Call] = {}
        self.said: dict[str, list[Turn]] = {}
        self._listeners: list[Callable[[events.Event], None]] = []
        self._services: dict[events.Service, events.ServiceChanged] = {}

    async def talking(self) -> str:
        """A call that a person has answered; its SID."""
        call = await self.place_call("+14155550101")
        self.ring(call.sid)
        self.answer(call.sid)
        return call.sid

    # Desk -------------------------------------------------------------------------------------

    async def place_call(
        self,
        to: str,
        prompt: str | None = None,
        *,
        on_step: Callable[[StepResult], None] | None = None,
    ) -> Call:
        self.orders.append((to, prompt))
        for step in steps(self.refusal):
            if on_step is not None and step.state is not StepState.NOT_STARTED:
                on_step(step)
        await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        call = Call(
            sid=SID[:-2] + f"{len(self.orders):02d}",
            to=to,
            from_number="+16285550100",
            prompt=prompt or "appointment_reminder",
            line=self.line,
            placed_at=self.now,
        )
        self.begin(call)
        return call

    async def answer_incoming(
        self, call_sid: str, by: Answerer = Answerer.AGENT, prompt: str | None = None
    ) -> None:
        if self.untakeable is not None:
            raise ProblemError(self.untakeable)
        self.taken.append((call_sid, by))
        self.taken_with.append(prompt)

    def decline_incoming(self, call_sid: str) -> None:
        self.end(call_sid, Ending(Outcome.DECLINED, EndedBy.OPERATOR))

    async def hang_up(self, call_sid: str) -> None:
        self.hung_up.append(call_sid)

    async def hang_up_all(self) -> None:
        self.hung_up.extend(call.sid for call in self.live_calls())

    def live_calls(self) -> list[Call]:
        return [call for call in self.calls.values() if call.live]

    def lines_free(self) -> int:
        return self.lines - len(self.live_calls())

    def focus(self, call_sid: str | None) -> None:
        self.focused = call_sid

    @property
    def heard(self) -> str | None:
        spoken_to = (call.sid for call in self.live_calls() if call.taken_over)
        return next(spoken_to, self.focused)

    def judge_answer(self, call_sid: str, answered_by: AnsweredBy) -> None:
        self.judged.append((call_sid, answered_by))
        act = f"said: {answered_by}"
        self.publish(events.OperatorActed(call_sid=call_sid, at=self.now, act=act))
        self.judge(call_sid, answered_by, JudgedBy.OPERATOR, "The operator said so.")

    def call(self, call_sid: str) -> Call | None:
        return self.calls.get(call_sid)

    def cost(self, call_sid: str) -> Cost | None:
        return self.costs.get(call_sid)

    def turns(self, call_sid: str) -> list[Turn]:
        return self.said.get(call_sid, [])

    def subscribe(self, listener: Callable[[events.Event], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def services(self) -> dict[events.Service, events.ServiceChanged]:
        return dict(self._services)

    def obstacles(self) -> list[Problem]:
        return [*self.blocked, *self.found]

    def report_findings(self, in_the_way: Sequence[Problem]) -> None:
        self.found = list(in_the_way)

    def set_recording(self, on: bool) -> None:
        self.recording = on

    def listen(self, on: bool) -> None:
        self.listening = on

    def pause_listening(self, on: bool) -> None:
        self.paused = on

    def set_volume(self, fraction: float) -> None:
        self.volume = fraction

    def set_balance(self, position: float) -> None:
        self.balance = position

    def choose_speaker(self, device: str | None) -> None:
        self.speaker = device

    def choose_microphone(self, device: str | None) -> None:
        self.microphone = device

    async def sound_devices(self) -> SoundDevices:
        return self.sounds

    def listening_problem(self) -> Problem | None:
        return self.sound_problem

    # What a test says -------------------------------------------------------------------------

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def publish(self, event: events.Event) -> None:
        for listener in list(self._listeners):
            listener(event)

    def report(
        self,
        service: events.Service,
        state: events.ServiceState,
        detail: str = "",
        problem: Problem | None = None,
        round_trip_ms: int | None = None,
    ) -> None:
        change = events.ServiceChanged(
            service=service,
            state=state,
            detail=detail,
            problem=problem,
            round_trip_ms=round_trip_ms,
        )
        self._services[service] = change
        self.publish(change)

    def all_ready(self) -> None:
        for service, detail in (
            (events.Service.SERVER, "127.0.0.1:8080"),
            (events.Service.TUNNEL, "not needed"),
            (events.Service.CARRIER, "+1 628-555-0100"),
            (events.Service.AGENT, "Live ready"),
            (events.Service.SOUND, "USB headset"),
        ):
            self.report(service, events.ServiceState.READY, detail)

    def begin(self, call: Call) -> None:
        self.calls[call.sid] = call
        self.publish(events.CallQueued(call_sid=call.sid, at=call.placed_at, call=call))

    def call_in(self, sid: str, number: str = "+14155550131") -> str:
        """Somebody calls."""
        call = Call(
            sid,
            "+16285550100",
            number,
            "",
            self.line,
            self.now,
            direction=Direction.INCOMING,
            phase=Phase.RINGING,
            rang_at=self.now,
        )
        self.calls[sid] = call
        self.publish(events.IncomingCallRang(call_sid=sid, at=self.now, call=call))
        return sid

    def pick_up_caller(self, sid: str) -> None:
        """The audio of an answered call is there."""
        self.now += timedelta(seconds=1)
        by_you = (sid, Answerer.OPERATOR) in self.taken
        self.calls[sid] = replace(
            answered(self.calls[sid], self.now), prompt="appointment_reminder", taken_over=by_you
        )
        self.publish(events.CallAnswered(call_sid=sid, at=self.now))
        self.publish(events.StreamStarted(call_sid=sid, at=self.now, stream_sid="MZ1"))
        if by_you:
            self.publish(events.OperatorTookOver(call_sid=sid, at=self.now))

    def ring(self, sid: str) -> None:
        self.now += timedelta(seconds=1)
        self.calls[sid] = rung(self.calls[sid], self.now)
        self.publish(events.CallRinging(call_sid=sid, at=self.now))

    def answer(self, sid: str, by: AnsweredBy = AnsweredBy.PERSON) -> None:
        self.now += timedelta(seconds=1)
        self.calls[sid] = replace(answered(self.calls[sid], self.now), answered_by=by)
        self.publish(events.CallAnswered(call_sid=sid, at=self.now))
        self.publish(events.StreamStarted(call_sid=sid, at=self.now, stream_sid="MZ1"))
        self.publish(
            events.AnswerJudged(call_sid=sid, at=self.now, answered_by=by, reason="speech")
        )

    def pick_up(self, sid: str) -> None:
        """Something answers, and it is not decided what."""
        self.now += timedelta(seconds=1)
        self.calls[sid] = replace(answered(self.calls[sid], self.now), deciding=True)
        self.publish(events.CallAnswered(call_sid=sid, at=self.now))
        self.publish(events.StreamStarted(call_sid=sid, at=self.now, stream_sid="MZ1"))

    def weigh(self, sid: str, weighing: Weighing) -> None:
        """What is known at this moment after the answer."""
        picked_up = self.calls[sid].answered_at
        assert picked_up is not None
        self.now = picked_up + timedelta(milliseconds=weighing.elapsed_ms)
        self.publish(events.AnswerWeighed(call_sid=sid, at=self.now, weighing=weighing))

    def judge(
        self,
        sid: str,
        answered_by: AnsweredBy,
        by: JudgedBy = JudgedBy.EAR,
        reason: str = "Short greeting, then a pause.",
        after_ms: int = 1100,
        obeyed: bool = True,
    ) -> None:
        """It is decided who answered, or corrected."""
        if obeyed:
            self.calls[sid] = replace(
                self.calls[sid], deciding=False, answered_by=answered_by, judged_by=by
            )
        self.publish(
            events.AnswerJudged(
                call_sid=sid,
                at=self.now,
                answered_by=answered_by,
                reason=reason,
                by=by,
                after_ms=after_ms,
                obeyed=obeyed,
            )
        )

    def floor(self, sid: str, floor: Floor, after_s: float = 0.5) -> None:
        self.now += timedelta(seconds=after_s)
        self.publish(events.FloorChanged(call_sid=sid, at=self.now, floor=floor))

    def hand_floor(self, sid: str, floor: Floor, after_s: float = 0.5) -> None:
        """As the engine does it: the call has changed when the event comes."""
        self.calls[sid] = replace(self.calls[sid], floor=floor)
        self.floor(sid, floor, after_s)

    def lose_sound(self, sid: str) -> None:
        """The stream is gone for the moment."""
        self.calls[sid] = replace(self.calls[sid], away=True)
        self.publish(events.StreamStopped(call_sid=sid, at=self.now))

    def reply(self, sid: str, delay_ms: int) -> None:
        self.publish(events.AgentHeard(call_sid=sid, at=self.now, delay_ms=delay_ms))

    def gap(self, sid: str, gap_ms: int) -> None:
        self.publish(events.SpeechGapped(call_sid=sid, at=self.now, gap_ms=gap_ms))

    def connected(self, sid: str, age_s: float) -> None:
        """The agent's connection is this old now."""
        self.publish(
            events.AgentSessionAged(
                call_sid=sid, at=self.now, age_s=age_s, renewed_from_s=540, renewed_by_s=597
            )
        )

    def spend(self, sid: str, used: Used = USED) -> None:
        """The call has used so much."""
        charged = self.line == "phone"
        self.costs[sid] = cost_of(used, PRICES, "gemini-3.8-live", charged=charged)
        self.publish(events.UsageMeasured(call_sid=sid, at=self.now, tokens=used.tokens))

    def put_turn(self, sid: str, turn: Turn) -> None:
        turns = [old for old in self.said.get(sid, []) if old.id != turn.id]
        self.said[sid] = [*turns, turn]
        self.publish(events.TurnChanged(call_sid=sid, at=self.now, turn=turn))

    def levels(
        self,
        sid: str,
        caller: float,
        agent: float,
        buffered_ms: int = 120,
        round_trip_ms: int | None = 84,
    ) -> None:
        self.publish(
            events.LevelsMeasured(
                call_sid=sid,
                at=self.now,
                caller_dbfs=caller,
                agent_dbfs=agent,
                buffered_ms=buffered_ms,
                round_trip_ms=round_trip_ms,
            )
        )

    def end(self, sid: str, ending: Ending) -> None:
        self.now += timedelta(seconds=1)
        self.calls[sid] = ended(self.calls[sid], ending, self.now)
        self.publish(events.CallEnded(call_sid=sid, at=self.now, ending=ending))

    def save_recording(self, sid: str, path: str) -> None:
        self.calls[sid] = replace(self.calls[sid], recording=path)
        self.publish(events.RecordingSaved(call_sid=sid, at=self.now, path=path, duration_s=12.0))

    @property
    def live_sid(self) -> str:
        return self.live_calls()[-1].sid


def steps(refusal: DialError | None = None) -> tuple[StepResult, ...]:
    """The steps of a dialling: of a refused one as they are, else all five done."""
    if refusal is not None:
        return refusal.steps
    details = ("United States", "appointment_reminder", "not needed", "Live ready", "accepted")
    return tuple(
        StepResult(step, StepState.OK, detail, START + timedelta(milliseconds=200 * index))
        for index, (step, detail) in enumerate(zip(Step, details, strict=True))
    )


def refused(problem: Problem, at: Step) -> DialError:
    """A dialling that stopped at this step."""
    results = []
    stopped = False
    for done in steps():
        if done.step is at:
            results.append(replace(done, state=StepState.FAILED, detail=problem.title))
            stopped = True
        elif stopped:
            results.append(StepResult(done.step, StepState.NOT_STARTED, "", None))
        else:
            results.append(done)
    return DialError(problem, tuple(results))
