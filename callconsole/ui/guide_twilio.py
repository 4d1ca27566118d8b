"""The guide's step about Twilio on the screen: two fields, the account, and its numbers."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from callconsole.domain.phone import pretty
from callconsole.ui.guide_body import GuideBody
from callconsole.ui.guide_number import NumberRow
from callconsole.ui.kit.facts import Fact
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.guide_twilio import SID, TOKEN, TwilioStep


class TwilioBody(GuideBody):
    """The numbers appear once the account has answered."""

    def __init__(self, step: TwilioStep) -> None:
        super().__init__(step)
        self._twilio = step
        self.content.addWidget(self.add_field(SID, "AC…"))
        self.content.addWidget(self.add_field(TOKEN))
        self.content.addWidget(self.result)
        self.account = QWidget()
        self.facts = {name: Fact(name) for name in ("Account", "Balance")}
        self.limits = Text("", 12, 400, "warning", wrap=True)
        self.heading = Text("The number that calls", 15, 600)
        self.others = Text("", 12, 400, "muted", wrap=True)
        self.numbers: dict[str, NumberRow] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        column = QVBoxLayout(self.account)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for fact in self.facts.values():
            fact.setMaximumWidth(420)
            column.addWidget(fact)
        column.addWidget(self.limits)
        column.addSpacing(8)
        column.addWidget(self.heading)
        column.addSpacing(4)
        column.addLayout(self._list)
        column.addWidget(self.others)
        self.content.addWidget(self.account)
        self.finish()

    @property
    def checking_words(self) -> str:
        """Whom we ask."""
        return "Asking Twilio for the account and its numbers…"

    def show_step(self) -> None:
        """Show the account and its numbers too."""
        self.show_result()
        step = self._twilio
        self.account.setVisible(step.account is not None)
        if step.account is None:
            return
        told = dict(step.facts)
        for name, fact in self.facts.items():
            fact.setVisible(name in told)
            fact.show_value(told.get(name, ""))
        self.limits.setText(step.limits)
        self.limits.setVisible(bool(step.limits))
        self.heading.setVisible(bool(step.account.numbers))
        self.others.setText(step.others)
        self.others.setVisible(bool(step.others))
        self._offer(step.account.numbers)
        for number, row in self.numbers.items():
            row.set_chosen(number == step.number)
            row.setEnabled(not step.number_locked or number == step.number)
            row.setToolTip(step.number_locked)

    def show_result(self) -> None:
        """Once the account is there, what is left is to choose."""
        step = self._twilio
        if step.account is not None and step.problem is None and not step.done:
            if not step.checking:
                self.result.tell("Signed in. Choose the number that calls.")
            return
        super().show_result()
        if step.done and not step.checking:
            self.result.good(f"Calls will come from {pretty(step.number)}.")

    def _offer(self, numbers: tuple[str, ...]) -> None:
        if tuple(self.numbers) == numbers:
            return
        for row in self.numbers.values():
            row.hide()
            row.deleteLater()
        self.numbers = {}
        for number in numbers:
            row = NumberRow(number)
            row.clicked.connect(lambda _on=False, number=number: self._twilio.choose_number(number))
            self.numbers[number] = row
            self._list.addWidget(row)

    @property
    def chooses(self) -> bool:
        """The account has answered, and none of its numbers is chosen."""
        step = self._twilio
        return bool(self.numbers) and step.account is not None and not step.done

    def choices(self) -> list[QWidget]:
        """The numbers."""
        return list(self.numbers.values())

    def focus_first(self) -> bool:
        """With the account there, the numbers."""
        if self.chooses:
            next(iter(self.numbers.values())).setFocus()
            return True
        return super().focus_first()
