"""Playing a recording on this computer: one at a time, from any second, at several speeds."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks

SPEEDS = (1.0, 1.25, 1.5, 2.0)
STEP_S = 5.0
TICK_MS = 50


class Player(Protocol):
    """What can be heard here. Whoever makes it calls `Playback.finished` at a file's end."""

    @property
    def position_s(self) -> float:
        """What is heard now, in seconds from the file's beginning."""
        ...

    async def play_file(
        self, path: Path, at_s: float = 0.0, speed: float = 1.0, until_s: float | None = None
    ) -> float:
        """Start to play, up to `until_s` where that is given; return the file's duration in s.

        Raises `ProblemError`.
        """
        ...

    def choose(self, device: str | None) -> None:
        """Play on this `SoundDevice.id`, None: on the default one, from the next file on."""
        ...

    def pause(self) -> None:
        """Fall silent and stay there."""
        ...

    def resume(self) -> None:
        """Go on from there."""
        ...

    def seek(self, at_s: float) -> None:
        """Go on from this second, or stay paused there."""
        ...

    def set_speed(self, speed: float) -> None:
        """Go on at this speed, at the same pitch."""
        ...

    def stop_file(self) -> None:
        """Stop at once."""
        ...

    def set_volume(self, volume: float) -> None:
        """Set the loudness, 0 to 1."""
        ...


class Playback(QObject):
    """One recording at a time, through a player that is given from outside.

    A recording is open while it plays or pauses. A place chosen before that is kept as its cue.

    Signals:
        changed: playing began, paused, went on or stopped, or the speed is another.
        moved: the place that is heard is another.
        failed(str, object): this recording cannot be played, with the `Problem`.
    """

    changed = Signal()
    moved = Signal()
    failed = Signal(str, object)

    def __init__(self, player: Player | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._path: str | None = None
        self._paused = False
        self._opening: asyncio.Task[None] | None = None
        self._cue: tuple[str, float] = ("", 0.0)
        self._speed = SPEEDS[0]
        self._until_s: float | None = None
        self._forbidden: Problem | None = None
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(self.moved)

    @property
    def available(self) -> bool:
        """True where there is a player."""
        return self._player is not None

    @property
    def path(self) -> str | None:
        """The recording that is open, playing or paused, or None."""
        return self._path

    @property
    def speed(self) -> float:
        """How fast recordings are played; 1 is as it was spoken."""
        return self._speed

    def playing(self, path: str) -> bool:
        """True while this recording can be heard."""
        return self._path == path and not self._paused

    def position_s(self, path: str) -> float:
        """Where this recording is, or would begin, in seconds."""
        if self._path == path and self._player is not None and self._opening is None:
            return self._player.position_s
        return self._cue[1] if self._cue[0] == path else 0.0

    # What a person does -----------------------------------------------------------------------

    def toggle(self, path: str) -> None:
        """Play this recording from its beginning, or stop where it is open."""
        if self._path == path:
            self.stop()
            return
        self._cue = ("", 0.0)
        self._open(path)

    def play_or_pause(self, path: str) -> None:
        """Play this recording from where it is, or pause it there."""
        if self._path != path:
            self._open(path)
        elif self._opening is not None:
            self.stop()
        elif self._player is not None and self._paused and self._forbidden is not None:
            self.failed.emit(path, self._forbidden)
        elif self._player is not None:
            self._set_paused(self._player, not self._paused)

    def seek(self, path: str, at_s: float) -> None:
        """Go to this second: at once where the recording is open, else when it is played."""
        at_s = max(0.0, at_s)
        self._cue = (path, at_s)
        if self._path == path and self._player is not None and self._opening is None:
            self._player.seek(at_s)
        self.moved.emit()

    def play_from(self, path: str, at_s: float) -> None:
        """Play this recording from this second."""
        self.seek(path, at_s)
        if not self.playing(path):
            self.play_or_pause(path)

    def play_passage(self, path: str, at_s: float, until_s: float) -> None:
        """Play this recording from one second to another, as fast as it was spoken."""
        self.stop()
        self._cue = (path, max(0.0, at_s))
        self._open(path, until_s)

    def choose(self, device: str | None) -> None:
        """Play on this `SoundDevice.id`, None: on the default one, from the next time on."""
        if self._player is not None:
            self._player.choose(device)

    def next_speed(self) -> None:
        """Take the next of `SPEEDS`, after the last the first."""
        self._speed = SPEEDS[(SPEEDS.index(self._speed) + 1) % len(SPEEDS)]
        if self._player is not None and self._path is not None and self._opening is None:
            self._player.set_speed(self._speed)
        self.changed.emit()

    def set_volume(self, volume: float) -> None:
        """Set the loudness, 0 to 1."""
        if self._player is not None:
            self._player.set_volume(volume)

    def stop(self) -> None:
        """Stop where something is open; its place is kept as its cue."""
        if self._path is None or self._player is None:
            return
        self._cue = (self._path, self.position_s(self._path))
        if self._opening is not None:
            self._opening.cancel()
        self._player.stop_file()
        self._close()

    def forbid(self, problem: Problem | None) -> None:
        """Play nothing for this reason, and stop what plays; None: whatever is asked for."""
        self._forbidden = problem
        if problem is not None:
            self.stop()

    def finished(self) -> None:
        """The player came to the end of the file; played again, it begins anew."""
        if self._path is not None:
            self._cue = ("", 0.0)
            self._close()

    # Inside -----------------------------------------------------------------------------------

    def _open(self, path: str, until_s: float | None = None) -> None:
        if self._player is None:
            return
        self.stop()
        if self._forbidden is not None:
            self.failed.emit(path, self._forbidden)
            return
        self._until_s = until_s
        at_s = self._cue[1] if self._cue[0] == path else 0.0
        self._path, self._cue = path, (path, at_s)
        self._opening = tasks.start(self._play(self._player, path, at_s), self._on_failed, "play")
        self._ticker.start()
        self.changed.emit()

    async def _play(self, player: Player, path: str, at_s: float) -> None:
        passage = self._until_s is not None
        speed = SPEEDS[0] if passage else self._speed
        await player.play_file(Path(path), at_s, speed, self._until_s)
        self._opening = None
        # Both may have been asked for while the file was being opened.
        if self._cue != (path, at_s):
            player.seek(self._cue[1])
        if not passage and speed != self._speed:
            player.set_speed(self._speed)

    def _set_paused(self, player: Player, paused: bool) -> None:
        self._paused = paused
        if paused:
            player.pause()
            self._ticker.stop()
        else:
            player.resume()
            self._ticker.start()
        self.changed.emit()

    def _close(self) -> None:
        self._path, self._paused, self._opening = None, False, None
        self._ticker.stop()
        self.changed.emit()
        self.moved.emit()

    def _on_failed(self, error: BaseException) -> None:
        path = self._path or ""
        self._close()
        self.failed.emit(path, error.problem if isinstance(error, ProblemError) else _BROKEN)


MICROPHONE_OPEN = Problem(
    "sound.microphone_open",
    "Nothing is played while you are on the line",
    "Your microphone would hear it, and so would the callee.",
    "Hand the call back first.",
)
_BROKEN = Problem(
    "sound.broken",
    "The recording cannot be played",
    "This computer's sound output failed.",
    "Try again, or play the file with another program.",
)
