"""The operating system's keychain: secrets by name, asked in a thread that may hang."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TypeVar

from callconsole.domain.problems import Problem, ProblemError

SERVICE = "callconsole"
ANSWER_S = 5.0
"""A keychain that asks a person to unlock it may never answer."""

_T = TypeVar("_T")


class Keychain:
    """keyring's back end behind a limit; nothing of it is imported before the first use.

    Every method raises `ProblemError` with code ``keychain.missing`` where this computer has no
    keychain, ``keychain.silent`` where it does not answer in time, and ``keychain.refused`` where
    it answers with an error. No error repeats a secret.
    """

    def __init__(self, *, limit_s: float = ANSWER_S) -> None:
        self._limit_s = limit_s

    def read_now(self, names: Iterable[str]) -> dict[str, str]:
        """The secrets of these names that are kept, for programs without a loop; blocks."""
        wanted = list(names)
        try:
            return self._start(lambda: _read(wanted)).result(self._limit_s)
        except TimeoutError:
            raise ProblemError(_silent(self._limit_s)) from None

    async def read(self, names: Iterable[str]) -> dict[str, str]:
        """The secrets of these names that are kept."""
        wanted = list(names)
        return await self._within(lambda: _read(wanted))

    async def write(self, name: str, secret: str) -> None:
        """Keep a secret."""
        await self._within(lambda: _write(name, secret))

    async def delete(self, name: str) -> None:
        """Forget a secret; one that is not kept is fine."""
        await self._within(lambda: _delete(name))

    async def look(self) -> None:
        """Raise where there is no keychain; asks for no secret, so that nobody is bothered."""
        await self._within(_backend_is_there)

    async def _within(self, work: Callable[[], _T]) -> _T:
        future = asyncio.wrap_future(self._start(work))
        try:
            return await asyncio.wait_for(future, self._limit_s)
        except TimeoutError:
            raise ProblemError(_silent(self._limit_s)) from None

    def _start(self, work: Callable[[], _T]) -> Future[_T]:
        """Run in a thread of its own: one that hangs must not keep the program from ending."""
        future: Future[_T] = Future()

        def run() -> None:
            try:
                result = _guarded(work)
            except BaseException as error:
                if not future.cancelled():
                    future.set_exception(error)
            else:
                if not future.cancelled():
                    future.set_result(result)

        threading.Thread(target=run, name="keychain", daemon=True).start()
        return future


def _guarded(work: Callable[[], _T]) -> _T:
    """Turn every fault of a back end into a problem; their texts may repeat what was given."""
    try:
        _backend_is_there()
        return work()
    except ProblemError:
        raise
    except Exception as error:
        raise ProblemError(_refused(type(error).__name__)) from None


def _backend_is_there() -> None:
    import keyring
    from keyring.backends import fail, null

    if isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring):
        raise ProblemError(MISSING)


def _read(names: list[str]) -> dict[str, str]:
    import keyring

    found = {name: keyring.get_password(SERVICE, name) for name in names}
    return {name: secret for name, secret in found.items() if secret}


def _write(name: str, secret: str) -> None:
    import keyring

    keyring.set_password(SERVICE, name, secret)


def _delete(name: str) -> None:
    import keyring
    from keyring.errors import PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, name)
    except PasswordDeleteError:
        # keyring says the same of one that is not there and of one that it could not delete.
        if keyring.get_password(SERVICE, name) is not None:
            raise


MISSING = Problem(
    "keychain.missing",
    "This computer has no keychain",
    "No keychain of the operating system answers here.",
    "Start one (GNOME Keyring or KWallet), or let secrets be kept in a file that only you can "
    "read.",
)


def _silent(limit_s: float) -> Problem:
    return Problem(
        "keychain.silent",
        "The keychain does not answer",
        f"It was asked and said nothing for {limit_s:g} s; it may be locked.",
        "Unlock it, then try again.",
    )


def _refused(kind: str) -> Problem:
    return Problem(
        "keychain.refused",
        "The keychain refused",
        f"It answered with an error ({kind}); it may be locked.",
        "Unlock it, then try again.",
    )
