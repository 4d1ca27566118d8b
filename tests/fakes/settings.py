"""Settings for the window's tests: a real store over a folder, a fake program behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from callconsole.adapters.gemini.model_facts import model_facts
from callconsole.adapters.gemini.models import BackEnd, known_models, known_voices
from callconsole.adapters.keychain import MISSING
from callconsole.domain.agent_models import ModelFacts, OfferedModels, Voice
from callconsole.domain.problems import Problem, ProblemError
from callconsole.settings import Settings
from callconsole.settings_catalogue import Waiting
from callconsole.settings_layers import Layers
from callconsole.settings_store import SettingsStore
from callconsole.viewmodels.settings_desk import SettingsAccess


class FakeKeychain:
    """Keeps secrets in a dictionary; `problem` is what it raises, or None."""

    def __init__(self, kept: dict[str, str] | None = None) -> None:
        self.kept = kept or {}
        self.problem: Problem | None = None

    def remove(self) -> None:
        """The computer has none."""
        self.problem = MISSING

    def read_now(self, names: Iterable[str]) -> dict[str, str]:
        self._fail()
        return {name: self.kept[name] for name in names if name in self.kept}

    async def read(self, names: Iterable[str]) -> dict[str, str]:
        return self.read_now(names)

    async def write(self, name: str, secret: str) -> None:
        self._fail()
        self.kept[name] = secret

    async def delete(self, name: str) -> None:
        self._fail()
        self.kept.pop(name, None)

    async def look(self) -> None:
        self._fail()

    def _fail(self) -> None:
        if self.problem is not None:
            raise ProblemError(self.problem)


class FakeOffers:
    """Offers our table's models, and a file for every voice."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.account: tuple[str, ...] = ("gemini-3.8-live", "gemini-4-live-preview")
        self.problem: Problem | None = None
        self.sampled: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    def known(self) -> OfferedModels:
        return OfferedModels(tuple(known_models(BackEnd.DEVELOPER)), from_account=False)

    async def offered(self) -> OfferedModels:
        await self.gate.wait()
        if self.problem is not None:
            raise ProblemError(self.problem)
        return OfferedModels(self.account, from_account=True)

    def facts(self, model: str) -> ModelFacts:
        return model_facts(model, BackEnd.DEVELOPER, date(2026, 11, 26))

    def voices(self) -> list[Voice]:
        return known_voices()

    async def sample(self, voice: str) -> Path:
        self.sampled.append(voice)
        await self.gate.wait()
        if self.problem is not None:
            raise ProblemError(self.problem)
        return self.folder / f"{voice}.wav"


class FakeProgram:
    """Remembers what was applied; the line was opened with `opened`."""

    def __init__(self, settings: Settings) -> None:
        self.opened = self.settings = settings
        self.reconnects = 0

    def apply(self, settings: Settings) -> None:
        self.settings = settings

    def waiting(self) -> Waiting:
        names = (
            "gemini_model", "gemini_voice", "server_port", "twilio_auth_token", "server_base_url",
        )  # fmt: skip
        changed = [
            name for name in names if getattr(self.opened, name) != getattr(self.settings, name)
        ]
        return Waiting(line=tuple(changed))

    async def reconnect(self) -> None:
        self.reconnects += 1
        self.opened = self.settings


class SettingsDesk:
    """Everything that a Settings page needs, over an empty folder.

    Attributes:
        layers: what the environment and `.env` give.
    """

    def __init__(self, folder: Path, layers: Layers | None = None) -> None:
        self.keychain = FakeKeychain()
        self.folder = folder / "config"
        self.store = SettingsStore(
            layers or Layers(),
            self.folder,
            keychain=self.keychain,  # type: ignore[arg-type]
        )
        self.offers = FakeOffers(folder)
        self.program = FakeProgram(self.store.settings)

    @property
    def access(self) -> SettingsAccess:
        return SettingsAccess(self.store, self.offers, self.program)

    def file(self) -> str:
        """The settings file's text."""
        path = self.folder / "settings.toml"
        return path.read_text("utf-8") if path.exists() else ""


GIVEN = Layers(
    environment={"record": "off"},
    env_file={"twilio_account_sid": "AC" + "7" * 32, "twilio_auth_token": "not-shown"},
)


def with_given(layers: Layers, **more: str) -> Layers:
    """The same layers with more in `.env`."""
    return replace(layers, env_file={**layers.env_file, **more})
