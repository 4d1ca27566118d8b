"""What keys do anywhere in the window: its shortcuts, the digits, Enter and Escape."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from callconsole.domain.incoming import Answerer
from callconsole.ui.answer_card import EVERYWHERE
from callconsole.ui.dial_keys import DialKeys
from callconsole.ui.operator_keys import OperatorKeys
from callconsole.ui.pages import CALLS, CHECKUP, HISTORY, PROMPTS, SETTINGS, Pages
from callconsole.ui.star_key import StarKey
from callconsole.ui.zoom import USUAL, zoom
from callconsole.viewmodels.answer_words import CHOICES, key_of
from callconsole.viewmodels.models import Models


class WindowKeys(QObject):
    """Joins the keys to models and pages; they lead to the page that a deed belongs to."""

    def __init__(
        self,
        window: QWidget,
        models: Models,
        pages: Pages,
        *,
        toggle_sheet: Callable[[], None],
        zoom_to: Callable[[int], None],
    ) -> None:
        """Make them work.

        Args:
            window: where they work.
            models: what they act on.
            pages: the pages of that window.
            toggle_sheet: shows or hides the sheet of shortcuts.
            zoom_to: draws everything at a percentage.
        """
        super().__init__(window)
        self._window = window
        self._models = models
        self._pages = pages
        self._calls = pages.calls
        self._zoom_to = zoom_to
        self._dial = DialKeys(window)
        self._operator = OperatorKeys(
            window,
            models.operator,
            at_call=lambda: pages.shown == CALLS,
            show_call=lambda: pages.open_page(CALLS),
            focus_field=self._calls.call.bar.focus_field,
            toggle_keypad=self._calls.call.toggle_keypad,
            toggle_transfer=self._calls.call.toggle_transfer,
        )
        self._star = StarKey(window)
        self._dial.digit.connect(self._on_digit)
        self._dial.backspace.connect(models.dialler.backspace)
        self._dial.enter.connect(self._on_enter)
        self._dial.escape.connect(self._on_escape)
        pages.currentChanged.connect(self._on_page_changed)
        self._add_call_keys()
        self._add_page_keys()
        self._add(("F1", toggle_sheet))

    def _add(self, *keys: tuple[str, Callable[[], object]]) -> None:
        for sequence, action in keys:
            QShortcut(QKeySequence(sequence), self._window).activated.connect(action)

    def _add_call_keys(self) -> None:
        models = self._models
        self._add(
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
        )
        for answered_by in CHOICES:
            judge = partial(models.answer.choose, answered_by)
            self._add((f"{EVERYWHERE}+{key_of(answered_by)}", judge))

    def _add_page_keys(self) -> None:
        open_page = self._pages.open_page
        self._add(
            ("Ctrl+1", partial(open_page, CALLS)),
            ("Ctrl+2", partial(open_page, PROMPTS)),
            ("Ctrl+3", partial(open_page, HISTORY)),
            ("Ctrl+4", partial(open_page, SETTINGS)),
            ("Ctrl+,", partial(open_page, SETTINGS)),
            ("Ctrl+5", partial(open_page, CHECKUP)),
            ("F5", self._check_again),
            ("Ctrl++", partial(self._step_zoom, 1)),
            ("Ctrl+=", partial(self._step_zoom, 1)),
            ("Ctrl+-", partial(self._step_zoom, -1)),
            ("Ctrl+0", partial(self._zoom_to, USUAL)),
        )

    # What they do -----------------------------------------------------------------------------

    def _on_page_changed(self) -> None:
        """Bare digits dial on the Calls page alone."""
        self._dial.enabled = self._pages.shown == CALLS

    def _on_digit(self, digit: str) -> None:
        if self._calls.call.keypad.type_key(digit) or self._models.answer.press(digit):
            return
        if self._calls.tight:
            return  # nobody would see the number
        self._models.dialler.press(digit)
        self._calls.dial.pad.light_up(digit)

    def _on_enter(self) -> None:
        if not self._calls.tight:
            self._models.dialler.call()

    def _on_escape(self) -> None:
        if not self._calls.call.close_popover() and not self._models.moments.escape():
            self._models.live.hang_up()

    def _redial(self) -> None:
        self._pages.open_page(CALLS)
        self._calls.dial.put_redial()

    def _step_call(self, places: int) -> None:
        """Show the next live call of the list, or the one before."""
        if self._models.lines.rows:
            self._pages.show_calls()
        self._models.lines.step(places)

    def _ask_hang_up_all(self) -> None:
        if self._models.lines.rows:
            self._pages.show_calls()
            self._calls.ask_hang_up_all()

    def _check_again(self) -> None:
        """The first press only opens the board, which may have to be checked first."""
        if self._pages.shown == CHECKUP:
            self._models.checkup.start()
        else:
            self._pages.open_page(CHECKUP)

    def _step_zoom(self, places: int) -> None:
        self._zoom_to(zoom.next_step(places))
