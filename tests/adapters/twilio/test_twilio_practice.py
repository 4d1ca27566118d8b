"""Our whole Twilio side against the practice phone company: REST, webhooks and media stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from api_stand_in import ACCOUNT, NUMBER, TOKEN
from pydantic import SecretStr
from twilio_door import serving

from callconsole.adapters.twilio import stream, webhooks
from callconsole.adapters.twilio.rest import TwilioCarrier
from callconsole.adapters.twilio.signature import SignatureCheck
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import (
    CallOrder,
    CarrierReport,
    CarrierStatus,
    LineAudio,
    LineMark,
    MediaLine,
)
from callconsole.practice.carrier import AmdFault, PracticeCarrier, RestFault, hastened
from fakes.switchboard import FIRST_CALL, FakeSwitchboard

PUBLIC = "https://desk.example.com"
PERSON, BUSY, DECLINED, VOICEMAIL, UNVERIFIED = (f"+1415555010{n}" for n in (1, 3, 5, 6, 9))


class OpenSwitchboard(FakeSwitchboard):
    """Knows every call, as the engine does while it is placing one; tells when one is over."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()
        self.judged = asyncio.Event()

    def knows(self, call_sid: str) -> bool:
        return True

    async def admit(self, call_sid: str, token: str) -> bool:
        self.spent.append((call_sid, token))
        return token == "one-time"

    def carrier_reported(self, report: CarrierReport) -> None:
        super().carrier_reported(report)
        if report.status.terminal:
            self.over.set()

    def answer_judged(self, verdict: object) -> None:
        super().answer_judged(verdict)  # type: ignore[arg-type]
        self.judged.set()


@dataclass
class World:
    company: PracticeCarrier
    carrier: TwilioCarrier
    switchboard: OpenSwitchboard

    async def place(self, to: str, ring_timeout_s: int = 20) -> str:
        order = CallOrder(to=to, stream_token="one-time", ring_timeout_s=ring_timeout_s)
        placed = await self.carrier.place_call(order)
        self.switchboard.known[placed.sid] = replace(FIRST_CALL, sid=placed.sid)
        return placed.sid

    @property
    def statuses(self) -> list[str]:
        return [report.status.value for report in self.switchboard.reports]


@pytest.fixture
async def world() -> AsyncIterator[World]:
    switchboard = OpenSwitchboard()
    signature = SignatureCheck(SecretStr(TOKEN), lambda: PUBLIC)
    routes = webhooks.routes(switchboard, signature)
    routes += stream.routes(switchboard, signature, ACCOUNT)
    company = PracticeCarrier(ACCOUNT, TOKEN, NUMBER, callees=hastened())
    async with serving(routes) as base:
        company.edge.map(PUBLIC, base)
        await company.start()
        secret = SecretStr(TOKEN)
        carrier = TwilioCarrier(
            ACCOUNT, secret, NUMBER, lambda: PUBLIC, company.base_url, timeout_s=1.0
        )
        yield World(company, carrier, switchboard)
        await carrier.close()
        await company.stop()
    assert signature.refused == 0


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
    # The last line of the document is the stream, so that our close has ended the call.
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
