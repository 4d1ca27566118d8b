"""Values and events as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain.abilities import Ability
from callconsole.domain.answering import AnsweredBy, Evidence, JudgedBy, Utterance, Weighing
from callconsole.domain.call import Outcome
from callconsole.domain.events import AnswerJudged, AnswerWeighed, NoteTaken, as_json
from callconsole.domain.json_ready import json_ready
from callconsole.domain.record import Note

T0 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def strict(value: object) -> Any:
    """Through JSON and back, refusing what only Python reads."""
    return json.loads(json.dumps(json_ready(value), allow_nan=False))


def test_a_weighing_keeps_its_shares_by_name() -> None:
    weighing = Weighing(
        elapsed_ms=1300,
        shares=MappingProxyType({AnsweredBy.PERSON: 0.75, AnsweredBy.VOICEMAIL: 0.25}),
        evidence=(Evidence("Short greeting, then a pause", 40),),
        utterances=(Utterance(200, 900, "Hello?"), Utterance(1200)),
        decides_in_ms=None,
    )
    assert as_json(AnswerWeighed(call_sid="CA1", at=T0, weighing=weighing)) == {
        "event": "AnswerWeighed",
        "call_sid": "CA1",
        "at": "2026-11-22T09:00:00.000+00:00",
        "weighing": {
            "elapsed_ms": 1300,
            "shares": {"person": 0.75, "voicemail": 0.25},
            "evidence": [{"text": "Short greeting, then a pause", "weight": 40}],
            "utterances": [
                {"start_ms": 200, "end_ms": 900, "words": "Hello?"},
                {"start_ms": 1200, "end_ms": None, "words": ""},
            ],
            "decides_in_ms": None,
        },
    }


def test_a_verdict_is_told_in_words() -> None:
    event = AnswerJudged(
        call_sid="CA1", at=T0, answered_by=AnsweredBy.FAX, reason="A tone.", by=JudgedBy.EAR
    )
    told = as_json(event)
    assert (told["answered_by"], told["by"], told["evidence"]) == ("fax", "ear", [])
    assert type(told["answered_by"]) is str


def test_a_note_keeps_its_times_and_details() -> None:
    due = datetime(2026, 11, 27, 9, 30, tzinfo=timezone(timedelta(hours=-5)))
    note = Note(at=T0, text="Call back", details={"about": "the roof"}, due=due)
    assert as_json(NoteTaken(call_sid="CA1", at=T0, note=note))["note"] == {
        "at": "2026-11-22T09:00:00.000+00:00",
        "text": "Call back",
        "details": {"about": "the roof"},
        "due": "2026-11-27T09:30:00.000-05:00",
        "by_operator": False,
    }


def test_what_json_lacks_has_a_likeness() -> None:
    assert strict(math.inf) is None
    assert strict(math.nan) is None
    assert strict(frozenset({Outcome.FAILED, Outcome.BUSY})) == ["busy", "failed"]
    assert strict({1: True, Ability.TAKE_NOTE: {2.5}}) == {"1": True, "take_note": [2.5]}
    assert strict(PurePosixPath("a/b.wav")) == "a/b.wav"
    assert strict(b"\x01") == "b'\\x01'"
    assert strict(item for item in (1, None)) == [1, None]


@dataclass(frozen=True, slots=True)
class _Box:
    inside: object


_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.datetimes()
    | st.sampled_from([*AnsweredBy, *Outcome])
)


@given(
    st.recursive(
        _LEAVES,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.lists(inner, max_size=3).map(tuple)
            | st.dictionaries(_LEAVES, inner, max_size=3).map(MappingProxyType)
            | inner.map(_Box)
        ),
        max_leaves=12,
    )
)
def test_anything_becomes_json_that_every_reader_reads(value: object) -> None:
    ready = json_ready(value)
    assert strict(value) == json.loads(json.dumps(ready, allow_nan=False))
    assert strict(ready) == ready
