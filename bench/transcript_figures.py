"""What the transcript's widget costs with a hundred lines and with ten thousand, side by side.

Each figure is the time until the window is painted again, by Qt's offscreen platform. Run
`python bench/transcript_figures.py [--lines 10000]`. It asserts nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from callconsole.domain.transcript import Speaker, Turn
from callconsole.ui import theme
from callconsole.ui.transcript_view import TranscriptView
from callconsole.viewmodels.transcript_model import TranscriptModel

FEW, ROUNDS = 100, 60
WORDS = "Could we move it to the afternoon, maybe after three o'clock? "


class Reader:
    """A shown view with so many lines, and the newest of them growing."""

    def __init__(self, count: int) -> None:
        self.model = TranscriptModel()
        self.view = TranscriptView(self.model)
        self.view.lines.pointer.set_deeds()
        self.view.resize(660, 420)
        self.view.show()
        turns = [self._turn(turn_id, 1 + turn_id % 4) for turn_id in range(1, count + 1)]
        self.model.load(turns, [])
        while not self.view.lines.fitted:
            QApplication.processEvents()
        self.view.lines.jump_to_end()
        self.count = count

    def partial(self, step: int) -> None:
        """The newest turn has a word more."""
        self.model.put(Turn(self.count, Speaker.AGENT, WORDS + "word " * (step % 30), self.count))

    def star(self, step: int) -> None:
        """A line that is seen is starred, or its star is taken away."""
        self.model.set_star(self.count - 1, step % 2 == 0)

    def scroll(self, step: int) -> None:
        """One step of the wheel, through the whole transcript in the end."""
        bar = self.view.lines.verticalScrollBar()
        bar.setValue(bar.maximum() * (step + 1) // (ROUNDS + 1) + step % 3)

    def find(self, step: int) -> None:
        """A search, which looks at every line."""
        self.model.search(f"{step} could")

    def line(self, step: int) -> None:
        """One line more at the end."""
        self.count += 1
        self.model.put(self._turn(self.count, 2))

    def _turn(self, turn_id: int, times: int) -> Turn:
        speaker = Speaker.AGENT if turn_id % 2 else Speaker.CALLER
        return Turn(turn_id, speaker, f"{turn_id} {WORDS * times}", turn_id, final=True)


def times_ms(act: Callable[[int], None]) -> list[float]:
    """How long each round took, to the paint."""
    taken = []
    for step in range(ROUNDS):
        begun = time.perf_counter()
        act(step)
        QApplication.processEvents()
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000)
    options = parser.parse_args()
    # The offscreen platform says of every window what it cannot do.
    qInstallMessageHandler(lambda kind, _where, text: kind > QtMsgType.QtWarningMsg and print(text))
    app = QApplication([])
    theme.apply(app, "light")
    few, many = Reader(FEW), Reader(options.lines)
    print(f"{'median (worst) of ' + str(ROUNDS) + ', ms':32}{FEW:>18}{options.lines:>18}   ratio")
    for title, name in (
        ("a word more in the newest turn", "partial"),
        ("a star set or taken away", "star"),
        ("one more line", "line"),
        ("a step of scrolling", "scroll"),
        ("a search", "find"),
    ):
        rows = [times_ms(getattr(reader, name)) for reader in (few, many)]
        shown = "".join(f"{statistics.median(row):10.2f} ({max(row):5.2f})" for row in rows)
        ratio = statistics.median(rows[1]) / statistics.median(rows[0])
        print(f"{title:32}{shown}{ratio:8.1f}")


if __name__ == "__main__":
    main()
