"""Whom the call in the centre is passed on to, and what they should know: chosen or typed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from callconsole.domain import phone
from callconsole.domain.abilities import TransferTarget
from callconsole.domain.problems import ProblemError
from callconsole.domain.transfers import target_of
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.live_call import LiveCall
from callconsole.viewmodels.operator import Operator


class TransferForm(QObject):
    """The form of one transfer; what was typed stays with its call until it is passed on.

    Signals:
        changed: number, fault, or whether it can be sent.
    """

    changed = Signal()

    def __init__(
        self,
        desk: Desk,
        live: LiveCall,
        operator: Operator,
        region: str = "US",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._live = live
        self._operator = operator
        self._region = region
        self._checked = False
        operator.changed.connect(self.changed)

    @property
    def targets(self) -> tuple[TransferTarget, ...]:
        """Whom the call's prompt names."""
        call = self._live.call
        return self._desk.transfer_targets(call.sid) if call is not None else ()

    @property
    def number(self) -> str:
        """The number as its country writes it."""
        return self._operator.transfer_to

    @property
    def note(self) -> str:
        """What the colleague is told before they talk."""
        return self._operator.transfer_note

    @property
    def chosen(self) -> TransferTarget | None:
        """Whom the number means, or None while it is none to pass the call on to."""
        try:
            return self._read()
        except ProblemError:
            return None

    @property
    def fault(self) -> str:
        """What is wrong with the number, in a sentence, once it was looked at; else ""."""
        if not self._checked or not self.number:
            return ""
        try:
            self._read()
        except ProblemError as error:
            return f"{error.problem.title}."
        return ""

    @property
    def ready(self) -> bool:
        """True where it can be sent."""
        return self._operator.can_pass_on and self.chosen is not None

    def edit(self, text: str) -> None:
        """Take the number as typed or pasted."""
        self._checked = False
        self._operator.set_transfer(phone.format_as_typed(text, self._region), self.note)

    def set_note(self, note: str) -> None:
        """Take what the colleague should know."""
        self._operator.set_transfer(self.number, note)

    def choose(self, target: TransferTarget) -> None:
        """Take somebody that the prompt names."""
        self.edit(phone.pretty(target.number))

    def check(self) -> None:
        """The field was left, or Enter pressed: say what is wrong with it."""
        self._checked = True
        self.changed.emit()

    def send(self) -> bool:
        """Pass the call on; False where something is still wrong, which is said then."""
        chosen = self.chosen
        if chosen is None or not self._operator.can_pass_on:
            self.check()
            return False
        self._checked = False
        self._operator.pass_on(chosen.number, self.note.strip())
        return True

    def _read(self) -> TransferTarget:
        call = self._live.call
        callee = call.to if call is not None else ""
        return target_of(self.number, self.targets, callee=callee, region=self._region)
