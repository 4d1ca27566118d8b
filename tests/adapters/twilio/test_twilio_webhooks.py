"""Webhooks on a real socket, signed as Twilio signs them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio_door import ACCOUNT, CALL_SID, PUBLIC, signed
from webhook_desk import STATUS, Desk, open_desk

from callconsole.domain.answering import AnsweredBy
from callconsole.engine.ports import AnswerVerdict, CarrierReport, CarrierStatus


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


async def test_a_status_callback_is_taken_in(desk: Desk) -> None:
    # The field set of a real callback (2018, see the reference), numbers changed.
    fields = {
        **STATUS,
        "CallStatus": "busy",
        "CallbackSource": "call-progress-events",
        "Timestamp": "Sun, 25 Mar 2018 09:53:19 +0000",
        "SequenceNumber": "2",
        "SipResponseCode": "486",
        "CallDuration": "0",
        "Duration": "0",
        "ToZip": "",
        "CalledCity": "São Paulo",
        "FromCity": "NEW YORK",
    }
    assert await desk.post("/call-status", fields) == (204, "")
    assert desk.switchboard.reports == [
        CarrierReport(CALL_SID, CarrierStatus.BUSY, sequence=2, sip_code=486, duration_s=0)
    ]
    assert desk.signature.refused == 0


async def test_callbacks_are_passed_on_as_they_come(desk: Desk) -> None:
    for number in ("3", "0", "0", "1"):
        assert (await desk.post("/call-status", {**STATUS, "SequenceNumber": number}))[0] == 204
    assert [report.sequence for report in desk.switchboard.reports] == [3, 0, 0, 1]


@pytest.mark.parametrize("status", [status.value for status in CarrierStatus])
async def test_every_status_is_known(desk: Desk, status: str) -> None:
    assert (await desk.post("/call-status", {**STATUS, "CallStatus": status}))[0] == 204
    (report,) = desk.switchboard.reports
    assert report.status.value == status
    assert report.sequence is None
    assert (report.problem is not None) == (status == "failed")


@pytest.mark.parametrize(
    ("sip_code", "error_code", "code"),
    [
        ("404", "", "twilio.sip_404"),
        ("503", "", "twilio.sip_503"),
        ("", "", "twilio.failed"),
        ("", "21215", "twilio.21215"),
    ],
)
async def test_a_failed_call_says_why(
    desk: Desk, sip_code: str, error_code: str, code: str
) -> None:
    more = {"CallStatus": "failed", "SipResponseCode": sip_code, "ErrorCode": error_code}
    await desk.post("/call-status", {**STATUS, **more})
    problem = desk.switchboard.reports[0].problem
    assert problem is not None
    assert problem.code == code


@pytest.mark.parametrize(
    ("word", "answered_by"),
    [
        ("human", AnsweredBy.PERSON),
        ("machine_start", AnsweredBy.VOICEMAIL),
        ("machine_end_beep", AnsweredBy.VOICEMAIL),
        ("fax", AnsweredBy.FAX),
        ("unknown", AnsweredBy.UNKNOWN),
        ("something_new", AnsweredBy.UNKNOWN),
    ],
)
async def test_a_verdict_is_taken_in(desk: Desk, word: str, answered_by: AnsweredBy) -> None:
    fields = {"CallSid": CALL_SID, "AccountSid": ACCOUNT, "AnsweredBy": word}
    assert (await desk.post("/call-status", {**fields, "MachineDetectionDuration": "3780"}))[
        0
    ] == 204
    assert desk.switchboard.verdicts == [AnswerVerdict(CALL_SID, answered_by, word)]
    assert desk.switchboard.reports == []


async def test_the_verdict_in_a_final_callback_is_history(desk: Desk) -> None:
    fields = {**STATUS, "CallStatus": "completed", "AnsweredBy": "human", "CallDuration": "49"}
    assert (await desk.post("/call-status", fields))[0] == 204
    assert desk.switchboard.verdicts == []
    assert desk.switchboard.reports[0].duration_s == 49


@pytest.mark.parametrize(
    "wrong",
    [
        {"CallStatus": "dreaming"},
        {"CallStatus": ""},
        {"SequenceNumber": "-1"},
        {"SequenceNumber": "1e3"},
        {"SequenceNumber": "٣"},
        {"SipResponseCode": "busy"},
        {"CallDuration": "9" * 10},
        {"CallSid": "CA"},
        {"CallSid": "CA" + "z" * 32},
        {"AnsweredBy": "Some One"},
    ],
)
async def test_garbage_that_is_signed_is_told(desk: Desk, wrong: dict[str, str]) -> None:
    status, text = await desk.post("/call-status", {**STATUS, **wrong})
    assert status == 400
    assert '"error"' in text
    assert desk.switchboard.reports == []
    assert desk.switchboard.verdicts == []


async def test_an_unknown_call_is_not_found_but_only_to_twilio(desk: Desk) -> None:
    fields = {**STATUS, "CallSid": "CA" + "d" * 32}
    assert (await desk.post("/call-status", fields))[0] == 404
    assert (await desk.post("/call-status", fields, headers={}))[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        "/call-status",
        "/twiml/stream",
        "/twiml/answered",
        "/twiml/stream-ended",
        "/twiml/transfer-ended",
        "/twiml/whisper",
    ],
)
async def test_without_twilios_signature_nothing_is_taken_in(desk: Desk, path: str) -> None:
    forgeries: list[dict[str, str]] = [
        {},
        {"X-Twilio-Signature": ""},
        signed(PUBLIC + path, STATUS, token="guess"),
        signed(PUBLIC + path, {**STATUS, "CallStatus": "busy"}),
        signed(desk.base + path, STATUS),
        signed(PUBLIC + path + "?x=1", STATUS),
    ]
    for headers in forgeries:
        assert (await desk.post(path, STATUS, headers=headers))[0] == 403
    assert desk.signature.refused == len(forgeries)
    assert desk.switchboard.reports == []
    assert desk.switchboard.tokens == {}
    assert desk.switchboard.answers == []
    assert desk.switchboard.lost_streams == []
    assert desk.switchboard.transfers == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), kind=st.sampled_from(["x-www-form-urlencoded", "json"]))
async def test_unsigned_bytes_are_refused_whatever_they_are(
    desk: Desk, body: bytes, kind: str
) -> None:
    headers = {"Content-Type": f"application/{kind}", "X-Twilio-Signature": "x"}
    async with desk.client.post(f"{desk.base}/call-status", data=body, headers=headers) as answer:
        assert answer.status == 403


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(
        st.sampled_from(["CallStatus", "AnsweredBy", "SequenceNumber", "SipResponseCode", "x"]),
        st.text(st.characters(codec="utf-8"), max_size=20),
    )
)
async def test_signed_fields_are_taken_in_or_told(desk: Desk, fields: dict[str, Any]) -> None:
    status, _ = await desk.post("/call-status", {"CallSid": CALL_SID, **fields})
    assert status in (204, 400)


async def test_a_body_that_is_too_long_is_refused(desk: Desk) -> None:
    status, _ = await desk.post("/call-status", {**STATUS, "x": "a" * 70_000})
    assert status == 413
