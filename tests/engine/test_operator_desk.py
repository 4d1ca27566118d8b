"""What the operator does in a call: heard by whom, known to whom, and on the record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from callconsole.audio import mulaw
from callconsole.domain import events
from callconsole.domain.answering import AnsweredBy, JudgedBy
from callconsole.domain.call import Floor
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.sound import SoundDevice
from callconsole.domain.transcript import Speaker
from callconsole.engine import taking_over
from callconsole.engine.ports import (
    AgentAudio,
    AgentCutOff,
    AgentGenerated,
    AgentTurnDone,
    AgentWords,
    CarrierStatus,
)
from callconsole.engine.refusals import OTHER_MICROPHONE
from support.bridge_rig import tone
from support.console_desk import NUMBER, Desk
from support.talk import SAID, Talk, closed, hurry, opened

pytestmark = pytest.mark.virtual_time

VOICE = tone(200, 8000, 300.0, 9000)
NO_DEVICE = Problem("sound.no_device", "None", "None found.", "Plug in.")


@pytest.fixture
async def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    hurry(monkeypatch)
    made = await opened(tmp_path)
    made.carrier_hears(AnsweredBy.PERSON, "human")
    yield made
    await closed(made)


def of(talk: Talk, kind: type) -> list:
    return [event for event in talk.desk.events if isinstance(event, kind)]


async def on_the_line(talk: Talk) -> None:
    await talk.desk.console.take_over(talk.sid)


# Words ------------------------------------------------------------------------------------------


async def test_a_whisper_reaches_the_agent_alone_and_is_seen_to_be_heeded(talk: Talk) -> None:
    talk.desk.console.whisper(talk.sid, "  Offer 3:15\nor 4:00. ")
    (told,) = talk.agent.told
    assert "Offer 3:15 or 4:00." in told
    assert talk.line.audio() == b""
    (whispered,) = of(talk, events.Whispered)
    assert (whispered.whisper_id, whispered.text) == (1, "Offer 3:15 or 4:00.")
    await talk.said(*SAID)
    (heeded,) = of(talk, events.WhisperHeeded)
    assert heeded.whisper_id == 1
    await talk.said(*SAID)
    assert len(of(talk, events.WhisperHeeded)) == 1


async def test_a_sentence_is_said_now_word_for_word(talk: Talk) -> None:
    talk.desk.console.say(talk.sid, "We close at five.")
    assert talk.agent.texts[-1].endswith("We close at five.")
    assert "exactly" in talk.agent.texts[-1]
    assert [event.text for event in of(talk, events.SayAsked)] == ["We close at five."]


async def test_before_the_sentence_nothing_is_heard_of_the_rest_of_an_older_turn(
    talk: Talk,
) -> None:
    await talk.said(AgentAudio(tone(400, 24000)))
    talk.desk.console.say(talk.sid, "We close at five.")
    before = len(talk.line.audio())
    await talk.said(AgentAudio(tone(400, 24000)), AgentTurnDone())
    assert len(talk.line.audio()) == before
    await talk.said(*SAID)
    assert len(talk.line.audio()) > before


@pytest.mark.parametrize("way", ["hold", "mute"])
async def test_what_nobody_would_hear_is_not_asked_for(talk: Talk, way: str) -> None:
    await step_in(talk, way=way, on=True)
    with pytest.raises(ProblemError) as refused:
        talk.desk.console.say(talk.sid, "We close at five.")
    assert refused.value.problem.code == "call.agent_unheard"
    assert (talk.agent.texts, of(talk, events.SayAsked)) == ([], [])
    await step_in(talk, way=way, on=False)
    talk.desk.console.say(talk.sid, "We close at five.")
    assert len(of(talk, events.SayAsked)) == 1


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_nothing_cannot_be_said(talk: Talk, text: str) -> None:
    for act in (talk.desk.console.whisper, talk.desk.console.say):
        with pytest.raises(ProblemError):
            act(talk.sid, text)
    assert talk.agent.told == []


async def test_nobody_is_spoken_to_before_the_answer(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    call = await desk.console.place_call(NUMBER)
    with pytest.raises(ProblemError) as refused:
        desk.console.whisper(call.sid, "Wait.")
    assert refused.value.problem.code == "call.not_answered"
    with pytest.raises(ProblemError):
        await desk.console.take_over(call.sid)
    desk.report(call, CarrierStatus.COMPLETED)
    await desk.console.stop()


# The operator's own voice -----------------------------------------------------------------------


async def test_the_agent_stops_at_once_and_the_microphone_is_heard_instead(talk: Talk) -> None:
    await talk.said(AgentAudio(tone(3000, 24000)))
    before = len(talk.line.audio())
    await on_the_line(talk)
    assert talk.line.sent[-1][0] == "clear"
    await talk.said(AgentAudio(tone(500, 24000)))
    talk.desk.microphone.say(VOICE)
    heard = talk.line.audio()[before:]
    assert heard == mulaw.encode(VOICE)
    assert talk.call.taken_over


async def test_who_is_behind_catches_up_in_silence_and_never_in_a_word(talk: Talk) -> None:
    await on_the_line(talk)
    talk.desk.microphone.say(np.concatenate((VOICE, VOICE)))
    spoken = talk.line.audio()
    assert spoken == 2 * mulaw.encode(VOICE)
    talk.desk.microphone.say(np.zeros(800, np.int16))
    assert talk.line.audio() == spoken
    talk.desk.clock.skipped_s += 0.35
    talk.desk.microphone.say(np.zeros(160, np.int16))
    assert len(talk.line.audio()) - len(spoken) == 160


async def test_each_frame_leaves_as_it_comes(talk: Talk) -> None:
    await on_the_line(talk)
    for count in range(1, 6):
        talk.desk.microphone.say(VOICE[:160])
        assert talk.line.count("audio") == count


async def test_handed_back_the_agent_knows_and_goes_on_without_its_held_words(talk: Talk) -> None:
    await on_the_line(talk)
    await talk.said(AgentAudio(tone(400, 24000)), AgentTurnDone())
    talk.desk.microphone.say(VOICE)
    before = len(talk.line.audio())
    talk.desk.console.hand_back(talk.sid, "Agreed: Tuesday, 3:15.")
    assert "Agreed: Tuesday, 3:15." in talk.agent.texts[-1]
    assert "Do not greet again" in talk.agent.texts[-1]
    assert len(talk.line.audio()) == before
    await talk.said(*SAID)
    assert len(talk.line.audio()) - before >= 400 * 8
    assert not talk.call.taken_over
    (back,) = of(talk, events.OperatorHandedBack)
    assert back.note == "Agreed: Tuesday, 3:15."
    while talk.desk.microphone.open:
        await asyncio.sleep(0)


async def test_what_the_operator_said_is_a_turn_of_its_own(talk: Talk) -> None:
    await on_the_line(talk)
    assert talk.desk.console.turns(talk.sid)[-1].speaker is Speaker.OPERATOR
    for _ in range(20):
        talk.line.say(np.zeros(160, np.int16))
        talk.desk.microphone.say(VOICE[:160])
        await asyncio.sleep(0)
    await talk.desk.until(lambda: talk.call.floor is Floor.OPERATOR)
    talk.desk.microphone.say(VOICE)
    talk.desk.console.hand_back(talk.sid, "")
    turn = talk.desk.console.turns(talk.sid)[-1]
    assert turn.final
    assert turn.text.startswith("(spoke for")
    assert talk.call.floor is not Floor.OPERATOR


async def test_while_the_operator_speaks_the_agent_hears_the_callee(talk: Talk) -> None:
    await on_the_line(talk)
    talk.line.say(VOICE)
    await talk.said(AgentWords("Oh, hello.", by_caller=True))
    assert talk.agent.audio().any()
    assert talk.desk.console.turns(talk.sid)[-1].text == "Oh, hello."


@pytest.mark.parametrize("muted_before", [False, True])
async def test_where_it_is_set_so_the_agent_hears_silence_while_the_operator_speaks(
    tmp_path: Path, muted_before: bool
) -> None:
    talk = await opened(tmp_path, reads_along=False)
    talk.desk.console.mute_caller(talk.sid, muted_before)
    await on_the_line(talk)
    assert talk.call.caller_muted
    await gone_by(talk, VOICE)
    heard = len(talk.agent.audio())
    assert not talk.agent.audio()[:-1000].any()
    talk.desk.console.hand_back(talk.sid, "")
    assert talk.call.caller_muted is muted_before
    await gone_by(talk, VOICE)
    assert bool(talk.agent.audio()[heard:].any()) is not muted_before
    await closed(talk)


async def test_without_a_microphone_the_agent_goes_on(talk: Talk) -> None:
    talk.desk.microphone.problem = NO_DEVICE
    with pytest.raises(ProblemError):
        await on_the_line(talk)
    assert not talk.call.taken_over
    before = len(talk.line.audio())
    await talk.said(*SAID)
    assert len(talk.line.audio()) > before


async def test_a_microphone_that_goes_is_replaced_and_said(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CHECK_S", "RETRY_S"):
        monkeypatch.setattr(taking_over, name, 0.005)
    console, microphone = talk.desk.console, talk.desk.microphone
    headset = SoundDevice("fake: usb", "USB headset")
    laptop, *_ = microphone.connected
    microphone.connected = [laptop, headset]
    console.choose_microphone(headset.id)

    async def until_it_is(code: str | None) -> None:
        async with asyncio.timeout(5):
            while getattr(console.microphone_problem(), "code", None) != code:
                await asyncio.sleep(0.005)
                microphone.say(VOICE[:160])

    await on_the_line(talk)
    await until_it_is(None)
    microphone.connected, microphone.problem = [laptop], NO_DEVICE
    microphone.healthy = False
    await microphone.stop()
    await until_it_is("microphone.silent")
    assert talk.call.taken_over
    assert console.microphone_dbfs() == -90.0
    microphone.problem = None
    await until_it_is(OTHER_MICROPHONE)
    before = len(talk.line.audio())
    microphone.say(VOICE)
    assert len(talk.line.audio()) - before == len(VOICE)
    console.hand_back(talk.sid, "")
    while microphone.open:
        await asyncio.sleep(0)
    assert console.microphone_problem() is None


@pytest.mark.parametrize("fault", [RuntimeError("broken"), asyncio.CancelledError()])
async def test_whatever_keeps_the_microphone_shut_leaves_the_call_to_the_agent(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    async def refuse(_on_frame: object) -> str:
        raise fault

    monkeypatch.setattr(talk.desk.microphone, "start", refuse)
    with pytest.raises(type(fault)):
        await on_the_line(talk)
    assert not talk.call.taken_over
    await talk.said(*SAID)
    assert talk.line.audio()


async def test_one_microphone_speaks_to_one_call(talk: Talk) -> None:
    await on_the_line(talk)
    other = await talk.desk.console.place_call("+1 415 555 2672")
    with pytest.raises(ProblemError) as refused:
        await talk.desk.console.take_over(other.sid)
    assert refused.value.problem.code == "call.taken_over_elsewhere"
    await on_the_line(talk)
    assert talk.desk.microphone.open


async def test_muted_the_operator_is_silence_at_once_and_nothing_is_heard_later(
    talk: Talk,
) -> None:
    await on_the_line(talk)
    talk.desk.microphone.say(VOICE)
    before = talk.line.audio()
    talk.desk.console.mute_operator(talk.sid, True)
    assert talk.line.sent[-1][0] == "clear"
    assert talk.call.operator_muted
    talk.desk.microphone.say(VOICE)
    assert talk.line.audio() == before
    assert talk.desk.console.microphone_dbfs() == -90.0
    talk.desk.console.mute_operator(talk.sid, False)
    assert talk.line.audio() == before
    talk.desk.microphone.say(VOICE)
    after = mulaw.decode(talk.line.audio()[len(before) :])
    # Five milliseconds of rising sound, then the voice as it is.
    assert len(after) == len(VOICE)
    assert abs(int(after[0])) < 100
    assert np.abs(after[:40].astype(int)).max() < np.abs(VOICE[:40].astype(int)).max()
    assert np.array_equal(after[40:], mulaw.decode(mulaw.encode(VOICE[40:])))
    assert talk.desk.console.microphone_dbfs() > -30
    assert [e.operator_muted for e in of(talk, events.MutingChanged)] == [True, False]


async def test_handing_back_ends_the_muting(talk: Talk) -> None:
    await on_the_line(talk)
    talk.desk.console.mute_operator(talk.sid, True)
    talk.desk.console.hand_back(talk.sid, "")
    assert not talk.call.operator_muted
    await on_the_line(talk)
    before = len(talk.line.audio())
    talk.desk.microphone.say(VOICE)
    assert len(talk.line.audio()) - before == len(VOICE)


async def test_only_who_is_on_the_line_can_be_muted(talk: Talk) -> None:
    with pytest.raises(ProblemError) as refused:
        talk.desk.console.mute_operator(talk.sid, True)
    assert refused.value.problem.code == "call.not_taken_over"
    assert of(talk, events.MutingChanged) == []


async def test_the_end_of_the_call_closes_the_microphone(talk: Talk) -> None:
    await on_the_line(talk)
    await talk.over()
    while talk.desk.microphone.open:
        await asyncio.sleep(0)
    assert not talk.call.taken_over
    assert talk.desk.console.turns(talk.sid)[-1].final


async def test_taking_over_decides_who_answered(tmp_path: Path) -> None:
    talk = await opened(tmp_path)
    assert talk.call.deciding
    await on_the_line(talk)
    talk.desk.microphone.say(VOICE)
    assert talk.line.audio() == mulaw.encode(VOICE)
    assert not talk.call.deciding
    await closed(talk)


# Whose sound it is ------------------------------------------------------------------------------


async def test_a_cut_of_what_nobody_hears_cuts_neither_the_operator_nor_the_hold_sound(
    talk: Talk,
) -> None:
    for way in ("take over", "hold"):
        await step_in(talk, way=way, on=True)
        await talk.said(AgentAudio(tone(400, 24000)))
        talk.desk.microphone.say(VOICE)
        clears = talk.line.count("clear")
        await talk.said(AgentCutOff(), AgentTurnDone())
        assert talk.line.count("clear") == clears
        await step_in(talk, way=way, on=False)
    assert of(talk, events.AgentInterrupted) == []


async def test_muting_the_agent_of_a_held_call_leaves_the_hold_sound(talk: Talk) -> None:
    talk.desk.console.hold(talk.sid, True)
    await talk.said()
    talk.desk.console.mute_agent(talk.sid, True)
    assert talk.line.count("clear") == 0


@pytest.mark.parametrize("way", ["hold", "mute", "take over"])
async def test_the_turn_after_one_that_was_broken_off_is_heard_as_one_of_its_own(
    talk: Talk, way: str
) -> None:
    await talk.said(AgentAudio(tone(400, 24000)), AgentGenerated())
    await step_in(talk, way=way, on=True)
    await talk.said(AgentTurnDone())
    talk.desk.console.whisper(talk.sid, "Be brief.")
    await step_in(talk, way=way, on=False)
    before = len(talk.line.audio())
    await talk.said(AgentAudio(tone(400, 24000)))
    assert len(of(talk, events.WhisperHeeded)) == 1
    assert len(talk.line.audio()) > before


async def test_what_the_agent_had_said_to_its_end_is_not_cut_by_handing_back(talk: Talk) -> None:
    await talk.said(AgentWords("We close at five.", by_caller=False), *SAID)
    talk.desk.clock.skipped_s += 1
    await on_the_line(talk)
    talk.desk.microphone.say(VOICE)
    talk.desk.console.hand_back(talk.sid, "")
    assert talk.line.count("clear") == 0
    await talk.over()
    said, _ = talk.desk.console.turns(talk.sid)
    assert not said.interrupted


async def test_of_the_hold_sound_nothing_is_recorded_that_was_not_heard(talk: Talk) -> None:
    talk.desk.console.hold(talk.sid, True)
    await talk.said()
    talk.desk.console.hold(talk.sid, False)
    before = len(of(talk, events.LevelsMeasured))
    await gone_by(talk, np.zeros(8000, np.int16))
    levels = of(talk, events.LevelsMeasured)[before:]
    assert {level.agent_dbfs for level in levels} == {-90.0}


async def test_what_is_said_while_the_stream_is_away_is_heard_by_nobody_later(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callconsole.engine.call_streams.REJOIN_S", 5.0)
    await talk.said(AgentAudio(tone(2000, 24000)))
    token = talk.desk.console.stream_ended(talk.sid)
    assert token is not None
    talk.line.hang_up()
    await talk.event("StreamStopped")
    await on_the_line(talk)
    talk.desk.microphone.say(VOICE)
    line = await talk.rejoin(token)
    assert line.audio() == b""
    talk.desk.microphone.say(VOICE)
    assert line.audio() == mulaw.encode(VOICE)


# What the console makes of it -------------------------------------------------------------------


def spoken_by_the_callee(seconds: int) -> np.ndarray:
    return np.concatenate((VOICE, np.zeros(seconds * 8000, np.int16)))


async def gone_by(talk: Talk, pcm: np.ndarray) -> None:
    before = len(talk.agent.audio())
    talk.line.say(pcm)
    while len(talk.agent.audio()) < before + 2 * len(pcm):
        await asyncio.sleep(0)


async def nothing_runs(name: str) -> None:
    """Return once no background task of this name is left."""
    named = [task for task in asyncio.all_tasks() if task.get_name().startswith(name)]
    await asyncio.gather(*named)


async def step_in(talk: Talk, *, way: str, on: bool) -> None:
    console = talk.desk.console
    if way == "hold":
        console.hold(talk.sid, on)
    elif way == "mute":
        console.mute_agent(talk.sid, on)
    elif on:
        await console.take_over(talk.sid)
    else:
        console.hand_back(talk.sid, "")


@pytest.mark.parametrize("way", ["hold", "mute", "take over"])
async def test_a_long_time_without_the_agent_is_no_long_silence_afterwards(
    talk: Talk, way: str
) -> None:
    await gone_by(talk, spoken_by_the_callee(1))
    await step_in(talk, way=way, on=True)
    await gone_by(talk, spoken_by_the_callee(60))
    await step_in(talk, way=way, on=False)
    await gone_by(talk, np.zeros(8000, np.int16))
    assert not any("Nobody has spoken" in text for text in talk.agent.texts)
    assert talk.desk.carrier.ended == []


@pytest.mark.parametrize("way", ["hold", "mute", "take over"])
async def test_an_agent_that_was_not_to_answer_has_not_stalled(talk: Talk, way: str) -> None:
    await step_in(talk, way=way, on=True)
    await talk.said(AgentWords("Where were we?", by_caller=True), AgentTurnDone())
    await gone_by(talk, spoken_by_the_callee(10))
    await talk.said(*SAID)
    await step_in(talk, way=way, on=False)
    await gone_by(talk, np.zeros(4000, np.int16))
    assert of(talk, events.AgentStalled) == []


# Whose call it is -------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["hold", "mute", "take over"])
async def test_a_goodbye_that_the_operator_cuts_off_ends_no_call(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr("callconsole.engine.farewell.SECOND_THOUGHT_S", 0.02)
    await talk.said(AgentAudio(tone(600, 24000)))
    talk.tool("end_call")
    await talk.event("FarewellBegan")
    await step_in(talk, way=way, on=True)
    await talk.event("FarewellCalledOff")
    talk.echo_all()
    await gone_by(talk, np.zeros(8000, np.int16))
    await nothing_runs("function")
    assert talk.desk.carrier.ended == []


async def test_the_agent_passes_nobody_on_whom_the_operator_has_taken_over(talk: Talk) -> None:
    await talk.said(AgentAudio(tone(600, 24000)))
    talk.tool("transfer_call", to="Front desk", reason="Wants the afternoon.")
    await talk.event("AbilityUsed")
    await on_the_line(talk)
    await nothing_runs("function")
    assert talk.desk.carrier.transfers == []
    talk.tool("transfer_call", to="Front desk", reason="Wants the afternoon.")
    await talk.desk.until(lambda: talk.desk.names().count("AbilityUsed") == 2)
    assert not of(talk, events.AbilityUsed)[-1].done
    assert talk.desk.carrier.transfers == []


async def test_a_machine_that_is_found_late_does_not_end_the_operators_call(
    tmp_path: Path,
) -> None:
    talk = await opened(tmp_path)
    await on_the_line(talk)
    assert (talk.call.answered_by, talk.call.judged_by) == (AnsweredBy.PERSON, JudgedBy.OPERATOR)
    talk.carrier_hears(AnsweredBy.VOICEMAIL, "machine_end_beep")
    await nothing_runs("hang up")
    assert talk.desk.carrier.ended == []
    assert not of(talk, events.AnswerJudged)[-1].obeyed
    assert talk.call.answered_by is AnsweredBy.PERSON
    await closed(talk)


async def test_an_agent_that_is_lost_leaves_the_call_to_the_operator_who_has_it(
    talk: Talk,
) -> None:
    await on_the_line(talk)
    talk.agent.breaks(NO_DEVICE)
    await talk.event("AgentLost")
    await nothing_runs("hang up")
    talk.desk.microphone.say(VOICE)
    assert talk.line.audio() == mulaw.encode(VOICE)
    assert talk.desk.carrier.ended == []
    talk.desk.console.hand_back(talk.sid, "")
    await talk.event("CallEnded")
    assert talk.ending.problem == NO_DEVICE


# Who hears whom ---------------------------------------------------------------------------------


async def test_a_muted_agent_is_not_heard_and_does_not_catch_up(talk: Talk) -> None:
    talk.desk.console.mute_agent(talk.sid, True)
    await talk.said(*SAID)
    assert talk.line.audio() == b""
    talk.desk.console.mute_agent(talk.sid, False)
    assert talk.line.audio() == b""
    await talk.said(*SAID)
    assert talk.line.audio()
    assert [e.agent_muted for e in of(talk, events.MutingChanged)] == [True, False]


async def test_a_muted_callee_is_silence_to_the_agent_and_still_recorded(talk: Talk) -> None:
    talk.desk.console.mute_caller(talk.sid, True)
    talk.line.say(VOICE)
    while len(talk.agent.audio()) < 2 * len(VOICE):
        await asyncio.sleep(0)
    assert not talk.agent.audio()[:3000].any()
    levels = of(talk, events.LevelsMeasured)
    assert levels[-1].caller_dbfs > -30


async def test_on_hold_the_callee_hears_notes_and_nobody_else(talk: Talk) -> None:
    talk.desk.console.hold(talk.sid, True)
    assert talk.call.on_hold
    await talk.said(*SAID)
    sound = mulaw.decode(talk.line.audio())
    assert np.abs(sound.astype(int)).max() > 1500
    talk.desk.console.hold(talk.sid, False)
    assert talk.line.sent[-1][0] == "clear"
    assert "on hold" in talk.agent.texts[-1]
    before = len(talk.line.audio())
    await talk.said(*SAID)
    assert len(talk.line.audio()) > before


async def test_on_hold_nobody_takes_over_a_held_call_without_ending_the_hold(talk: Talk) -> None:
    talk.desk.console.hold(talk.sid, True)
    await on_the_line(talk)
    assert not talk.call.on_hold
    assert talk.call.taken_over
    with pytest.raises(ProblemError):
        talk.desk.console.hold(talk.sid, True)
