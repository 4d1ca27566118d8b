"""The Settings page as an operator works on it: found, typed, checked, saved, applied."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from callconsole.domain.events import CallEvent
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine import tasks
from callconsole.settings_catalogue import BY_NAME, CATALOGUE, Group, SettingInfo
from callconsole.settings_transfer import Transfer
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.relay import Relay
from callconsole.viewmodels.setting_rows import Row, row_of, text_of
from callconsole.viewmodels.settings_desk import SettingsAccess

logger = logging.getLogger(__name__)

SAVE_AFTER_MS = 400
# What other settings can do depends on these.
_CHOOSE_MODEL = ("gemini_model", "vertex_project_id", "gemini_api_key")


class SettingsPage(QObject):
    """Settings that are no secret are saved as they are typed, secrets when they are confirmed.

    Signals:
        found_changed: a search found other settings.
        row_changed(str): the setting of this name is shown otherwise; "" for all.
        waiting_changed: what waits for the line, or whether it can be opened now, is another.
        problem_changed: `problem` is another.
        asked(str): there is no keychain for this secret: may a file keep it?
        secret_saved(str): the secret of this name is kept.
        planned: `plan` is what an import would change, or None again.
        applied: the settings are others now.
    """

    found_changed = Signal()
    row_changed = Signal(str)
    waiting_changed = Signal()
    problem_changed = Signal()
    asked = Signal(str)
    secret_saved = Signal(str)
    planned = Signal()
    applied = Signal()

    def __init__(
        self, desk: Desk, relay: Relay, access: SettingsAccess, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._access = access
        self._store = access.store
        self._program = access.program
        self.offers = access.offers
        self.problem: Problem | None = None
        self.plan: Transfer | None = None
        self.reconnecting = False
        self._search = ""
        self._typed: dict[str, str] = {}
        self._secret_wanted: tuple[str, str] | None = None
        self._jobs: set[asyncio.Task[None]] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save_typed)
        relay.call_event.connect(self._on_call_event)

    # What is shown ------------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """Show only what every word of this is found in."""
        if text.strip() != self._search:
            self._search = text.strip()
            self.found_changed.emit()

    @property
    def searching(self) -> bool:
        """True while a search is typed."""
        return bool(self._search)

    def found(self) -> dict[Group, list[SettingInfo]]:
        """What the search finds, or everything, by group."""
        groups: dict[Group, list[SettingInfo]] = {}
        for info in CATALOGUE:
            if info.matches(self._search):
                groups.setdefault(info.group, []).append(info)
        return groups

    def row(self, name: str) -> Row:
        """One setting as it is now."""
        return row_of(self._access, name, self._typed.get(name))

    @property
    def notices(self) -> list[Problem]:
        """What is wrong with the sources, the most serious first."""
        fault = [self._store.fault] if self._store.fault is not None else []
        return [*fault, *self._store.problems]

    # Typing -------------------------------------------------------------------------------------

    def edit(self, name: str, text: str) -> None:
        """Something was typed or chosen; it is saved shortly after, unless it is wrong."""
        if self._store.source(name).locked or BY_NAME[name].secret:
            return
        self._typed[name] = text
        self._timer.start()
        self.row_changed.emit(name)

    def choose(self, name: str, text: str) -> None:
        """A choice was made, which needs no waiting; "" of a choice is its default."""
        if text == "":
            self.reset(name)
            return
        self.edit(name, text)
        self.save_typed()

    def save_typed(self) -> None:
        """Save now what is typed and right."""
        self._timer.stop()
        for name, text in list(self._typed.items()):
            if not self._store.wrong(name, text):
                self._do(self._save(name, text))

    async def _save(self, name: str, text: str) -> None:
        if text_of(BY_NAME[name], getattr(self._store.settings, name)) != text:
            if text.strip():
                await self._store.save(name, text)
            else:
                await self._store.reset(name)
        if self._typed.get(name) == text:
            del self._typed[name]
        self._apply(name)

    def wrong_secret(self, name: str, secret: str) -> str:
        """Why a secret that is being typed cannot be one, or ""."""
        return self._store.wrong(name, secret) if secret else ""

    def save_secret(self, name: str, secret: str) -> None:
        """Keep a secret; where there is no keychain, `asked` follows once."""
        if secret.strip():
            self._do(self._save_secret(name, secret.strip()))

    async def _save_secret(self, name: str, secret: str) -> None:
        try:
            await self._store.save_secret(name, secret)
        except ProblemError as error:
            if not error.problem.code.startswith("keychain."):
                raise
            self._secret_wanted = (name, secret)
            self.asked.emit(name)
            return
        self._secret_wanted = None
        self.secret_saved.emit(name)
        self._apply(name)

    def allow_file(self) -> None:
        """Yes: keep the secret that was asked about, and later ones, in a file."""
        if self._secret_wanted is not None:
            self._do(self._allow_file(*self._secret_wanted))

    async def _allow_file(self, name: str, secret: str) -> None:
        await self._store.allow_file()
        await self._save_secret(name, secret)

    def refuse_file(self) -> None:
        """No: forget the secret that was asked about."""
        self._secret_wanted = None

    @property
    def secrets_place(self) -> str:
        """The file that would keep secrets."""
        return str(self._store.secrets_path)

    @property
    def keychain_words(self) -> str:
        """Why the keychain cannot be used, as a sentence, or ""."""
        problem = self._store.keychain_problem
        return f"{problem.title}. {problem.cause}" if problem is not None else ""

    def reset(self, name: str) -> None:
        """Go back to the default; a secret is forgotten."""
        self._typed.pop(name, None)
        self._do(self._reset(name))

    async def _reset(self, name: str) -> None:
        await self._store.reset(name)
        self._apply(name)

    # Applying -----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """The store has read more, such as the keychain: use it, and show everything anew."""
        self._apply("")

    def _apply(self, name: str) -> None:
        self._program.apply(self._store.settings)
        self._set_problem(None)
        self.row_changed.emit("" if name in _CHOOSE_MODEL else name)
        self.waiting_changed.emit()
        self.applied.emit()

    def look_again(self) -> None:
        """The page was opened: learn whether there is a keychain."""
        self._do(self._look_for_keychain())

    async def _look_for_keychain(self) -> None:
        await self._store.look_for_keychain()
        self.row_changed.emit("")

    @property
    def waiting_labels(self) -> list[str]:
        """What waits for the line to be opened again."""
        return [BY_NAME[name].label for name in self._program.waiting().line]

    @property
    def reconnect_reason(self) -> str:
        """Why the line cannot be opened again now; "" where it can."""
        if self.reconnecting:
            return "The line is being opened."
        count = len(self._desk.live_calls())
        if count:
            return "A call is in progress." if count == 1 else f"{count} calls are in progress."
        return ""

    def reconnect(self) -> None:
        """Open the line again with what was set; never under a live call."""
        self.save_typed()
        if not self.reconnect_reason:
            self.reconnecting = True
            self.waiting_changed.emit()
            self._do(self._reconnect())

    async def _reconnect(self) -> None:
        try:
            await self._settled(but=asyncio.current_task())
            await self._program.reconnect()
        except RuntimeError:
            # A call began in between; the line stays as it is.
            logger.info("the line was not opened again: a call is in progress")
        finally:
            self.reconnecting = False
            self.waiting_changed.emit()
            self.row_changed.emit("")

    def _on_call_event(self, _event: CallEvent) -> None:
        if self.waiting_labels:
            self.waiting_changed.emit()

    # Taking settings elsewhere ------------------------------------------------------------------

    def export_to(self, path: Path) -> None:
        """Write every setting that is set, without secrets, as TOML."""
        self._do(self._export(path, self._store.export()))

    async def _export(self, path: Path, text: str) -> None:
        try:
            await asyncio.to_thread(path.write_text, text, "utf-8")
        except OSError as error:
            raise ProblemError(_not_exported(path, error)) from None

    def plan_import(self, path: Path) -> None:
        """Work out what importing a file would change; `planned` follows."""
        self._do(self._plan(path))

    async def _plan(self, path: Path) -> None:
        self.plan = await asyncio.to_thread(self._store.plan_import, path)
        self._set_problem(None)
        self.planned.emit()

    def finish_import(self, *, take: bool) -> None:
        """Take what was planned, or leave it."""
        plan, self.plan = self.plan, None
        if take and plan is not None:
            self._do(self._import(plan))
        self.planned.emit()

    async def _import(self, plan: Transfer) -> None:
        await self._store.save_many(plan.values)
        for name in plan.values:
            self._typed.pop(name, None)
        self._apply("")

    # Inside -------------------------------------------------------------------------------------

    async def finish(self) -> None:
        """Save what is typed and wait for the disk; before the program ends."""
        self.save_typed()
        await self._settled()

    def close(self) -> None:
        """Stop the clock."""
        self._timer.stop()

    async def _settled(self, but: asyncio.Task[Any] | None = None) -> None:
        while others := {job for job in self._jobs if job is not but}:
            await asyncio.wait(others)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        job = tasks.start(work, self._on_error, "settings")
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    def _on_error(self, error: BaseException) -> None:
        if not isinstance(error, ProblemError):
            logger.error("a setting could not be changed", exc_info=error)
            return
        self._set_problem(error.problem)
        self.row_changed.emit("")

    def _set_problem(self, problem: Problem | None) -> None:
        if problem != self.problem:
            self.problem = problem
            self.problem_changed.emit()


def _not_exported(path: Path, error: OSError) -> Problem:
    return Problem(
        "settings.not_exported",
        "Nothing was exported",
        f"The file {path.name} could not be written "
        f"({(error.strerror or type(error).__name__).lower()}).",
        "Choose another folder.",
    )
