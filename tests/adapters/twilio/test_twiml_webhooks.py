"""Twilio's questions what to do next, on a real socket and signed as Twilio signs them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio_door import CALL_SID, PUBLIC, signed
from webhook_desk import HANG_UP, STATUS, Desk, open_desk, read_document

from callconsole.domain.answering import AnsweredBy
from callconsole.domain.call import EndedBy, Ending, Outcome, ended
from callconsole.engine.ports import AnswerVerdict
from fakes.switchboard import AT, FIRST_CALL

LIVE = {**STATUS, "CallStatus": "in-progress"}
CHILD_SID = "CA" + "f" * 32
WHISPER = {**LIVE, "CallSid": CHILD_SID, "ParentCallSid": CALL_SID, "Direction": "outbound-dial"}
ASKING = ["/twiml/stream", "/twiml/answered", "/twiml/stream-ended", "/twiml/transfer-ended"]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        desk.switchboard.resumes = True
        yield desk


def is_stream(answer: tuple[int, str], token: str) -> bool:
    status, text = answer
    (connect,) = read_document(text)
    assert connect.get("action") == f"{PUBLIC}/twiml/stream-ended"
    parameter = connect.find("Stream/Parameter")
    return status == 200 and parameter is not None and parameter.get("value") == token


@pytest.mark.parametrize("path", ASKING)
async def test_a_live_call_gets_a_stream_with_a_fresh_token(desk: Desk, path: str) -> None:
    for number in ("1", "2"):
        assert is_stream(await desk.post(path, LIVE), f"fresh-{number}")


@pytest.mark.parametrize("path", ASKING)
async def test_any_other_call_is_hung_up(desk: Desk, path: str) -> None:
    ending = Ending(Outcome.COMPLETED, EndedBy.CALLER)
    over = replace(ended(FIRST_CALL, ending, AT), sid="CA" + "e" * 32)
    desk.switchboard.known[over.sid] = over
    for sid in (over.sid, "CA" + "d" * 32):
        assert await desk.post(path, {**LIVE, "CallSid": sid}) == (200, HANG_UP)


@pytest.mark.parametrize("path", [*ASKING, "/twiml/whisper"])
async def test_a_form_without_a_call_is_told(desk: Desk, path: str) -> None:
    for wrong in ("", "CA1", "CA" + "z" * 32):
        fields = {**WHISPER, "CallSid": wrong, "ParentCallSid": wrong}
        status, text = await desk.post(path, fields)
        assert status == 400
        assert '"error"' in text


@pytest.mark.parametrize("path", ASKING)
async def test_without_a_tunnel_no_stream_is_asked_for(path: str) -> None:
    # An address that Twilio signs but opens no stream to, so that it is hung up.
    async with open_desk("http://desk.example.com") as desk:
        desk.switchboard.resumes = True
        headers = signed("http://desk.example.com" + path, LIVE)
        assert await desk.post(path, LIVE, headers) == (200, HANG_UP)


@pytest.mark.parametrize(
    ("word", "answered_by", "streams"),
    [
        ("human", AnsweredBy.PERSON, True),
        ("unknown", AnsweredBy.UNKNOWN, True),
        ("machine_start", AnsweredBy.VOICEMAIL, False),
        ("fax", AnsweredBy.FAX, False),
    ],
)
async def test_a_strict_verdict_comes_before_any_stream(
    desk: Desk, word: str, answered_by: AnsweredBy, streams: bool
) -> None:
    answer = await desk.post("/twiml/answered", {**LIVE, "AnsweredBy": word})
    assert desk.switchboard.answers == [(CALL_SID, AnswerVerdict(CALL_SID, answered_by, word))]
    if streams:
        assert is_stream(answer, "fresh-1")
    else:
        assert answer == (200, HANG_UP)


async def test_an_answer_without_a_verdict_is_told_as_such(desk: Desk) -> None:
    assert is_stream(await desk.post("/twiml/answered", LIVE), "fresh-1")
    assert desk.switchboard.answers == [(CALL_SID, None)]
    status, _ = await desk.post("/twiml/answered", {**LIVE, "AnsweredBy": "Some One"})
    assert status == 400


async def test_a_lost_stream_is_opened_anew_or_the_call_hung_up(desk: Desk) -> None:
    assert is_stream(await desk.post("/twiml/stream-ended", LIVE), "fresh-1")
    desk.switchboard.resumes = False
    assert await desk.post("/twiml/stream-ended", LIVE) == (200, HANG_UP)
    assert desk.switchboard.lost_streams == [CALL_SID, CALL_SID]


async def test_whoever_a_call_is_transferred_to_hears_the_whisper(desk: Desk) -> None:
    status, text = await desk.post("/twiml/whisper", WHISPER)
    assert status == 200
    assert "<Response><Say>A call from the reception.</Say></Response>" in text


async def test_a_whisper_about_another_consoles_call_is_a_hang_up(desk: Desk) -> None:
    fields = {**WHISPER, "CallSid": CALL_SID, "ParentCallSid": "CA" + "d" * 32}
    assert await desk.post("/twiml/whisper", fields) == (200, HANG_UP)


@pytest.mark.parametrize(
    ("fields", "reached", "status"),
    [
        ({"DialCallStatus": "completed", "DialBridged": "true"}, True, "completed"),
        ({"DialCallStatus": "completed"}, True, "completed"),
        ({"DialCallStatus": "answered"}, True, "answered"),
        ({"DialCallStatus": "completed", "DialBridged": "false"}, False, "completed"),
        ({"DialCallStatus": "busy"}, False, "busy"),
        ({"DialCallStatus": "no-answer"}, False, "no-answer"),
        ({"DialCallStatus": "failed"}, False, "failed"),
        ({"DialCallStatus": "canceled"}, False, "canceled"),
        ({"DialCallStatus": "<dreaming>"}, False, "unknown"),
        ({}, False, "unknown"),
    ],
)
async def test_the_end_of_a_transfer_is_told(
    desk: Desk, fields: dict[str, str], reached: bool, status: str
) -> None:
    assert is_stream(await desk.post("/twiml/transfer-ended", {**LIVE, **fields}), "fresh-1")
    assert desk.switchboard.transfers == [(CALL_SID, reached, status)]


async def test_a_call_that_has_been_passed_on_is_hung_up_where_nothing_follows(desk: Desk) -> None:
    desk.switchboard.resumes = False
    fields = {**LIVE, "DialCallStatus": "completed", "DialCallSid": CHILD_SID}
    assert await desk.post("/twiml/transfer-ended", fields) == (200, HANG_UP)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([*ASKING, "/twiml/whisper"]),
    fields=st.dictionaries(
        st.sampled_from(["AnsweredBy", "CallStatus", "DialCallStatus", "DialBridged", "x"]),
        st.text(st.characters(codec="utf-8"), max_size=20),
    ),
)
async def test_signed_fields_get_a_document_or_a_refusal(
    desk: Desk, path: str, fields: dict[str, Any]
) -> None:
    status, text = await desk.post(path, {**WHISPER, "CallSid": CALL_SID, **fields})
    assert status in (200, 400)
    assert status == 400 or read_document(text).tag == "Response"
