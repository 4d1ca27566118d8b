"""The window: top bar, banner, rail and pages; shortcuts; and what closing means."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from callconsole import paths
from callconsole.domain.call import Call
from callconsole.domain.incoming import Answerer
from callconsole.ui import icons, theme
from callconsole.ui.answer_card import EVERYWHERE
from callconsole.ui.calls_page import CallsPage
from callconsole.ui.checkup_page import CheckupPage
from callconsole.ui.dial_keys import DialKeys
from callconsole.ui.fitting import hold_width, set_margins, set_zoom
from callconsole.ui.guide_page import GuidePage
from callconsole.ui.history_page import HistoryPage
from callconsole.ui.incoming_cards import IncomingCards
from callconsole.ui.kit.banner import Banner
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.focus_ring import FocusRing
from callconsole.ui.kit.surfaces import Room
from callconsole.ui.notifier import Notifier, system_tray
from callconsole.ui.operator_keys import OperatorKeys
from callconsole.ui.prompts_page import PromptsPage
from callconsole.ui.rail import Rail
from callconsole.ui.settings_view import SettingsView
from callconsole.ui.shortcuts_sheet import ShortcutsSheet
from callconsole.ui.star_key import StarKey
from callconsole.ui.tokens import (
    CARDS_STACK_FROM_HEIGHT,
    DIAL_WIDTH,
    DRAWER_BELOW_WIDTH,
    FOLD_BELOW_HEIGHT,
    MINIMUM_HEIGHT,
    MINIMUM_WIDTH,
)
from callconsole.ui.top_bar import TopBar
from callconsole.ui.zoom import USUAL, px, zoom
from callconsole.ui.zoom_hint import ZoomHint
from callconsole.viewmodels.answer_words import CHOICES, key_of
from callconsole.viewmodels.checkup import ROW_OF
from callconsole.viewmodels.dialler import DialFailure
from callconsole.viewmodels.live_call import Stage
from callconsole.viewmodels.models import Models

NAME = "Call console"
CALLS, PROMPTS, HISTORY, CHECKUP, SETTINGS, GUIDE = range(6)


class MainWindow(QMainWindow):
    """Shows the models; decides nothing about calls.

    Signals:
        closed: the window has closed for good; the program may stop.
        first_painted: the window is on the screen.
    """

    closed = Signal()
    first_painted = Signal()

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._closing = False
        self._painted = False
        self.question: QMessageBox | None = None
        self.top_bar = TopBar(models.services, models.lines)
        self.banner = Banner()
        self.incoming = IncomingCards(models.incoming)
        self.rail = Rail(settings=models.settings is not None)
        self.calls = CallsPage(models)
        self.prompts = PromptsPage(models.shelf)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.calls)
        self._pages.addWidget(self.prompts)
        self.history = HistoryPage(models)
        self._pages.addWidget(self.history)
        self.checkup = CheckupPage(models.checkup)
        self._pages.addWidget(self.checkup)
        self._settings: SettingsView | None = None
        self._guide: GuidePage | None = None
        self._page_before_guide = CALLS
        self._lay_out()
        self.sheet = ShortcutsSheet(self)
        self.zoom_hint = ZoomHint(self)
        self.ring = FocusRing(self)
        self._keys = DialKeys(self)
        self._operator_keys = OperatorKeys(
            self,
            models.operator,
            at_call=lambda: self.page == CALLS,
            show_call=lambda: self.open_page(CALLS),
            focus_field=self.calls.call.bar.focus_field,
            toggle_keypad=self.calls.call.toggle_keypad,
            toggle_transfer=self.calls.call.toggle_transfer,
        )
        self._star_key = StarKey(self)
        self._join()
        self._add_shortcuts()
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
        body.addWidget(self._pages, 1)
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
        models, keys = self._models, self._keys
        self.rail.chosen.connect(self.open_page)
        self.calls.prompts_asked.connect(lambda: self.open_page(PROMPTS))
        self.calls.idle.recents.open_asked.connect(self.open_call)
        self.calls.call.ended.open_asked.connect(self.open_call)
        self.history.call_asked.connect(self._call_again)
        self.checkup.prompts_asked.connect(lambda: self.open_page(PROMPTS))
        self.checkup.setting_asked.connect(self.open_setting)
        self.calls.dial.check_asked.connect(self.open_check)
        self.top_bar.service_asked.connect(lambda service: self.open_check(ROW_OF[service]))
        self.top_bar.drawer_asked.connect(self._on_drawer_asked)
        self.top_bar.speaking_asked.connect(self._on_speaking_asked)
        models.live.calls_changed.connect(self._show_speaking)
        self._pages.currentChanged.connect(lambda _index: self._show_speaking())
        self.banner.acted.connect(models.services.act)
        self.banner.closed.connect(self._on_notice_closed)
        self.calls.side.calls.incoming_chosen.connect(self.incoming.focus_card)
        self.incoming.left.connect(self._on_cards_left)
        models.incoming.changed.connect(self._on_incoming_changed)
        models.services.changed.connect(self._show_notice)
        models.live.changed.connect(self._show_title)
        models.live.clock_changed.connect(self._show_title)
        models.lines.changed.connect(self._show_title)
        if models.guide is not None:
            models.guide.opened.connect(lambda: self.open_page(GUIDE))
            models.guide.left.connect(self._on_guide_left)
            models.guide.practice_asked.connect(self._on_practice_asked)
        models.live.ended.connect(self._on_over)
        models.dialler.failed.connect(self._on_over)
        keys.digit.connect(self._on_digit)
        keys.backspace.connect(models.dialler.backspace)
        keys.enter.connect(self._on_enter)
        keys.escape.connect(self._on_escape)
        zoom.changed.connect(self._fold)
        self.calls.turned.connect(self._fold)
        self._pages.currentChanged.connect(lambda _index: self._fold())

    def _add_shortcuts(self) -> None:
        models = self._models
        for sequence, action in (
            ("Ctrl+Shift+H", models.live.hang_up),
            ("Ctrl+Shift+A", partial(models.incoming.answer, Answerer.AGENT)),
            ("Ctrl+Shift+Y", partial(models.incoming.answer, Answerer.OPERATOR)),
            ("Ctrl+Shift+D", models.incoming.decline),
            ("Ctrl+Alt+H", self._ask_hang_up_all),
            ("Alt+Down", partial(self._step_call, 1)),
            ("Alt+Up", partial(self._step_call, -1)),
            ("Ctrl+Tab", partial(self._step_call, 1)),
            ("Ctrl+Shift+Tab", partial(self._step_call, -1)),
            ("Ctrl+L", models.listening.toggle),
            (StarKey.KEYS, models.moments.star_now),
            ("Ctrl+R", self._redial),
            ("Ctrl+1", lambda: self.open_page(CALLS)),
            ("Ctrl+2", lambda: self.open_page(PROMPTS)),
            ("Ctrl+3", lambda: self.open_page(HISTORY)),
            ("Ctrl+5", lambda: self.open_page(CHECKUP)),
            ("F5", self._check_again),
            ("Ctrl+4", lambda: self.open_page(SETTINGS)),
            ("Ctrl+,", lambda: self.open_page(SETTINGS)),
            ("F1", self.sheet.toggle),
            ("Ctrl++", partial(self._step_zoom, 1)),
            ("Ctrl+=", partial(self._step_zoom, 1)),
            ("Ctrl+-", partial(self._step_zoom, -1)),
            ("Ctrl+0", lambda: self.zoom_to(USUAL)),
        ):
            QShortcut(QKeySequence(sequence), self).activated.connect(action)
        for answered_by in CHOICES:
            keys = QKeySequence(f"{EVERYWHERE}+{key_of(answered_by)}")
            judge = partial(models.answer.choose, answered_by)
            QShortcut(keys, self).activated.connect(judge)

    # Pages ------------------------------------------------------------------------------------

    @property
    def page(self) -> int:
        """Index of the page shown."""
        on_guide = self._guide is not None and self._pages.currentWidget() is self._guide
        return GUIDE if on_guide else self._pages.currentIndex()

    def open_page(self, index: int) -> None:
        """Show a page, see `CALLS` and the others; another number changes nothing."""
        if index == GUIDE:
            self._open_guide()
            return
        if index == SETTINGS and self.settings is None:
            return
        if not 0 <= index < self._pages.count():
            return
        self._pages.setCurrentIndex(index)
        self.rail.choose(index)
        self._keys.enabled = index == CALLS
        if index == CALLS:
            self.calls.dial.number.setFocus(Qt.FocusReason.OtherFocusReason)
        elif index == PROMPTS:
            self.prompts.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        elif index == CHECKUP:
            self.checkup.setFocus(Qt.FocusReason.OtherFocusReason)
            self._models.checkup.open_board()
        elif index == SETTINGS and self._settings is not None:
            self._settings.opened()
        else:
            self.history.focus_list()

    def open_check(self, name: str) -> None:
        """Show a check's row on the board."""
        self.open_page(CHECKUP)
        self.checkup.open_row(name)

    def open_setting(self, name: str) -> None:
        """Show a setting on its page, where there is one."""
        view = self.settings
        if view is not None:
            self.open_page(SETTINGS)
            view.open_setting(name)

    def _check_again(self) -> None:
        """The first press only opens the board, which may have to be checked first."""
        if self.page == CHECKUP:
            self._models.checkup.start()
        else:
            self.open_page(CHECKUP)

    @property
    def settings(self) -> SettingsView | None:
        """The Settings page, made when it is first wanted; None where there are no settings."""
        if self._settings is None and self._models.settings is not None:
            self._settings = SettingsView(self._models, self._models.settings)
            self._pages.insertWidget(SETTINGS, self._settings)
        return self._settings

    @property
    def guide(self) -> GuidePage | None:
        """The guide, made when it is first wanted; None where there is none."""
        if self._guide is None and self._models.guide is not None:
            self._guide = GuidePage(self._models.guide, self._models.listening)
            self._guide.check_asked.connect(self.open_check)
            # Always behind the other pages, whichever of them are made later.
            self._pages.addWidget(self._guide)
        return self._guide

    def _open_guide(self) -> None:
        """The guide belongs to no item of the rail; it goes back to where it was opened."""
        if self.guide is None or self.page == GUIDE:
            return
        self._page_before_guide = self.page
        self._keys.enabled = False
        self._pages.setCurrentWidget(self.guide)

    def _on_guide_left(self) -> None:
        if self.page == GUIDE:
            called = self._models.live.stage is not Stage.IDLE
            self.open_page(CALLS if called else self._page_before_guide)

    def _on_practice_asked(self, number: str) -> None:
        self.open_page(CALLS)
        self._models.dialler.show_number(number)

    def open_call(self, sid: str) -> None:
        """Show this call's page in the history."""
        self.open_page(HISTORY)
        self.history.open_call(sid)

    def _call_again(self, number: str) -> None:
        self.open_page(CALLS)
        self._models.dialler.call_number(number)

    def _redial(self) -> None:
        self.open_page(CALLS)
        self.calls.dial.put_redial()

    def _step_call(self, places: int) -> None:
        """Show the next live call of the list, or the one before."""
        if self.page != CALLS and self._models.lines.rows:
            self.open_page(CALLS)
        self._models.lines.step(places)

    def _ask_hang_up_all(self) -> None:
        if self._models.lines.rows:
            if self.page != CALLS:
                self.open_page(CALLS)
            self.calls.ask_hang_up_all()

    def _on_message_opened(self, sid: str) -> None:
        if self.page != CALLS:
            self.open_page(CALLS)
        self._models.live.focus(sid)
        self.incoming.focus_card(sid)

    def _on_digit(self, digit: str) -> None:
        if self.calls.call.keypad.type_key(digit) or self._models.answer.press(digit):
            return
        if self.calls.tight:
            return  # nobody would see the number
        self._models.dialler.press(digit)
        self.calls.dial.pad.light_up(digit)

    def _on_enter(self) -> None:
        if not self.calls.tight:
            self._models.dialler.call()

    def _on_escape(self) -> None:
        if not self.calls.call.close_popover() and not self._models.moments.escape():
            self._models.live.hang_up()

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

    # What is said -----------------------------------------------------------------------------

    def _show_notice(self) -> None:
        notice = self._models.services.notice()
        self.banner.setVisible(notice is not None)
        set_margins(self._around, 8, 0, 8, 8 if notice is not None else 0)
        if notice is not None:
            self.banner.show_notice(
                notice.title, notice.line, notice.tone, notice.hint, notice.action
            )

    def _show_speaking(self) -> None:
        """No open microphone is out of sight, whatever is looked at."""
        live = self._models.live
        mine = live.spoken_to
        seen = self.page == CALLS and mine is not None and live.view.call == mine
        if mine is None or seen:
            self.top_bar.show_speaking("")
        else:
            self.top_bar.show_speaking(live.name_of(mine), muted=mine.operator_muted)

    def _on_speaking_asked(self) -> None:
        mine = self._models.live.spoken_to
        if mine is not None:
            self.open_page(CALLS)
            self._models.live.focus(mine.sid)

    def _show_title(self, _clock: str = "") -> None:
        live = self._models.live
        calling = self._models.incoming.rows
        if calling:
            self.setWindowTitle(f"☎ {calling[0].name} is calling")
        elif live.live and live.party is not None:
            several = self._models.lines.summary if len(self._models.lines.rows) > 1 else ""
            more = f" · {several}" if several else ""
            yours = "On the line · " if live.on_the_line else ""
            self.setWindowTitle(f"● {yours}{live.clock} {live.party.number}{more}")
        else:
            self.setWindowTitle(NAME)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window has been painted, children included."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold what does not fit."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        narrow = self.width() < px(DRAWER_BELOW_WIDTH)
        self.incoming.set_low(self.height() < px(CARDS_STACK_FROM_HEIGHT))
        # The cards of callers take height too.
        low = self.height() - self.incoming.taken() < px(FOLD_BELOW_HEIGHT)
        self.calls.set_narrow(narrow)
        self.top_bar.show_drawer_button(narrow)
        self.calls.dial.fold(low)
        self.history.set_narrow(narrow)
        self.history.fold(low)
        self.calls.set_cramped(self.width() < px(MINIMUM_WIDTH))
        tight = self.page == CALLS and self.calls.tight
        wanted = MINIMUM_WIDTH - DIAL_WIDTH if tight else MINIMUM_WIDTH
        hold_width(self._content, px(wanted), fixed=False)
        self._room.settle()

    @property
    def drawer_open(self) -> bool:
        """True where the right panel is a drawer and open."""
        return self.calls.drawer_open

    def _on_drawer_asked(self) -> None:
        """Open or close it; from another page, lead to it."""
        if self.page == CALLS:
            self.calls.toggle_drawer()
        else:
            self.open_page(CALLS)
            self.open_drawer()

    def open_drawer(self) -> None:
        """Open the right panel where it is a drawer and closed."""
        if not self.drawer_open:
            self.calls.toggle_drawer()

    # Zoom -------------------------------------------------------------------------------------

    def zoom_to(self, percent: int) -> None:
        """Draw everything at this percentage, and say so."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            set_zoom(app, percent)
        self.zoom_hint.show_percent(zoom.percent)

    def _step_zoom(self, places: int) -> None:
        self.zoom_to(zoom.next_step(places))

    # Closing ----------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close at once, or with a live call only after a question."""
        if self._live_calls() and not self._closing:
            event.ignore()
            self._ask()
            return
        event.accept()
        self.closed.emit()

    def _live_calls(self) -> int:
        """How many calls closing would end, with one that is being dialled."""
        named = len(self._models.live.live_views)
        return named + int(self._models.dialler.dialling)

    def _ask(self) -> None:
        if self.question is not None:
            return
        box = QMessageBox(self)
        box.setWindowTitle(NAME)
        warning = theme.current().warning
        box.setIconPixmap(icons.pixmap("warning-fill", warning, 32, self.devicePixelRatioF()))
        count = self._live_calls()
        one = "A call is in progress. Closing ends it."
        box.setText(one if count == 1 else f"{count} calls are in progress. Closing ends them all.")
        keep = Button("Keep open", Kind.SECONDARY, parent=box)
        words = "End call and close" if count == 1 else f"End {count} calls and close"
        end = Button(words, Kind.DANGER, parent=box)
        box.addButton(keep, QMessageBox.ButtonRole.RejectRole)
        box.addButton(end, QMessageBox.ButtonRole.DestructiveRole)
        box.setEscapeButton(keep)
        end.clicked.connect(self._on_end_and_close)
        box.finished.connect(self._on_answered)
        self.question = box
        box.open()
        keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_answered(self) -> None:
        if self.question is not None:
            self.question.deleteLater()
            self.question = None

    def _on_end_and_close(self) -> None:
        self._closing = True
        self._models.live.hang_up_all()
        if not self._live_calls():
            self.close()

    def _on_over(self, _what: Call | DialFailure) -> None:
        if self._closing and not self._live_calls():
            self.close()
