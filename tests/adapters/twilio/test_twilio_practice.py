"""Our whole Twilio side against the practice phone company: REST, webhooks and media stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from practice_desk import World, open_world

from callconsole.domain.answering import AnsweredBy
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import CarrierStatus, LineAudio, LineMark, MediaLine
from callconsole.practice.carrier import AmdFault, RestFault

PERSON, BUSY, DECLINED, VOICEMAIL, UNVERIFIED = (f"+1415555010{n}" for n in (1, 3, 5, 6, 9))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with open_world() as world:
        yield world


async def test_a_call_from_the_order_to_its_end(world: World) -> None:
    heard: list[object] = []

    async def speak(line: MediaLine) -> None:
        line.send_audio(b"\x80\x00" * 800)
        line.send_mark("said")
        async for event in line.events():
            heard.append(event)
            if event == LineMark("said"):
                await world.carrier.end_call(line.call_sid)

    world.switchboard.serve = speak
    sid = await world.place(PERSON)
    await world.switchboard.over.wait()
    await world.switchboard.line_done.wait()
    assert sorted(world.statuses) == ["completed", "in-progress", "initiated", "ringing"]
    assert {report.sequence for report in world.switchboard.reports} == {0, 1, 2, 3}
    assert LineMark("said") in heard
    audio = [event for event in heard if isinstance(event, LineAudio)]
    assert len(audio) >= 5
    assert [len(event.mulaw) for event in audio] == [160] * len(audio)
    assert (await world.carrier.fetch_call(sid)).status is CarrierStatus.COMPLETED
    await world.carrier.end_call(sid)
    assert list(world.company.alerts) == []


async def test_clear_gives_back_every_mark(world: World) -> None:
    marks: list[str] = []

    async def cut_off(line: MediaLine) -> None:
        line.send_audio(b"\x80" * 80_000)
        line.send_mark("far away")
        async for event in line.events():
            if isinstance(event, LineMark):
                marks.append(event.name)
                if event.name == "after":
                    return
            elif not marks:
                line.clear()
                line.send_mark("after")

    world.switchboard.serve = cut_off
    await world.place(PERSON)
    await world.switchboard.line_done.wait()
    # Asked what to do after our close, the switchboard says to hang up.
    await world.switchboard.over.wait()
    assert marks[0] == "far away"
    assert marks[-1] == "after"


@pytest.mark.parametrize(("to", "sip_code"), [(BUSY, 486), (DECLINED, 603)])
async def test_a_call_that_is_not_taken(world: World, to: str, sip_code: int) -> None:
    await world.place(to)
    await world.switchboard.over.wait()
    last = max(world.switchboard.reports, key=lambda report: report.sequence or 0)
    assert (last.status, last.sip_code) == (CarrierStatus.BUSY, sip_code)


async def test_a_cancelled_order_rings_nobodys_phone(world: World) -> None:
    world.company.faults.create = RestFault(delay_s=0.2)
    placing = asyncio.create_task(world.place(PERSON))
    await asyncio.sleep(0)
    placing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await placing
    await world.carrier.close()
    (call,) = world.company.calls.values()
    await call.wait_until_over()
    assert call.sid not in world.switchboard.known


async def test_a_refused_number_is_told(world: World) -> None:
    with pytest.raises(ProblemError) as caught:
        await world.place(UNVERIFIED)
    assert caught.value.problem.code == "twilio.21219"


async def test_a_verdict_arrives(world: World) -> None:
    world.company.faults.amd = AmdFault(verdict="machine_start")
    await world.place(PERSON)
    await world.switchboard.judged.wait()
    (verdict,) = world.switchboard.verdicts
    assert (verdict.answered_by, verdict.detail) == (AnsweredBy.VOICEMAIL, "machine_start")


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize("status", [503, None])
async def test_the_phone_never_rings_twice(world: World, acts: bool, status: int | None) -> None:
    fault = RestFault(acts=acts, status=status, hang=status is None, times=1)
    world.company.faults.create = fault
    if acts:
        sid = await world.place(PERSON)
        assert list(world.company.calls) == [sid]
    else:
        with pytest.raises(ProblemError) as caught:
            await world.place(PERSON)
        assert caught.value.problem.code.endswith(".perhaps_placed")
        assert len(world.company.calls) == 0


async def test_the_account_answers(world: World) -> None:
    assert (await world.carrier.check()).startswith("+1 628-555-0100")
