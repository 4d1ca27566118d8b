"""The call that the centre shows: its stage, words, clock, levels, counts, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum

from PySide6.QtCore import QObject, Signal

from callconsole.domain import events
from callconsole.domain.call import Call, Outcome, Phase
from callconsole.domain.costs import Cost
from callconsole.domain.dialling import StepResult
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine import tasks
from callconsole.viewmodels import failure, headline
from callconsole.viewmodels.call_clock import CallClock
from callconsole.viewmodels.call_marks import mark_of
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.dialler import Attempt, DialFailure
from callconsole.viewmodels.failure import Failure
from callconsole.viewmodels.figures import Figures
from callconsole.viewmodels.headline import Headline
from callconsole.viewmodels.operator_deeds import DeedLines
from callconsole.viewmodels.operator_lines import tell
from callconsole.viewmodels.parties import Parties, Party
from callconsole.viewmodels.relay import Relay
from callconsole.viewmodels.transcript_model import TranscriptModel


class Stage(Enum):
    """Which page the centre shows."""

    IDLE = "idle"
    DIALLING = "dialling"
    LIVE = "live"
    ENDED = "ended"
    FAILED = "failed"


class LiveCall(QObject):
    """Follows one call at a time: the newest.

    Signals:
        changed: stage, call state, headline or steps.
        clock_changed: the clock's text.
        levels_changed: a `LevelsMeasured`.
        figures_changed: interruptions, reply times, gaps, tokens, the AI's connection.
        ended: the `Call` that ended.
    """

    changed = Signal()
    clock_changed = Signal(str)
    levels_changed = Signal(object)
    figures_changed = Signal()
    ended = Signal(object)

    def __init__(
        self,
        desk: Desk,
        relay: Relay,
        parties: Parties,
        recording_wanted: Callable[[], bool] = lambda: False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._recording_wanted = recording_wanted
        self._desk = desk
        self._parties = parties
        self.transcript = TranscriptModel(self)
        self._deeds = DeedLines()
        self.call: Call | None = None
        self.attempt: Attempt | None = None
        self.failure: Failure | None = None
        self.trouble: Problem | None = None
        self._clock = CallClock(self)
        self._clock.changed.connect(self.clock_changed)
        self._reset()
        relay.call_event.connect(self._on_event)

    def _reset(self) -> None:
        self.call = None
        self.attempt = None
        self.failure = None
        self.trouble = None
        self.steps: list[StepResult] = []
        self.hanging_up = False
        self.sound = False
        self.recorded = self._recording_wanted()
        self.figures = Figures()
        self.stall = ""
        self._spoken: set[Speaker] = set()
        self._passed_on_to = ""
        self._deeds = DeedLines()
        self.transcript.clear()
        self._clock.reset()

    # What is shown ----------------------------------------------------------------------------

    @property
    def stage(self) -> Stage:
        """Which page fits now."""
        if self.failure is not None:
            return Stage.FAILED
        if self.call is not None:
            return Stage.LIVE if self.call.live else Stage.ENDED
        return Stage.DIALLING if self.attempt is not None else Stage.IDLE

    @property
    def live(self) -> bool:
        """True while something is dialling, ringing or talking."""
        return self.stage in (Stage.DIALLING, Stage.LIVE)

    @property
    def number(self) -> str | None:
        """The other end, E.164."""
        if self.call is not None:
            return self.call.to
        return self.attempt.number if self.attempt is not None else None

    @property
    def party(self) -> Party | None:
        """The other end in words."""
        return self._parties.party(self.number) if self.number is not None else None

    @property
    def headline(self) -> Headline:
        """The state in words, tone and symbol."""
        if self.call is None and self.failure is not None:
            perhaps = self.failure.perhaps_placed
            return headline.PERHAPS_PLACED if perhaps else headline.NOT_PLACED
        return headline.headline(
            self.call,
            dialling=self.attempt is not None,
            hanging_up=self.hanging_up,
            agent_spoke=Speaker.AGENT in self._spoken,
            passed_on_to=self._passed_on_to,
        )

    @property
    def cost(self) -> Cost | None:
        """What the call costs so far, an estimate; None where it is not known."""
        return self._desk.cost(self.call.sid) if self.call is not None else None

    @property
    def clock(self) -> str:
        """Talk time once answered, before that the time waited."""
        return self._clock.text

    @property
    def can_hang_up(self) -> bool:
        """True where pressing Hang up does something."""
        return self.live and not self.hanging_up

    # What is done -----------------------------------------------------------------------------

    def begin(self, attempt: Attempt) -> None:
        """The operator pressed Call."""
        self._reset()
        self.attempt = attempt
        self._clock.begin()
        self._announce()

    def add_step(self, step: StepResult) -> None:
        """A step of dialling was taken."""
        self.steps.append(step)
        self.changed.emit()

    def placed(self, call: Call) -> None:
        """The carrier accepted the call."""
        self._show(self._desk.call(call.sid) or call)

    def fail(self, failed: DialFailure) -> None:
        """The attempt rang nobody's phone."""
        self.steps = list(failed.steps)
        self.attempt = failed.attempt
        self._clock.stop()
        self.hanging_up = False
        self.failure = failure.of_dialling(failed)
        self._announce()

    def hang_up(self) -> None:
        """End the call; before the carrier named it, as soon as it does."""
        if not self.can_hang_up:
            return
        self.hanging_up = True
        self._announce()
        if self.call is not None:
            self._end(self.call.sid)

    def stop_clock(self) -> None:
        """The window closes: nothing ticks any more."""
        self._clock.stop()

    def dismiss(self) -> None:
        """Go back to the idle page after an ended or failed call."""
        if not self.live:
            self._reset()
            self._announce()

    def _end(self, call_sid: str) -> None:
        tasks.start(self._desk.hang_up(call_sid), on_error=self._on_hang_up_failed)

    def _on_hang_up_failed(self, error: BaseException) -> None:
        self.hanging_up = False
        title = error.problem.title if isinstance(error, ProblemError) else "Hanging up failed"
        self.note(title, "warning")
        self._announce()

    # What is heard ----------------------------------------------------------------------------

    def _show(self, call: Call) -> None:
        if (self.call is None and self.attempt is None) or (
            self.call is not None and self.call.sid != call.sid
        ):
            self._reset()
        first = self.call is None
        self.call = call
        self._clock.follow(call)
        if first:
            self._clock.start()
            self.transcript.set_started_at(call.answered_at)
            for turn in self._desk.turns(call.sid):
                self._put(turn)
            if self.hanging_up:
                self._end(call.sid)
        self._announce()

    def _on_event(self, event: events.CallEvent) -> None:
        if isinstance(event, events.CallQueued):
            if self.call is None or not self.call.live:
                self._show(self._desk.call(event.call_sid) or event.call)
            return
        if self.call is None or event.call_sid != self.call.sid:
            return
        match event:
            case events.LevelsMeasured():
                self.levels_changed.emit(event)
                return
            case events.AnswerWeighed():
                # The answer card tells of it, eight times a second.
                if self._desk.call(event.call_sid) == self.call:
                    return
            case events.TurnChanged(turn=turn):
                self._put(turn)
                if self.figures.turn_changed(turn):
                    self.figures_changed.emit()
                return
            case events.SpeechGapped():
                self.figures.gapped(event)
                self.figures_changed.emit()
                return
            case events.AgentSessionAged():
                self.figures.session = event
                self.figures_changed.emit()
                return
            case events.UsageMeasured():
                self.figures_changed.emit()
                return
            case events.AgentInterrupted():
                self.figures.interrupted(event)
                self.figures_changed.emit()
            case events.AgentHeard():
                self.stall = ""
                self.figures.heard(event)
                self.figures_changed.emit()
        self.call = self._desk.call(event.call_sid) or self.call
        self._clock.follow(self.call)
        self._take(event)
        self._announce()

    def _put(self, turn: Turn) -> None:
        self.transcript.put(turn)
        if turn.heard_chars != 0:
            self._spoken.add(turn.speaker)

    def _take(self, event: events.CallEvent) -> None:
        """Keep what the header and the strip show of it, and leave its line."""
        match event:
            case events.CallAnswered():
                self.transcript.set_started_at(event.at)
            case events.StreamStarted():
                self.sound = True
            case events.StreamStopped():
                self.sound = False
            case events.AgentStalled(stall=stall):
                self.stall = f"AI stalled: {stall}"
            case events.AgentLost(problem=problem):
                self.trouble = problem
            case events.TransferBegan(label=label):
                self._passed_on_to = label
            case events.CallEnded():
                self._on_ended()
        if self.call is not None:
            tell(self._deeds, self.transcript, event, self.call.duration_s(event.at))
        mark = mark_of(event)
        if mark is not None:
            self.note(mark.text, mark.icon, event.at)

    def _on_ended(self) -> None:
        call = self.call
        if call is None:
            return
        self.hanging_up = False
        self.sound = False
        self._clock.stop()
        self.note(self.headline.text, "phone-disconnect", call.ended_at)
        talked = call.answered_at is not None and bool(self._spoken)
        if call.ending is not None and call.ending.outcome in _REACHED_NOBODY and not talked:
            self.failure = failure.of_call(call, self.steps)
        self.ended.emit(call)

    def note(self, text: str, icon: str, at: datetime | None = None) -> None:
        """Add a line about the call to the transcript, at this time or now."""
        if self.call is not None:
            offset_s = self.call.duration_s(at or datetime.now(UTC))
            self.transcript.note(text, offset_s, icon)

    def _announce(self) -> None:
        self.changed.emit()
        self._clock.tick()

    @property
    def answered(self) -> bool:
        """True once somebody or something picked up."""
        return self.call is not None and self.call.answered_at is not None

    @property
    def ringing(self) -> bool:
        """True while the callee's phone rings."""
        return self.call is not None and self.call.phase is Phase.RINGING


_REACHED_NOBODY = frozenset({Outcome.BUSY, Outcome.NO_ANSWER, Outcome.DECLINED, Outcome.FAILED})
