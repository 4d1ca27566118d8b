"""Takes secrets, phone numbers and account names out of text that goes to other people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from callconsole.settings import Settings

SECRET: Final = "[secret]"  # noqa: S105 - stands in the place of one
NUMBER: Final = "[number]"
# Settings whose values name the customer or a person and need not look like it.
PRIVATE: Final = frozenset({"twilio_account_sid", "vertex_project_id", "ngrok_domain"})
OWN_NUMBERS: Final = frozenset({"twilio_phone_number", "test_phone_number"})

# Shorter ones would take ordinary words apart; a field that holds a secret is never shown anyway.
_SHORTEST: Final = 4
_TOKENS: Final = re.compile(
    r"(?i:\b(?:basic|bearer)\s+\S+)"
    r"|\bAIza[\w-]{10,}|\bya29\.[\w.-]+"
    r"|\b[A-Z]{2}[0-9a-f]{32}\b"  # Twilio's names of accounts, keys and calls
    r"|\b[0-9a-f]{32,}\b"
    # Base64 and the like; a path has not all three kinds of characters.
    r"|\b(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{28,}={0,2}"
)
_DIGITS: Final = re.compile(r"[+(]?\d(?:[\s().\-/\u00a0\u2010-\u2015]{0,3}\d){6,}")


class Redactor:
    """Knows what must not be seen.

    Args:
        secrets: values that are secret, wherever they stand.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {secret for secret in secrets if len(secret) >= _SHORTEST}
        self._secrets = sorted(known, key=len, reverse=True)
        self._home = str(Path.home())

    def text(self, text: str) -> str:
        """The text without secrets, without anything that looks like one, and without numbers."""
        text = self.secrets_out(text)
        if len(self._home) > 1:
            text = text.replace(self._home, "~")
        return _DIGITS.sub(NUMBER, _TOKENS.sub(SECRET, text))

    def secrets_out(self, text: str) -> str:
        """The text without the secrets that are known."""
        for secret in self._secrets:
            text = text.replace(secret, SECRET)
        return text

    def data(self, value: Any) -> Any:
        """The same for every text in JSON-ready data; keys are ours and stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.data(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.data(item) for item in value]
        return value


def private_values(settings: Settings) -> list[str]:
    """Every set value that is a secret, names the customer, or is a phone number."""
    values = {name: getattr(settings, name, None) for name in Settings.model_fields}
    hidden = [value.get_secret_value() for value in values.values() if isinstance(value, SecretStr)]
    return hidden + [str(values[name]) for name in sorted(PRIVATE | OWN_NUMBERS) if values[name]]
