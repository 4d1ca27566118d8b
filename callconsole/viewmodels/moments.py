"""Moments of the call in the centre: heard again while it goes on, and starred."""

from __future__ import annotations

import asyncio
import time

from PySide6.QtCore import QObject, Signal

from callconsole.domain.call import Call
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.viewmodels.clock_text import clock_text
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.listening import Listening
from callconsole.viewmodels.live_call import LiveCall
from callconsole.viewmodels.playback import Playback

# Escape pressed to end a replay that has just ended by itself must not hang up the call.
GRACE_S = 1.5
SHORTEST_S = 0.1

NO_PLAYER = "This computer cannot play recordings."
NOT_RECORDED = "This call is not recorded, so it cannot be heard again."
YOUR_MICROPHONE = "Not while you are on the line: your microphone would hear it."
SAVING = "The recording is being saved."


class Moments(QObject):
    """Replays what was said, to this computer's output alone, and stars it.

    In a live call a replay ends with the turn, and listening in pauses meanwhile; after the call
    it goes on to the end of the recording.

    Attributes:
        problem: what could not be done, until it is dismissed, or None.

    Signals:
        changed: a replay began or ended, or the problem is another.
        moved: the place that is heard is another.
        ended(bool): a replay is over; True where the operator ended it.
    """

    changed = Signal()
    moved = Signal()
    ended = Signal(bool)

    def __init__(
        self,
        desk: Desk,
        live: LiveCall,
        playback: Playback,
        listening: Listening,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._live = live
        self._playback = playback
        self._listening = listening
        self.problem: Problem | None = None
        self._call: Call | None = None
        self._turn_id = 0
        self._at_s = 0.0
        self._path: str | None = None
        self._asked_path: str | None = None
        self._opening: asyncio.Task[None] | None = None
        self._ended_at_s = -GRACE_S
        live.changed.connect(self._on_live_changed)
        playback.changed.connect(self._on_playback_changed)
        playback.moved.connect(self._on_moved)
        playback.failed.connect(self._on_unplayable)

    # What is shown ----------------------------------------------------------------------------

    @property
    def on(self) -> bool:
        """True from the click to the end of a replay."""
        return self._call is not None

    @property
    def back_to_live(self) -> bool:
        """True while what is replayed belongs to a call that goes on."""
        return self._call is not None and self._call.live

    @property
    def clock(self) -> str:
        """The second of the call that is heard."""
        at_s = self._playback.position_s(self._path) if self._path is not None else self._at_s
        return clock_text(at_s)

    @property
    def why_not(self) -> str:
        """Why a click on a line plays nothing, or ""."""
        call = self._live.call
        if call is None:
            return NOT_RECORDED
        if not self._playback.available:
            return NO_PLAYER
        if call.recording is None and not self._live.recorded:
            return NOT_RECORDED
        if self._live.on_the_line:
            return YOUR_MICROPHONE
        return SAVING if not call.live and call.recording is None else ""

    # What is done -----------------------------------------------------------------------------

    def play_row(self, row: int) -> None:
        """Replay this line of the transcript; where it is being replayed, stop."""
        turn = self._live.transcript.line(row).turn
        again = self.on and turn.id == self._turn_id
        self.stop()
        call = self._live.call
        if again or call is None or self.why_not:
            return
        self.problem = None
        self._call, self._turn_id, self._at_s = call, turn.id, turn.offset_s
        self._live.transcript.set_playing(row)
        if call.live:
            self._listening.pause(True)
        self._opening = tasks.start(self._begin(call), self._on_not_begun, "replay")
        self.changed.emit()

    def stop(self) -> None:
        """End the replay."""
        if not self.on:
            return
        if self._opening is not None:
            self._opening.cancel()
        playing = self._path is not None
        self._over(by_operator=True)
        if playing:
            self._playback.stop()

    def escape(self) -> bool:
        """Escape was pressed: end the replay, or put its problem away; False where it is free."""
        if self.on:
            self.stop()
        elif self.problem is not None:
            self.dismiss()
        else:
            return time.monotonic() - self._ended_at_s < GRACE_S
        return True

    def dismiss(self) -> None:
        """The problem has been read."""
        self._say(None)

    def star_now(self) -> None:
        """Star what is being said in the live call, or was said last."""
        if self._live.live and self._live.call is not None:
            self._star(self._live.call.sid, None, starred=True)

    def star_row(self, row: int) -> None:
        """Star what this line says, or take the star away; nothing for a line nobody spoke."""
        line = self._live.transcript.line(row)
        if self._live.call is not None and line.spoken_aloud:
            self._star(self._live.call.sid, line.turn.id, starred=not line.starred)

    # Inside -----------------------------------------------------------------------------------

    async def _begin(self, call: Call) -> None:
        if not call.live:
            if call.recording is not None:
                self._take(call.recording)
                self._playback.play_from(call.recording, self._at_s)
            return
        recorded = await self._desk.recorded_so_far(call.sid)
        if recorded is None:
            raise ProblemError(_NOTHING_THERE)
        transcript = self._live.transcript
        row = transcript.playing_row
        end_s = transcript.end_s(row) if row is not None else None
        until_s = min(recorded.duration_s if end_s is None else end_s, recorded.duration_s)
        if until_s - self._at_s < SHORTEST_S:
            raise ProblemError(_NOT_YET)
        self._take(recorded.path)
        self._playback.play_passage(recorded.path, self._at_s, until_s)

    def _take(self, path: str) -> None:
        """What was open before ends first, or its end would be taken for this replay's."""
        self._opening = None
        self._playback.stop()
        self._path = self._asked_path = path

    def _over(self, *, by_operator: bool) -> None:
        self._call = self._path = self._opening = None
        self._ended_at_s = time.monotonic()
        self._live.transcript.set_playing(None)
        self._listening.pause(False)
        self.ended.emit(by_operator)
        self.changed.emit()

    def _star(self, call_sid: str, turn_id: int | None, *, starred: bool) -> None:
        tasks.start(
            self._desk.star_moment(call_sid, turn_id, starred=starred),
            lambda error: self._say(_problem_of(error, _NOT_STARRED)),
            "star",
        )

    def _say(self, problem: Problem | None) -> None:
        self.problem = problem
        self.changed.emit()

    def _on_not_begun(self, error: BaseException) -> None:
        self._over(by_operator=False)
        self._say(_problem_of(error, _NOTHING_THERE))

    def _on_live_changed(self) -> None:
        """Another call, its end, or the operator's open microphone ends a replay."""
        call, mine = self._live.call, self._call
        if mine is None:
            return
        same = call is not None and (call.sid, call.live) == (mine.sid, mine.live)
        if not same or self._live.on_the_line:
            self.stop()

    def _on_playback_changed(self) -> None:
        if self._path is not None and self._playback.path != self._path:
            self._over(by_operator=False)

    def _on_moved(self) -> None:
        if self._call is None or self._path is None:
            return
        if not self._call.live:
            transcript = self._live.transcript
            transcript.set_playing(transcript.row_at(self._playback.position_s(self._path)))
        self.moved.emit()

    def _on_unplayable(self, path: str, problem: Problem) -> None:
        if path == self._asked_path:
            self._asked_path = None
            self._say(problem)


def _problem_of(error: BaseException, otherwise: Problem) -> Problem:
    return error.problem if isinstance(error, ProblemError) else otherwise


_NOT_YET = Problem(
    "moment.not_yet",
    "This is not recorded yet",
    "It is being said at this moment.",
    "Click it again a second later.",
)
_NOTHING_THERE = Problem(
    "moment.no_recording",
    "There is no recording of this call",
    "It was switched off when the call was placed, or the disk refused it.",
    "Switch recording on before the next call.",
)
_NOT_STARRED = Problem(
    "moment.unstarred",
    "The moment was not starred",
    "Something went wrong while the star was put on the record.",
    "Try again.",
)
