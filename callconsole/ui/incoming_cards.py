"""Who calls just now, in cards under the top bar of every page, with the three answers."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from callconsole.domain.incoming import Answerer
from callconsole.ui.announce import announce
from callconsole.ui.kit.banner import IconMark, lay_out_notice
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.pill import Pill
from callconsole.ui.kit.surfaces import Surface
from callconsole.ui.kit.text import Elided
from callconsole.viewmodels.incoming_calls import IncomingCalls, IncomingRow

HEIGHT = 60
GAP = 8
SHOWN = 3
SHOWN_LOW = 1
"""How many cards stand one above the other, in a low window too; of more the number is told."""


class IncomingCard(Surface):
    """One caller, 60 high: name, place and time, and what can be done.

    It never takes the focus by itself; a click or Tab brings it here.
    """

    def __init__(self, row: IncomingRow, incoming: IncomingCalls) -> None:
        super().__init__("accent_soft", outline="accent")
        self.setFixedHeight(HEIGHT)
        self.row = row
        self._mark = IconMark("phone-incoming", "accent", 24)
        self.name = Elided("", 15, 600, tabular=True)
        self.line = Elided("", 12, 400, "muted", tabular=True)
        self.more = Pill(filled=False)
        self.more.hide()
        self.agent = Button("Answer with the AI", Kind.SUCCESS, icon="robot")
        self.agent.setToolTip("The AI greets the caller (Ctrl Shift A)")
        self.you = Button("Answer yourself", Kind.PRIMARY_LINE, icon="microphone")
        self.you.setToolTip("You speak; the AI waits until you hand over (Ctrl Shift Y)")
        self.decline = Button("Decline", Kind.DANGER_LINE, icon="phone-x")
        self.decline.setToolTip("The caller hears an engaged tone (Ctrl Shift D)")
        sid = row.sid
        self.agent.clicked.connect(partial(self._answer, incoming, Answerer.AGENT, sid))
        self.you.clicked.connect(partial(self._answer, incoming, Answerer.OPERATOR, sid))
        self.decline.clicked.connect(lambda: incoming.decline(sid))
        lay_out_notice(self, self._mark, (self.name, self.line), (self.more, *self.buttons()))
        self.show_row(row)

    def buttons(self) -> tuple[Button, Button, Button]:
        """The three answers from the left."""
        return self.agent, self.you, self.decline

    def show_row(self, row: IncomingRow) -> None:
        """Show how it stands now."""
        self.row = row
        self.name.setText(row.name)
        self.line.setText(row.line)
        self.line.set_tone("danger" if row.trouble else "muted")
        self.line.setToolTip(row.line if row.trouble else "")
        self.setAccessibleName(row.spoken())
        for button in self.buttons():
            button.setEnabled(not row.answering)
            button.setAccessibleName(f"{button.text()}: {row.name}")

    @staticmethod
    def _answer(incoming: IncomingCalls, by: Answerer, sid: str, _on: bool = False) -> None:
        incoming.answer(by, sid)


class IncomingCards(QWidget):
    """The cards, who has been waiting longest on top; hidden where nobody calls.

    Signals:
        left: the card with the focus is gone.
    """

    left = Signal()

    def __init__(self, incoming: IncomingCalls, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._incoming = incoming
        self._most = SHOWN
        self._cards: dict[str, IncomingCard] = {}
        self.setAccessibleName("Incoming calls")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 0, 8, 8)
        self._column.setSpacing(GAP)
        incoming.changed.connect(self._show)
        self._show()

    def cards(self) -> list[IncomingCard]:
        """The cards from the top."""
        return [self._cards[row.sid] for row in self._incoming.rows[: self._most]]

    def set_low(self, low: bool) -> None:
        """Take less room in a low window."""
        most = SHOWN_LOW if low else SHOWN
        if most != self._most:
            self._most = most
            self._show()

    def taken(self) -> int:
        """How much of the window's height the cards take, in pixels."""
        return self.sizeHint().height() if self._incoming.rows else 0

    def focus_card(self, sid: str) -> None:
        """Go to the answers of this call, if it rings still."""
        card = self._cards.get(sid)
        if card is not None:
            card.agent.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        rows = self._incoming.rows[: self._most]
        gone = set(self._cards) - {row.sid for row in rows}
        dropped = [self._drop(sid) for sid in gone]
        for place, row in enumerate(rows):
            card = self._cards.get(row.sid)
            if card is None:
                card = self._cards[row.sid] = IncomingCard(row, self._incoming)
                self._column.insertWidget(place, card)
                self._order(place, card, rows)
                announce(self, row.spoken())
            elif card.row != row:
                self._renew(card, row)
        others = len(self._incoming.rows) - len(rows)
        self._tell_others(others)
        self.setVisible(bool(rows))
        if any(dropped):
            self.left.emit()

    def _order(self, place: int, card: IncomingCard, rows: list[IncomingRow]) -> None:
        """Let Tab go from answer to answer, and from card to card."""
        before = self._cards[rows[place - 1].sid].decline if place else self
        for button in card.buttons():
            QWidget.setTabOrder(before, button)
            before = button

    def _tell_others(self, others: int) -> None:
        for card in self._cards.values():
            card.more.hide()
        if others:
            last = self.cards()[-1]
            last.more.show_state(f"{others} more calling", "accent", "phone-incoming")
            last.more.show()

    def _renew(self, card: IncomingCard, row: IncomingRow) -> None:
        focused = card.isAncestorOf(self.window().focusWidget())
        if row.trouble and not card.row.trouble:
            announce(self, row.line)
        card.show_row(row)
        if focused and row.answering:
            self.left.emit()

    def _drop(self, sid: str) -> bool:
        """Take a card away; True where it had the focus."""
        card = self._cards.pop(sid)
        focused = card.isAncestorOf(self.window().focusWidget())
        self._column.removeWidget(card)
        card.hide()
        card.deleteLater()
        return focused
