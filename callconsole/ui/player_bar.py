"""The player of a kept call: its waveform, play and pause, steps, clock and speed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from callconsole.ui.fitting import set_margins, set_spacing
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Text
from callconsole.ui.waveform_view import WaveformView
from callconsole.viewmodels.call_detail import CallDetail
from callconsole.viewmodels.clock_text import clock_text
from callconsole.viewmodels.playback import STEP_S

MEASURING = "Looking at the recording…"
NO_PLAYER = "This computer cannot play recordings."


class PlayerBar(Surface):
    """Shows the recording of a `CallDetail`, or why there is none."""

    def __init__(self, detail: CallDetail, parent: QWidget | None = None) -> None:
        super().__init__("sunken", parent=parent)
        self._detail = detail
        self.wave = WaveformView()
        self.why_not = Text("", 13, 400, "muted", wrap=True)
        self.play = Button("", Kind.PRIMARY, icon="play-fill", height=40)
        self.back = Button("", Kind.GHOST, icon="rewind", height=36)
        self.forth = Button("", Kind.GHOST, icon="fast-forward", height=36)
        self.clock = Text("00:00", 15, 600, tabular=True)
        self.total = Text("", 13, 400, "muted", tabular=True)
        self.speed = Button("1 ×", Kind.SECONDARY, height=32)  # noqa: RUF001
        self._pages = QStackedWidget()
        self._build()
        self.play.clicked.connect(detail.play_or_pause)
        self.back.clicked.connect(lambda: detail.step(-STEP_S))
        self.forth.clicked.connect(lambda: detail.step(STEP_S))
        self.speed.clicked.connect(detail.playback.next_speed)
        self.wave.sought.connect(detail.seek)
        detail.sound_changed.connect(self._show)
        detail.changed.connect(self._show_stars)
        detail.playback.changed.connect(self._show_state)
        detail.playback.moved.connect(self._show_position)
        self._show()

    def set_low(self, low: bool) -> None:
        """Take less height."""
        self.wave.set_low(low)
        set_margins(self._column, 12, 8 if low else 12, 12, 6 if low else 12)
        set_spacing(self._column, 4 if low else 8)

    def _build(self) -> None:
        for button, name in (
            (self.back, f"{STEP_S:.0f} seconds back"),
            (self.forth, f"{STEP_S:.0f} seconds on"),
        ):
            button.setAccessibleName(name)
        self.back.setToolTip(f"{self.back.accessibleName()} (Left)")
        self.forth.setToolTip(f"{self.forth.accessibleName()} (Right)")
        for button in (self.play, self.back, self.forth, self.speed):
            # A click leaves the keyboard where it is, so that Space goes on to play and pause.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        controls = QWidget()
        row = QHBoxLayout(controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.play)
        row.addWidget(self.back)
        row.addWidget(self.forth)
        row.addSpacing(8)
        row.addWidget(self.clock)
        row.addWidget(self.total)
        row.addStretch(1)
        row.addWidget(self.speed)
        sound = QWidget()
        self._column = QVBoxLayout(sound)
        self._column.addWidget(self.wave)
        self._column.addWidget(controls)
        nothing = QWidget()
        words = QVBoxLayout(nothing)
        words.setContentsMargins(16, 14, 16, 14)
        words.addWidget(self.why_not)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(sound)
        outer.addWidget(nothing)
        self._sound, self._nothing = sound, nothing
        self.set_low(False)

    def _show(self) -> None:
        sound = self._detail.sound
        why_not = sound.why_not or ("" if self._detail.playback.available else NO_PLAYER)
        self._sound.setVisible(not why_not)
        self._nothing.setVisible(bool(why_not))
        self.why_not.setText(why_not)
        self.wave.show_wave(sound.wave)
        duration = clock_text(sound.wave.duration_s) if sound.wave is not None else "00:00"
        self.total.setText(f"/ {duration}")
        for button in (self.play, self.back, self.forth):
            button.setEnabled(sound.wave is not None)
        self._show_stars()
        self._show_state()
        self._show_position()

    def _show_stars(self) -> None:
        self.wave.show_stars(self._detail.stars)

    def _show_state(self) -> None:
        playing = self._detail.playing
        self.play.set_content("", "pause-fill" if playing else "play-fill")
        name = "Pause" if playing else "Play"
        self.play.setAccessibleName(name)
        self.play.setToolTip(f"{name} (Space)")
        speed = f"{self._detail.playback.speed:g} ×"  # noqa: RUF001
        self.speed.set_content(speed)
        self.speed.setAccessibleName(f"Speed {speed}")
        self.speed.setToolTip("Speed; the pitch stays")

    def _show_position(self) -> None:
        at_s = self._detail.position_s
        self.clock.setText(clock_text(at_s))
        self.wave.show_position(at_s)
