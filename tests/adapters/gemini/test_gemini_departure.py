from __future__ import annotations

import numpy as np
import pytest

from callconsole.adapters.gemini.departure import broken, to_repeat
from callconsole.adapters.gemini.seeding import Recollection, Said, answer_now, carry_on
from callconsole.adapters.gemini.unanswered import Unanswered
from callconsole.domain.problems import Problem

SPEECH, NOISE = np.full(320, 5000, "<i2").tobytes(), np.full(320, 50, "<i2").tobytes()
NOTHING = Recollection()
AGENT_LAST = Recollection((Said(True, "Hello?"), Said(False, "This is Ada.")))
CALLER_LAST = Recollection((Said(False, "This is Ada."), Said(True, "Who?")))


@pytest.mark.parametrize(
    ("known", "sound", "fresh", "unfinished", "expected"),
    [
        (NOTHING, NOISE, False, False, ["note"]),
        (NOTHING, SPEECH, True, False, ["note", SPEECH]),
        (AGENT_LAST, NOISE, False, False, ["note"]),
        (AGENT_LAST, SPEECH, False, False, ["note", SPEECH]),
        (AGENT_LAST, SPEECH, True, True, ["note", SPEECH]),
        (AGENT_LAST, NOISE, False, True, ["note", carry_on(AGENT_LAST)]),
        (CALLER_LAST, SPEECH, False, False, ["note", SPEECH]),
        (CALLER_LAST, NOISE, False, False, ["note", answer_now()]),
        (CALLER_LAST, SPEECH, True, False, ["note", answer_now()]),
    ],
)
def test_nothing_is_lost_and_nothing_is_said_twice(
    known: Recollection, sound: bytes, fresh: bool, unfinished: bool, expected: list[bytes | str]
) -> None:
    unanswered = Unanswered()
    unanswered.sent("note")
    unanswered.sent(sound)
    assert to_repeat(known, unanswered, fresh=fresh, unfinished=unfinished) == expected


def test_reasons_are_short() -> None:
    lost = Problem(code="agent.lost", title="The connection to Gemini was lost", cause="", cure="")
    assert broken(lost, 1.0).reason == "connection lost"
    other = Problem(code="agent.quota", title="The quota is used up", cause="", cure="")
    assert (broken(other, 1.0).reason, broken(other, 1.0).problem) == (other.title, other)
