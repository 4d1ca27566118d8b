"""What the window knows of one call, whether the centre shows it or another."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from callconsole.domain import events
from callconsole.domain.call import Call, Floor, Outcome
from callconsole.domain.dialling import StepResult
from callconsole.domain.problems import Problem
from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels import failure, headline
from callconsole.viewmodels.clock_text import clock_text
from callconsole.viewmodels.dialler import Attempt
from callconsole.viewmodels.failure import Failure
from callconsole.viewmodels.figures import Figures
from callconsole.viewmodels.headline import Headline
from callconsole.viewmodels.repetition import Repetition

_WELL = ("success", "ai")  # tones that would belie a stalled AI
# What only the strip shows; there is no line of it, and much of it.
FIGURES_ONLY = (events.SpeechGapped, events.AgentSessionAged, events.UsageMeasured)


class Stage(Enum):
    """Which page the centre shows."""

    IDLE = "idle"
    DIALLING = "dialling"
    LIVE = "live"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Remark:
    """A line about a call that the window adds by itself."""

    text: str
    icon: str
    at: datetime


class CallView:
    """One call from the press of Call to its end, kept up to date by its events.

    Attributes:
        call: its present state; None before the carrier named it.
        attempt: what the operator asked for; None for a call from elsewhere.
        steps: of dialling, as far as they were taken.
        failure: why it came to nothing, or None.
        trouble: what the agent was lost by, or None.
        hanging_up: the operator pressed Hang up and it still lives.
        sound: the audio stream is there.
        sound_began_at: second 0 of the call's audio, from which turns count, or None before it.
        recorded: whether it is being recorded.
        stall: what is wrong with the agent, in words; "" where nothing is.
        stalled_at: when that was noticed, or None.
        quiet_since: since when nobody has spoken, or None while somebody does.
        repetition: whether the callee says the same thing again.
    """

    def __init__(self, *, attempt: Attempt | None = None, recorded: bool = False) -> None:
        self.call: Call | None = None
        self.attempt = attempt
        self.steps: list[StepResult] = []
        self.failure: Failure | None = None
        self.trouble: Problem | None = None
        self.hanging_up = False
        self.sound = False
        self.sound_began_at: datetime | None = None
        self.recorded = recorded
        self.figures = Figures()
        self.stall = ""
        self.stalled_at: datetime | None = None
        self.quiet_since: datetime | None = None
        self.repetition = Repetition()
        self._spoken: set[Speaker] = set()
        self._passed_on_to = ""
        self._colleague_there = False
        self._started_at = datetime.now(UTC)
        self._stopped_at: datetime | None = None
        self._log: dict[Hashable, events.CallEvent | Remark] = {}

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
        """True while it is dialling, ringing or talking."""
        return self.stage in (Stage.DIALLING, Stage.LIVE)

    @property
    def number(self) -> str | None:
        """The other end, E.164."""
        if self.call is not None:
            return self.call.other
        return self.attempt.number if self.attempt is not None else None

    @property
    def headline(self) -> Headline:
        """The state in words, tone and symbol."""
        if self.call is None and self.failure is not None:
            perhaps = self.failure.perhaps_placed
            return headline.PERHAPS_PLACED if perhaps else headline.NOT_PLACED
        said = headline.headline(
            self.call,
            dialling=self.attempt is not None,
            hanging_up=self.hanging_up,
            agent_spoke=Speaker.AGENT in self._spoken,
            passed_on_to=self._passed_on_to,
            colleague_there=self._colleague_there,
        )
        if self.stall and self.call is not None and self.call.live and said.tone in _WELL:
            return Headline(self.stall, "warning", "warning-fill")
        return said

    @property
    def clock(self) -> str:
        """Talk time once answered, before that the time waited."""
        if self.call is not None:
            return clock_text(self.call.clock_s(datetime.now(UTC)))
        if self.attempt is None:
            return "00:00"
        waited = (self._stopped_at or datetime.now(UTC)) - self._started_at
        return clock_text(waited.total_seconds())

    @property
    def log(self) -> list[events.CallEvent | Remark]:
        """What has happened, oldest first: of each turn only how it stands now.

        Levels are in it from the time in which it was decided who answered.
        """
        return list(self._log.values())

    # What happens -----------------------------------------------------------------------------

    def fail(self, failed: Failure, steps: list[StepResult]) -> None:
        """The attempt rang nobody's phone."""
        self.failure, self.steps = failed, steps
        self._stopped_at = datetime.now(UTC)
        self.hanging_up = False

    def remark(self, remark: Remark) -> None:
        """Keep a line of the window's own."""
        self._log[object()] = remark

    def take(self, event: events.CallEvent, call: Call | None) -> bool:
        """Take an event in; `call` is the state after it. True where a figure changed."""
        self.call = call or self.call
        self._keep(event)
        match event:
            case events.LevelsMeasured(round_trip_ms=round_trip_ms):
                self.figures.round_trip_ms = round_trip_ms
                return False
            case events.TurnChanged(turn=turn):
                self._hear(turn)
                return self.figures.turn_changed(turn)
            case events.AgentInterrupted():
                self.figures.interrupted(event)
                return True
            case events.AgentHeard():
                self.stall, self.stalled_at = "", None
                self.figures.heard(event)
                return True
            case events.SpeechGapped():
                self.figures.gapped(event)
                return True
            case events.AgentSessionAged():
                self.figures.session = event
                return True
            case events.UsageMeasured():
                return True
        self._follow(event)
        return False

    def _keep(self, event: events.CallEvent) -> None:
        if isinstance(event, FIGURES_ONLY):
            return
        match event:
            case events.LevelsMeasured():
                if self.call is not None and self.call.deciding:
                    self._log[object()] = event
            case events.TurnChanged(turn=turn):
                self._log[turn.id] = event
            case _:
                self._log[object()] = event

    def _hear(self, turn: Turn) -> None:
        if turn.heard_chars != 0:
            self._spoken.add(turn.speaker)
        self.repetition.take(turn)

    def _follow(self, event: events.CallEvent) -> None:
        match event:
            case events.CallAnswered():
                self.quiet_since = event.at
            case events.FloorChanged(floor=floor):
                self.quiet_since = event.at if floor is Floor.NOBODY else None
            case events.StreamStarted():
                self.sound_began_at = self.sound_began_at or event.at
                self.sound = True
            case events.StreamStopped():
                self.sound = False
            case events.AgentStalled(stall=stall):
                self.stall = f"AI stalled: {stall}"
                self.stalled_at = self.stalled_at or event.at
            case events.AgentLost(problem=problem):
                self.trouble = problem
            case events.TransferBegan(label=label):
                self._passed_on_to, self._colleague_there = label, False
            case events.TransferAnswered():
                self._colleague_there = True
            case events.CallEnded():
                self._end()

    def _end(self) -> None:
        call = self.call
        if call is None:
            return
        self.hanging_up = self.sound = False
        talked = call.answered_at is not None and bool(self._spoken)
        if call.incoming and call.answered_at is None:
            # A call that nobody picked up was never in the centre.
            return
        if call.ending is not None and call.ending.outcome in _REACHED_NOBODY and not talked:
            self.failure = failure.of_call(call, self.steps)


_REACHED_NOBODY = frozenset({Outcome.BUSY, Outcome.NO_ANSWER, Outcome.DECLINED, Outcome.FAILED})
