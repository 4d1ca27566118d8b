"""Kept calls over HTTP, and the operator's word on who answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from aiohttp import ClientSession
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_desk import Desk, error_of, open_web_desk

from callconsole.domain.answering import AnsweredBy, Evidence, JudgedBy, Verdict
from callconsole.domain.call import EndedBy, Ending, Outcome, answered, ended
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.record import CallPage, CallQuery, CallRecord, LoggedEvent, Note
from callconsole.domain.transcript import Speaker, Turn
from fakes.switchboard import AT, FIRST_CALL, SID

OVER = ended(
    answered(FIRST_CALL, AT), Ending(Outcome.VOICEMAIL, EndedBy.CONSOLE), AT + timedelta(seconds=9)
)
TIME = "2026-11-22T09:30:00.000+00:00"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_web_desk() as desk:
        yield desk


async def test_the_operator_says_who_answered(desk: Desk) -> None:
    desk.switchboard.known[SID] = answered(FIRST_CALL, AT)
    for who in ("person", "voicemail", "screening", "menu", "fax"):
        answer = await desk.ask("POST", f"/calls/{SID}/answered-by", json={"answeredBy": who})
        assert answer == (200, {"callSid": SID, "status": "in-progress", "answeredBy": who})
        assert desk.switchboard.judged[-1] == (SID, AnsweredBy(who))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "request.missing"),
        ({"answeredBy": None}, "request.not_text"),
        ({"answeredBy": "unknown"}, "request.unknown_word"),
        ({"answeredBy": "Person"}, "request.unknown_word"),
        ({"answered_by": "person"}, "request.unknown_key"),
        ([], "request.not_object"),
    ],
)
async def test_what_is_no_judgement_is_refused(desk: Desk, body: object, code: str) -> None:
    desk.switchboard.known[SID] = FIRST_CALL
    status, told = await desk.ask("POST", f"/calls/{SID}/answered-by", json=body)
    assert (status, error_of(told)["code"]) == (400, code)
    assert desk.switchboard.judged == []


async def test_nothing_is_decided_about_a_call_that_is_over_or_unknown(desk: Desk) -> None:
    desk.switchboard.known[SID] = OVER
    who = {"answeredBy": "person"}
    status, told = await desk.ask("POST", f"/calls/{SID}/answered-by", json=who)
    assert (status, error_of(told)["code"]) == (409, "call.over")
    status, told = await desk.ask("POST", "/calls/CA1/answered-by", json=who)
    assert (status, error_of(told)["code"]) == (404, "call.unknown")
    assert desk.switchboard.judged == []


async def test_the_operator_passes_a_call_on(desk: Desk) -> None:
    desk.switchboard.known[SID] = answered(FIRST_CALL, AT)
    order = {"to": "Front desk", "note": "Wants a refund."}
    assert await desk.ask("POST", f"/calls/{SID}/transfer", json=order) == (
        200,
        {"callSid": SID, "status": "in-progress", "transferredTo": "+14155550117"},
    )
    await desk.ask("POST", f"/calls/{SID}/transfer", json={"to": "+1 415 555 0188"})
    assert desk.switchboard.passed_on == [
        (SID, "Front desk", "Wants a refund."),
        (SID, "+1 415 555 0188", ""),
    ]


@pytest.mark.parametrize(
    ("code", "expected"), [("number.callee", 400), ("call.passed_on", 409), ("twilio.21220", 400)]
)
async def test_why_a_call_is_not_passed_on_is_said(desk: Desk, code: str, expected: int) -> None:
    desk.switchboard.known[SID] = answered(FIRST_CALL, AT)
    desk.switchboard.transfer_error = ProblemError(Problem(code, "No", "It cannot.", "Wait."))
    status, told = await desk.ask("POST", f"/calls/{SID}/transfer", json={"to": "1"})
    assert (status, error_of(told)["code"]) == (expected, code)
    for body in ({}, {"to": 1}, {"to": "1", "why": "x"}):
        status, _told = await desk.ask("POST", f"/calls/{SID}/transfer", json=body)
        assert status == 400
    status, _told = await desk.ask("POST", "/calls/CA1/transfer", json={"to": "1"})
    assert status == 404


async def test_kept_calls_are_listed_with_their_number(desk: Desk) -> None:
    busy = ended(replace(FIRST_CALL, sid="CA2"), Ending(Outcome.BUSY, EndedBy.CARRIER), AT)
    desk.switchboard.kept = CallPage(rows=(OVER, busy), total=7, recorded_s=12.34567)
    status, body = await desk.ask("GET", "/history")
    assert status == 200
    rows = [(row["sid"], row["ending"]["outcome"], row["duration_s"]) for row in body["calls"]]
    assert rows == [(SID, "voicemail", 9.0), ("CA2", "busy", 0.0)]
    del body["calls"]
    assert body == {"total": 7, "recorded_s": 12.346, "limit": 50, "offset": 0}
    assert desk.switchboard.queries == [CallQuery()]


async def test_a_search_is_passed_on(desk: Desk) -> None:
    query = "text=415+555&outcome=busy&outcome=no-answer&prompt=survey&limit=10&offset=20"
    status, body = await desk.ask("GET", f"/history?{query}")
    assert (status, body["limit"], body["offset"]) == (200, 10, 20)
    await desk.ask("GET", "/history?outcome=&text=&prompt=&starred=0")
    await desk.ask("GET", "/history?starred=1")
    outcomes = frozenset({Outcome.BUSY, Outcome.NO_ANSWER})
    assert desk.switchboard.queries == [
        CallQuery(text="415 555", outcomes=outcomes, prompt="survey", limit=10, offset=20),
        CallQuery(),
        CallQuery(starred=True),
    ]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("outcome=lost", "request.unknown_word"),
        ("outcomes=busy", "request.unknown_parameter"),
        ("limit=0", "request.not_a_number"),
        ("limit=201", "request.not_a_number"),
        ("limit=", "request.not_a_number"),
        ("limit=%D9%A3", "request.not_a_number"),
        ("starred=yes", "request.not_a_number"),
        ("starred=2", "request.not_a_number"),
        ("offset=-1", "request.not_a_number"),
        ("offset=1e3", "request.not_a_number"),
        ("offset=" + "9" * 5000, "request.not_a_number"),
        ("text=" + "1" * 201, "request.too_long"),
        ("prompt=" + "1" * 201, "request.too_long"),
    ],
)
async def test_a_wrong_search_is_told_what_is_wrong(desk: Desk, query: str, code: str) -> None:
    status, body = await desk.ask("GET", f"/history?{query}")
    assert (status, error_of(body)["code"]) == (400, code)
    assert body["error"]["cure"]
    assert desk.switchboard.queries == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["text", "outcome", "limit", "offset", "prompt"]),
        st.text(st.characters(codec="utf-8"), max_size=30),
    )
)
async def test_any_search_gets_a_json_answer(desk: Desk, query: dict[str, Any]) -> None:
    status, _ = await desk.ask("GET", "/history", params=query)
    assert status in (200, 400)


async def test_everything_of_one_call_is_told(desk: Desk) -> None:
    desk.switchboard.records[SID] = CallRecord(
        call=OVER,
        turns=(Turn(1, Speaker.CALLER, "Hi, this is Sam.", 0.4, final=True),),
        notes=(Note(at=AT, text="Call again", details=MappingProxyType({"when": "Friday"})),),
        events=(LoggedEvent(AT, "CallRinging", MappingProxyType({"at": AT})),),
        verdict=Verdict(
            AnsweredBy.VOICEMAIL, JudgedBy.EAR, "It asks for a message.", 3100, (Evidence("x", -4),)
        ),
        figures=MappingProxyType({"interruptions": 0}),
    )
    status, body = await desk.ask("GET", f"/history/{SID}")
    assert status == 200
    assert (body["sid"], body["phase"], body["duration_s"]) == (SID, "ended", 9.0)
    assert body["turns"][0]["text"] == "Hi, this is Sam."
    assert body["notes"][0] == {
        "at": TIME,
        "text": "Call again",
        "details": {"when": "Friday"},
        "due": None,
        "by_operator": False,
    }
    assert body["events"] == [{"at": TIME, "name": "CallRinging", "details": {"at": TIME}}]
    assert body["verdict"] == {
        "answered_by": "voicemail",
        "by": "ear",
        "reason": "It asks for a message.",
        "after_ms": 3100,
        "evidence": [{"text": "x", "weight": -4}],
    }
    assert body["figures"] == {"interruptions": 0}
    assert "call" not in body


async def test_a_call_that_is_not_kept_is_not_found(desk: Desk) -> None:
    status, body = await desk.ask("GET", "/history/CA1")
    assert (status, error_of(body)["code"]) == (404, "call.unknown")


async def test_what_is_looked_for_is_not_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with ClientSession() as client, client.get(f"{desk.base}/history?text=4155550100"):
        pass
    assert "4155550100" not in caplog.text
