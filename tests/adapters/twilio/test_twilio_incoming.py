"""A call to our number, as Twilio asks what to do with it: signed, held, answered with TwiML."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio_door import CALL_SID, PUBLIC, signed
from webhook_desk import STATUS, Desk, open_desk, read_document

from callconsole.adapters.twilio import twiml
from callconsole.domain.incoming import IncomingCall, IncomingReply, Reply
from callconsole.domain.problems import ProblemError

PATH = "/twiml/incoming"
CALLER = "+14155550131"
FORM = {**STATUS, "Direction": "inbound", "From": CALLER, "To": "+16285550100", "Caller": CALLER}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
BUSY = f'{HEAD}<Response><Reject reason="busy" /></Response>'


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


async def test_the_engine_is_told_who_calls_whom(desk: Desk) -> None:
    await desk.post(PATH, FORM)
    assert desk.switchboard.callers == [IncomingCall(CALL_SID, CALLER, "+16285550100")]


@pytest.mark.parametrize(
    ("reply", "document"),
    [
        (Reply.REJECT, f'{HEAD}<Response><Reject reason="rejected" /></Response>'),
        (Reply.BUSY, BUSY),
        (
            Reply.RING_ON,
            f'{HEAD}<Response><Pause length="1" />'
            f'<Redirect method="POST">{PUBLIC}/twiml/incoming</Redirect></Response>',
        ),
    ],
)
async def test_it_is_refused_or_rings_on(desk: Desk, reply: Reply, document: str) -> None:
    desk.switchboard.incoming_reply = IncomingReply(reply)
    assert await desk.post(PATH, FORM) == (200, document)


async def test_it_is_picked_up_with_a_stream(desk: Desk) -> None:
    desk.switchboard.incoming_reply = IncomingReply(Reply.CONNECT, "one-time")
    status, text = await desk.post(PATH, FORM)
    (connect,) = read_document(text)
    parameter = connect.find("Stream/Parameter")
    assert (status, connect.tag) == (200, "Connect")
    assert parameter is not None
    assert parameter.get("value") == "one-time"


async def test_nobody_but_twilio_makes_it_ring(desk: Desk) -> None:
    other = signed(PUBLIC + PATH, FORM, token="another account")
    moved = signed(PUBLIC + "/twiml/stream", FORM)
    changed = signed(PUBLIC + PATH, {**FORM, "From": "+14155550199"})
    for headers in ({}, other, moved, changed):
        status, _ = await desk.post(PATH, FORM, headers)
        assert status == 403
    assert desk.switchboard.callers == []


async def test_a_form_that_names_no_call_is_told(desk: Desk) -> None:
    status, text = await desk.post(PATH, {**FORM, "CallSid": "CA1"})
    assert (status, '"error"' in text) == (400, True)
    assert desk.switchboard.callers == []


async def test_without_a_tunnel_the_caller_hears_an_engaged_tone() -> None:
    # An address that Twilio signs but opens no stream to.
    async with open_desk("http://desk.example.com") as desk:
        for reply in (Reply.CONNECT, Reply.RING_ON):
            desk.switchboard.incoming_reply = IncomingReply(reply, "one-time")
            headers = signed("http://desk.example.com" + PATH, FORM)
            assert await desk.post(PATH, FORM, headers) == (200, BUSY)
    with pytest.raises(ProblemError):
        twiml.ring_on_document("http://desk.example.com")


@pytest.mark.parametrize(
    "word",
    ["", "anonymous", "Anonymous", "RESTRICTED", "unavailable", "+266696687", "+7378742833"],
)
async def test_a_withheld_number_is_no_number(desk: Desk, word: str) -> None:
    await desk.post(PATH, {**FORM, "From": word})
    assert desk.switchboard.callers[0].from_number == ""


async def test_a_number_that_looks_withheld_is_one(desk: Desk) -> None:
    await desk.post(PATH, {**FORM, "From": "+12666966871"})
    assert desk.switchboard.callers[0].from_number == "+12666966871"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_calls_is_short_and_can_be_printed(caller: str, called: str) -> None:
    async def ask() -> None:
        async with open_desk() as desk:
            status, _ = await desk.post(PATH, {**FORM, "From": caller, "To": called})
            assert status == 200
            (told,) = desk.switchboard.callers
            for number in (told.from_number, told.to):
                assert len(number) <= 32
                assert number.isprintable()

    with_surrogates = any("\ud800" <= c <= "\udfff" for c in caller + called)
    if not with_surrogates:
        asyncio.run(ask())
