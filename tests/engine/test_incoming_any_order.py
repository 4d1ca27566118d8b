"""Whatever happens to a call that comes in, in whatever order: it ends once, nothing stays open."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callconsole.domain import events
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, Phase
from callconsole.domain.incoming import Answerer, Incoming, IncomingCall, IncomingReply, Reply
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.ports import AgentAudio, AgentTurnDone, CarrierReport, CarrierStatus
from callconsole.engine.world import Habits
from fakes.engine import FakeLine
from support.bridge_rig import tone
from support.console_desk import Desk

pytestmark = pytest.mark.virtual_time

SID = "CA" + "1" * 32
RINGS = IncomingCall(SID, "+14155550131", "+16285550100")
ENDS = [CarrierStatus.COMPLETED, CarrierStatus.BUSY, CarrierStatus.NO_ANSWER]
STATES = [*ENDS, CarrierStatus.CANCELED, CarrierStatus.RINGING, CarrierStatus.IN_PROGRESS]
STEPS = st.one_of(
    st.tuples(st.just("report"), st.sampled_from(STATES)),
    st.tuples(st.just("answer"), st.sampled_from(list(Answerer))),
    st.tuples(
        st.sampled_from(["ask", "decline", "hang up", "stream", "drop", "speaks", "hand back"]),
        st.none(),
    ),
)


class Story:
    """One caller, played as drawn; the carrier asks at least once."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder, habits=Habits("appointment_reminder", incoming=Incoming.ASK))
        self.lines: list[FakeLine] = []
        self.tasks: list[asyncio.Task[object]] = []

    def start(self, work: object) -> None:
        async def tried() -> None:
            with suppress(ProblemError):
                await work  # type: ignore[misc]

        self.tasks.append(asyncio.create_task(tried()))

    async def play(self, steps: list[tuple[str, object]]) -> None:
        self.start(self.desk.console.incoming_call(RINGS))
        await asyncio.sleep(0)
        for kind, what in steps:
            with suppress(ProblemError):
                self.step(kind, what)
            await asyncio.sleep(0)

    def step(self, kind: str, what: object) -> None:
        console = self.desk.console
        match kind, what:
            case "report", CarrierStatus() as status:
                console.carrier_reported(CarrierReport(SID, status))
            case "answer", Answerer() as by:
                self.start(console.answer_incoming(SID, by))
            case "ask", _:
                self.start(console.incoming_call(RINGS))
            case "decline", _:
                console.decline_incoming(SID)
            case "hang up", _:
                self.start(console.hang_up(SID))
            case "stream", _ if self.desk.agent.sessions:
                self.lines.append(FakeLine(SID))
                self.start(console.serve_line(self.lines[-1]))
            case "drop", _ if self.lines:
                self.lines[-1].hang_up()
            case "speaks", _ if self.desk.agent.sessions:
                self.desk.agent.sessions[-1].does(AgentAudio(tone(200, 24000)), AgentTurnDone())
            case "hand back", _:
                console.hand_back(SID, "They know.")

    async def finish(self) -> None:
        self.desk.console.carrier_reported(CarrierReport(SID, CarrierStatus.COMPLETED))
        await self.desk.console.stop()
        await asyncio.gather(*self.tasks)

    def check(self) -> None:
        call = self.desk.console.call(SID)
        assert call is not None
        assert call.phase is Phase.ENDED
        assert call.ending is not None
        assert not call.taken_over
        named = [type(e) for e in self.desk.events if isinstance(e, events.CallEvent)]
        assert named[0] is events.IncomingCallRang
        for once in (events.IncomingCallRang, events.CallEnded):
            assert named.count(once) == 1
        for at_most_once in (events.CallAnswered, events.OperatorTookOver):
            assert named.count(at_most_once) <= 1
        after = named[named.index(events.CallEnded) + 1 :]
        assert not {events.CallAnswered, events.StreamStarted} & set(after)
        if call.answered_at is None:
            assert call.ending.outcome in (Outcome.MISSED, Outcome.DECLINED)
        assert all(session.closed for session in self.desk.agent.sessions)
        assert all(line.closed for line in self.lines)
        assert not self.desk.microphone.open


@settings(max_examples=120, deadline=None)
@given(st.lists(STEPS, max_size=20))
def test_it_ends_once_and_leaves_nothing(steps: list[tuple[str, object]]) -> None:
    async def life(folder: Path) -> None:
        story = Story(folder)
        await story.play(steps)
        await story.finish()
        story.check()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others)

    with (
        tempfile.TemporaryDirectory() as folder,
        patch("callconsole.engine.hanging_up.LAST_WORD_S", 0.02),
        patch("callconsole.engine.call_streams.REJOIN_S", 0.02),
        patch("callconsole.engine.call_streams.MISSED_AFTER_S", 0.01),
        patch("callconsole.engine.reception.CONNECT_S", 0.02),
        patch("callconsole.engine.reception.HOLD_S", 0.02),
    ):
        asyncio.run(life(Path(folder)))


@pytest.fixture
async def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, habits=Habits("appointment_reminder", incoming=Incoming.ASK))


async def ringing(desk: Desk) -> asyncio.Task[IncomingReply]:
    asked = asyncio.create_task(desk.console.incoming_call(RINGS))
    await desk.until(lambda: "IncomingCallRang" in desk.names())
    return asked


def now(desk: Desk) -> Call:
    call = desk.console.call(SID)
    assert call is not None
    return call


async def test_the_answer_frees_the_carrier_with_a_token_that_is_good_once(desk: Desk) -> None:
    asked = await ringing(desk)
    await desk.console.answer_incoming(SID)
    reply = await asked
    assert reply.reply is Reply.CONNECT
    assert await desk.console.admit(SID, reply.token)
    assert not await desk.console.admit(SID, reply.token)
    # The carrier, which has lost our answer, asks again and gets another.
    again = await desk.console.incoming_call(RINGS)
    assert again.reply is Reply.CONNECT
    assert again.token != reply.token
    desk.report(now(desk), CarrierStatus.COMPLETED)
    assert (await desk.console.incoming_call(RINGS)).reply is Reply.BUSY
    await desk.console.stop()


async def test_the_ai_is_told_who_calls_and_that_it_answers(desk: Desk) -> None:
    asked = await ringing(desk)
    await desk.console.answer_incoming(SID, prompt="appointment_reminder")
    await asked
    (told,) = desk.agent.sessions[0].texts
    assert "you answer it" in told
    assert "+14155550131" in told
    assert now(desk).prompt == "appointment_reminder"
    desk.report(now(desk), CarrierStatus.COMPLETED)
    await desk.console.stop()


async def test_a_caller_who_leaves_while_the_ai_is_opened_is_missed(desk: Desk) -> None:
    asked = await ringing(desk)
    desk.agent.gate.clear()
    answering = asyncio.create_task(desk.console.answer_incoming(SID, Answerer.OPERATOR))
    await desk.agent.asked.wait()
    with pytest.raises(ProblemError) as twice:
        await desk.console.answer_incoming(SID)
    assert twice.value.problem.code == "call.being_answered"
    desk.report(now(desk), CarrierStatus.CANCELED)
    desk.agent.gate.set()
    with pytest.raises(ProblemError) as late:
        await answering
    assert late.value.problem.code == "call.not_ringing"
    assert now(desk).ending == Ending(Outcome.MISSED, EndedBy.CALLER)
    assert (await asked).reply is Reply.BUSY
    assert desk.agent.sessions[0].closed
    assert not desk.microphone.open


async def test_a_call_whose_audio_never_comes_is_ended_with_the_reason(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callconsole.engine.reception.CONNECT_S", 0.02)
    monkeypatch.setattr("callconsole.engine.hanging_up.LAST_WORD_S", 0.02)
    asked = await ringing(desk)
    await desk.console.answer_incoming(SID)
    await asked
    await desk.until(lambda: "CallEnded" in desk.names())
    ending = now(desk).ending
    assert ending is not None
    assert ending.problem is not None
    assert (ending.outcome, ending.problem.code) == (Outcome.FAILED, "call.not_connected")


async def test_a_microphone_that_cannot_be_opened_lets_it_ring_on(desk: Desk) -> None:
    asked = await ringing(desk)
    desk.microphone.problem = Problem("sound.busy", "The microphone is in use", "", "")
    with pytest.raises(ProblemError):
        await desk.console.answer_incoming(SID, Answerer.OPERATOR)
    assert now(desk).rings_here
    assert desk.agent.sessions == []
    with pytest.raises(ProblemError) as early:
        desk.console.whisper(SID, "Be kind.")
    assert early.value.problem.code == "call.not_answered"
    await desk.console.stop()
    assert now(desk).ending == Ending(Outcome.DECLINED, EndedBy.OPERATOR)
    assert (await asked).reply is Reply.BUSY


async def test_that_twilio_has_picked_up_is_no_answer_of_ours(desk: Desk) -> None:
    asked = await ringing(desk)
    desk.report(now(desk), CarrierStatus.IN_PROGRESS)
    assert now(desk).rings_here
    desk.report(now(desk), CarrierStatus.COMPLETED)
    assert now(desk).ending == Ending(Outcome.MISSED, EndedBy.CALLER)
    await asked
