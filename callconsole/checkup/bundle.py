"""The support bundle: a zip of what helps a supporter, without secrets and phone numbers."""

from __future__ import annotations

import json
import os
import platform
import sys
import zipfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from callconsole import __version__
from callconsole.checkup import report
from callconsole.checkup.computer import LIBRARIES
from callconsole.checkup.recent_log import LogLine, recent
from callconsole.checkup.redaction import NUMBER, SECRET, Redactor
from callconsole.domain.checkup import Finding
from callconsole.domain.problems import Problem, ProblemError
from callconsole.settings import Settings

# Whose values name the customer or a person and need not look like it.
_PRIVATE: Final = frozenset({"twilio_account_sid", "vertex_project_id", "ngrok_domain"})
_NUMBERS: Final = frozenset({"twilio_phone_number", "test_phone_number"})


def save(
    path: Path,
    settings: Settings,
    findings: Sequence[Finding],
    line: str,
    log: Sequence[LogLine] | None = None,
) -> None:
    """Write the bundle, readable for its owner only. Blocks.

    Args:
        path: the zip file; one that is there is replaced.
        settings: whose secrets are taken out, and whose other values are shown.
        findings: what a check-up has found.
        line: "practice" or "phone".
        log: lines of the log; None takes this program's last ones.

    Raises:
        ProblemError: the file cannot be written.
    """
    lines = recent.lines() if log is None else log
    files = contents(settings, findings, line, lines)
    try:
        _write(path, files)
    except OSError as error:
        raise ProblemError(_not_written(path, error)) from error


def contents(
    settings: Settings, findings: Sequence[Finding], line: str, log: Sequence[LogLine]
) -> dict[str, str]:
    """The bundle's files by name, redacted."""
    redactor = Redactor(_secrets(settings))
    parts: dict[str, Any] = {
        "report.json": redactor.data(report.as_json(findings, line)),
        "settings.json": _settings(settings, redactor),
        "versions.json": _versions(),
        "platform.json": _platform(),
    }
    files = {name: json.dumps(part, indent=2, ensure_ascii=False) for name, part in parts.items()}
    files["log.txt"] = "\n".join(
        f"{one.at.isoformat(timespec='milliseconds')} {redactor.text(one.level)} "
        f"{redactor.text(one.logger)}: {redactor.text(one.message)}"
        for one in log
    )
    return files


def _secrets(settings: Settings) -> list[str]:
    values = {name: getattr(settings, name, None) for name in Settings.model_fields}
    hidden = [value.get_secret_value() for value in values.values() if isinstance(value, SecretStr)]
    return hidden + [str(values[name]) for name in sorted(_PRIVATE | _NUMBERS) if values[name]]


def _settings(settings: Settings, redactor: Redactor) -> dict[str, Any]:
    """Every setting by its variable: its value, or that it has one, and where it is from."""
    shown = {}
    for name, info in Settings.model_fields.items():
        value = getattr(settings, name, None)
        variable = (info.alias or name).upper()
        shown[variable] = {
            "value": _shown(name, value, redactor),
            "source": _source(settings, name, variable),
        }
    return shown


def _shown(name: str, value: object, redactor: Redactor) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, SecretStr) or name in _PRIVATE:
        return SECRET
    return NUMBER if name in _NUMBERS else redactor.text(str(value))


def _source(settings: Settings, name: str, variable: str) -> str:
    if name not in settings.model_fields_set:
        return "default"
    known = {key.upper() for key in os.environ}
    return "environment" if variable in known else "file"


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {"callconsole": __version__}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def _platform() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "frozen": bool(getattr(sys, "frozen", False)),
    }


def _write(path: Path, files: dict[str, str]) -> None:
    """All of it or nothing: a reader never finds half a bundle."""
    partial = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            os.fdopen(handle, "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for name, text in files.items():
                archive.writestr(name, text)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _not_written(path: Path, error: OSError) -> Problem:
    return Problem(
        "bundle.not_written",
        "The support bundle was not saved",
        f"{path}: {error.strerror or type(error).__name__}.",
        "Choose another folder, or free some space.",
    )
