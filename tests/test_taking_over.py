"""The operator takes a practice call over with a microphone, and hands it back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from callconsole.adapters.portaudio import PortAudioMicrophone
from callconsole.app import App
from callconsole.audio import mulaw, wavfile
from callconsole.domain import events
from callconsole.domain.call import Call
from callconsole.domain.transcript import Speaker
from callconsole.engine.operator_scribe import BRIEF
from callconsole.practice import clips
from callconsole.practice.agent.records import SessionRecord
from callconsole.practice.carrier import CALLEES, hastened
from callconsole.practice.world import PracticeWorld
from fakes.engine import FakeMicrophone
from support.room import Room, until_audio
from support.sound_card import SoundCard
from support.sound_server import SoundServer

NUMBERS = {callee.name: callee.number for callee in CALLEES}
HERTZ = 600.0
SECOND = 8000
FRAME_MS = 20


def share_of_tone(pcm: np.ndarray) -> float:
    """How much of the sound's power is the operator's tone, 0 to 1."""
    sound = pcm.astype(float)
    turn = np.exp(-2j * np.pi * HERTZ * np.arange(len(sound)) / SECOND)
    power = float(np.mean(sound**2))
    return 2 * abs(np.mean(sound * turn)) ** 2 / power if power > 100 else 0.0


class Desk(Room):
    """A room with a microphone."""

    def heard(self, call: Call) -> np.ndarray:
        return mulaw.decode(self.world.carrier.calls[call.sid].heard)

    async def tone_is_heard(self, call: Call) -> None:
        """A whole second of nothing but the operator: no agent, no gap."""
        await self.until(lambda: share_of_tone(self.heard(call)[-SECOND:]) > 0.98)


def scribes(room: Room) -> list[SessionRecord]:
    """The sessions that write the operator's words down."""
    told = BRIEF.prompt.text
    return [s for s in room.world.agent.sessions if told in str(s.setup.get("systemInstruction"))]


def calls_own(room: Room) -> list[SessionRecord]:
    """The sessions that the call is held with."""
    return [s for s in room.world.agent.sessions if s not in scribes(room)]


async def in_a_call(folder: Path) -> tuple[Desk, Call]:
    """A room with a microphone, in a call in which the agent has been heard."""
    room = Desk(folder, PracticeWorld(callees=hastened()))
    room.app = App(room.app.settings, microphone=PortAudioMicrophone())
    room.app.console.subscribe(room._keep)
    await room.app.start("practice", practice=room.world)
    call = await room.app.console.place_call(NUMBERS["Never hangs up"])
    await room.until(lambda: bool(room.of(events.AgentHeard)))
    return room, call


@pytest.fixture
async def card(pulse: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundCard:
    return SoundCard(monkeypatch)


@pytest.mark.limit(90)
async def test_the_callee_hears_the_operators_microphone_and_no_word_of_the_agent(
    card: SoundCard, tmp_path: Path
) -> None:
    room, call = await in_a_call(tmp_path)
    console = room.app.console
    card.hum(HERTZ, 0.3)
    await console.take_over(call.sid)
    await room.tone_is_heard(call)
    assert room.now(call).taken_over
    console.hand_back(call.sid, "Agreed: Tuesday at three.")
    await asyncio.sleep(0)
    (back,) = room.of(events.OperatorHandedBack)
    assert back.spoke_s > 0.5
    said = next(s for s in reversed(calls_own(room)) if s.said)
    await room.until(lambda: any("Agreed: Tuesday at three." in text for text in said.texts))
    assert said.said.count("agent_greeting") == 1
    (turn,) = [t for t in console.turns(call.sid) if t.speaker is Speaker.OPERATOR]
    assert "Agreed: Tuesday at three." in turn.text
    await console.hang_up(call.sid)
    await room.until(lambda: bool(room.of(events.RecordingSaved)))
    both, _ = wavfile.read(Path(room.now(call).recording or ""))
    seconds = [both[at : at + SECOND, 1] for at in range(0, len(both) - SECOND, SECOND // 50)]
    assert max(share_of_tone(second) for second in seconds) > 0.9
    await room.app.stop()


@pytest.mark.limit(90)
async def test_muted_the_operator_is_digital_silence_and_nothing_comes_later(
    card: SoundCard, tmp_path: Path
) -> None:
    room, call = await in_a_call(tmp_path)
    console = room.app.console
    phone = room.world.carrier.calls[call.sid]
    card.hum(HERTZ, 0.3)
    await console.take_over(call.sid)
    await room.tone_is_heard(call)
    console.mute_operator(call.sid, True)
    muted_at = len(phone.heard)
    assert console.microphone_dbfs() == -90.0
    await until_audio(phone, muted_at / 8 + 1000)
    last = int(np.flatnonzero(room.heard(call)[muted_at:])[-1:].sum())
    # The frame that plays, and the one that outran the order to drop them.
    assert last < 2 * FRAME_MS * 8
    console.mute_operator(call.sid, False)
    heard_at = len(phone.heard)
    await room.tone_is_heard(call)
    after = np.abs(room.heard(call)[heard_at:].astype(int))
    first = int(np.flatnonzero(after)[0])
    # It rises: its first millisecond lies far below what follows.
    assert after[first : first + 8].max() < 0.4 * after[first + 40 : first + 400].max()
    assert [e.operator_muted for e in room.of(events.MutingChanged)] == [True, False]
    await console.hang_up(call.sid)
    await room.until_over(call)
    await room.app.stop()


@pytest.mark.limit(90)
async def test_a_microphone_that_is_taken_away_is_said_and_used_again(
    card: SoundCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callconsole.adapters.portaudio.microphone.STALL_S", 0.5)
    room, call = await in_a_call(tmp_path)
    console = room.app.console
    card.hum(HERTZ, 0.3)
    await console.take_over(call.sid)
    await room.tone_is_heard(call)
    card.deaf = True
    await room.until(lambda: console.microphone_problem() is not None)
    assert room.now(call).taken_over
    card.deaf = False
    await room.until(lambda: console.microphone_problem() is None)
    await room.tone_is_heard(call)
    await console.hang_up(call.sid)
    await room.until_over(call)
    await room.app.stop()


@pytest.mark.limit(90)
async def test_what_the_operator_says_is_written_down_and_known_to_the_agent(
    tmp_path: Path,
) -> None:
    microphone = FakeMicrophone()
    room = Room(tmp_path, PracticeWorld(callees=hastened()), microphone)
    console = room.app.console
    await room.app.start("practice", practice=room.world)
    call = await console.place_call(NUMBERS["Never hangs up"])
    await room.until(lambda: bool(room.of(events.AgentHeard)))
    phrase = clips.load("callee")["person_move"]

    def written() -> bool:
        return phrase.text in room.spoken(call, Speaker.OPERATOR)

    await console.take_over(call.sid)
    for at in range(0, len(phrase.pcm) // 160 * 160, 160):
        microphone.say(phrase.pcm[at : at + 160])
        await asyncio.sleep(FRAME_MS / 1000)
    # A room's silence, in which the model finds the end of the sentence and answers it.
    while not written() or not scribes(room)[0].said:
        microphone.say(np.zeros(160, np.int16))
        await asyncio.sleep(FRAME_MS / 1000)
    answers = room.spoken(call, Speaker.AGENT)
    console.hand_back(call.sid, "")
    own = calls_own(room)[-1]
    await room.until(lambda: any(phrase.text in text for text in own.texts))
    (scribe,) = scribes(room)
    await room.world.agent.until(lambda: scribe.closed_at is not None)
    assert own.closed_at is None
    # What the second session said in reply was heard by nobody.
    assert not set(answers) & {clips.load("agent")[clip].text for clip in scribe.said}
    await console.hang_up(call.sid)
    await room.until_over(call)
    record = await console.call_record(call.sid)
    assert record is not None
    kept = [turn.text for turn in record.turns if turn.speaker is Speaker.OPERATOR]
    assert kept == [phrase.text]
    await room.app.stop()
