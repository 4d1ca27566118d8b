from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from google.genai import types
from practice_live_kit import Desk, listening, said, silence, speak

from callconsole.practice import clips
from callconsole.practice.agent import Pace
from callconsole.practice.agent.agenda import Agenda, Plan
from callconsole.practice.agent.dialogue import Dialogue, Script
from callconsole.practice.agent.instructions import exact_sentence, nearest, wants_silence
from callconsole.practice.agent.recognition import Heard
from callconsole.practice.agent.wishes import Wishes

LINES = {clip.id: clip.text for clip in clips.load("agent").values()}
OLD = {"today": lambda: date(2026, 1, 1)}
OFFER = "Offer another time."
VERSIONS = {"developer": "v1beta", "vertex": None}
NEXT = "agent_offer"
USUAL = "agent_greeting"


def turn(role: str | None, text: str = OFFER) -> types.Content:
    return types.Content(role=role, parts=[types.Part(text=text)])


@pytest.mark.parametrize(
    ("back_end", "model", "role", "answer"),
    [
        ("developer", "gemini-3.8-live", "user", NEXT),
        ("vertex", "gemini-3.8-live", "user", NEXT),
        ("developer", "gemini-2.5-flash-native-audio-latest", None, NEXT),
        ("vertex", "gemini-live-2.5-flash-native-audio", "model", NEXT),
        ("vertex", "gemini-live-2.5-flash-native-audio", "user", USUAL),
        ("vertex", "gemini-live-2.5-flash-native-audio", None, USUAL),
        ("vertex", "gemini-live-2.5-flash-native-audio", "system", USUAL),
    ],
)
async def test_whose_turn_is_heeded(
    start_agent: Any, desk: Desk, back_end: str, model: str, role: str | None, answer: str
) -> None:
    agent = await start_agent(**OLD)
    async with (
        desk.session(agent, back_end, model=model, api_version=VERSIONS[back_end]) as session,
        listening(session) as ear,
    ):
        await session.send_client_content(turns=turn(role), turn_complete=False)
        await speak(session, said("person_hello"), silence(900))
        await ear.until_kind("turn")
    (record,) = agent.sessions
    assert record.said == [answer]
    assert record.whispers == ([OFFER] if answer == NEXT else [])


@pytest.mark.parametrize(
    ("model", "role"),
    [
        ("gemini-3.1-flash-live-preview", "user"),
        ("gemini-2.5-flash-native-audio-latest", "system"),
    ],
)
async def test_what_ends_the_session(start_agent: Any, desk: Desk, model: str, role: str) -> None:
    agent = await start_agent(**OLD)
    async with (
        desk.session(agent, model=model, api_version="v1beta") as session,
        listening(session) as ear,
    ):
        await session.send_client_content(turns=turn(role), turn_complete=False)
        await ear.until(lambda: ear.failure is not None)
    assert ear.failure.code == 1007
    assert agent.sessions[0].whispers == []


async def test_realtime_text_that_asks_for_silence(start_agent: Any, desk: Desk) -> None:
    agent = await start_agent(**OLD)
    text = "Keep this in mind and say nothing about it now: say goodbye next."
    async with (
        desk.session(agent, model="gemini-3.1-flash-live-preview") as session,
        listening(session) as ear,
    ):
        await session.send_realtime_input(text=text)
        await speak(session, said("person_hello"), silence(900))
        await ear.until_kind("turn")
    (record,) = agent.sessions
    assert (record.whispers, record.said) == ([text], ["agent_goodbye"])


async def test_an_incomplete_turn_cuts_a_speaking_agent_off(start_agent: Any, desk: Desk) -> None:
    agent = await start_agent(pace=Pace(think_ms=0, speed=1.0))
    async with desk.session(agent) as session, listening(session) as ear:
        await session.send_realtime_input(text="Greet the caller.")
        await ear.until_kind("audio")
        await session.send_client_content(turns=turn("user"), turn_complete=False)
        await ear.until_kind("turn")
    assert "interrupted" in ear.kinds()
    assert "generated" not in ear.kinds()


@pytest.mark.parametrize("text", [LINES["agent_goodbye"], clips.load("callee")["person_bye"].text])
async def test_history_is_no_whisper(start_agent: Any, desk: Desk, text: str) -> None:
    agent = await start_agent()
    async with desk.session(agent) as session:
        await session.send_client_content(turns=turn("user", text), turn_complete=False)
        await agent.until(lambda: bool(agent.sessions[0].contents))
    assert agent.sessions[0].whispers == []


def test_a_whisper_counts_until_it_has_been_heeded() -> None:
    dialogue = Dialogue(Script())
    dialogue.keep_in_mind("Say good-bye soon.")
    dialogue.keep_in_mind("They like brevity.")
    hello = [Heard("person_hello", "", 0.0)]
    assert dialogue.answer([]) is None
    assert dialogue.answer(hello) == dialogue.answer(hello) == "agent_goodbye"
    dialogue.keep_in_mind(OFFER)
    assert dialogue.answer(hello) == "agent_offer"
    dialogue.said("agent_offer")
    assert dialogue.answer(hello) == "agent_who"


def test_an_exact_line_comes_first_and_takes_the_turn() -> None:
    agenda = Agenda(Dialogue(Script()), Wishes((), Script(), date(2026, 1, 1)))
    agenda.told("Greet the caller.", None)
    agenda.hear([Heard("person_move", "", 0.0)])
    agenda.exactly("agent_moved")
    assert agenda.due
    assert agenda.next() == Plan(line="agent_moved")
    assert agenda.next() == Plan(line="agent_greeting")
    assert not agenda.due


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Say exactly this sentence now, word for word: “Hello: it is me.”", "Hello: it is me."),
        ("say exactly: \n'One moment.' ", "One moment."),
        ("Say goodbye now.", None),
        ("Say exactly what you think.", None),
    ],
)
def test_exact_sentences(text: str, sentence: str | None) -> None:
    assert exact_sentence(text) == sentence


def test_every_line_is_nearest_to_itself_and_to_what_resembles_it() -> None:
    for line, text in LINES.items():
        assert nearest(text.upper(), LINES) == line
    assert nearest("One moment please, I am passing you on.", LINES) == "agent_transfer"
    assert nearest("Goodbye, and thank you very much", LINES) == "agent_goodbye"


def test_only_what_is_to_be_kept_in_mind_wants_silence() -> None:
    assert wants_silence("Please keep that in mind.")
    assert not wants_silence("Otherwise say nothing and keep listening.")
