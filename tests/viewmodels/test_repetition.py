"""Who says the same thing twice is noticed, and who says yes twice is not."""

from __future__ import annotations

import pytest

from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.repetition import Repetition


def noticed(*said: str | tuple[Speaker, str]) -> bool:
    repetition = Repetition()
    for number, words in enumerate(said, 1):
        speaker, text = (Speaker.CALLER, words) if isinstance(words, str) else words
        repetition.take(Turn(number, speaker, text, number * 2.0, final=True))
    return repetition.noticed


@pytest.mark.parametrize(
    "said",
    [
        ("I want to cancel the appointment.", "I want to cancel the appointment!"),
        ("I want to cancel the appointment.", "No. I want to cancel my appointment."),
        ("Hello?", "Hello? Hello?"),
        ("Hallo?", (Speaker.AGENT, "Good morning."), "Hallo?"),
    ],
)
def test_the_same_again(said: tuple[str | tuple[Speaker, str], ...]) -> None:
    assert noticed(*said)


@pytest.mark.parametrize(
    "said",
    [
        (),
        ("I want to cancel the appointment.",),
        ("Yes, please.", "Yes, please."),
        ("Tuesday at nine suits me.", "Wednesday would be better for me."),
        ("I want to cancel it.", "Thank you very much.", "I want to cancel it."),
        ("Hello?", "Yes."),
        ("", ""),
        ((Speaker.AGENT, "One moment please, sir."), (Speaker.AGENT, "One moment please, sir.")),
    ],
)
def test_nothing_of_note(said: tuple[str | tuple[Speaker, str], ...]) -> None:
    assert not noticed(*said)


def test_a_growing_turn_is_one_turn() -> None:
    repetition = Repetition()
    for text in ("I want to", "I want to cancel", "I want to cancel it"):
        repetition.take(Turn(1, Speaker.CALLER, text, 0.0))
        assert not repetition.noticed
    for text, same in (("I want", False), ("I want to cancel it", True)):
        repetition.take(Turn(2, Speaker.CALLER, text, 4.0))
        assert repetition.noticed is same
