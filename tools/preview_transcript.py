"""Draw the transcript and the prompts page as pictures, light and dark, in two fonts."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QMargins
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from callconsole import paths
from callconsole.adapters.file_prompts import FilePrompts
from callconsole.domain.transcript import Speaker, Turn
from callconsole.ui import fonts, theme
from callconsole.ui.kit.surfaces import panel
from callconsole.ui.prompts_page import PromptsPage
from callconsole.ui.transcript_view import TranscriptView
from callconsole.viewmodels.prompt_shelf import PromptShelf
from callconsole.viewmodels.transcript_model import TranscriptModel

CUT = "I am Ada, calling for Bayside Dental. You are booked for Tuesday at 9:30. "
UNHEARD = "Does that time still work for you, or would another"


def filled_model() -> TranscriptModel:
    model = TranscriptModel()
    model.set_names("Jordan", "AI")
    say = [
        Turn(1, Speaker.AGENT, "Hello, may I speak to Jordan, please?", 3.0, final=True),
        Turn(2, Speaker.CALLER, "One moment.", 6.2, final=True),
        Turn(3, Speaker.CALLER, "Yes, this is Jordan. What is it about?", 132, final=True),
        Turn(4, Speaker.AGENT, CUT + UNHEARD, 136, True, True, len(CUT)),
        Turn(
            5,
            Speaker.CALLER,
            "Sorry, could we move it to the afternoon, maybe after three? I have to take my "
            "daughter to school in the morning, and the bus is never on time.",
            149,
            final=True,
        ),
        Turn(6, Speaker.AGENT, "Of course. I can offer you 3:15 or 4:00 on the same", 159),
    ]
    for turn in say:
        model.put(turn)
    model.note("A person answered", 2.0, "user")
    model.note("Reception put the call through", 130, "phone-outgoing")
    return model


def in_panel(widget: QWidget, width: int, height: int) -> QWidget:
    window = QWidget()
    box = QVBoxLayout(window)
    box.setContentsMargins(QMargins(8, 8, 8, 8))
    surface = panel()
    inside = QVBoxLayout(surface)
    inside.setContentsMargins(QMargins(16, 16, 16, 16))
    inside.addWidget(widget)
    box.addWidget(surface)
    window.resize(width, height)
    return window


def save(app: QApplication, window: QWidget, folder: Path, name: str) -> None:
    window.show()
    app.processEvents()
    app.processEvents()
    window.grab().save(str(folder / f"{name}.png"))


def draw_transcript(app: QApplication, folder: Path, mark: str) -> None:
    model = filled_model()
    view = TranscriptView(model)
    view.set_aside("Appointment reminder")
    window = in_panel(view, 698, 520)
    save(app, window, folder, f"transcript_{mark}")
    view.lines.verticalScrollBar().setValue(10)
    model.put(Turn(7, Speaker.CALLER, "Four is good.", 163, final=True))
    model.put(Turn(8, Speaker.AGENT, "Four o'clock it is.", 165, final=True))
    save(app, window, folder, f"transcript_pill_{mark}")
    view.open_find()
    view.find_bar.field.setText("the")
    view.lines.selectRow(4)
    save(app, window, folder, f"transcript_find_{mark}")
    empty = TranscriptView(TranscriptModel())
    save(app, in_panel(empty, 698, 320), folder, f"transcript_empty_{mark}")


def draw_prompts(app: QApplication, folder: Path, mark: str) -> None:
    with tempfile.TemporaryDirectory() as data:
        shelf = PromptShelf(FilePrompts(Path(data), paths.shipped("prompts")))
        page = PromptsPage(shelf)
        page.resize(1216, 756)
        save(app, page, folder, f"prompts_{mark}")
        shelf.open("appointment_reminder")
        page.editor.insertPlainText("Ask for {{customer_name}} first.\n")
        save(app, page, folder, f"prompts_edited_{mark}")
        (Path(data) / "appointment_reminder.md").write_text("Theirs", encoding="utf-8")
        page.save()
        page.list.ask_name()
        page.list.new_name.field.setText("Order status")
        page.list.new_name.create_button.click()
        save(app, page, folder, f"prompts_conflict_{mark}")
        page.list.new_name.hide()
        shelf.save(overwrite=True)
        page.editor.selectAll()
        page.editor.insertPlainText(" ")
        page.resize(930, 560)
        save(app, page, folder, f"prompts_empty_{mark}")
        page.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--only", choices=("transcript", "prompts"))
    options = asked.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    for family in ("Inter", "DejaVu Sans"):
        fonts.use(family)
        for scheme in ("light", "dark"):
            theme.apply(app, scheme)
            mark = f"{scheme}_{family.split()[0].lower()}"
            if options.only != "prompts":
                draw_transcript(app, options.folder, mark)
            if options.only != "transcript":
                draw_prompts(app, options.folder, mark)


if __name__ == "__main__":
    main()
