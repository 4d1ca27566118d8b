"""One setting as the Settings page shows it: value, source, what is wrong, when it counts."""

from __future__ import annotations

from dataclasses import dataclass

from callconsole.settings_catalogue import BY_NAME, Effect, Kind, SettingInfo
from callconsole.settings_layers import Raw, SettingSource, plain
from callconsole.viewmodels.settings_desk import SettingsAccess

_SOURCES = {
    SettingSource.ENVIRONMENT: ("from the environment", "lock-simple"),
    SettingSource.ENV_FILE: ("from .env", "lock-simple"),
    SettingSource.KEYCHAIN: ("in the keychain", "key"),
    SettingSource.SECRETS_FILE: ("in a file of yours", "lock-key"),
    SettingSource.FILE: ("set here", "check"),
    SettingSource.DEFAULT: ("default", "minus"),
}
_PLACES = {SettingSource.ENVIRONMENT: "the environment", SettingSource.ENV_FILE: "the file .env"}


@dataclass(frozen=True, slots=True)
class Row:
    """One setting as it is shown.

    Attributes:
        info: what it is.
        text: its value as it is typed; "" for a secret, which is never shown.
        kept: True where a value is set, for a secret.
        source: where the value comes from, in words, with `symbol`.
        locked: why it cannot be changed here, or "".
        wrong: why what is typed is not taken, or "".
        saving: True between typing and the disk.
        note: when a change counts, where it does not yet, or "".
        can_reset: True where something is kept that a reset would forget.
    """

    info: SettingInfo
    text: str
    kept: bool
    source: str
    symbol: str
    locked: str
    wrong: str
    saving: bool
    note: str
    can_reset: bool


def row_of(access: SettingsAccess, name: str, typed: str | None = None) -> Row:
    """The setting as it is now.

    Args:
        access: the store and the program behind it.
        name: field of `Settings`.
        typed: what stands in its field and is not saved, or None.
    """
    info, source = BY_NAME[name], access.store.source(name)
    words, symbol = _SOURCES[source]
    if source is SettingSource.DEFAULT and not info.default:
        words = "not set"
    value = getattr(access.store.settings, name)
    outside = f"{info.variable} is set in {_PLACES.get(source, '')}, which wins."
    wrong = access.store.wrong(name, typed) if typed is not None else ""
    return Row(
        info=info,
        text=typed if typed is not None else text_of(info, value),
        kept=value is not None,
        source=words,
        symbol=symbol,
        locked=outside if source.locked else _unable(access, name),
        wrong=f"{wrong[:1].upper()}{wrong[1:].rstrip('.')}." if wrong else "",
        saving=typed is not None and not wrong,
        note=_note(access, name),
        can_reset=not source.locked and source is not SettingSource.DEFAULT,
    )


def _unable(access: SettingsAccess, name: str) -> str:
    """Why a setting is nothing to the chosen model, or ""."""
    if BY_NAME[name].kind is not Kind.SWITCH:
        return ""
    facts = access.offers.facts(access.store.settings.gemini_model)
    if name not in facts.lacking:
        return ""
    sure = "cannot do this" if facts.known else "is not known to do this"
    return f"The model {facts.name} {sure}."


def _note(access: SettingsAccess, name: str) -> str:
    waiting = access.program.waiting()
    if name in waiting.line:
        return f"Counts {Effect.NEXT_LINE.value}."
    return f"Counts {Effect.NEXT_START.value}." if name in waiting.start else ""


def text_of(info: SettingInfo, value: Raw) -> str:
    """A value as it is typed."""
    if info.kind is Kind.SECRET:
        return ""
    known = plain(value)
    if isinstance(known, bool):
        return "on" if known else "off"
    return "" if known is None else str(known)
