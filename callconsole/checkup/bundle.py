"""The support bundle: a zip of what helps a supporter, without secrets and phone numbers."""

from __future__ import annotations

import json
import os
import platform
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from callconsole import __version__
from callconsole.checkup import report
from callconsole.checkup.computer import LIBRARIES
from callconsole.checkup.recent_log import LogLine, recent
from callconsole.domain.checkup import Finding
from callconsole.domain.problems import Problem, ProblemError
from callconsole.logbook import last_lines
from callconsole.redaction import NUMBER, OWN_NUMBERS, PRIVATE, SECRET, Redactor, private_values
from callconsole.settings import Settings, variable
from callconsole.settings_layers import SettingSource

Sources = Callable[[str], SettingSource]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a bundle is made of.

    Attributes:
        settings: whose secrets are taken out, and whose other values are shown.
        findings: what a check-up has found.
        line: "practice" or "phone".
        source: where a setting's value comes from; None where nobody knows.
        log: lines of this program's log.
        earlier: what the log file holds, of this start and those before.
    """

    settings: Settings
    findings: Sequence[Finding]
    line: str
    source: Sources | None = None
    log: Sequence[LogLine] = ()
    earlier: Sequence[str] = ()


def save(
    path: Path,
    settings: Settings,
    findings: Sequence[Finding],
    line: str,
    *,
    source: Sources | None = None,
    data: Path | None = None,
) -> None:
    """Write the bundle, readable for its owner only. Blocks.

    Args:
        path: the zip file; one that is there is replaced.
        settings: whose secrets are taken out, and whose other values are shown.
        findings: what a check-up has found.
        line: "practice" or "phone".
        source: where a setting's value comes from; None where nobody knows.
        data: the data folder, whose log file is added.

    Raises:
        ProblemError: the file cannot be written.
    """
    earlier = [] if data is None else last_lines(data)
    files = contents(Evidence(settings, findings, line, source, recent.lines(), earlier))
    try:
        _write(path, files)
    except OSError as error:
        raise ProblemError(_not_written(path, error)) from error


def contents(evidence: Evidence) -> dict[str, str]:
    """The bundle's files by name, redacted."""
    redactor = Redactor(private_values(evidence.settings))
    parts: dict[str, Any] = {
        "report.json": redactor.data(report.as_json(evidence.findings, evidence.line)),
        "settings.json": _settings(evidence, redactor),
        "versions.json": _versions(),
        "platform.json": _platform(),
    }
    files = {name: json.dumps(part, indent=2, ensure_ascii=False) for name, part in parts.items()}
    files["log.txt"] = "\n".join(
        f"{one.at.isoformat(timespec='milliseconds')} {redactor.text(one.level)} "
        f"{redactor.text(one.logger)}: {redactor.text(one.message)}"
        for one in evidence.log
    )
    if evidence.earlier:
        # It was masked as it was written; a secret that was set later is taken out here.
        files["log-file.txt"] = "\n".join(redactor.secrets_out(one) for one in evidence.earlier)
    return files


def _settings(evidence: Evidence, redactor: Redactor) -> dict[str, Any]:
    """Every setting by its variable: its value, or that it has one, and where it is from."""
    source = evidence.source
    return {
        variable(name): {
            "value": _shown(name, getattr(evidence.settings, name, None), redactor),
            "source": source(name).value if source is not None else None,
        }
        for name in Settings.model_fields
    }


def _shown(name: str, value: object, redactor: Redactor) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, SecretStr) or name in PRIVATE:
        return SECRET
    return NUMBER if name in OWN_NUMBERS else redactor.text(str(value))


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
