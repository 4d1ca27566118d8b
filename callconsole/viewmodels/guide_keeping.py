"""Keeps what a step of the guide has proved: plain values in the file, secrets in the keychain."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from callconsole.domain.problems import Problem, ProblemError
from callconsole.settings import is_secret
from callconsole.viewmodels.settings_desk import Store
from callconsole.viewmodels.settings_page import SettingsPage

NOT_KEPT = Problem(
    "guide.not_kept",
    "This works, but it was not saved",
    "Without it the console cannot use the account after you close it.",
    "Check again and let a file keep it, or put it into the environment.",
)


class GuideKeeping(QObject):
    """Saves, and asks first where there is no keychain for a secret.

    Signals:
        asking_changed: `asking` is another.
    """

    asking_changed = Signal()

    def __init__(self, store: Store, page: SettingsPage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._page = page
        self._answer: asyncio.Future[bool] | None = None

    @property
    def asking(self) -> bool:
        """True while a person has to say whether a file may keep a secret."""
        return self._answer is not None

    @property
    def question(self) -> str:
        """Why that is asked, and what it means."""
        return (
            f"{self._page.keychain_words} The file {self._page.secrets_place} can be read by you "
            "alone, but it is not encrypted. You are asked once."
        ).strip()

    def answer(self, *, file: bool) -> None:
        """A file may keep secrets, or may not."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(file)

    def withdraw(self) -> None:
        """Nobody waits for the answer any more."""
        if self._answer is not None:
            self._answer = None
            self.asking_changed.emit()

    async def keep(self, values: Mapping[str, str]) -> None:
        """Save these, by field of `Settings`; "" goes back to the default. Raises `ProblemError`.

        All that is no secret is saved first, so that a refused secret loses nothing else.
        """
        plain = {name: raw for name, raw in values.items() if raw and not is_secret(name)}
        if plain:
            await self._store.save_many(plain)
        for name, raw in values.items():
            if not raw:
                await self._store.reset(name)
            elif is_secret(name):
                await self._keep_secret(name, raw)
        self._page.refresh()

    async def _keep_secret(self, name: str, secret: str) -> None:
        try:
            await self._store.save_secret(name, secret)
        except ProblemError as error:
            if not error.problem.code.startswith("keychain."):
                raise
            if not await self._asked():
                raise ProblemError(NOT_KEPT) from None
            await self._store.allow_file()
            await self._store.save_secret(name, secret)

    async def _asked(self) -> bool:
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self.asking_changed.emit()
        said = await answer
        self.withdraw()
        return said
