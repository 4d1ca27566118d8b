"""The outside as the guide asks it, answering as a test says, when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from callconsole.domain.problems import Problem, ProblemError
from callconsole.settings import Settings
from callconsole.viewmodels.guide_desk import AccountFound, ToneHeard

FULL = AccountFound(
    "Bayside Dental", False, "18.42 USD", ("+16285550100", "+14155550142", "+442079460018"), 1
)
TRIAL = AccountFound(
    "Trying out",
    True,
    "14.35 USD",
    ("+16285550100",),
    verified=("+14155552671",),
)


class FakeProbes:
    """Attributes:
    account, google_words, project, address_words, heard: the answers.
    problems: raised in place of an answer, by the method's name.
    gate: every method waits here.
    asked: the methods in the order in which they were asked, with the settings.
    """

    def __init__(self) -> None:
        self.account = FULL
        self.google_words = "gemini-3.8-live, Gemini API: first sound after 612 ms."
        self.project: str | None = "bayside-calls"
        self.address_words = "desk.ngrok-free.app leads here: 84 ms and back."
        self.heard = ToneHeard("USB headset", None)
        self.progress = ["4.2 MB of 10.1 MB"]
        self.levels_dbfs = [-52.0, -31.0, -24.0]
        self.problems: dict[str, Problem] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked: list[tuple[str, Settings | None]] = []

    async def _answer(self, name: str, settings: Settings | None = None) -> None:
        self.asked.append((name, settings))
        await self.gate.wait()
        if name in self.problems:
            raise ProblemError(self.problems[name])

    async def twilio(self, settings: Settings) -> AccountFound:
        await self._answer("twilio", settings)
        return self.account

    async def google(self, settings: Settings) -> str:
        await self._answer("google", settings)
        return self.google_words

    async def google_project(self) -> str | None:
        await self._answer("google_project")
        return self.project

    async def address(self, settings: Settings) -> str:
        await self._answer("address", settings)
        return self.address_words

    async def download(self, settings: Settings, on_progress: Callable[[str], None]) -> None:
        for told in self.progress:
            on_progress(told)
        await self._answer("download", settings)
        self.problems.pop("address", None)

    async def tone(self, speaker: str | None, microphone: str | None) -> ToneHeard:
        await self._answer("tone")
        return self.heard

    async def levels(self, microphone: str | None) -> AsyncGenerator[float]:
        if "levels" in self.problems:
            raise ProblemError(self.problems["levels"])
        for level in self.levels_dbfs:
            yield level
        await asyncio.Event().wait()
