"""What a prompt's agent may do, switched and typed on the page, and saved with the words."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from callconsole.domain.abilities import USUAL, Abilities, Ability, TransferTarget
from callconsole.ui.prompts_page import PromptsPage
from callconsole.ui.transfer_list import TransferRow
from callconsole.viewmodels.prompt_shelf import PromptShelf
from fakes.engine import FakePrompts

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
DESK = TransferTarget("Front desk", "+14155550117")
ANN = TransferTarget("Ann", "+442079460018")


class Operator:
    """The page over two prompts, and hands to use its right panel."""

    def __init__(self, qtbot: QtBot) -> None:
        self.prompts = FakePrompts(order_status="You are Ada.", survey="Ask.")
        self.prompts.abilities["survey"] = Abilities(frozenset({Ability.TAKE_NOTE}), (DESK, ANN))
        self.shelf = PromptShelf(self.prompts, "US")
        self.page = PromptsPage(self.shelf)
        self.page.resize(1216, 740)
        qtbot.addWidget(self.page)
        self.page.show()
        qtbot.waitExposed(self.page)

    @property
    def rows(self) -> list[TransferRow]:
        return self.page.abilities.targets.rows

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, LEFT)

    def switch(self, ability: Ability) -> None:
        self.click(self.page.abilities.switches[ability])

    def add(self, label: str, number: str) -> TransferRow:
        self.click(self.page.abilities.targets.add)
        row = self.rows[-1]
        assert row.label.hasFocus()
        QTest.keyClicks(row.label, label)
        QTest.keyClick(row.label, Qt.Key.Key_Tab)
        row.number.setFocus()
        QTest.keyClicks(row.number, number)
        return row

    def save(self) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.page, Qt.Key.Key_S, CONTROL)


@pytest.fixture
def operator(qtbot: QtBot, dressed: QApplication) -> Operator:
    return Operator(qtbot)


def test_it_shows_each_prompts_own(operator: Operator) -> None:
    switches = operator.page.abilities.switches
    assert all(switch.isChecked() for switch in switches.values())
    assert operator.rows == []
    operator.shelf.open("survey")
    assert [ability for ability, switch in switches.items() if switch.isChecked()] == [
        Ability.TAKE_NOTE
    ]
    assert [row.label.text() for row in operator.rows] == ["Front desk", "Ann"]
    assert [row.number.text() for row in operator.rows] == ["+1 415-555-0117", "+44 20 7946 0018"]
    assert not operator.page.abilities.targets.isEnabled()


def test_a_switch_makes_a_draft_and_is_saved(operator: Operator) -> None:
    operator.switch(Ability.END_CALL)
    assert operator.page.pill.text() == "Draft, not saved"
    operator.switch(Ability.END_CALL)
    assert not operator.page.pill.isVisible()
    operator.switch(Ability.END_CALL)
    operator.save()
    assert operator.prompts.abilities["order_status"].allowed == USUAL.allowed - {Ability.END_CALL}
    assert operator.page.pill.text() == "Saved"


def test_a_switch_works_by_keyboard(operator: Operator) -> None:
    switch = operator.page.abilities.switches[Ability.TAKE_NOTE]
    switch.setFocus()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert Ability.TAKE_NOTE not in operator.shelf.abilities.allowed


def test_somebody_is_added_tidied_and_saved(operator: Operator) -> None:
    row = operator.add("Front desk", "415 555 0117")
    assert not row.fault.isVisible()
    QTest.keyClick(row.number, Qt.Key.Key_Return)
    assert row.number.text() == "+1 415-555-0117"
    operator.save()
    assert operator.prompts.abilities["order_status"].transfers == (DESK,)


def test_a_wrong_number_is_said_on_leaving_and_gone_once_right(operator: Operator) -> None:
    row = operator.add("Front desk", "415")
    assert not row.fault.isVisible()
    QTest.keyClick(row.number, Qt.Key.Key_Return)
    assert row.fault.text() == "The number is too short."
    assert row.fault.isVisible()
    operator.save()
    assert operator.page.problem_band.isVisible()
    assert operator.page.problem_band.line.text().startswith("Front desk: The number is too short.")
    assert "order_status" not in operator.prompts.abilities
    QTest.keyClicks(row.number, "5550117")
    assert not row.fault.isVisible()
    operator.save()
    assert operator.prompts.abilities["order_status"].transfers == (DESK,)
    assert not operator.page.problem_band.isVisible()


def test_a_name_alone_is_not_scolded_before_its_number(operator: Operator) -> None:
    row = operator.add("Front desk", "")
    assert not row.fault.isVisible()
    assert operator.page.pill.text() == "Draft, not saved"
    operator.page.editor.setFocus()
    operator.save()
    assert operator.page.problem_band.isVisible()


def test_somebody_is_removed(operator: Operator) -> None:
    operator.shelf.open("survey")
    operator.switch(Ability.TRANSFER_CALL)
    operator.click(operator.rows[0].remove)
    assert [row.label.text() for row in operator.rows] == ["Ann"]
    operator.save()
    assert operator.prompts.abilities["survey"].transfers == (ANN,)


def test_revert_brings_back_what_was_saved(operator: Operator) -> None:
    operator.shelf.open("survey")
    operator.switch(Ability.END_CALL)
    operator.switch(Ability.TRANSFER_CALL)
    operator.click(operator.rows[0].remove)
    operator.click(operator.page.revert_button)
    assert not operator.page.abilities.switches[Ability.END_CALL].isChecked()
    assert len(operator.rows) == 2
    assert not operator.page.pill.isVisible()


def test_no_prompt_no_switches(operator: Operator) -> None:
    operator.prompts.texts.clear()
    operator.shelf.refresh()
    panel = operator.page.abilities
    assert not any(switch.isEnabled() for switch in panel.switches.values())
    assert not panel.targets.isEnabled()


def test_a_narrow_page_makes_it_a_drawer(operator: Operator) -> None:
    page = operator.page
    assert not page.abilities_button.isVisible()
    page.resize(914, 516)
    QApplication.sendPostedEvents()
    assert not page.abilities.isVisible()
    operator.click(page.abilities_button)
    assert page.abilities.isVisible()
    assert page.rect().contains(page.abilities.geometry())
    operator.switch(Ability.END_CALL)
    assert page.pill.text() == "Draft, not saved"
    operator.click(page.abilities_button)
    assert not page.abilities.isVisible()
    page.resize(1216, 740)
    QApplication.sendPostedEvents()
    assert page.abilities.isVisible()
