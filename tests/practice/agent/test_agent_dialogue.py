from __future__ import annotations

import pytest

from callconsole.practice import clips
from callconsole.practice.agent.dialogue import Dialogue, DialogueState, Script
from callconsole.practice.agent.recognition import Heard
from callconsole.practice.agent.speaking import plan_reply, split_words
from callconsole.practice.agent.upgrade import BackEnd
from callconsole.practice.agent.usage import TokenMeter


def heard(*ids: str | None) -> list[Heard]:
    return [Heard(clip_id, "", 0.0) for clip_id in ids]


@pytest.mark.parametrize(
    ("greeted", "ids", "answer"),
    [
        (False, ["person_hello"], "agent_greeting"),
        (True, ["person_hello"], "agent_who"),
        (False, ["interrupter_hello", "interrupter_who"], "agent_who"),
        (True, ["wrong_number"], "agent_sorry"),
        (False, ["voicemail_greeting"], "agent_greeting"),
        (True, ["beep"], "agent_greeting"),
        (False, [None], "agent_again"),
        (True, [None, "person_move"], "agent_offer"),
        (False, ["business_hello"], "agent_greeting"),
        (False, ["person_long"], "agent_greeting"),
        (True, ["person_human"], "agent_transfer"),
        (True, ["person_callback"], "agent_goodbye"),
        (False, ["menu_greeting", None], None),
        (False, ["screening_wait"], None),
        (False, [], None),
    ],
)
def test_answers(greeted: bool, ids: list[str | None], answer: str | None) -> None:
    assert Dialogue(Script(), DialogueState(greeted=greeted)).answer(heard(*ids)) == answer


def test_nothing_is_said_after_goodbye() -> None:
    dialogue = Dialogue(Script())
    dialogue.said("agent_goodbye")
    assert dialogue.answer(heard("person_hello")) is None
    assert dialogue.state == DialogueState(greeted=True, ended=True)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Greet the caller.", "agent_greeting"),
        ("The person has answered. Please greet them now", "agent_greeting"),
        ("Begin with your opening line.", "agent_greeting"),
        ("The caller pressed 5.", None),
        ("A phone menu has answered. Do not greet it.", None),
    ],
)
def test_prompts(text: str, line: str | None) -> None:
    dialogue = Dialogue(Script())
    assert dialogue.prompt(text) == line
    dialogue.said("agent_greeting")
    assert dialogue.prompt(text) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A call screening service answered. Introduce yourself.", "agent_screening"),
        ("The front desk could not be reached. Tell the caller.", "agent_transfer_failed"),
        ("Say goodbye now.", "agent_goodbye"),
        ("Say good-bye politely.", "agent_goodbye"),
    ],
)
def test_other_prompts_are_followed_once(text: str, line: str) -> None:
    dialogue = Dialogue(Script())
    assert dialogue.prompt(text) == line
    dialogue.said(line)
    assert dialogue.prompt(text) is None


@pytest.mark.parametrize("ids", [["person_hello"], [None]])
def test_whoever_speaks_after_the_screening_is_greeted(ids: list[str | None]) -> None:
    dialogue = Dialogue(Script())
    dialogue.said("agent_screening")
    assert dialogue.answer(heard("screening_wait")) is None
    assert dialogue.answer(heard(*ids)) == "agent_greeting"


def test_the_script_says_only_clips_that_exist() -> None:
    assert Script().lines() <= clips.load("agent").keys()


def test_a_plan_holds_every_sample_and_every_word() -> None:
    for clip in clips.load("agent").values():
        pieces = plan_reply(clip, (160, 200, 240))
        assert sum(len(piece.pcm) for piece in pieces) == len(clip.pcm)
        assert "".join(words for piece in pieces for words in piece.words) == clip.text
        last = max(index for index, piece in enumerate(pieces) if piece.words)
        assert last <= 0.6 * len(pieces)


def test_split_words() -> None:
    assert split_words("a b c d e", 2) == ["a b", " c d", " e"]


def test_usage_of_both_back_ends() -> None:
    meter = TokenMeter().with_text("x" * 41).with_audio(2.0)
    assert meter.usage(1.0, BackEnd.DEVELOPER) == {
        "promptTokenCount": 61,
        "responseTokenCount": 25,
        "totalTokenCount": 86,
        "promptTokensDetails": [
            {"modality": "TEXT", "tokenCount": 11},
            {"modality": "AUDIO", "tokenCount": 50},
        ],
        "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": 25}],
        "serviceTier": "standard",
    }
    vertex = meter.usage(0.0, BackEnd.VERTEX)
    assert vertex["candidatesTokenCount"] == 0
    assert vertex["trafficType"] == "ON_DEMAND"
