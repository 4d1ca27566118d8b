"""What the first-start guide asks of the outside: accounts, keys, addresses, sound."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Protocol

from callconsole.settings import Settings


@dataclass(frozen=True, slots=True)
class AccountFound:
    """A Twilio account as it answered.

    Attributes:
        name: as its owner called it.
        trial: True where Twilio's limits for trials hold.
        balance: what is left, "18.42 USD"; empty where Twilio did not say.
        numbers: those that can make voice calls, E.164.
        others: how many of its numbers cannot.
        verified: whom a trial may call, E.164; empty for a full account.
    """

    name: str
    trial: bool
    balance: str
    numbers: tuple[str, ...]
    others: int = 0
    verified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """Where a tone was played, and whether a microphone heard it.

    Attributes:
        speaker: the output's name.
        microphone: name of the input that heard it, or None where none did.
    """

    speaker: str
    microphone: str | None


class GuideProbes(Protocol):
    """Tries values out before they are kept; every method raises `ProblemError`.

    Values of `settings` that a method does not name do not matter to it.
    """

    async def twilio(self, settings: Settings) -> AccountFound:
        """Sign in with account SID and token, and ask what the account has."""
        ...

    async def google(self, settings: Settings) -> str:
        """Open a session and hear a word; how it went, in words."""
        ...

    async def google_project(self) -> str | None:
        """The project of this computer's Google sign-in; None for a sign-in without one."""
        ...

    async def address(self, settings: Settings) -> str:
        """Reach ourselves from outside as the settings say; how it went, in words."""
        ...

    async def download(self, settings: Settings, on_progress: Callable[[str], None]) -> None:
        """Fetch the ngrok program; `on_progress` is told "4.2 MB of 10.1 MB"."""
        ...

    async def tone(self, speaker: str | None, microphone: str | None) -> ToneHeard:
        """Play a tone on this output, and listen for it on this input; None is the default."""
        ...

    def levels(self, microphone: str | None) -> AsyncGenerator[float]:
        """What an input gives, in dBFS, some twenty times a second until it is closed."""
        ...
