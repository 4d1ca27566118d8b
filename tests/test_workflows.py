"""What runs on GitHub: the checks of every change, and the three installers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def steps(path: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_and_every_tool_is_there(path: Path) -> None:
    for step in steps(path):
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])
        for script in re.findall(r"tools/\w+\.py|\.ci/\w+|\w+\.spec", step.get("run", "")):
            assert (ROOT / script).is_file(), script


def test_every_change_is_checked() -> None:
    assert ".ci/run" in [step.get("run") for step in steps(WORKFLOWS[0])]


def test_three_systems_are_built_tried_and_kept() -> None:
    path = ROOT / ".github" / "workflows" / "installers.yml"
    job = yaml.safe_load(path.read_text("utf-8"))["jobs"]["build"]
    systems = [row["system"].split("-")[0] for row in job["strategy"]["matrix"]["include"]]
    assert systems == ["ubuntu", "windows", "macos"]
    told = [step.get("run", step.get("uses", "")) for step in job["steps"] if "if" not in step]
    order = [
        next(index for index, words in enumerate(told) if part in words)
        for part in ("build_installer.spec", "smoke_installer.py", "upload-artifact")
    ]
    assert order == sorted(order)
