"""Where each setting comes from, and which source wins: the environment first, a default last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from callconsole.domain.problems import Problem, ProblemError
from callconsole.settings import (
    Settings,
    alias_of,
    invalid,
    may_be_unset,
    trimmed,
    variable,
    wrong_words,
)

Raw = object
"""A value before it is checked: text from the environment, or what TOML knows."""


class SettingSource(StrEnum):
    """Where a setting's present value comes from; the first that has one wins."""

    ENVIRONMENT = "environment"
    ENV_FILE = ".env"
    KEYCHAIN = "keychain"
    SECRETS_FILE = "secrets file"
    FILE = "settings file"
    DEFAULT = "default"

    @property
    def locked(self) -> bool:
        """True where the console must not change it."""
        return self in (SettingSource.ENVIRONMENT, SettingSource.ENV_FILE)


@dataclass(frozen=True, slots=True)
class Layers:
    """The raw values of every source, by the setting's field name; its repr shows none.

    Attributes:
        unreadable: why nothing of `.env` could be read, or "".
    """

    environment: Mapping[str, Raw] = field(default_factory=dict, repr=False)
    env_file: Mapping[str, Raw] = field(default_factory=dict, repr=False)
    keychain: Mapping[str, Raw] = field(default_factory=dict, repr=False)
    secrets_file: Mapping[str, Raw] = field(default_factory=dict, repr=False)
    file: Mapping[str, Raw] = field(default_factory=dict, repr=False)
    unreadable: str = ""

    def ordered(self) -> list[tuple[SettingSource, Mapping[str, Raw]]]:
        """Every source, the winning one first."""
        return [
            (SettingSource.ENVIRONMENT, self.environment),
            (SettingSource.ENV_FILE, self.env_file),
            (SettingSource.KEYCHAIN, self.keychain),
            (SettingSource.SECRETS_FILE, self.secrets_file),
            (SettingSource.FILE, self.file),
        ]

    def source_of(self, name: str) -> tuple[SettingSource, Raw]:
        """The source that wins for a field, and its raw value."""
        for source, values in self.ordered():
            if name in values and not _means_unset(values[name]):
                return source, values[name]
        return SettingSource.DEFAULT, None


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings that can be used, whatever the sources held.

    Attributes:
        settings: the typed record; a value that is not valid is left out of it.
        sources: for every field of `Settings`.
        problems: what was wrong in the keychain and in our own files.
        fault: what was wrong in the environment and in `.env`, or None.
    """

    settings: Settings
    sources: Mapping[str, SettingSource]
    problems: tuple[Problem, ...] = ()
    fault: Problem | None = None


def given_from_outside(env_file: str | Path | None) -> Layers:
    """What the environment and a `.env` file say now; nothing else is filled in."""
    environment = _by_field(EnvSettingsSource(Settings)())
    try:
        dotenv = DotEnvSettingsSource(Settings, env_file=env_file, env_file_encoding="utf-8")()
    except UnicodeDecodeError:
        # Notepad's "Unicode" is UTF-16.
        return Layers(environment, unreadable=f"{env_file} has to be saved as UTF-8 text")
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        return Layers(environment, unreadable=f"{env_file} could not be opened ({reason})")
    return Layers(environment, _by_field(dotenv))


def combine(layers: Layers) -> Loaded:
    """Take each setting from the first source that has it; never raises.

    A value that is not valid is reported and its default used. Where two do not fit together the
    one that the console may change gives way.
    """
    chosen = {name: layers.source_of(name) for name in Settings.model_fields}
    stored: list[Problem] = []
    outside = [layers.unreadable] if layers.unreadable else []
    for name, (source, raw) in chosen.items():
        if words := _odd(name, raw):
            if source.locked:
                outside.append(f"{variable(name)}: {words}")
            else:
                stored.append(_ignored(name, source, words))
            chosen[name] = (SettingSource.DEFAULT, None)
    while True:
        try:
            settings = build({n: raw for n, (source, raw) in chosen.items() if _is_set(source)})
            break
        except ValidationError as error:
            for item in error.errors(include_input=False, include_url=False):
                name = _at_fault(item, chosen)
                source = chosen[name][0]
                chosen[name] = (SettingSource.DEFAULT, None)
                words = wrong_words(item)
                if source.locked:
                    outside.append(f"{variable(name)}: {words}" if item["loc"] else words)
                else:
                    stored.append(_ignored(name, source, words))
    return Loaded(
        settings,
        MappingProxyType({name: source for name, (source, _) in chosen.items()}),
        tuple(stored),
        invalid(outside) if outside else None,
    )


def build(values: Mapping[str, Raw]) -> Settings:
    """Settings from these raw values and defaults alone. Raises pydantic's ValidationError."""
    whole = {name: info.get_default() for name, info in Settings.model_fields.items()} | dict(
        values
    )
    # Every field is given, so the environment has no say here.
    return Settings(_env_file=None, **{alias_of(name): raw for name, raw in whole.items()})  # type: ignore[call-arg]


def faults_of(settings: Settings, values: Mapping[str, Raw]) -> dict[str, str]:
    """Why values cannot be taken together beside the other settings, in words by field name."""
    found = {name: words for name, raw in values.items() if (words := _unfit(name, raw))}
    if found:
        return found
    try:
        _with(settings, values)
    except ValidationError as error:
        for item in error.errors(include_input=False, include_url=False):
            named = str(item["loc"][0]) if item["loc"] else ""
            name = next((key for key in values if named in (key, alias_of(key))), "")
            found[name or next(iter(values))] = wrong_words(item)
    return found


def wrong_with(settings: Settings, name: str, raw: Raw) -> str:
    """Why a value cannot be taken beside the other settings, in words; "" where it can."""
    return faults_of(settings, {name: raw}).get(name, "")


def taken(settings: Settings, values: Mapping[str, Raw]) -> Settings:
    """The settings with these values changed. Raises `ProblemError` where one is not valid."""
    faults = faults_of(settings, values)
    if faults:
        told = "; ".join(f"{variable(name)}: {words}" for name, words in faults.items())
        raise ProblemError(
            Problem(
                "settings.refused",
                "The setting was not saved",
                f"{told}.",
                "Correct it; what was set before still counts.",
            )
        )
    return _with(settings, values)


def _with(settings: Settings, values: Mapping[str, Raw]) -> Settings:
    blank = {name for name, raw in values.items() if isinstance(raw, str) and not raw.strip()}
    given = {name: None if name in blank else raw for name, raw in values.items()}
    return build({**raw_values(settings), **given})


def _unfit(name: str, raw: Raw) -> str:
    """Why a value cannot be meant, whatever the other settings are."""
    if isinstance(raw, str) and not raw.strip() and not may_be_unset(name):
        return "this cannot be empty; reset it for the default"
    return _odd(name, raw)


def raw_values(settings: Settings) -> dict[str, Any]:
    """The checked values of every field, secrets still wrapped."""
    return {name: getattr(settings, name) for name in Settings.model_fields}


def plain(value: object) -> str | int | bool | None:
    """A checked value as TOML and an operator know it; a secret is not for this."""
    if isinstance(value, SecretStr):
        raise TypeError("a secret is not written in plain")
    if isinstance(value, bool | int) or value is None:
        return value
    return str(value.value) if isinstance(value, Enum) else str(value)


def default_of(name: str) -> str | int | bool | None:
    """The default of a field in plain."""
    return plain(Settings.model_fields[name].get_default())


def _odd(name: str, raw: Raw) -> str:
    """Why a value cannot be meant, where the type alone says so."""
    annotation = Settings.model_fields[name].annotation
    raw = trimmed(raw)
    if raw is None or isinstance(raw, Enum | Path | SecretStr):
        return ""
    if not isinstance(raw, str | int):
        return "this has to be text, a number, or on or off"
    if isinstance(raw, bool) and annotation is int:
        return "this has to be a whole number"
    if isinstance(raw, str) and any(ord(sign) < 32 or 0xD800 <= ord(sign) < 0xE000 for sign in raw):
        return "this has signs in it that cannot be typed"
    return ""


def _by_field(values: Mapping[str, Any]) -> dict[str, Raw]:
    names = {alias_of(name).lower(): name for name in Settings.model_fields}
    found = {names.get(key.lower(), ""): raw for key, raw in values.items()}
    found.pop("", None)
    return found


def _is_set(source: SettingSource) -> bool:
    return source is not SettingSource.DEFAULT


def _means_unset(raw: Raw) -> bool:
    """True for an empty line too: an empty SERVER_HOST would mean every address there is."""
    return raw is None or (isinstance(raw, str) and not trimmed(raw))


def _at_fault(item: ErrorDetails, chosen: Mapping[str, tuple[SettingSource, Raw]]) -> str:
    """The field that has to give way for an error."""
    if item["loc"]:
        given = str(item["loc"][0]).lower()
        return next(
            name for name in Settings.model_fields if given in (name, alias_of(name).lower())
        )
    pair = ("gate", "amd")
    ours = [name for name in pair if _is_set(chosen[name][0]) and not chosen[name][0].locked]
    return ours[0] if ours else "gate"


def _ignored(name: str, source: SettingSource, words: str) -> Problem:
    return Problem(
        "settings.ignored",
        "A saved setting is not used",
        f"{variable(name)} in the {source.value}: {words}. Its default is used.",
        "Correct it under Settings.",
    )
