from __future__ import annotations

import asyncio

import pytest
from practice_customer import ACCOUNT, NUMBER, Customer, Socket, order
from twilio.rest import Client

from callconsole.practice.carrier import PracticeCarrier
from callconsole.practice.clips import load

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


async def test_a_whole_call_with_the_person(
    carrier: PracticeCarrier, customer: Customer, sdk: Client
) -> None:
    agent = load("agent")
    clip = agent["agent_goodbye"]
    speech = clip.mulaw[: clip.rate_hz : clip.rate_hz // 8000]

    async def answer_every_turn(socket: Socket) -> None:
        for number in range(4):
            await socket.until_turn_over()
            await socket.play(speech)
            await socket.mark(f"turn{number}")
            await socket.until("mark", number + 1)

    customer.on_stream = answer_every_turn
    async with asyncio.timeout(40):
        placed = await sdk.calls.create_async(**order())
        assert placed.status == "queued"
        call = carrier.calls[placed.sid]
        await call.wait_until_over()
        events = await customer.until("/call-status", 4)

    assert [e["CallStatus"] for e in events] == [
        "initiated", "ringing", "in-progress", "completed",
    ]  # fmt: skip
    assert [e["SequenceNumber"] for e in events] == ["0", "1", "2", "3"]
    assert call.person is not None
    assert call.person.said == ["person_hello", "person_move", "person_choose", "person_bye"]
    assert call.ended_by == "callee"
    assert customer.bad_signatures == []
    assert len(carrier.alerts) == 0
    assert events[3]["SipResponseCode"] == "200"
    assert events[0]["AccountSid"] == ACCOUNT
    assert events[0]["From"] == NUMBER
