"""The board's state: what is shown, what forbids calls, and when it is checked again."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from callconsole.domain.checkup import Action, ActionKind, Status
from callconsole.domain.events import Service, ServiceState
from callconsole.domain.problems import Problem, ProblemError
from callconsole.viewmodels.checkup import CHECKING, ROW_OF, CheckRow, Checkup
from callconsole.viewmodels.models import Models
from fakes.desk import CALLEES, FakeDesk, FakePrompts
from fakes.examiner import AMBER, CHECKS, CLOSED, KEY, LOW, RED, FakeExaminer, bad


@pytest.fixture
def desk() -> FakeDesk:
    made = FakeDesk("phone")
    made.all_ready()
    return made


@pytest.fixture
def examiner() -> FakeExaminer:
    return FakeExaminer()


@pytest.fixture
def models(qtbot: QtBot, desk: FakeDesk, examiner: FakeExaminer) -> Iterator[Models]:
    made = Models(desk, FakePrompts(), callees=CALLEES, examiner=examiner)
    yield made
    made.close()
    made.deleteLater()


async def settle() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


def row(board: Checkup, name: str) -> CheckRow:
    return next(row for group in board.groups() for row in group.rows if row.id == name)


async def test_the_phone_line_is_checked_as_soon_as_it_is_open(
    models: Models, desk: FakeDesk, examiner: FakeExaminer
) -> None:
    board, dialler = models.checkup, models.dialler
    assert board.summary().title == "Not checked yet"
    examiner.gate.clear()
    board.line_opened()
    await settle()
    assert board.running
    assert board.summary().title == "Checking…"
    assert board.summary().line == f"0 of {len(CHECKS)} done."
    assert row(board, "gemini.speech").running
    # Not known yet is no reason to call.
    assert desk.found == [CHECKING]
    assert dialler.reason == "Checking whether calls can be made."
    assert board.row_about(dialler.obstacle) == "computer.python"
    examiner.gate.set()
    await settle()
    assert not board.running
    assert board.summary().title == "Ready for real calls"
    assert board.summary().tone == "success"
    assert dialler.reason == ""
    assert examiner.runs == [False]


async def test_the_practice_line_is_checked_when_somebody_looks(
    models: Models, desk: FakeDesk, examiner: FakeExaminer
) -> None:
    desk.line = "practice"
    board = models.checkup
    board.line_opened()
    await settle()
    assert examiner.runs == []
    assert row(board, "twilio.balance").detail == "Not checked yet"
    board.open_board()
    board.open_board()
    await settle()
    assert examiner.runs == [False]
    assert board.summary().title == "The practice line is ready"
    titles = [group.title for group in board.groups()]
    assert titles == [
        "This computer",
        "Sound",
        "Twilio, on the practice line",
        "Public address",
        "Gemini, on the practice line",
    ]


async def test_what_is_red_and_needed_darkens_call_and_names_its_row(
    models: Models, desk: FakeDesk, examiner: FakeExaminer
) -> None:
    examiner.odd = RED
    board, dialler = models.checkup, models.dialler
    board.line_opened()
    await settle()
    # The country and the sound are red too, and forbid nothing.
    assert desk.found == [KEY, KEY]
    assert dialler.reason == "Gemini refused the API key."
    assert board.row_about(dialler.obstacle) == "gemini.session"
    assert board.row_about(CLOSED) == "twilio.country"
    assert board.row_about(None) is None
    assert board.row_about(Problem("other", "", "", "")) is None
    summary = board.summary()
    assert (summary.title, summary.tone) == ("Real calls cannot be made yet", "danger")
    assert summary.line == "4 things are to be mended, from top to bottom."
    shown = row(board, "gemini.session")
    assert shown.wrong
    assert shown.detail.startswith("Gemini refused the API key. Gemini answered")
    assert shown.cure == KEY.cure
    assert shown.action is not None
    assert shown.action.target == KEY.link


async def test_amber_forbids_nothing(
    models: Models, desk: FakeDesk, examiner: FakeExaminer
) -> None:
    examiner.odd = AMBER
    models.checkup.line_opened()
    await settle()
    assert desk.found == []
    summary = models.checkup.summary()
    assert (summary.title, summary.tone) == ("Ready for real calls", "warning")
    assert summary.line == "One thing should be looked at."
    assert row(models.checkup, "twilio.balance").detail == f"{LOW.title}. {LOW.cause}"


async def test_red_that_forbids_nothing_says_so(
    models: Models, desk: FakeDesk, examiner: FakeExaminer
) -> None:
    examiner.odd = {"twilio.country": bad("twilio.country", CLOSED)}
    models.checkup.line_opened()
    await settle()
    assert desk.found == []
    summary = models.checkup.summary()
    assert summary.title == "Not everything works"
    assert summary.line == "One thing is to be mended; calls on this line can be made."


async def test_while_it_is_checked_again_what_was_found_holds(
    models: Models, desk: FakeDesk, examiner: FakeExaminer
) -> None:
    board = models.checkup
    board.line_opened()
    await settle()
    examiner.gate.clear()
    examiner.odd = RED
    board.start()
    await settle()
    assert desk.found == []  # green before, so calls can go on
    examiner.gate.set()
    await settle()
    examiner.gate.clear()
    examiner.first = len(CHECKS) - 3  # all but the last three, which are red
    board.start()
    await settle()
    assert row(board, "gemini.session").running
    assert desk.found == [KEY, KEY]
    examiner.gate.set()
    await settle()
    examiner.odd = {}
    board.start()
    await settle()
    assert desk.found == []
    assert examiner.runs == [False, True, True, True]


async def test_one_run_at_a_time(models: Models, examiner: FakeExaminer) -> None:
    examiner.gate.clear()
    for _ in range(3):
        models.checkup.start()
    await settle()
    assert examiner.runs == [True]
    examiner.gate.set()
    await settle()


async def test_a_part_that_comes_up_is_looked_at_again_where_it_was_red(
    models: Models, desk: FakeDesk, examiner: FakeExaminer
) -> None:
    assert set(ROW_OF) == set(Service)
    examiner.odd = {"address.public": bad("address.public", KEY)}
    models.checkup.line_opened()
    await settle()
    assert desk.found == [KEY]
    desk.report(Service.CARRIER, ServiceState.READY, "ready")
    await settle()
    assert len(examiner.runs) == 1  # that one was green
    examiner.odd = {}
    desk.report(Service.TUNNEL, ServiceState.READY, "desk.example.com")
    await settle()
    assert len(examiner.runs) == 2
    assert desk.found == []


async def test_another_line_begins_anew(
    models: Models, desk: FakeDesk, examiner: FakeExaminer
) -> None:
    examiner.odd = RED
    board = models.checkup
    board.line_opened()
    await settle()
    examiner.gate.clear()
    board.start()
    await settle()
    desk.line = "practice"
    board.line_opened()
    assert desk.found == []
    assert {finding.status for finding in board.findings()} == {Status.WAITING}
    # Somebody has looked at the board: the new line is checked too, and only that.
    examiner.odd = {}
    await settle()
    examiner.gate.set()
    await settle()
    assert not board.running
    assert examiner.runs == [False, True, False]
    assert board.summary().title == "The practice line is ready"


async def test_checks_that_are_gone_are_forgotten(
    models: Models, desk: FakeDesk, examiner: FakeExaminer, monkeypatch: pytest.MonkeyPatch
) -> None:
    examiner.odd = {"address.public": bad("address.public", KEY)}
    board = models.checkup
    board.line_opened()
    await settle()
    fewer = {name: check for name, check in CHECKS.items() if name != "address.public"}
    monkeypatch.setattr("fakes.examiner.CHECKS", fewer)
    board.start()
    await settle()
    assert desk.found == []
    assert "address.public" not in [finding.check.id for finding in board.findings()]


async def test_a_bundle_is_saved_or_not(models: Models, examiner: FakeExaminer) -> None:
    board = models.checkup
    board.line_opened()
    await settle()
    saved: list[str] = []
    board.bundle_saved.connect(saved.append)
    board.save_bundle("a.zip")
    await settle()
    assert saved == ["a.zip"]
    assert examiner.bundles == [Path("a.zip")]
    examiner.refusal = replace(KEY, code="bundle.not_written")
    told: list[Problem] = []
    board.bundle_failed.connect(told.append)
    board.save_bundle("b.zip")
    await settle()
    assert told == [examiner.refusal]


async def test_without_an_examiner_nothing_is_forbidden(qtbot: QtBot) -> None:
    desk = FakeDesk("phone")
    models = Models(desk, FakePrompts(), callees=CALLEES)
    models.checkup.line_opened()
    models.checkup.start()
    models.checkup.save_bundle("a.zip")
    await settle()
    assert not models.checkup.offered
    assert desk.found == []
    assert models.checkup.groups() == []
    models.close()
    models.deleteLater()


class Deeds:
    """What a button can do; each waits until it is let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.gate = asyncio.Event()
        self.refusal: Problem | None = None

    async def ring(self, target: str) -> None:
        self.asked.append(target)
        await self.gate.wait()
        if self.refusal is not None:
            raise ProblemError(self.refusal)


@pytest.fixture
def deeds() -> Deeds:
    return Deeds()


RING = Action(ActionKind.NUMBER, "Let this number ring here", "https://a.example/incoming")
LED_ELSEWHERE = replace(bad("twilio.number", LOW, Status.AMBER), action=RING)


@pytest.fixture
def able(qtbot: QtBot, desk: FakeDesk, examiner: FakeExaminer, deeds: Deeds) -> Iterator[Models]:
    examiner.odd = {"twilio.number": LED_ELSEWHERE}
    made = Models(
        desk,
        FakePrompts(),
        callees=CALLEES,
        examiner=examiner,
        deeds={ActionKind.NUMBER: deeds.ring},
    )
    yield made
    made.close()
    made.deleteLater()


async def test_a_deed_is_done_once_and_looked_at(
    able: Models, examiner: FakeExaminer, deeds: Deeds
) -> None:
    board = able.checkup
    board.line_opened()
    await settle()
    assert row(board, "twilio.number").action == RING
    assert deeds.asked == []
    board.act(RING)
    board.act(RING)
    await settle()
    assert deeds.asked == [RING.target]
    assert row(board, "twilio.number").running
    examiner.odd = {}
    deeds.gate.set()
    await settle()
    await settle()
    assert examiner.runs == [False, False]
    shown = row(board, "twilio.number")
    assert (shown.running, shown.action) == (False, None)


async def test_a_deed_that_fails_says_why(
    able: Models, examiner: FakeExaminer, deeds: Deeds
) -> None:
    told: list[Problem] = []
    board = able.checkup
    board.deed_failed.connect(told.append)
    board.line_opened()
    await settle()
    deeds.refusal = KEY
    deeds.gate.set()
    board.act(RING)
    await settle()
    assert told == [KEY]
    assert examiner.runs == [False]
    assert row(board, "twilio.number").action == RING


async def test_what_nobody_here_can_do_has_no_button(
    models: Models, examiner: FakeExaminer
) -> None:
    examiner.odd = {"twilio.number": LED_ELSEWHERE, **RED}
    board = models.checkup
    board.line_opened()
    await settle()
    assert row(board, "twilio.number").action is None
    assert row(board, "gemini.session").action is not None
    board.act(RING)
    await settle()
    assert not row(board, "twilio.number").running


async def test_a_deed_ends_with_the_window(able: Models, deeds: Deeds) -> None:
    board = able.checkup
    board.line_opened()
    await settle()
    board.act(RING)
    await settle()
    board.close()
    await settle()
    assert not row(board, "twilio.number").running
