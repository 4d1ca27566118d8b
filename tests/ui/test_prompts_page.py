"""The prompts page as an operator uses it: choosing, writing, saving, and what can go wrong."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.prompt import Prompt
from callconsole.ui import fonts, theme
from callconsole.ui.prompt_list import ENTRY
from callconsole.ui.prompts_page import PromptsPage
from callconsole.ui.tokens import DARK, LIGHT
from callconsole.viewmodels.prompt_shelf import PromptShelf
from fakes.engine import FakePrompts

# The offscreen platform says this for any window whose least size changes.

CONTROL = Qt.KeyboardModifier.ControlModifier
FULL = Problem(code="prompt.not_saved", title="Not saved", cause="No space.", cure="Make space.")


class Operator:
    """The page over prompts in memory, shown, and hands to use it."""

    def __init__(self, qtbot: QtBot, **prompts: str) -> None:
        self.qtbot = qtbot
        self.prompts = FakePrompts(**prompts)
        self.shelf = PromptShelf(self.prompts)
        self.page = PromptsPage(self.shelf)
        self.page.resize(1200, 740)
        qtbot.addWidget(self.page)
        self.page.show()
        qtbot.waitExposed(self.page)
        self.page.editor.setFocus()

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.page.editor, text)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = CONTROL) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.page, key, modifier)

    def click(self, button: object) -> None:
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[arg-type]

    def choose(self, row: int) -> None:
        rows = self.page.list.rows
        place = rows.visualItemRect(rows.item(row)).center()
        self.qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)

    @property
    def listed(self) -> list[str]:
        rows = self.page.list.rows
        entries = [rows.item(row).data(ENTRY) for row in range(rows.count())]
        return [entry.title + (" edited" if entry.edited else "") for entry in entries]


@pytest.fixture
def operator(qtbot: QtBot, qapp: QApplication) -> Operator:
    theme.apply(qapp, "light")
    return Operator(qtbot, order_status="# Who\nYou are Ada.", survey="Ask.")


def test_it_opens_on_the_first_prompt(operator: Operator) -> None:
    page = operator.page
    assert operator.listed == ["Order status", "Survey"]
    assert page.title.text() == "Order status"
    assert page.editor.text() == "# Who\nYou are Ada."
    assert page.counts.text() == "18 characters, ≈ 5 tokens"
    assert page.hint.text() == "The next call uses it."
    assert not page.save_button.isEnabled()
    assert not page.pill.isVisible()
    assert not page.revert_button.isVisible()


def test_typing_makes_a_draft_and_ctrl_s_saves_it(operator: Operator) -> None:
    page = operator.page
    operator.type("Hi ")
    assert page.pill.isVisible()
    assert page.pill.text() == "Draft, not saved"
    assert operator.listed == ["Order status edited", "Survey"]
    assert page.hint.text().startswith("Calls still use the saved text.")
    assert operator.prompts.texts["order_status"] == "# Who\nYou are Ada."
    operator.press(Qt.Key.Key_S)
    assert operator.prompts.texts["order_status"] == "Hi # Who\nYou are Ada."
    assert page.pill.text() == "Saved"
    assert operator.listed == ["Order status", "Survey"]
    assert not page.save_button.isEnabled()


def test_the_save_button_saves(operator: Operator) -> None:
    operator.type("Hi ")
    operator.click(operator.page.save_button)
    assert operator.prompts.texts["order_status"].startswith("Hi ")


def test_another_prompt_and_back_keeps_the_draft(operator: Operator) -> None:
    operator.type("Mine ")
    operator.choose(1)
    assert operator.page.editor.text() == "Ask."
    assert not operator.page.pill.isVisible()
    assert operator.listed == ["Order status edited", "Survey"]
    operator.choose(0)
    assert operator.page.editor.text() == "Mine # Who\nYou are Ada."
    assert operator.page.pill.text() == "Draft, not saved"


def test_undo_and_redo_by_button_and_not_into_another_prompt(operator: Operator) -> None:
    page = operator.page
    assert not page.undo_button.isEnabled()
    operator.type("X")
    operator.click(page.undo_button)
    assert page.editor.text() == "# Who\nYou are Ada."
    assert not page.pill.isVisible()
    operator.click(page.redo_button)
    assert page.editor.text() == "X# Who\nYou are Ada."
    operator.choose(1)
    assert not page.undo_button.isEnabled()


def test_revert_can_be_undone(operator: Operator) -> None:
    page = operator.page
    operator.type("X")
    operator.click(page.revert_button)
    assert page.editor.text() == "# Who\nYou are Ada."
    assert not page.pill.isVisible()
    page.editor.setFocus()
    operator.press(Qt.Key.Key_Z)
    assert page.editor.text() == "X# Who\nYou are Ada."
    assert page.pill.text() == "Draft, not saved"


def test_an_empty_prompt_is_warned_of(operator: Operator) -> None:
    page = operator.page
    assert not page.empty_band.isVisible()
    operator.press(Qt.Key.Key_A)
    operator.press(Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier)
    assert page.empty_band.isVisible()
    assert page.empty_band.accessibleName() == "This prompt is empty. A call cannot start with it."
    operator.type("a")
    assert not page.empty_band.isVisible()
    assert page.counts.text() == "1 character, ≈ 1 token"


def test_search_narrows_the_list(operator: Operator) -> None:
    operator.qtbot.keyClicks(operator.page.list.search, "SUR")
    assert operator.listed == ["Survey"]
    assert operator.page.title.text() == "Order status"
    operator.qtbot.keyClicks(operator.page.list.search, "x")
    assert operator.page.list.nothing.text() == "No prompt is called “SURx”."
    operator.page.list.search.clear()
    assert operator.listed == ["Order status", "Survey"]


def test_a_new_prompt_by_keyboard(operator: Operator) -> None:
    page = operator.page
    operator.press(Qt.Key.Key_N)
    field = page.list.new_name.field
    assert field.isVisible()
    operator.qtbot.keyClicks(field, "Delivery window")
    operator.qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not field.isVisible()
    assert page.title.text() == "Delivery window"
    assert operator.listed == ["Delivery window edited", "Order status", "Survey"]
    assert page.empty_band.isVisible()
    assert page.editor.hasFocus()
    operator.type("Say when.")
    operator.press(Qt.Key.Key_S)
    assert operator.prompts.texts["Delivery_window"] == "Say when."


def test_a_name_that_is_taken_is_said_below_the_field(operator: Operator) -> None:
    new = operator.page.list.new_name
    operator.click(operator.page.list.new_button)
    operator.click(new.create_button)
    assert new.problem.text() == "A prompt needs a name."
    operator.qtbot.keyClicks(new.field, "survey")
    assert not new.problem.isVisible()
    operator.click(new.create_button)
    assert new.problem.text().startswith("There is a prompt of this name.")
    assert not operator.page.problem_band.isVisible()
    operator.qtbot.keyClick(new.field, Qt.Key.Key_Escape)
    assert not new.isVisible()
    assert operator.page.list.new_button.isEnabled()


def test_a_file_changed_meanwhile_is_said_and_one_can_keep_ones_own(operator: Operator) -> None:
    page = operator.page
    operator.type("Mine ")
    operator.prompts.texts["order_status"] = "Theirs"
    operator.press(Qt.Key.Key_S)
    assert page.conflict_band.isVisible()
    assert not page.problem_band.isVisible()
    assert operator.prompts.texts["order_status"] == "Theirs"
    operator.click(page.keep_button)
    assert operator.prompts.texts["order_status"] == "Mine # Who\nYou are Ada."
    assert not page.conflict_band.isVisible()


def test_or_take_the_files_text_and_undo_even_that(operator: Operator) -> None:
    page = operator.page
    operator.type("Mine ")
    operator.prompts.texts["order_status"] = "Theirs"
    operator.shelf.refresh()
    assert page.conflict_band.isVisible()
    operator.click(page.take_button)
    assert page.editor.text() == "Theirs"
    assert not page.conflict_band.isVisible()
    operator.click(page.undo_button)
    assert page.editor.text() == "Mine # Who\nYou are Ada."


def test_a_file_changed_outside_shows_when_the_page_comes_back(operator: Operator) -> None:
    operator.page.hide()
    operator.prompts.texts["order_status"] = "Theirs"
    operator.prompts.texts["another"] = "New"
    operator.page.show()
    assert operator.page.editor.text() == "Theirs"
    assert operator.listed == ["Another", "Order status", "Survey"]


def test_a_failed_save_says_why_and_keeps_the_text(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_prompt: Prompt) -> None:
        raise ProblemError(FULL)

    page = operator.page
    monkeypatch.setattr(operator.prompts, "write", refuse)
    operator.type("Mine ")
    operator.press(Qt.Key.Key_S)
    assert page.problem_band.isVisible()
    assert page.problem_band.title.text() == "Not saved"
    assert page.problem_band.line.text() == "No space. Make space."
    assert page.editor.text().startswith("Mine ")
    monkeypatch.undo()
    operator.press(Qt.Key.Key_S)
    assert not page.problem_band.isVisible()


def test_variables_are_said_to_be_sent_as_they_stand(operator: Operator) -> None:
    operator.type("{{name}} ")
    assert "Calls send {{name}} just as it stands." in operator.page.hint.text()


def test_pasting_takes_the_words_only_and_keeps_the_line_height(operator: Operator) -> None:
    editor = operator.page.editor
    rich = QMimeData()
    rich.setHtml("<h1>Big</h1><b>bold</b>")
    rich.setText("Big\nbold\n")
    editor.insertFromMimeData(rich)
    assert editor.text() == "Big\nbold\n# Who\nYou are Ada."
    operator.click(operator.page.revert_button)
    operator.click(operator.page.undo_button)
    editor.setFocus()
    operator.press(Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    block = editor.document().begin()
    seen = 0
    while block.isValid():
        assert block.blockFormat().lineHeight() == 24
        assert block.layout().lineAt(0).height() <= 24
        assert not block.charFormat().font().bold()
        block = block.next()
        seen += 1
    assert seen == 5


def test_no_break_spaces_and_line_breaks_survive(operator: Operator) -> None:
    operator.prompts.texts["survey"] = "10\u00a0000 😀 # no\n\n\n"
    operator.choose(1)
    assert operator.page.editor.text() == "10\u00a0000 😀 # no\n\n\n"
    operator.type("a")
    assert operator.shelf.text == "a10\u00a0000 😀 # no\n\n\n"


@pytest.mark.parametrize(("scheme", "tokens"), [("light", LIGHT), ("dark", DARK)])
def test_headings_are_bold_and_variables_marked(
    qtbot: QtBot, qapp: QApplication, scheme: str, tokens: object
) -> None:
    operator = Operator(qtbot, a="# Who 😀\n😀 call {{name}} now\n#hash")
    theme.apply(qapp, scheme)
    document = operator.page.editor.document()
    heading, line, hash_line = (document.findBlockByNumber(n) for n in range(3))
    (bold,) = heading.layout().formats()
    assert (bold.start, bold.length, bold.format.fontWeight()) == (0, 8, 700)
    (mark,) = line.layout().formats()
    # The smiling face counts as two in Qt.
    assert (mark.start, mark.length) == (8, 8)
    assert mark.format.foreground().color() == QColor(tokens.accent)  # type: ignore[attr-defined]
    assert hash_line.layout().formats() == []


def test_tab_leaves_the_editor(operator: Operator) -> None:
    before = operator.page.editor.text()
    operator.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
    assert not operator.page.editor.hasFocus()
    assert operator.page.editor.text() == before


def test_without_prompts_it_says_what_to_do(operator: Operator) -> None:
    operator.prompts.texts.clear()
    operator.shelf.refresh()
    page = operator.page
    assert page.title.text() == "No prompt"
    assert page.list.nothing.text() == "No prompts yet. Make one with New."
    assert not page.editor.isEnabled()
    assert not page.empty_band.isVisible()


@pytest.mark.parametrize("family", ["Inter", "DejaVu Sans"])
@pytest.mark.parametrize("size", [(1216, 756), (914, 516)])
def test_nothing_is_cut_off(
    qtbot: QtBot, qapp: QApplication, family: str, size: tuple[int, int]
) -> None:
    fonts.use(family)
    try:
        operator = Operator(qtbot, appointment_reminder="You are Ada.")
        operator.page.resize(*size)
        operator.type("Mine ")
        operator.prompts.texts["appointment_reminder"] = "Theirs"
        operator.press(Qt.Key.Key_S)
        operator.click(operator.page.list.new_button)
        QApplication.processEvents()
        assert (operator.page.width(), operator.page.height()) == size
        for label in operator.page.findChildren(QLabel):
            if label.isVisible() and not label.wordWrap():
                assert label.width() >= label.sizeHint().width(), label.text()
        for widget in operator.page.findChildren(QWidget):
            parent = widget.parentWidget()
            if widget.isVisible() and parent.layout() is not None:
                assert parent.rect().contains(widget.geometry()), widget
    finally:
        fonts.forget()
