"""The call that the centre shows, out of all that live: its words, clock, levels and counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer, Signal

from callconsole.domain import events
from callconsole.domain.call import Call, Phase
from callconsole.domain.costs import Cost
from callconsole.domain.dialling import StepResult
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.viewmodels import failure
from callconsole.viewmodels.call_view import FIGURES_ONLY, CallView, Remark, Stage
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.dialler import Attempt, DialFailure
from callconsole.viewmodels.failure import Failure
from callconsole.viewmodels.figures import Figures
from callconsole.viewmodels.headline import Headline
from callconsole.viewmodels.parties import Parties, Party
from callconsole.viewmodels.relay import Relay
from callconsole.viewmodels.transcript_model import TranscriptModel
from callconsole.viewmodels.transcript_writer import TranscriptWriter

__all__ = ["LiveCall", "Stage"]

TICK_MS = 200


class LiveCall(QObject):
    """Follows every call and shows one: what the operator dialled or chose last.

    A call from elsewhere is shown by itself only where no other lives in the centre, and nothing
    is while the operator is on the line. What happens in a call that is not shown is kept, and
    is there when it is shown again.

    Signals:
        changed: stage, call state, headline or steps of the call that is shown, or which one.
        calls_changed: the same of any call, shown or not.
        clock_changed: the clock's text.
        levels_changed: a `LevelsMeasured`.
        figures_changed: interruptions, reply times, gaps, tokens, the AI's connection.
        ended: a `Call` that ended, shown or not.
        failed_unseen: the `Problem` of an attempt that failed while another call was shown.
    """

    changed = Signal()
    calls_changed = Signal()
    clock_changed = Signal(str)
    levels_changed = Signal(object)
    figures_changed = Signal()
    ended = Signal(object)
    failed_unseen = Signal(object)

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
        self._writer = TranscriptWriter(self.transcript)
        self._view = CallView()
        self._views: dict[str, CallView] = {}
        self._dialling: CallView | None = None
        self._clock_shown = ""
        self._closed = False
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(self._tick)
        relay.call_event.connect(self._on_event)

    # What is shown ----------------------------------------------------------------------------

    @property
    def view(self) -> CallView:
        """The call that is shown; an empty one on the idle page."""
        return self._view

    @property
    def live_views(self) -> dict[str, CallView]:
        """Every live call by its SID, oldest first."""
        return {sid: view for sid, view in self._views.items() if view.live}

    @property
    def call(self) -> Call | None:
        """The call's present state, or None."""
        return self._view.call

    @property
    def attempt(self) -> Attempt | None:
        """What the operator asked for, or None."""
        return self._view.attempt

    @property
    def steps(self) -> list[StepResult]:
        """The steps of dialling that were taken."""
        return self._view.steps

    @property
    def failure(self) -> Failure | None:
        """Why the call came to nothing, or None."""
        return self._view.failure

    @property
    def trouble(self) -> Problem | None:
        """What the agent was lost by, or None."""
        return self._view.trouble

    @property
    def hanging_up(self) -> bool:
        """True from Hang up to the end."""
        return self._view.hanging_up

    @property
    def sound(self) -> bool:
        """True while the audio stream is there."""
        return self._view.sound

    @property
    def recorded(self) -> bool:
        """True where the call is being recorded."""
        return self._view.recorded

    @property
    def figures(self) -> Figures:
        """What is counted."""
        return self._view.figures

    @property
    def stall(self) -> str:
        """What is wrong with the agent, or ""."""
        return self._view.stall

    @property
    def stage(self) -> Stage:
        """Which page fits now."""
        return self._view.stage

    @property
    def live(self) -> bool:
        """True while something is dialling, ringing or talking."""
        return self._view.live

    @property
    def number(self) -> str | None:
        """The other end, E.164."""
        return self._view.number

    @property
    def party(self) -> Party | None:
        """The other end in words."""
        if self.call is not None:
            return self._parties.of(self.call)
        return self._parties.party(self.number) if self.number is not None else None

    @property
    def headline(self) -> Headline:
        """The state in words, tone and symbol."""
        return self._view.headline

    @property
    def cost(self) -> Cost | None:
        """What the call costs so far, an estimate; None where it is not known."""
        return self._desk.cost(self.call.sid) if self.call is not None else None

    @property
    def clock(self) -> str:
        """Talk time once answered, before that the time waited."""
        return self._view.clock

    @property
    def can_hang_up(self) -> bool:
        """True where pressing Hang up does something."""
        return self.live and not self.hanging_up

    @property
    def answered(self) -> bool:
        """True once somebody or something picked up."""
        return self.call is not None and self.call.answered_at is not None

    @property
    def ringing(self) -> bool:
        """True while the callee's phone rings."""
        return self.call is not None and self.call.phase is Phase.RINGING

    @property
    def on_the_line(self) -> bool:
        """True while the operator speaks to somebody, in this call or another."""
        calls = [view.call for view in self.live_views.values() if view.call is not None]
        return any(call.taken_over and call.transferred_to is None for call in calls)

    # What is done -----------------------------------------------------------------------------

    def focus(self, call_sid: str) -> None:
        """Show this call; nothing where there is no such live call, or it rings here still."""
        view = self._views.get(call_sid)
        if view is None or (view.call is not None and view.call.rings_here):
            return
        if view is not self._view:
            self._show(view)

    def begin(self, attempt: Attempt) -> None:
        """The operator pressed Call."""
        self._dialling = CallView(attempt=attempt, recorded=self._recording_wanted())
        if not self.on_the_line:
            self._show(self._dialling)

    def add_step(self, step: StepResult) -> None:
        """A step of dialling was taken."""
        if self._dialling is not None:
            self._dialling.steps.append(step)
            self._tell_of(self._dialling)

    def placed(self, call: Call) -> None:
        """The carrier accepted the call."""
        if call.sid not in self._views:
            self._on_queued(self._desk.call(call.sid) or call)

    def fail(self, failed: DialFailure) -> None:
        """The attempt rang nobody's phone."""
        view, self._dialling = self._dialling, None
        if view is None:
            return
        view.fail(failure.of_dialling(failed), list(failed.steps))
        self._tell_of(view)
        if view is not self._view:
            self.failed_unseen.emit(failed.problem)

    def hang_up(self) -> None:
        """End the call; before the carrier named it, as soon as it does."""
        if not self.can_hang_up:
            return
        self._view.hanging_up = True
        self._tell_of(self._view)
        if self._view.call is not None:
            self._end(self._view.call.sid)

    def hang_up_all(self) -> None:
        """End every live call, and the one that is being dialled as soon as it is named."""
        going = [*self.live_views.values(), *([self._dialling] if self._dialling else [])]
        for view in going:
            view.hanging_up = True
            self._tell_of(view)
        if self.live_views:
            tasks.start(self._desk.hang_up_all(), on_error=self._on_not_all_ended)

    def stop_clock(self) -> None:
        """The window closes: nothing ticks any more."""
        self._closed = True
        self._ticker.stop()

    def dismiss(self) -> None:
        """Leave an ended or failed call: for the newest that lives, or the idle page."""
        if not self.live:
            views = self.live_views.values()
            others = [view for view in views if not (view.call and view.call.rings_here)]
            self._show(others[-1] if others else CallView())

    def _end(self, call_sid: str) -> None:
        tasks.start(
            self._desk.hang_up(call_sid),
            on_error=lambda error: self._on_hang_up_failed(call_sid, error),
        )

    def _on_hang_up_failed(self, call_sid: str, error: BaseException) -> None:
        view = self._views.get(call_sid)
        if view is None:
            return
        view.hanging_up = False
        title = error.problem.title if isinstance(error, ProblemError) else "Hanging up failed"
        remark = Remark(title, "warning", datetime.now(UTC))
        view.remark(remark)
        if view is self._view:
            self._writer.write(remark)
        self._tell_of(view)

    def _on_not_all_ended(self, error: BaseException) -> None:
        for sid in self.live_views:
            self._on_hang_up_failed(sid, error)

    # What is heard ----------------------------------------------------------------------------

    def _on_queued(self, call: Call) -> None:
        dialled = self._dialling
        if dialled is not None and dialled.number == call.to:
            view, self._dialling = dialled, None
        else:
            view = CallView(recorded=self._recording_wanted())
        view.call = call
        self._views[call.sid] = view
        free = not self.live and not self.on_the_line
        if view is self._view or (view is not dialled and free):
            self._show(view)
        else:
            self._focus_shown()
            self.calls_changed.emit()
        if view.hanging_up:
            self._end(call.sid)

    def _on_event(self, event: events.CallEvent) -> None:
        if isinstance(event, events.CallBegan):
            call = self._desk.call(event.call_sid) or event.call
            if isinstance(event, events.IncomingCallRang):
                self._views[call.sid] = CallView(recorded=self._recording_wanted())
                self._views[call.sid].call = call
                self.calls_changed.emit()
            else:
                self._on_queued(call)
            return
        view = self._views.get(event.call_sid)
        if view is None:
            return
        before, shown = view.call, view is self._view
        if view.take(event, self._desk.call(event.call_sid)) and shown:
            self.figures_changed.emit()
        if isinstance(event, FIGURES_ONLY):
            return
        match event:
            case events.LevelsMeasured():
                if shown:
                    self.levels_changed.emit(event)
                return
            case events.AnswerWeighed() if view.call == before:
                # The answer card tells of it, eight times a second.
                return
        if shown:
            self._writer.write(event)
        if not isinstance(event, events.TurnChanged):
            self._tell_of(view)
        if isinstance(event, events.CallAnswered) and view.call is not None and view.call.incoming:
            self._on_picked_up(view)
        if isinstance(event, events.CallEnded):
            self._on_ended(event.call_sid, view)

    def _on_picked_up(self, view: CallView) -> None:
        """An incoming call is shown once it is answered, where nothing else is."""
        if not self.live and not self.on_the_line:
            self._show(view)

    def _on_ended(self, call_sid: str, view: CallView) -> None:
        if view is self._view:
            self._focus_shown()
        else:
            del self._views[call_sid]
        self.ended.emit(view.call)

    def _show(self, view: CallView) -> None:
        left, self._view = self._view, view
        if left.call is not None and not left.call.live:
            self._views.pop(left.call.sid, None)
        self._focus_shown()
        self._writer.turn_to(view)
        self._tell_of(view)
        self.figures_changed.emit()

    def _focus_shown(self) -> None:
        """Have the call that is shown heard, and no other in its place."""
        call = self._view.call
        self._desk.focus(call.sid if call is not None and call.live else None)

    def _tell_of(self, view: CallView) -> None:
        self.calls_changed.emit()
        if view is not self._view:
            return
        if not self.live or self._closed:
            self._ticker.stop()
        elif not self._ticker.isActive():
            self._ticker.start()
        self.changed.emit()
        self._tick()

    def _tick(self) -> None:
        shown = self.clock
        if shown != self._clock_shown:
            self._clock_shown = shown
            self.clock_changed.emit(shown)
