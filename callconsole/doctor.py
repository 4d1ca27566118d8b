"""The command that checks everything a call needs: for people, for programs, for support."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callconsole.app import App
from callconsole.checkup import report
from callconsole.checkup.examiner import Examiner
from callconsole.domain.checkup import Check, Finding, Group, Status
from callconsole.engine.world import PHONE, PRACTICE
from callconsole.settings import Settings, missing_for_phone
from callconsole.settings_layers import SettingSource
from callconsole.terminal import say


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the doctor is asked.

    Attributes:
        as_json: print JSON in place of lines.
        country: ISO country whose permission is asked for, or None.
        bundle: where a support bundle is written, or None.
        silent: play no tone.
    """

    as_json: bool = False
    country: str | None = None
    bundle: Path | None = None
    silent: bool = False


async def run(
    settings: Settings,
    wishes: Wishes = Wishes(),
    source: Callable[[str], SettingSource] | None = None,
) -> int:
    """Examine, print and save; 0 where nothing is red.

    The phone line is examined where its settings are complete, else the practice line. The
    server and the tunnel are opened meanwhile, and no history.

    Raises:
        ProblemError: the bundle cannot be written.
    """
    app = App(settings)
    name = PRACTICE if missing_for_phone(settings) else PHONE
    try:
        await app.open_line(name)
        examiner = Examiner(
            app,
            # Where a console that is running has the port, it looks at the address itself.
            app.doors.look_from_outside if app.doors.reach is not None else None,
            incoming_path=app.incoming_path,
            country=lambda: wishes.country,
            source=source,
        )
        printer = _Printer(examiner.checks(), practising=name == PRACTICE)
        shown = _ignore if wishes.as_json else printer.take
        findings = await examiner.examine(shown, aloud=not wishes.silent)
        if wishes.bundle is not None:
            await examiner.save_bundle(wishes.bundle, findings)
    finally:
        await app.stop()
    if wishes.as_json:
        say(json.dumps(report.as_json(findings, name), indent=2, ensure_ascii=False))
    else:
        say(report.closing(findings))
        if wishes.bundle is not None:
            say(f"Support bundle: {wishes.bundle}")
    return 1 if report.worst(findings) is Status.RED else 0


@dataclass(slots=True)
class _Printer:
    """Prints findings in the order of the board, each as soon as those before it are known."""

    waiting: Sequence[Check]
    practising: bool
    _known: dict[str, Finding] = field(default_factory=dict)
    _group: Group | None = None

    def take(self, finding: Finding) -> None:
        if finding.over:
            self._known[finding.check.id] = finding
        while self.waiting and self.waiting[0].id in self._known:
            self._print(self._known[self.waiting[0].id])
            self.waiting = self.waiting[1:]

    def _print(self, finding: Finding) -> None:
        group = finding.check.group
        if group is not self._group:
            self._group = group
            outside = group in (Group.TWILIO, Group.GEMINI)
            say(f"{group.value}, on the practice line" if outside and self.practising else group)
        say(report.line(finding))


def _ignore(_finding: Finding) -> None:
    """JSON is printed whole."""
