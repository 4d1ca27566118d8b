"""The guide's step about sound on the screen: devices, the microphone's level, a tone."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from callconsole.ui.fitting import fix_to_text
from callconsole.ui.guide_body import GuideBody
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.meter import Meter
from callconsole.ui.kit.text import Text
from callconsole.ui.sound_controls import DevicePickers
from callconsole.viewmodels.guide_sound import FLOOR_DBFS, SoundStep
from callconsole.viewmodels.listening import Listening

WIDTH = 420
SILENT_DBFS = -85.0


class SoundBody(GuideBody):
    """The meter moves while the step is shown."""

    def __init__(self, step: SoundStep, listening: Listening) -> None:
        super().__init__(step)
        self._sound = step
        self.devices = DevicePickers(listening)
        self.devices.setMaximumWidth(WIDTH)
        self.meter = Meter("Level of the microphone", "accent", "surface")
        self.level = Text("", 12, 400, "muted", tabular=True)
        fix_to_text(self.level, "\u221288 dBFS")
        self.hint = Text("", 12, 400, "muted", wrap=True)
        self.yes = Button("I heard it", Kind.SECONDARY, icon="check", height=32)
        self.no = Button("I heard nothing", Kind.GHOST, height=32)
        self.yes.clicked.connect(lambda: step.say_heard(True))
        self.no.clicked.connect(lambda: step.say_heard(False))
        meter = QHBoxLayout()
        meter.setSpacing(12)
        meter.addWidget(self.meter)
        meter.addWidget(self.level)
        meter.addStretch(1)
        self.meter.setFixedWidth(WIDTH - 100)
        answers = QHBoxLayout()
        answers.setSpacing(8)
        answers.addWidget(self.yes)
        answers.addWidget(self.no)
        answers.addStretch(1)
        self.content.addWidget(Text("Loudspeaker and microphone", 15, 600))
        self.content.addWidget(self.devices)
        self.content.addWidget(Text("Level of the microphone", 12, 500))
        self.content.addLayout(meter)
        self.content.addWidget(self.hint)
        self.content.addWidget(self.result)
        self.content.addLayout(answers)
        step.level_changed.connect(self._on_level)
        self._on_level(FLOOR_DBFS)
        self.finish()

    @property
    def checking_words(self) -> str:
        """What is to be heard."""
        return "Playing a tone…"

    def show_step(self) -> None:
        """Ask whether it was heard, where no microphone can say."""
        step = self._sound
        problem = step.microphone_problem
        self.hint.setText(
            f"{problem.title}. {problem.cause} {problem.cure}"
            if problem is not None
            else "Say something: the bar should move. It is heard here only, and not kept."
        )
        self.hint.set_tone("muted" if problem is None else "warning")
        self.show_result()
        self.yes.setVisible(step.asks)
        self.no.setVisible(step.asks)

    def show_result(self) -> None:
        """The question, or the answer."""
        if self._sound.asks:
            self.result.tell(
                f"A tone was played on {self._sound.played}. Did you hear it?",
                "No microphone heard it, as with a headset.",
            )
            return
        super().show_result()

    def _on_level(self, level_dbfs: float) -> None:
        self.meter.set_level(level_dbfs)
        silent = level_dbfs <= SILENT_DBFS
        self.level.setText("silent" if silent else f"{level_dbfs:.0f} dBFS".replace("-", "\u2212"))

    def focus_first(self) -> bool:
        """Nothing has to be typed."""
        return False
