"""The window: top bar, banner, callers' cards, rail and pages in their places, and its size."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from callconsole import paths
from callconsole.ui.closing import Closing
from callconsole.ui.fitting import hold_least, set_margins, set_zoom
from callconsole.ui.incoming_cards import IncomingCards
from callconsole.ui.kit.banner import Banner
from callconsole.ui.kit.focus_ring import FocusRing
from callconsole.ui.kit.surfaces import Room
from callconsole.ui.notifier import Notifier, system_tray
from callconsole.ui.pages import CALLS, HISTORY, Pages
from callconsole.ui.rail import Rail
from callconsole.ui.shortcuts_sheet import ShortcutsSheet
from callconsole.ui.tokens import (
    CARDS_STACK_FROM_HEIGHT,
    DIAL_WIDTH,
    DRAWER_BELOW_WIDTH,
    FOLD_BELOW_HEIGHT,
    LEAST_HEIGHT,
    MINIMUM_HEIGHT,
    MINIMUM_WIDTH,
)
from callconsole.ui.top_bar import TopBar
from callconsole.ui.window_keys import WindowKeys
from callconsole.ui.window_title import title
from callconsole.ui.zoom import px, zoom
from callconsole.ui.zoom_hint import ZoomHint
from callconsole.viewmodels.checkup import ROW_OF
from callconsole.viewmodels.live_call import Stage
from callconsole.viewmodels.models import Models


class MainWindow(QMainWindow):
    """Shows the models; decides nothing about calls.

    Attributes:
        pages: what the rail leads to; `calls` and `history` are two of them.
        closing: what closing means while calls live.

    Signals:
        closed: the window has closed for good; the program may stop.
        first_painted: the window is on the screen.
    """

    closed = Signal()
    first_painted = Signal()

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._painted = False
        self.top_bar = TopBar(models.services, models.lines)
        self.banner = Banner()
        self.incoming = IncomingCards(models.incoming)
        self.rail = Rail(settings=models.settings is not None)
        self.pages = Pages(models)
        self.calls, self.history = self.pages.calls, self.pages.history
        self._lay_out()
        self.sheet = ShortcutsSheet(self)
        self.zoom_hint = ZoomHint(self)
        self.ring = FocusRing(self)
        self._keys = WindowKeys(
            self, models, self.pages, toggle_sheet=self.sheet.toggle, zoom_to=self.zoom_to
        )
        self._join()
        self.closing = Closing(self, models)
        self.setWindowIcon(QIcon(str(paths.resources() / "icons" / "callconsole.svg")))
        self.setMinimumSize(MINIMUM_WIDTH, MINIMUM_HEIGHT)
        self.resize(1280, 800)
        self._notifier = Notifier(self, models.alerts, system_tray(self))
        self._notifier.opened.connect(self._on_message_opened)
        self._show_notice()
        self._show_title()
        self.calls.dial.number.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        central = QWidget()
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.rail)
        body.addWidget(self.pages, 1)
        around = QHBoxLayout()
        around.setContentsMargins(8, 0, 8, 8)
        around.addWidget(self.banner)
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self.incoming)
        column.addLayout(around)
        column.addLayout(body, 1)
        self._around = around
        self._content = central
        # Small windows scroll once the zoom has made the pages larger than they are.
        central.setMinimumSize(MINIMUM_WIDTH, MINIMUM_HEIGHT)
        self._room = Room(central)
        self.setCentralWidget(self._room)

    def _join(self) -> None:
        models, pages = self._models, self.pages
        self.rail.chosen.connect(pages.open_page)
        pages.opened.connect(self.rail.choose)
        self.top_bar.service_asked.connect(lambda service: pages.open_check(ROW_OF[service]))
        self.top_bar.drawer_asked.connect(self._on_drawer_asked)
        self.banner.acted.connect(models.services.act)
        self.banner.closed.connect(self._on_notice_closed)
        self.calls.side.calls.incoming_chosen.connect(self.incoming.focus_card)
        self.incoming.left.connect(self._on_cards_left)
        models.incoming.changed.connect(self._on_incoming_changed)
        models.services.changed.connect(self._show_notice)
        models.live.changed.connect(self._show_title)
        models.live.clock_changed.connect(self._show_title)
        models.lines.changed.connect(self._show_title)
        zoom.changed.connect(self._fold)
        self.calls.turned.connect(self._fold)
        pages.currentChanged.connect(self._fold)

    # Pages ------------------------------------------------------------------------------------

    @property
    def page(self) -> int:
        """Index of the page shown, see `pages`."""
        return self.pages.shown

    def open_page(self, index: int) -> None:
        """Show a page; a number that none has changes nothing."""
        self.pages.open_page(index)

    def _on_drawer_asked(self) -> None:
        """Open or close it; from another page, lead to it."""
        if self.page == CALLS:
            self.calls.toggle_drawer()
        else:
            self.open_page(CALLS)
            self.calls.open_drawer()

    def _on_message_opened(self, sid: str) -> None:
        self.pages.show_calls()
        self._models.live.focus(sid)
        self.incoming.focus_card(sid)

    # Who calls, and what is said --------------------------------------------------------------

    def _on_incoming_changed(self) -> None:
        self._show_title()
        self._fold()
        self._notifier.ring(self._models.incoming.waiting)

    def _on_cards_left(self) -> None:
        """The card that had the focus is gone; nothing that ends a call may find it."""
        if self.page == CALLS:
            idle = self._models.live.stage is Stage.IDLE
            home: QWidget = self.calls.dial.number if idle else self.calls.call
            home.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_notice_closed(self) -> None:
        self._models.services.close_notice()
        if self.page == CALLS:
            # Where one goes on; the focus would find the rail.
            self.calls.dial.number.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_notice(self) -> None:
        notice = self._models.services.notice()
        self.banner.setVisible(notice is not None)
        set_margins(self._around, 8, 0, 8, 8 if notice is not None else 0)
        if notice is not None:
            self.banner.show_notice(
                notice.title, notice.line, notice.tone, notice.hint, notice.action
            )
        self._fold()

    def _show_title(self) -> None:
        self.setWindowTitle(title(self._models))

    # How large it is --------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold what does not fit."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        narrow = self.width() < px(DRAWER_BELOW_WIDTH)
        self.incoming.set_low(self.height() < px(CARDS_STACK_FROM_HEIGHT))
        # The cards of callers take height too.
        taken = self.incoming.taken()
        low = self.height() - taken < px(FOLD_BELOW_HEIGHT)
        self.calls.set_narrow(narrow)
        self.top_bar.show_drawer_button(narrow)
        self.calls.dial.fold(low)
        self.history.set_narrow(narrow)
        self.history.fold(low)
        self.calls.set_cramped(self.width() < px(MINIMUM_WIDTH))
        tight = self.page == CALLS and self.calls.tight
        wanted = MINIMUM_WIDTH - DIAL_WIDTH if tight else MINIMUM_WIDTH
        # The dial column and the history cannot do with less; a call alone can.
        if self.page == HISTORY:
            taken = px(MINIMUM_HEIGHT)
        taken = 0 if tight else taken + self._around.sizeHint().height()
        least = min(px(LEAST_HEIGHT) + taken, px(MINIMUM_HEIGHT))
        hold_least(self._content, px(wanted), least)
        self._room.settle()

    def zoom_to(self, percent: int) -> None:
        """Draw everything at this percentage, and say so."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            set_zoom(app, percent)
        self.zoom_hint.show_percent(zoom.percent)

    # Its first moment and its last ------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window has been painted, children included."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close at once, or with a live call only after a question."""
        if not self.closing.allowed():
            event.ignore()
            return
        event.accept()
        self.closed.emit()
