"""The papers that a user reads agree with the program and with one another."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from callconsole.adapters.prompt_head import parted
from callconsole.adapters.web import control
from callconsole.adapters.web.access import AccessPolicy
from callconsole.adapters.web.event_stream import EventStreams
from callconsole.cli import main
from callconsole.domain.abilities import Ability
from callconsole.domain.call import Outcome
from callconsole.practice.callees import CALLEES
from callconsole.settings import Settings, load
from fakes.switchboard import FakeSwitchboard

ROOT = Path(__file__).parent.parent
PAPERS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md"), *(ROOT / "bench").glob("*.md")]
)
CALLS = ROOT / "docs" / "calls.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def prose(paper: Path) -> str:
    """A paper without its blocks of code."""
    return FENCED.sub("", paper.read_text("utf-8"))


def anchors(paper: Path) -> set[str]:
    """The names that GitHub gives to a paper's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(paper), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {name.strip().replace(" ", "-") for name in kept}


def table(paper: Path, first_cell: str) -> list[list[str]]:
    """The rows of the table whose heading begins with a cell."""
    lines = iter(paper.read_text("utf-8").splitlines())
    for line in lines:
        if line.startswith(f"| {first_cell} |"):
            break
    next(lines)
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def test_there_are_papers() -> None:
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "calls.md", "performance.md"} <= {
        paper.name for paper in PAPERS
    }


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_link_leads_somewhere(paper: Path) -> None:
    for target in LINK.findall(prose(paper)):
        if re.match(r"[a-z]+:", target):
            assert target.startswith("https://"), target
            continue
        path, _, anchor = target.partition("#")
        linked = (paper.parent / path).resolve() if path else paper
        assert linked.exists(), target
        if anchor:
            assert anchor in anchors(linked), target


def test_everybody_on_the_practice_line_is_told() -> None:
    numbers = [row[0].replace(" ", "") for row in table(ROOT / "docs" / "practice.md", "number")]
    assert sorted(numbers) == sorted(callee.number for callee in CALLEES)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_command_that_is_told_is_there(
    paper: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = set(re.findall(r"^ {4}([a-z]+)", capsys.readouterr().out, re.M))
    assert {"serve", "doctor"} <= commands
    text = paper.read_text("utf-8")
    fenced = "\n".join(FENCED.findall(text))
    inline, typed = r"`callconsole ([a-z]+)", r"^callconsole ([a-z]+)"
    assert {*re.findall(inline, text), *re.findall(typed, fenced, re.M)} <= commands
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"`make ([a-z]+)", text)) <= targets


def test_every_route_is_told() -> None:
    told = {
        (method.strip(), path)
        for paths, method, _ in table(ROOT / "docs" / "headless.md", "endpoint")
        for path in re.findall(r"`(.+?)`", paths)
    }
    switchboard = FakeSwitchboard()
    access = AccessPolicy()
    served = control.routes(switchboard, access, EventStreams(switchboard), "instance")
    for route in served:
        assert (route.method, route.path) in told, route


def test_the_settings_of_a_call_are_as_the_program_has_them() -> None:
    by_name = {(info.alias or name).upper(): name for name, info in Settings.model_fields.items()}
    usual = load(None)
    rows = table(CALLS, "setting")
    assert len(rows) == 14
    for cells in rows:
        field = by_name[cells[0].strip("`")]
        default, value = cells[1].strip("`"), getattr(usual, field)
        shown = {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value
        assert default == str(shown), cells[0]
        bounds = {
            type(limit).__name__: getattr(limit, type(limit).__name__.lower())
            for limit in Settings.model_fields[field].metadata
            if type(limit).__name__ in ("Ge", "Le")
        }
        if bounds:
            assert cells[2] == f"{bounds['Ge']} … {bounds['Le']}", cells[0]


def test_the_head_of_a_prompt_in_the_papers_can_be_read() -> None:
    found = re.search(r"^```yaml\n(.*?)^```", CALLS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None
    abilities, words = parted(found[1])
    assert abilities.allowed == {Ability.END_CALL, Ability.TRANSFER_CALL, Ability.TAKE_NOTE}
    assert [target.label for target in abilities.transfers] == ["Front desk", "Accounts"]
    assert words.startswith("You are Ada")


def test_every_ability_and_every_ending_is_told() -> None:
    abilities = {row[0].strip("`") for row in table(CALLS, "name")}
    assert abilities == {ability.value for ability in Ability}
    endings = ", ".join(row[0] for row in table(CALLS, "in the history"))
    words = {
        Outcome.COMPLETED: "Spoke",
        Outcome.BUSY: "Busy",
        Outcome.NO_ANSWER: "No answer",
        Outcome.DECLINED: "Declined",
        Outcome.MISSED: "Missed",
        Outcome.CANCELED: "Cancelled",
        Outcome.VOICEMAIL: "Voicemail, Fax",
        Outcome.FAILED: "Call failed, Call broke off",
    }
    assert all(words[outcome] in endings for outcome in Outcome)


def test_the_architecture_is_the_one_that_is_checked() -> None:
    told = re.search(r"^```\n(cli\n.*?)^```", ARCHITECTURE.read_text("utf-8"), re.M | re.S)
    assert told is not None
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = next(each["layers"] for each in contracts["contracts"] if each["type"] == "layers")
    assert told[1].splitlines() == [line.replace("callconsole.", "") for line in layers]


def test_every_part_of_the_package_is_told() -> None:
    told = {name for row in table(ARCHITECTURE, "part") for name in re.findall(r"`(.+?)`", row[0])}
    package = ROOT / "callconsole"
    parts = {part.name for part in package.iterdir() if part.is_dir() and part.name[0] != "_"}
    modules = {part.name for part in package.glob("*.py") if part.name[0] != "_"}
    assert told == parts | modules
