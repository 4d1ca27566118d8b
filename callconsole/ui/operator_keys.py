"""The operator's keys of the window: talk, whisper, mute, hold, keypad and transfer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from callconsole.ui.talk_key import TalkKey
from callconsole.viewmodels.operator import Operator


class OperatorKeys(QObject):
    """Joins the keys to what they do; none does anything without a call to step into.

    The talk key works on the answer card too, where it means "I speak myself".
    """

    def __init__(
        self,
        window: QWidget,
        operator: Operator,
        *,
        at_call: Callable[[], bool],
        show_call: Callable[[], None],
        focus_field: Callable[[], None],
        toggle_keypad: Callable[[], None],
        toggle_transfer: Callable[[], None],
    ) -> None:
        """Args say how to reach the call's page: whether it is shown, and its parts."""
        super().__init__(window)
        self._operator = operator
        self._at_call = at_call
        self._show_call = show_call
        self._talk = TalkKey(window, self._wanted)
        self._talk.pressed.connect(self._on_talk)
        self._talk.released.connect(operator.release_talk)
        self._talk.lost.connect(operator.lose_talk)
        for keys, action in (
            ("Ctrl+T", focus_field),
            ("Ctrl+Shift+K", toggle_keypad),
            ("Ctrl+Shift+T", toggle_transfer),
        ):
            QShortcut(QKeySequence(keys), window).activated.connect(self._on_page(action))
        for keys, act in (
            ("Ctrl+M", operator.toggle_mute),
            ("Ctrl+Shift+M", operator.toggle_caller_mute),
            ("Ctrl+P", operator.toggle_hold),
        ):
            QShortcut(QKeySequence(keys), window).activated.connect(act)

    def _wanted(self, bare: bool) -> bool:
        """A bare Space belongs to the page that is shown."""
        return self._operator.can_talk and (self._at_call() or not bare)

    def _on_talk(self) -> None:
        if not self._at_call():
            self._show_call()
        self._operator.press_talk()

    def _on_page(self, action: Callable[[], None]) -> Callable[[], None]:
        def act() -> None:
            if self._operator.open:
                if not self._at_call():
                    self._show_call()
                action()

        return act
