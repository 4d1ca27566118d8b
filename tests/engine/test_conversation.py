"""From pieces of transcript to turns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.conversation import Conversation


class Talk:
    def __init__(self) -> None:
        self.changes: list[Turn] = []
        self.conversation = Conversation(self.changes.append)

    def texts(self) -> list[tuple[str, str, bool]]:
        return [(turn.speaker, turn.text, turn.final) for turn in self.conversation.turns]


def test_pieces_grow_into_turns_and_a_new_speaker_ends_the_other() -> None:
    talk = Talk()
    talk.conversation.add(Speaker.CALLER, " Hello,", 0.5)
    talk.conversation.add(Speaker.CALLER, " Sam speaking.", 0.5)
    assert talk.texts() == [("caller", "Hello, Sam speaking.", False)]
    talk.conversation.add(Speaker.AGENT, "Hello, this", 2.0)
    assert talk.texts() == [
        ("caller", "Hello, Sam speaking.", True),
        ("agent", "Hello, this", False),
    ]
    talk.conversation.finish(Speaker.AGENT)
    assert talk.texts()[1] == ("agent", "Hello, this", True)
    assert [turn.offset_s for turn in talk.conversation.turns] == [0.5, 2.0]


@pytest.mark.parametrize(
    ("before", "piece", "text"),
    [
        ("Stay on the line.", "Hello, Sam.", "Stay on the line. Hello, Sam."),
        ("Stay on the line.", " Hello.", "Stay on the line. Hello."),
        ("At half past", " three.", "At half past three."),
        ("It costs 3.", "15 dollars.", "It costs 3.15 dollars."),
        ("In the U.", "S.", "In the U.S."),
        ("Wel", "come.", "Welcome."),
    ],
)
def test_a_sentence_that_begins_in_a_new_piece_keeps_its_distance(
    before: str, piece: str, text: str
) -> None:
    talk = Talk()
    talk.conversation.add(Speaker.CALLER, before, 1.0)
    talk.conversation.add(Speaker.CALLER, piece, 1.0)
    assert talk.texts() == [("caller", text, False)]


def test_late_words_join_what_was_said_before() -> None:
    talk = Talk()
    talk.conversation.add(Speaker.CALLER, "Could we move it", 1.0)
    talk.conversation.add(Speaker.AGENT, "Of course.", 3.0)
    talk.conversation.add(Speaker.CALLER, " to three?", 1.0, late=True)
    assert talk.texts() == [
        ("caller", "Could we move it to three?", True),
        ("agent", "Of course.", False),
    ]


def test_a_cut_turn_keeps_what_was_heard_up_to_a_word() -> None:
    talk = Talk()
    text = "You are booked for Tuesday at nine thirty."
    talk.conversation.add(Speaker.AGENT, text, 1.0)
    turn = talk.conversation.cut_off(heard_ms=1500, generated_ms=3000, whole=True)
    assert turn is not None
    assert turn.interrupted
    assert turn.final
    assert text[: turn.heard_chars] == "You are booked for"
    assert turn.unheard_words == 4


def test_text_that_runs_ahead_of_its_audio_was_not_heard() -> None:
    talk = Talk()
    talk.conversation.add(Speaker.AGENT, "word " * 60, 1.0)
    turn = talk.conversation.cut_off(heard_ms=1000, generated_ms=1000, whole=False)
    assert turn is not None
    assert turn.heard_chars is not None
    assert turn.heard_chars <= 17


def test_a_cut_after_the_turn_was_complete_still_marks_it() -> None:
    talk = Talk()
    talk.conversation.add(Speaker.AGENT, "One two three four", 1.0)
    talk.conversation.finish(Speaker.AGENT)
    turn = talk.conversation.cut_off(heard_ms=500, generated_ms=1000, whole=True)
    assert turn is not None
    assert turn.interrupted
    assert talk.conversation.cut_off(0, 0, whole=True) is None


@pytest.mark.parametrize("speaker", [Speaker.AGENT, Speaker.CALLER])
def test_blank_pieces_begin_nothing(speaker: Speaker) -> None:
    talk = Talk()
    talk.conversation.add(speaker, "  ", 0.0)
    assert talk.texts() == []


pieces = st.tuples(
    st.sampled_from([Speaker.AGENT, Speaker.CALLER]),
    st.sampled_from(["a ", " b", "", "c"]),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(pieces, max_size=20))
def test_whatever_arrives_at_most_one_turn_is_open(
    arrived: list[tuple[Speaker, str, bool, bool]],
) -> None:
    talk = Talk()
    for speaker, text, final, late in arrived:
        talk.conversation.add(speaker, text, 0.0, final=final, late=late)
    turns = talk.conversation.turns
    assert sum(not turn.final for turn in turns) <= 1
    assert [turn.id for turn in turns] == list(range(1, len(turns) + 1))
    letters = sum(len(text.strip()) for _, text, _, _ in arrived)
    assert sum(len(turn.text.replace(" ", "")) for turn in turns) == letters
    talk.conversation.close()
    assert all(turn.final for turn in talk.conversation.turns)
