"""The pages of the window: which of them is shown, and how one leads to another."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from callconsole.ui.calls_page import CallsPage
from callconsole.ui.checkup_page import CheckupPage
from callconsole.ui.guide_page import GuidePage
from callconsole.ui.history_page import HistoryPage
from callconsole.ui.prompts_page import PromptsPage
from callconsole.ui.settings_view import SettingsView
from callconsole.viewmodels.live_call import Stage
from callconsole.viewmodels.models import Models

CALLS, PROMPTS, HISTORY, CHECKUP, SETTINGS, GUIDE = range(6)


class Pages(QStackedWidget):
    """Shows one page, and gives the keyboard to what one does there first.

    Attributes:
        calls, prompts, history, checkup: the pages that are always there.

    Signals:
        opened(int): a page that the rail names was asked for, and is shown.
    """

    opened = Signal(int)

    def __init__(self, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self.calls = CallsPage(models)
        self.prompts = PromptsPage(models.shelf)
        self.history = HistoryPage(models)
        self.checkup = CheckupPage(models.checkup)
        for page in (self.calls, self.prompts, self.history, self.checkup):
            self.addWidget(page)
        self._settings: SettingsView | None = None
        self._guide: GuidePage | None = None
        self._before_guide = CALLS
        self._join()

    def _join(self) -> None:
        guide = self._models.guide
        self.calls.prompts_asked.connect(lambda: self.open_page(PROMPTS))
        self.calls.idle.recents.open_asked.connect(self.open_call)
        self.calls.call.ended.open_asked.connect(self.open_call)
        self.calls.dial.check_asked.connect(self.open_check)
        self.history.call_asked.connect(self._call_again)
        self.checkup.prompts_asked.connect(lambda: self.open_page(PROMPTS))
        self.checkup.setting_asked.connect(self.open_setting)
        if guide is not None:
            guide.opened.connect(lambda: self.open_page(GUIDE))
            guide.left.connect(self._on_guide_left)
            guide.practice_asked.connect(self._on_practice_asked)

    @property
    def shown(self) -> int:
        """Index of the page shown, see `CALLS` and the others."""
        on_guide = self._guide is not None and self.currentWidget() is self._guide
        return GUIDE if on_guide else self.currentIndex()

    @property
    def settings(self) -> SettingsView | None:
        """The Settings page, made when it is first wanted; None where there are no settings."""
        if self._settings is None and self._models.settings is not None:
            self._settings = SettingsView(self._models, self._models.settings)
            self.insertWidget(SETTINGS, self._settings)
        return self._settings

    @property
    def guide(self) -> GuidePage | None:
        """The guide, made when it is first wanted; None where there is none."""
        if self._guide is None and self._models.guide is not None:
            self._guide = GuidePage(self._models.guide, self._models.listening)
            self._guide.check_asked.connect(self.open_check)
            # Always behind the other pages, whichever of them are made later.
            self.addWidget(self._guide)
        return self._guide

    # One page or another ----------------------------------------------------------------------

    def open_page(self, index: int) -> None:
        """Show a page; a number that none has changes nothing."""
        if index == GUIDE:
            self._open_guide()
            return
        if index == SETTINGS and self.settings is None:
            return
        if not 0 <= index < self.count():
            return
        self.setCurrentIndex(index)
        self.opened.emit(index)
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

    def show_calls(self) -> None:
        """Show the Calls page; where it is shown already, the focus stays where it is."""
        if self.shown != CALLS:
            self.open_page(CALLS)

    def _open_guide(self) -> None:
        """The guide belongs to no item of the rail; it goes back to where it was opened."""
        if self.guide is not None and self.shown != GUIDE:
            self._before_guide = self.shown
            self.setCurrentWidget(self.guide)

    def _on_guide_left(self) -> None:
        if self.shown == GUIDE:
            called = self._models.live.stage is not Stage.IDLE
            self.open_page(CALLS if called else self._before_guide)

    # A place on one of them -------------------------------------------------------------------

    def open_call(self, sid: str) -> None:
        """Show this call's page in the history."""
        self.open_page(HISTORY)
        self.history.open_call(sid)

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

    def _call_again(self, number: str) -> None:
        self.open_page(CALLS)
        self._models.dialler.call_number(number)

    def _on_practice_asked(self, number: str) -> None:
        self.open_page(CALLS)
        self._models.dialler.show_number(number)
