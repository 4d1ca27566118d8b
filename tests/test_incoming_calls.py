"""Somebody calls us: answered by the AI, by a person, by nobody; over real sockets."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from callconsole.domain import events
from callconsole.domain.call import Call, Direction, EndedBy, Ending, Outcome, Phase
from callconsole.domain.incoming import Answerer, Incoming, IncomingCall, IncomingReply
from callconsole.domain.problems import ProblemError
from callconsole.domain.record import CallQuery
from callconsole.domain.transcript import Speaker
from callconsole.engine import reception
from callconsole.practice.agent import AgentFaults
from callconsole.practice.agent.upgrade import HttpRefusal
from callconsole.practice.callers import ASKS, HIDDEN, LEAVES, Caller
from callconsole.practice.carrier import PracticeCall
from callconsole.practice.world import PUBLIC_ADDRESS
from fakes.engine import FakeMicrophone
from support.bridge_rig import tone
from support.room import Room, until_audio
from support.stories import NUMBERS, practising, together

ASK = {"CALLCONSOLE_INCOMING": "ask"}


async def rings(room: Room, caller: Caller = ASKS) -> tuple[Call, PracticeCall]:
    """Somebody calls, and it rings here."""
    theirs = room.world.carrier.call_in(caller)
    await room.until(lambda: room.app.console.call(theirs.sid) is not None)
    ours = room.app.console.call(theirs.sid)
    assert ours is not None
    return ours, theirs


def ending(room: Room, call: Call) -> Ending:
    found = room.now(call).ending
    assert found is not None
    return found


async def kept(room: Room, call: Call) -> Call:
    record = await room.app.console.call_record(call.sid)
    assert record is not None
    return record.call


async def test_the_ai_answers_greets_and_talks(tmp_path: Path) -> None:
    async with practising(tmp_path, **ASK) as room:
        call, theirs = await rings(room)
        assert (call.phase, call.direction) == (Phase.RINGING, Direction.INCOMING)
        assert (call.other, call.to) == (ASKS.number, room.world.number)
        assert theirs.status == "ringing"
        await room.app.console.answer_incoming(call.sid)
        over = await room.until_over(call)
        names = [type(e).__name__ for e in room.said if isinstance(e, events.CallEvent)]
        assert names[0] == "IncomingCallRang"
        assert "CallQueued" not in names
        assert over.prompt == room.app.settings.prompt
        assert ending(room, call).outcome is Outcome.COMPLETED
        # It was greeted at once, then talked with; nobody asked who had answered.
        assert room.first_heard_ms(call) < 1500
        assert len(room.spoken(call, Speaker.CALLER)) >= 2
        assert room.verdicts(call) == []
        assert await kept(room, call) == over
        await theirs.wait_until_over()
        assert list(room.world.carrier.alerts) == []


async def test_a_person_answers_and_hands_over_to_the_ai(tmp_path: Path) -> None:
    microphone = FakeMicrophone()
    async with practising(tmp_path, microphone=microphone, **ASK) as room:
        call, theirs = await rings(room)
        console = room.app.console
        await console.answer_incoming(call.sid, Answerer.OPERATOR)
        assert microphone.open
        await room.until(lambda: bool(room.of(events.OperatorTookOver)))
        assert room.now(call).taken_over
        await until_audio(theirs, 1200)
        # The AI is there and has not been heard; what is said into the microphone is.
        assert room.audible_ms(call) == 0
        microphone.say(tone(500, 8000))
        await until_audio(theirs, 2600)
        assert room.audible_ms(call) == pytest.approx(500, abs=60)
        console.hand_back(call.sid, "They want another appointment.")
        over = await room.until_over(call)
        assert not microphone.open
        assert ending(room, call).outcome is Outcome.COMPLETED
        assert {turn.speaker for turn in console.turns(call.sid)} >= {
            Speaker.OPERATOR,
            Speaker.AGENT,
            Speaker.CALLER,
        }
        assert await kept(room, call) == over


async def test_what_becomes_of_a_call_that_nobody_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception, "RING_S", 3.0)

    async def declined() -> None:
        async with practising(tmp_path / "declined", **ASK) as room:
            call, theirs = await rings(room)
            room.app.console.decline_incoming(call.sid)
            assert ending(room, call) == Ending(Outcome.DECLINED, EndedBy.OPERATOR)
            await theirs.wait_until_over()
            assert (theirs.status, theirs.answered_at) == ("busy", None)
            assert (await kept(room, call)).ending == ending(room, call)
            with pytest.raises(ProblemError) as refused:
                await room.app.console.answer_incoming(call.sid)
            assert refused.value.problem.code == "call.not_ringing"
            # The number tells of the end as well, which changes nothing.
            assert len(room.of(events.CallEnded)) == 1

    async def missed() -> None:
        async with practising(tmp_path / "missed", **ASK) as room:
            call, theirs = await rings(room, replace(LEAVES, patience_s=0.5))
            await room.until(lambda: bool(room.of(events.CallEnded)))
            assert ending(room, call) == Ending(Outcome.MISSED, EndedBy.CALLER)
            assert (theirs.status, theirs.ended_by) == ("canceled", "caller")
            assert (await kept(room, call)).direction is Direction.INCOMING

    async def nobody_there() -> None:
        async with practising(tmp_path / "nobody", **ASK) as room:
            call, theirs = await rings(room)
            await theirs.wait_until_over()
            assert ending(room, call) == Ending(Outcome.MISSED, EndedBy.CONSOLE)
            assert theirs.status == "busy"

    async def off() -> None:
        async with practising(tmp_path / "off") as room:
            assert room.app.settings.incoming is Incoming.OFF
            theirs = room.world.carrier.call_in(ASKS)
            await theirs.wait_until_over()
            assert (theirs.status, theirs.answered_at) == ("no-answer", None)
            assert room.app.console.calls() == []
            assert (await room.app.console.find_calls(CallQuery())).total == 0
            assert list(room.world.carrier.alerts) == []

    async def full() -> None:
        async with practising(tmp_path / "full", CALLCONSOLE_MAX_CALLS=1, **ASK) as room:
            await room.app.console.place_call(NUMBERS["No answer"])
            call, theirs = await rings(room)
            await theirs.wait_until_over()
            assert theirs.status == "busy"
            problem = ending(room, call).problem
            assert problem is not None
            assert problem.code == "call.incoming_full"
            assert (await kept(room, call)).ending == ending(room, call)

    await together(declined(), missed(), nobody_there(), off(), full())


async def test_no_word_of_the_end_comes_and_the_caller_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception, "LOOK_EVERY_S", 0.1)
    async with practising(tmp_path, **ASK) as room:
        room.world.carrier.own.status_callback = ""
        call, _ = await rings(room, replace(LEAVES, patience_s=0.3))
        await room.until(lambda: bool(room.of(events.CallEnded)))
        assert ending(room, call) == Ending(Outcome.MISSED, EndedBy.CALLER)


async def test_it_rings_longer_than_a_webhook_may_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception, "HOLD_S", 0.2)
    async with practising(tmp_path, **ASK) as room:
        call, theirs = await rings(room)
        asked = 0
        ask = room.app.console.incoming_call

        async def counted(incoming: IncomingCall) -> IncomingReply:
            nonlocal asked
            reply = await ask(incoming)
            asked += 1
            if asked == 2:
                twice.set()
            return reply

        twice = asyncio.Event()
        monkeypatch.setattr(room.app.console, "incoming_call", counted)
        await twice.wait()
        assert (theirs.status, len(room.of(events.IncomingCallRang))) == ("ringing", 1)
        await room.app.console.answer_incoming(call.sid)
        await room.until(lambda: bool(room.of(events.CallAnswered)))
        await room.app.console.hang_up(call.sid)
        assert list(room.world.carrier.alerts) == []


async def test_the_ai_cannot_come_so_it_rings_on(tmp_path: Path) -> None:
    gone = AgentFaults(refuse_upgrade=HttpRefusal(503, "{}"))
    async with practising(tmp_path, agent=gone, **ASK) as room:
        call, _ = await rings(room)
        with pytest.raises(ProblemError):
            await room.app.console.answer_incoming(call.sid)
        assert room.now(call).rings_here
        with pytest.raises(ProblemError) as refused:
            await room.app.console.answer_incoming(call.sid, Answerer.OPERATOR)
        assert refused.value.problem.code == "sound.no_microphone"
        await room.app.console.hang_up(call.sid)
        assert ending(room, call).outcome is Outcome.DECLINED


async def test_whoever_calls_unseen_is_shown_as_withheld(tmp_path: Path) -> None:
    async with practising(tmp_path, **ASK) as room:
        call, _ = await rings(room, HIDDEN)
        assert (call.other, call.from_number) == ("", "")
        await room.app.console.answer_incoming(call.sid)
        await room.until(lambda: bool(room.of(events.CallAnswered)))
        told = [text for session in room.world.agent.sessions for text in session.texts]
        assert any("number is withheld" in text for text in told)


async def test_a_request_that_twilio_did_not_sign_rings_nowhere(tmp_path: Path) -> None:
    async with practising(tmp_path, **ASK) as room:
        form = {"CallSid": "CA" + "a" * 32, "From": ASKS.number, "To": room.world.number}
        address = f"http://127.0.0.1:{room.app.port}/twiml/incoming"
        async with aiohttp.ClientSession() as session:
            async with session.post(address, data=form) as answer:
                assert answer.status == 403
            forged = {"X-Twilio-Signature": "AAAA", "Host": PUBLIC_ADDRESS.removeprefix("https://")}
            async with session.post(address, data=form, headers=forged) as answer:
                assert answer.status == 403
        assert room.app.console.calls() == []


async def test_a_program_answers_and_declines_over_http(tmp_path: Path) -> None:
    async with practising(tmp_path, **ASK) as room:
        base = f"http://127.0.0.1:{room.app.port}"
        async with aiohttp.ClientSession(base) as session:
            first, _ = await rings(room)
            async with session.post(f"/calls/{first.sid}/decline") as answer:
                assert (await answer.json())["status"] == "ended"
            async with session.post(f"/calls/{first.sid}/answer", json={"by": "agent"}) as answer:
                assert answer.status == 409
                assert (await answer.json())["error"]["code"] == "call.not_ringing"
            second, _ = await rings(room)
            async with session.post(f"/calls/{second.sid}/answer", json={"by": "me"}) as answer:
                assert answer.status == 400
            async with session.post(f"/calls/{second.sid}/answer", json={"by": "agent"}) as answer:
                assert await answer.json() == {
                    "callSid": second.sid,
                    "status": "ringing",
                    "by": "agent",
                }
            await room.until(lambda: bool(room.of(events.CallAnswered)))
            await room.app.console.hang_up(second.sid)
            async with session.get("/history", params={"text": ASKS.number}) as answer:
                found = (await answer.json())["calls"]
            assert {call["direction"] for call in found} == {"incoming"}
            assert len(found) == 2
