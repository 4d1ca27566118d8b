"""What the Settings page asks of the program behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from callconsole.domain.agent_models import ModelFacts, OfferedModels, Voice
from callconsole.domain.problems import Problem
from callconsole.settings import Settings
from callconsole.settings_catalogue import Waiting
from callconsole.settings_layers import Raw, SettingSource
from callconsole.settings_transfer import Transfer


class Store(Protocol):
    """Where settings are kept (`callconsole.settings_store.SettingsStore`)."""

    keychain_problem: Problem | None

    @property
    def settings(self) -> Settings:
        """The settings now."""
        ...

    @property
    def fault(self) -> Problem | None:
        """What is wrong in the environment or in `.env`."""
        ...

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in our own files and in the keychain."""
        ...

    @property
    def file_allowed(self) -> bool:
        """True once a person has said that secrets may be kept in a file."""
        ...

    @property
    def secrets_path(self) -> Path:
        """That file."""
        ...

    def source(self, name: str) -> SettingSource:
        """Where a setting's value comes from."""
        ...

    def wrong(self, name: str, raw: Raw) -> str:
        """Why a value cannot be taken; "" where it can."""
        ...

    async def look_for_keychain(self) -> None:
        """Learn whether there is a keychain; sets `keychain_problem`."""
        ...

    async def save(self, name: str, raw: Raw) -> None:
        """Keep a setting that is no secret. Raises `ProblemError`."""
        ...

    async def save_many(self, values: Mapping[str, Raw]) -> None:
        """Keep several, all or none. Raises `ProblemError`."""
        ...

    async def save_secret(self, name: str, secret: str) -> SettingSource:
        """Keep a secret. Raises `ProblemError`."""
        ...

    async def reset(self, name: str) -> None:
        """Forget what is kept of a setting. Raises `ProblemError`."""
        ...

    async def allow_file(self) -> None:
        """A person has agreed that secrets are kept in a file. Raises `ProblemError`."""
        ...

    def export(self) -> str:
        """Every setting that is set, as TOML, without secrets."""
        ...

    def plan_import(self, path: Path) -> Transfer:
        """What importing a file would change. Raises `ProblemError`."""
        ...


class AgentOffers(Protocol):
    """Models and voices to choose from."""

    def known(self) -> OfferedModels:
        """What our table names."""
        ...

    async def offered(self) -> OfferedModels:
        """What the account offers, where it says. Raises `ProblemError`."""
        ...

    def facts(self, model: str) -> ModelFacts:
        """What a model can do."""
        ...

    def voices(self) -> list[Voice]:
        """The prebuilt voices."""
        ...

    async def sample(self, voice: str) -> Path:
        """A recording of one sentence in this voice. Raises `ProblemError`."""
        ...


class Program(Protocol):
    """Who uses the settings."""

    def apply(self, settings: Settings) -> None:
        """Take other settings; what can counts from the next call on."""
        ...

    def waiting(self) -> Waiting:
        """What was changed and does not count yet."""
        ...

    async def reconnect(self) -> None:
        """Open the line again. Raises `ProblemError`, or RuntimeError while calls live."""
        ...


@dataclass(frozen=True, slots=True)
class SettingsAccess:
    """Everything that the page needs from outside."""

    store: Store
    offers: AgentOffers
    program: Program
