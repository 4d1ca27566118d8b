"""Every setting with its source, read from all places and saved where it belongs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from callconsole import paths
from callconsole import settings_transfer as transfer
from callconsole.adapters.keychain import Keychain
from callconsole.adapters.settings_file import Contents, SettingsFile, dumps, parse
from callconsole.domain.problems import Problem, ProblemError
from callconsole.settings import Settings, is_secret, trimmed, trust_certificates, variable
from callconsole.settings_layers import (
    Layers,
    Raw,
    SettingSource,
    combine,
    given_from_outside,
    plain,
    raw_values,
    taken,
    wrong_with,
)

logger = logging.getLogger(__name__)

SETTINGS_NAME = "settings.toml"
SECRETS_NAME = "secrets.toml"
# Keys of the settings file that are no settings: which secrets the keychain keeps, so that it is
# not asked (and nobody has to unlock it) where it keeps none; and that a file may keep them.
IN_KEYCHAIN = "secrets_in_keychain"
FILE_ALLOWED = "secrets_in_file_allowed"
_OWN_KEYS = frozenset({IN_KEYCHAIN, FILE_ALLOWED})
_HEAD = "Settings of callconsole. The environment and .env win over what is here."
_SECRETS_HEAD = "Secrets of callconsole, for its owner's eyes alone."


class SettingsStore:
    """Settings from the environment, `.env`, the keychain, two files of ours, and defaults.

    Attributes:
        keychain_problem: why the keychain could not be used the last time, or None.
    """

    def __init__(self, layers: Layers, folder: Path, *, keychain: Keychain | None = None) -> None:
        """Read both files; the keychain is not asked yet.

        Args:
            layers: what comes from outside (`given_from_outside`).
            folder: where our two files are.
            keychain: another one for tests.
        """
        self._layers = layers
        self._file = SettingsFile(folder / SETTINGS_NAME, head=_HEAD)
        self._secrets = SettingsFile(folder / SECRETS_NAME, head=_SECRETS_HEAD)
        self._keychain = keychain or Keychain()
        self._keychain_names: tuple[str, ...] = ()
        self._file_allowed = False
        self._file_problems: tuple[Problem, ...] = ()
        self._saving = asyncio.Lock()
        self.keychain_problem: Problem | None = None
        self._read_files()
        self._loaded = combine(self._layers)

    # What is set --------------------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        """The settings now."""
        return self._loaded.settings

    @property
    def fault(self) -> Problem | None:
        """What is wrong in the environment or in `.env`, which only a person can cure there."""
        return self._loaded.fault

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in our own files and in the keychain."""
        keychain = (self.keychain_problem,) if self.keychain_problem and self._wanted() else ()
        return (*self._file_problems, *keychain, *self._loaded.problems)

    @property
    def file_allowed(self) -> bool:
        """True once a person has said that secrets may be kept in a file."""
        return self._file_allowed

    @property
    def secrets_path(self) -> Path:
        """The file for secrets where there is no keychain."""
        return self._secrets.path

    def source(self, name: str) -> SettingSource:
        """Where a setting's value comes from."""
        return self._loaded.sources[name]

    def wrong(self, name: str, raw: Raw) -> str:
        """Why a value cannot be taken, in words; "" where it can."""
        return wrong_with(self.settings, name, raw)

    # The keychain -------------------------------------------------------------------------------

    def recall_now(self) -> None:
        """Ask the keychain for what it keeps, where that is wanted; blocks for five seconds."""
        wanted = self._wanted()
        if wanted:
            try:
                self._recalled(self._keychain.read_now(wanted))
            except ProblemError as error:
                self.keychain_problem = error.problem

    async def recall(self) -> None:
        """The same off the loop."""
        wanted = self._wanted()
        if wanted:
            try:
                self._recalled(await self._keychain.read(wanted))
            except ProblemError as error:
                self.keychain_problem = error.problem

    async def look_for_keychain(self) -> None:
        """Learn whether there is a keychain at all, without asking it for anything."""
        try:
            await self._keychain.look()
        except ProblemError as error:
            self.keychain_problem = error.problem
        else:
            self.keychain_problem = None

    def _wanted(self) -> list[str]:
        """Secrets that the keychain keeps and nothing before it gives."""
        return [name for name in self._keychain_names if not self._layers.source_of(name)[0].locked]

    def _recalled(self, secrets: Mapping[str, str]) -> None:
        self.keychain_problem = None
        self._layers = replace(self._layers, keychain=dict(secrets))
        self._loaded = combine(self._layers)

    # Saving -------------------------------------------------------------------------------------

    async def save(self, name: str, raw: Raw) -> None:
        """Keep a setting that is no secret.

        Raises `ProblemError`: not valid, set from outside, or the file cannot be written.
        """
        if is_secret(name):
            raise ValueError(f"{name} is a secret")
        self._check_free(name)
        value = plain(getattr(taken(self.settings, {name: raw}), name))
        await self._write({name: value})

    async def save_many(self, values: Mapping[str, Raw]) -> None:
        """Keep several at once, such as an import; all or none. Raises `ProblemError`."""
        for name in values:
            self._check_free(name)
        changed = taken(self.settings, values)
        await self._write({name: plain(getattr(changed, name)) for name in values})

    async def save_secret(self, name: str, secret: str) -> SettingSource:
        """Keep a secret: in the keychain, or in a file of mode 0600 where that was allowed.

        Raises `ProblemError`: set from outside, or the keychain did not take it and no file is
        allowed (`allow_file`).
        """
        self._check_free(name)
        secret = str(trimmed(secret))
        taken(self.settings, {name: secret})
        try:
            await self._keychain.write(name, secret)
        except ProblemError as error:
            self.keychain_problem = error.problem
            if not self._file_allowed:
                raise
            await self._save_in_file(name, secret)
            return SettingSource.SECRETS_FILE
        self.keychain_problem = None
        await self._register({*self._keychain_names, name})
        # One place only: an older copy in the file would come back when this one is deleted.
        if name in self._layers.secrets_file:
            await self._save_in_file(name, None)
        self._recalled({**self._secrets_in_keychain(), name: secret})
        return SettingSource.KEYCHAIN

    async def reset(self, name: str) -> None:
        """Forget what is kept of a setting, wherever. Raises `ProblemError`."""
        if not is_secret(name):
            await self._write({name: None})
            return
        if name in self._layers.secrets_file:
            await self._save_in_file(name, None)
        if name in self._keychain_names:
            await self._keychain.delete(name)
            await self._register(set(self._keychain_names) - {name})
            kept = self._secrets_in_keychain()
            kept.pop(name, None)
            self._recalled(kept)

    async def allow_file(self) -> None:
        """A person has agreed that secrets are kept in a file. Raises `ProblemError`."""
        await self._write({FILE_ALLOWED: True})

    async def _save_in_file(self, name: str, secret: str | None) -> None:
        async with self._saving:
            await asyncio.to_thread(self._secrets.write, {name: secret})
            self._read_again()

    async def _register(self, names: set[str]) -> None:
        await self._write({IN_KEYCHAIN: sorted(names) or None})

    async def _write(self, changes: Mapping[str, Any]) -> None:
        async with self._saving:
            await asyncio.to_thread(self._file.write, changes)
            self._read_again()

    def _check_free(self, name: str) -> None:
        source = self._layers.source_of(name)[0]
        if source.locked:
            raise ProblemError(_locked(name, source))

    def _secrets_in_keychain(self) -> dict[str, str]:
        return {name: str(raw) for name, raw in self._layers.keychain.items()}

    def _read_again(self) -> None:
        self._read_files()
        self._loaded = combine(self._layers)

    def _read_files(self) -> None:
        contents, secrets = self._file.read(), self._secrets.read()
        names = contents.values.get(IN_KEYCHAIN, [])
        known = [name for name in names if _secret_name(name)] if isinstance(names, list) else []
        self._keychain_names = tuple(known)
        self._file_allowed = contents.values.get(FILE_ALLOWED) is True
        self._layers = replace(
            self._layers,
            file={key: raw for key, raw in contents.values.items() if _plain_name(key)},
            secrets_file={key: raw for key, raw in secrets.values.items() if _secret_name(key)},
        )
        self._file_problems = (
            *(found.problem for found in (contents, secrets) if found.problem is not None),
            *_strangers(contents, self._file.path, _plain_name),
            *_strangers(secrets, self._secrets.path, _secret_name),
        )

    # Taking settings elsewhere ------------------------------------------------------------------

    def export(self) -> str:
        """Every setting that differs from its default, as TOML, without secrets."""
        values = {
            name: plain(value)
            for name, value in raw_values(self.settings).items()
            if not is_secret(name) and self.source(name) is not SettingSource.DEFAULT
        }
        return dumps({n: v for n, v in values.items() if v is not None}, _EXPORT_HEAD)

    def plan_import(self, path: Path) -> transfer.Transfer:
        """What importing a file would change; nothing is changed yet.

        Raises `ProblemError` with the line and the cause of everything unknown or not valid.
        """
        contents = SettingsFile(path).read()
        return self._plan(contents, path)

    def plan_import_text(self, text: str, name: str = "import") -> transfer.Transfer:
        """The same of a text."""
        path = Path(name)
        return self._plan(parse(text.encode(errors="replace"), path), path)

    def _plan(self, contents: Contents, path: Path) -> transfer.Transfer:
        if contents.problem is not None:
            raise ProblemError(transfer.refused(path.name, [contents.problem.cause]))
        values = {key: raw for key, raw in contents.values.items() if key not in _OWN_KEYS}
        return transfer.plan(self.settings, self._loaded.sources, values, contents.lines, path.name)


_EXPORT_HEAD = "Settings exported from callconsole, without secrets."


def open_store(env_file: str | Path | None = ".env", **given: Any) -> SettingsStore:
    """A store over the environment, `.env` and our files; the keychain is asked later."""
    layers = given_from_outside(env_file)
    data_dir = combine(layers).settings.data_dir
    return SettingsStore(layers, paths.settings_folder(data_dir), **given)


def fixed_store(settings: Settings, folder: Path) -> SettingsStore:
    """A store over settings that somebody has made: what differs from the defaults is locked."""
    values = {
        name: value
        for name, value in raw_values(settings).items()
        if value != Settings.model_fields[name].get_default()
    }
    return SettingsStore(Layers(environment=values), folder)


def load_everything(env_file: str | Path | None = ".env") -> SettingsStore:
    """The settings of a command without a window, keychain and files included.

    What is wrong in our own files is logged, and its default used. Raises `ProblemError` for what
    is wrong in the environment and in `.env`.
    """
    store = open_store(env_file)
    if store.fault is not None:
        raise ProblemError(store.fault)
    store.recall_now()
    for problem in store.problems:
        logger.warning("%s", problem.sentence())
    trust_certificates(store.settings)
    return store


def _plain_name(name: object) -> bool:
    return isinstance(name, str) and name in Settings.model_fields and not is_secret(name)


def _secret_name(name: object) -> bool:
    return isinstance(name, str) and name in Settings.model_fields and is_secret(name)


def _strangers(contents: Contents, path: Path, belongs: Any) -> list[Problem]:
    """What stands in a file and is no setting of it."""
    found = []
    for key in contents.values:
        if key in _OWN_KEYS or belongs(key):
            continue
        line = contents.lines.get(key)
        where = f"{path.name}, line {line}" if line else path.name
        why = "a secret does not belong here" if _secret_name(key) else "there is no such setting"
        found.append(
            Problem(
                "settings.unknown",
                "A line of the settings file is not used",
                f"{where}: {why}." if _secret_name(key) else f"{where}: {why} as {key[:60]!r}.",
                "Take the line out in a text editor.",
            )
        )
    return found


def _locked(name: str, source: SettingSource) -> Problem:
    place = "the environment" if source is SettingSource.ENVIRONMENT else "the file .env"
    return Problem(
        "settings.locked",
        "This setting is set elsewhere",
        f"{variable(name)} is set in {place}, which wins over this page.",
        "Change it there, or take it out there to set it here.",
    )
