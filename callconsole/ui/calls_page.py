"""The Calls page: dial column, the white centre, and the right panel or drawer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from callconsole.ui.call_page import CallPage
from callconsole.ui.dial_column import DialColumn
from callconsole.ui.fitting import set_margins
from callconsole.ui.idle_page import IdlePage
from callconsole.ui.kit.surfaces import panel
from callconsole.ui.side_panel import SidePanel
from callconsole.ui.tokens import SIDE_WIDTH
from callconsole.ui.zoom import px
from callconsole.viewmodels.live_call import Stage
from callconsole.viewmodels.models import Models


class CallsPage(QWidget):
    """Shows the idle page or the call; holds the focus itself on the way from one to the other.

    Signals:
        prompts_asked: the cure of a failure is on the Prompts page.
        turned: the idle page gave way to a call, or a call to the idle page.
    """

    prompts_asked = Signal()
    turned = Signal()

    ring_hidden = True

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._narrow = False
        self._cramped = False
        self._deciding = False
        self._typed_at_call: str | None = None
        self.dial = DialColumn(models.dialler, models.parties, models.checkup)
        self.idle = IdlePage(models)
        self.call = CallPage(models)
        self.call.transcript.widen_keys(self)
        self.side = SidePanel(models, self)
        self._centre = QStackedWidget()
        self._centre.addWidget(self.idle)
        self._centre.addWidget(self.call)
        ground = panel()
        self._ground = ground
        inside = QVBoxLayout(ground)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._centre)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 8)
        self._row.setSpacing(0)
        self._row.addWidget(self.dial)
        self._row.addWidget(ground, 1)
        self._row.addWidget(self.side)
        self.idle.number_chosen.connect(self._on_number_chosen)
        self.idle.practice.chosen.connect(self._on_callee_chosen)
        self.call.prompts_asked.connect(self.prompts_asked)
        self.call.number_asked.connect(self._on_number_chosen)
        models.live.changed.connect(self._show)
        models.operator.changed.connect(self._show_border)
        models.dialler.started.connect(self._on_started)
        models.answer.changed.connect(self._on_answer_changed)
        self._show()

    def _show(self) -> None:
        idle = self._models.live.stage is Stage.IDLE
        page = self.idle if idle else self.call
        if page is self._centre.currentWidget():
            return
        inside = self.hasFocus() or self._centre.isAncestorOf(self.window().focusWidget())
        self._centre.setCurrentWidget(page)
        self._show_dial()
        self.turned.emit()
        if inside:
            (self.dial.number if idle else self.call).setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_callee_chosen(self, e164: str) -> None:
        # Left alone, the focus of a button that is disabled and goes away would wander, in the
        # end to Hang up, where Space ends the call.
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._models.dialler.call_number(e164)

    def _show_border(self) -> None:
        """Frame the whole centre while the operator is on the line."""
        yours = self._models.operator.taken_over
        self._ground.set_ground("surface", "accent" if yours else "border", 2 if yours else 1)

    def _on_number_chosen(self, e164: str) -> None:
        self._models.dialler.show_number(e164)
        self.dial.number.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_started(self) -> None:
        self._typed_at_call = self._models.dialler.text

    def _on_answer_changed(self) -> None:
        opened = self._models.answer.open
        if opened and not self._deciding:
            self._hand_over_digits()
        self._deciding = opened

    def _hand_over_digits(self) -> None:
        """Let the bare digits answer the card, unless somebody is typing another number."""
        untouched = self._typed_at_call == self._models.dialler.text
        if self.dial.number.digits.hasFocus() and untouched:
            self.call.answer.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_narrow(self, narrow: bool) -> None:
        """Take the right panel out of the row and make it a drawer, or put it back."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        if narrow:
            self._row.removeWidget(self.side)
            set_margins(self._row, 0, 0, 8, 8)
            self.side.hide()
        else:
            self._row.addWidget(self.side)
            set_margins(self._row, 0, 0, 0, 8)
            self.side.show()
        self.side.float_above(narrow)

    @property
    def drawer_open(self) -> bool:
        """True where the right panel is a drawer and open."""
        return self._narrow and not self.side.isHidden()

    @property
    def tight(self) -> bool:
        """True where a call has the place of the dial column as well."""
        return self._cramped and self._centre.currentWidget() is self.call

    def set_cramped(self, cramped: bool) -> None:
        """Give a call the dial column's place too, so that Hang up stays in view."""
        self._cramped = cramped
        self._show_dial()

    def _show_dial(self) -> None:
        if self.tight and self.dial.isAncestorOf(self.window().focusWidget()):
            self.call.setFocus(Qt.FocusReason.OtherFocusReason)
        self.dial.setHidden(self.tight)

    def toggle_drawer(self) -> None:
        """Open or close the drawer on narrow windows."""
        if self._narrow:
            self.side.setVisible(self.side.isHidden())
            self._place_drawer()
            self.side.raise_()

    def open_drawer(self) -> None:
        """Open the right panel where it is a drawer and closed."""
        if not self.drawer_open:
            self.toggle_drawer()

    def ask_hang_up_all(self) -> None:
        """Ask in the right panel whether to end every call; open it where it is a drawer."""
        if self.side.isHidden():
            self.toggle_drawer()
        self.side.calls.end_all.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the drawer at the right edge."""
        super().resizeEvent(event)
        self._place_drawer()

    def _place_drawer(self) -> None:
        if self._narrow:
            self.side.setGeometry(
                self.width() - px(SIDE_WIDTH) - px(8), 0, px(SIDE_WIDTH), self.height() - px(8)
            )
