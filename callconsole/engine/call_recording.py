"""The recording of one call over all its streams: begun with the first, whole at the end."""

from __future__ import annotations

from datetime import datetime

from callconsole.domain import events
from callconsole.domain.record import Recorded
from callconsole.engine.call_state import CallState
from callconsole.engine.ports import Clock
from callconsole.engine.recorder import Recorder, Recordings
from callconsole.engine.timeline import Timeline


class CallRecording:
    """Writes both sides of the timeline to one file.

    Args:
        recordings: the folder and its thread, or None where the call is not recorded.
    """

    def __init__(
        self, state: CallState, recordings: Recordings | None, timeline: Timeline, clock: Clock
    ) -> None:
        self._state = state
        self._recordings = recordings
        self._timeline = timeline
        self._clock = clock
        self._recorder: Recorder | None = None

    def begin(self, answered_at: datetime) -> None:
        """The first sound comes now. The call's record names the file before it is whole."""
        if self._recordings is None or self._recorder is not None:
            return
        self._recorder = self._recordings.begin(self._state.call.sid, answered_at)
        self._timeline.add_tap(self._recorder.add)
        self._state.publish(
            events.RecordingStarted(
                call_sid=self._state.call.sid,
                at=self._clock.now(),
                path=str(self._recorder.path),
            )
        )

    async def so_far(self) -> Recorded | None:
        """What can be read of it now, to the present moment; None where nothing is recorded."""
        recorder = self._recorder
        if recorder is None:
            return None
        return Recorded(str(recorder.path), await recorder.catch_up())

    async def close(self) -> None:
        """Write the rest and tell that the file is whole."""
        recorder, self._recorder = self._recorder, None
        if recorder is None or not await recorder.close():
            return
        self._state.change(recording=str(recorder.path))
        self._state.publish(
            events.RecordingSaved(
                call_sid=self._state.call.sid,
                at=self._clock.now(),
                path=str(recorder.path),
                duration_s=recorder.duration_s,
            )
        )
