"""The check-up's board: how each check stands, what forbids calls, and what can be done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from callconsole.domain.checkup import (
    Action,
    ActionKind,
    Finding,
    Group,
    Status,
    in_the_way,
)
from callconsole.domain.events import Service, ServiceChanged, ServiceState
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.engine.checkup import Examiner
from callconsole.viewmodels.check_words import (
    CheckGroup,
    CheckRow,
    Summary,
    heading,
    look_at,
    mend,
    ready,
    row,
)
from callconsole.viewmodels.desk import PHONE, PRACTICE, Desk
from callconsole.viewmodels.relay import Relay

ROW_OF: Final = {
    Service.SERVER: "computer.port",
    Service.TUNNEL: "address.public",
    Service.CARRIER: "twilio.account",
    Service.AGENT: "gemini.session",
    Service.SOUND: "sound.output",
    Service.HISTORY: "computer.history",
}
Deeds = Mapping[ActionKind, Callable[[str], Awaitable[None]]]
"""What a press can do besides showing something; each is given the action's target, and raises
`ProblemError` where it cannot be done."""
SHOWN: Final = frozenset(
    {ActionKind.PAGE, ActionKind.COMMAND, ActionKind.PROMPTS, ActionKind.SETTINGS}
)
"""What the window does by itself."""
CHECKING: Final = Problem(
    "checkup.running",
    "Checking whether calls can be made",
    "The phone line has just come up, and its services are being asked.",
    "Wait a few seconds.",
)


class Checkup(QObject):
    """Runs the check-up and keeps what it found.

    Signals:
        changed: a check stands differently, or another line is checked.
        running_changed: the check-up has begun or is over.
        blocking_changed: what forbids calls may be something else.
        bundle_saved: path of a support bundle that was written.
        bundle_failed: the `Problem` why it was not.
        deed_failed: the `Problem` why what a button offers was not done.
    """

    changed = Signal()
    running_changed = Signal()
    blocking_changed = Signal()
    bundle_saved = Signal(str)
    bundle_failed = Signal(object)
    deed_failed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        relay: Relay,
        examiner: Examiner | None = None,
        deeds: Deeds | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._examiner = examiner
        self._deeds = deeds or {}
        self._acting: dict[ActionKind, asyncio.Task[None]] = {}
        self._findings: dict[str, Finding] = {}
        self._results: dict[str, Finding] = {}
        self._task: asyncio.Task[None] | None = None
        relay.service_changed.connect(self._on_service)

    @property
    def offered(self) -> bool:
        """True where there is somebody to ask."""
        return self._examiner is not None

    @property
    def running(self) -> bool:
        """True while checks are being made."""
        return self._task is not None

    @property
    def begun(self) -> bool:
        """True once the present line has been checked, or is being checked."""
        return self.running or bool(self._results)

    def line_opened(self) -> None:
        """Another line is open: forget what was found.

        The phone line is checked at once, the practice line where somebody has looked before.
        """
        wanted = self.begun or self._desk.line == PHONE
        self.stop()
        self._findings, self._results = {}, {}
        self._list()
        if wanted:
            self.start(aloud=False)
        else:
            self._tell_desk()
            self.changed.emit()

    def open_board(self) -> None:
        """The board is looked at: check what was never checked."""
        if not self.begun:
            self.start(aloud=False)

    def start(self, *, aloud: bool = True) -> None:
        """Check everything, unless that is being done already; `aloud` plays a tone."""
        if self._examiner is None or self.running:
            return
        self._list()
        self._task = tasks.start(self._run(self._examiner, aloud=aloud), name="check-up")
        self._tell_desk()
        self.running_changed.emit()
        self.changed.emit()

    def stop(self) -> None:
        """Let a check-up go that is being made."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            self.running_changed.emit()

    def close(self) -> None:
        """Let everything go that is under way."""
        self.stop()
        for task in self._acting.values():
            task.cancel()

    def act(self, action: Action) -> None:
        """Do what a row's button offers, then check again; `deed_failed` where it failed.

        A press while it is being done changes nothing.
        """
        deed = self._deeds.get(action.kind)
        if deed is None or action.kind in self._acting:
            return
        self._acting[action.kind] = tasks.start(self._do(action, deed), name=action.label)
        self.changed.emit()

    def save_bundle(self, path: str) -> None:
        """Write a support bundle there; `bundle_saved` or `bundle_failed` follows."""
        if self._examiner is not None:
            findings = list(self._findings.values())
            tasks.start(self._save(self._examiner, Path(path), findings), name="support bundle")

    def findings(self) -> list[Finding]:
        """How every check stands, in the order of the board."""
        return list(self._findings.values())

    def groups(self) -> list[CheckGroup]:
        """The board."""
        practising = self._desk.line == PRACTICE
        rows: dict[Group, list[CheckRow]] = {}
        for finding in self._findings.values():
            rows.setdefault(finding.check.group, []).append(self._row(finding))
        return [
            CheckGroup(heading(group, practising=practising), tuple(rows[group])) for group in rows
        ]

    def row_about(self, problem: Problem | None) -> str | None:
        """Id of the row that tells of this problem, or None."""
        if problem is None:
            return None
        for finding in self._results.values():
            if finding.problem is not None and finding.problem.code == problem.code:
                return finding.check.id
        first = next(iter(self._findings), None)
        return first if problem == CHECKING else None

    def summary(self) -> Summary:
        """The headline."""
        found = list(self._findings.values())
        done = sum(finding.over for finding in found)
        if self.running:
            return Summary("Checking…", f"{done} of {len(found)} done.", "spinner-gap", "accent")
        if not done:
            line = "See at once whether everything that a call needs is there."
            return Summary("Not checked yet", line, "heartbeat", "accent")
        red = [finding for finding in found if finding.status is Status.RED]
        amber = [finding for finding in found if finding.status is Status.AMBER]
        if red:
            return mend(len(red), blocked=bool(in_the_way(red)), line=self._desk.line)
        if amber:
            return Summary(ready(self._desk.line), look_at(len(amber)), "warning", "warning")
        return Summary(ready(self._desk.line), "Every check is green.", "check-circle", "success")

    async def _run(self, examiner: Examiner, *, aloud: bool) -> None:
        mine = asyncio.current_task()
        try:
            await examiner.examine(
                lambda finding: self._take(finding) if self._task is mine else None, aloud=aloud
            )
        finally:
            if self._task is mine:
                self._task = None
                self._tell_desk()
                self.running_changed.emit()
                self.changed.emit()

    def _row(self, finding: Finding) -> CheckRow:
        kind = finding.action.kind if finding.action is not None else None
        offered = kind in SHOWN or kind in self._deeds
        return row(finding, offered=offered, acting=kind in self._acting)

    async def _do(self, action: Action, deed: Callable[[str], Awaitable[None]]) -> None:
        try:
            await deed(action.target)
        except ProblemError as error:
            self.deed_failed.emit(error.problem)
        else:
            self.start(aloud=False)
        finally:
            del self._acting[action.kind]
            self.changed.emit()

    async def _save(self, examiner: Examiner, path: Path, findings: Sequence[Finding]) -> None:
        try:
            await examiner.save_bundle(path, findings)
        except ProblemError as error:
            self.bundle_failed.emit(error.problem)
            return
        self.bundle_saved.emit(str(path))

    def _list(self) -> None:
        """Show what will be checked, and forget what will not be."""
        checks = self._examiner.checks() if self._examiner is not None else []
        former = self._findings
        self._findings = {
            check.id: former.get(check.id, Finding(check, Status.WAITING)) for check in checks
        }
        self._results = {
            name: result for name, result in self._results.items() if name in self._findings
        }

    def _take(self, finding: Finding) -> None:
        self._findings[finding.check.id] = finding
        if finding.over:
            self._results[finding.check.id] = finding
            self._tell_desk()
        self.changed.emit()

    def _on_service(self, event: ServiceChanged) -> None:
        """A part that came up may cure what was red."""
        found = self._results.get(ROW_OF[event.service])
        red = found is not None and found.status is Status.RED
        if event.state is ServiceState.READY and red and self._desk.line == PHONE:
            self.start(aloud=False)

    def _tell_desk(self) -> None:
        """On the phone line, what is red forbids calls, and so does not knowing yet.

        While it is checked again, what was found before holds.
        """
        found: list[Problem] = []
        if self._desk.line == PHONE:
            unknown = self.running and len(self._results) < len(self._findings)
            found = in_the_way(self._results.values()) or ([CHECKING] if unknown else [])
        self._desk.report_findings(found)
        self.blocking_changed.emit()
