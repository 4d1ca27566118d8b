"""The page of one kept call: what it was, what was said, and its recording."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

from callconsole.domain import events
from callconsole.domain.call import Call
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import CallRecord
from callconsole.domain.stars import stars_of
from callconsole.engine import tasks
from callconsole.viewmodels import call_facts, headline
from callconsole.viewmodels.call_facts import Figure, NoteLine
from callconsole.viewmodels.call_marks import marks_of
from callconsole.viewmodels.call_sound import Sound, look_at
from callconsole.viewmodels.clock_text import clock_text
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.headline import Headline
from callconsole.viewmodels.history_rows import inside, when_text
from callconsole.viewmodels.operator_deeds import deeds_of
from callconsole.viewmodels.parties import Parties, Party
from callconsole.viewmodels.playback import Playback
from callconsole.viewmodels.relay import Relay
from callconsole.viewmodels.second_zero import sound_began_at
from callconsole.viewmodels.transcript_model import TranscriptModel

RENEW_MS = 250


class DetailState(Enum):
    """What the page can show."""

    NOTHING = "nothing"
    LOADING = "loading"
    READY = "ready"
    GONE = "gone"
    FAILED = "failed"


class CallDetail(QObject):
    """Follows one call: kept, or live and kept so far.

    Attributes:
        state: what can be shown.
        record: everything that is kept of the call, or None.
        problem: why it could not be read or deleted, or None.
        sound: its recording.
        transcript: what was said and what happened.

    Signals:
        changed: state, facts or notes.
        sound_changed: the recording, its waveform or the reason against it.
        deleted: SID of the call that is forgotten now.
    """

    changed = Signal()
    sound_changed = Signal()
    deleted = Signal(str)

    def __init__(
        self,
        desk: Desk,
        relay: Relay,
        parties: Parties,
        playback: Playback,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._parties = parties
        self.playback = playback
        self._now = now
        self.sid: str | None = None
        self.state = DetailState.NOTHING
        self.record: CallRecord | None = None
        self.problem: Problem | None = None
        self.sound = Sound()
        self.transcript = TranscriptModel(self)
        self._asked = 0
        self._later = QTimer(self, singleShot=True, interval=RENEW_MS)
        self._later.timeout.connect(self.refresh)
        relay.call_event.connect(self._on_event)
        playback.moved.connect(self._mark_playing)
        playback.failed.connect(self._on_unplayable)

    # What is shown ----------------------------------------------------------------------------

    @property
    def call(self) -> Call | None:
        """The call as it is now."""
        if self.record is None:
            return None
        return self._desk.call(self.record.call.sid) or self.record.call

    @property
    def party(self) -> Party | None:
        """The other end in words."""
        return self._parties.of(self.record.call) if self.record is not None else None

    @property
    def outcome(self) -> Headline | None:
        """How it ended, or how it stands."""
        return headline.outcome(self.call) if self.call is not None else None

    @property
    def line(self) -> str:
        """Where, when and how long, in one line."""
        call, party = self.call, self.party
        if call is None or party is None:
            return ""
        when = inside(when_text(call.placed_at, self._now()))
        parts = [party.number if party.number != party.title else "", party.place]
        parts.append(f"{when}, {self.length}")
        return " · ".join(part for part in parts if part)

    @property
    def length(self) -> str:
        """How long they talked."""
        return clock_text(self.call.duration_s(self._now())) if self.call else ""

    @property
    def figures(self) -> list[Figure]:
        """The row of facts."""
        if self.record is None or self.call is None:
            return []
        return call_facts.figures(self.record, self.call)

    @property
    def notes(self) -> list[NoteLine]:
        """What was noted, oldest first."""
        return call_facts.notes(self.record, self._now()) if self.record is not None else []

    @property
    def stars(self) -> tuple[float, ...]:
        """The seconds of the starred moments, oldest first."""
        if self.record is None:
            return ()
        return tuple(sorted(stars_of(self.record.events).values()))

    @property
    def position_s(self) -> float:
        """Where the recording is."""
        return self.playback.position_s(self.sound.path) if self.sound.path else 0.0

    @property
    def playing(self) -> bool:
        """True while the recording can be heard."""
        return self.sound.path is not None and self.playback.playing(self.sound.path)

    @property
    def playable(self) -> bool:
        """True where there is something to play and something to play it with."""
        return self.sound.wave is not None and self.playback.available

    # What is done -----------------------------------------------------------------------------

    def show(self, sid: str | None) -> None:
        """Open this call's page."""
        if sid == self.sid:
            return
        self.playback.stop()
        self.sid = sid
        self.record, self.problem, self.sound = None, None, Sound()
        self.state = DetailState.LOADING if sid is not None else DetailState.NOTHING
        self.transcript.clear()
        self.changed.emit()
        self.sound_changed.emit()
        if sid is not None:
            self.refresh()

    def refresh(self) -> None:
        """Read the record again."""
        self._later.stop()
        if self.sid is None:
            return
        self._asked += 1
        asked = self._asked
        tasks.start(
            self._load(asked, self.sid),
            on_error=lambda error: self._on_failed(asked, error),
            name="call's page",
        )

    def delete(self) -> None:
        """Forget the call and its recording."""
        if self.sid is not None:
            self.playback.stop()
            tasks.start(self._delete(self.sid), on_error=self._on_not_deleted, name="delete call")

    def play_or_pause(self) -> None:
        """Play the recording from where it is, or pause it."""
        if self.playable and self.sound.path is not None:
            self.playback.play_or_pause(self.sound.path)

    def seek(self, at_s: float) -> None:
        """Go to this second of the recording."""
        if self.sound.path is not None and self.sound.wave is not None:
            self.playback.seek(self.sound.path, min(at_s, self.sound.wave.duration_s))

    def step(self, by_s: float) -> None:
        """Go this much further, or back."""
        self.seek(max(0.0, self.position_s + by_s))

    def play_row(self, row: int) -> None:
        """Play from where this line of the transcript was spoken."""
        if self.playable and self.sound.path is not None and self.sound.wave is not None:
            at_s = min(self.transcript.line(row).turn.offset_s, self.sound.wave.duration_s)
            self.playback.play_from(self.sound.path, at_s)

    def star_row(self, row: int) -> None:
        """Star what this line says, or take the star away; nothing for a line nobody spoke."""
        line = self.transcript.line(row)
        if self.sid is not None and line.spoken_aloud:
            tasks.start(
                self._desk.star_moment(self.sid, line.turn.id, starred=not line.starred),
                on_error=self._on_not_starred,
                name="star",
            )

    def close(self) -> None:
        """Nothing is asked any more."""
        self._later.stop()

    # Inside -----------------------------------------------------------------------------------

    async def _load(self, asked: int, sid: str) -> None:
        record = await self._desk.call_record(sid)
        if asked != self._asked or sid != self.sid:
            return
        self.record, self.problem = record, None
        self.state = DetailState.READY if record is not None else DetailState.GONE
        if record is not None:
            self._fill(record)
        self.changed.emit()
        if record is not None:
            await self._measure(sid)

    def _fill(self, record: CallRecord) -> None:
        call = self.call or record.call
        live = self._desk.turns(call.sid)
        party = self._parties.of(call)
        self.transcript.set_names(party.short, "AI")
        self.transcript.set_started_at(sound_began_at(record))
        lines = [(mark.text, at_s, mark.icon) for mark, at_s in marks_of(record)]
        turns = live or record.turns
        self.transcript.load(turns, lines, deeds_of(record, turns), stars_of(record.events))
        self._mark_playing()

    async def _measure(self, sid: str) -> None:
        """Look at the recording where that was not done."""
        call = self.call
        if call is None or (call.recording is not None and self.sound.path == call.recording):
            return
        sound = await look_at(call)
        if sid == self.sid:
            self.sound = sound
            self.sound_changed.emit()

    async def _delete(self, sid: str) -> None:
        await self._desk.delete_call(sid)
        self.deleted.emit(sid)

    def _on_failed(self, asked: int, error: BaseException) -> None:
        if asked == self._asked:
            self.state = DetailState.FAILED
            self.problem = error.problem if isinstance(error, ProblemError) else _UNREADABLE
            self.changed.emit()

    def _on_not_deleted(self, error: BaseException) -> None:
        self.problem = error.problem if isinstance(error, ProblemError) else _UNDELETED
        self.changed.emit()

    def _on_not_starred(self, error: BaseException) -> None:
        self.problem = error.problem if isinstance(error, ProblemError) else _UNSTARRED
        self.changed.emit()

    def _on_unplayable(self, path: str, problem: Problem) -> None:
        if path == self.sound.path:
            self.problem = problem
            self.changed.emit()

    def _mark_playing(self) -> None:
        path = self.sound.path
        open_now = path is not None and self.playback.path == path
        self.transcript.set_playing(self.transcript.row_at(self.position_s) if open_now else None)

    def _on_event(self, event: events.CallEvent) -> None:
        if event.call_sid != self.sid or isinstance(event, events.LevelsMeasured):
            return
        if isinstance(event, events.MomentStarred | events.MomentUnstarred):
            self.transcript.set_star(event.turn_id, isinstance(event, events.MomentStarred))
        if isinstance(event, events.TurnChanged):
            self.transcript.put(event.turn)
        elif not isinstance(event, events.FloorChanged) and not self._later.isActive():
            self._later.start()


_UNREADABLE = Problem(
    "history.unreadable",
    "The call cannot be shown",
    "Something went wrong while its record was read.",
    "Try again; if it goes on, start the console again.",
)
_UNSTARRED = Problem(
    "history.unstarred",
    "The moment was not starred",
    "Something went wrong while the star was put on the record.",
    "Try again.",
)
_UNDELETED = Problem(
    "history.undeleted",
    "The call was not deleted",
    "Something went wrong while it was deleted.",
    "Try again.",
)
