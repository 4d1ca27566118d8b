"""How what was heard is weighed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain.answer_phrases import PHRASES, phrases_in
from callconsole.domain.answer_rules import Facts, Finding, assess, pause_needed_ms
from callconsole.domain.answering import USUAL_THRESHOLDS, AnsweredBy, AnswerThresholds

PERSON, VOICEMAIL = AnsweredBy.PERSON, AnsweredBy.VOICEMAIL
SCREENING, MENU, FAX = AnsweredBy.SCREENING, AnsweredBy.MENU, AnsweredBy.FAX
SETTLED = Finding(PERSON, 60, "Short greeting, then a pause that waits for a reply")


def talk(length_ms: int, quiet_ms: int, words: str = "", **more: object) -> Facts:
    """Somebody spoke from 300 ms on for so long; then it was quiet."""
    facts = Facts(
        elapsed_ms=300 + length_ms + quiet_ms,
        first_ms=300,
        last_ms=300 + length_ms,
        phrases=phrases_in(words),
        worded=bool(words),
    )
    return replace(facts, **more)


def sure(facts: Facts, thresholds: AnswerThresholds = USUAL_THRESHOLDS) -> AnsweredBy | None:
    return assess(facts, thresholds).sure


def test_nothing_heard_is_nothing_known() -> None:
    nothing = assess(Facts(elapsed_ms=2000), USUAL_THRESHOLDS)
    assert (nothing.findings, nothing.shares, nothing.sure, nothing.wait_ms) == ((), {}, None, None)


def test_a_short_greeting_and_its_pause_are_a_person() -> None:
    assert sure(talk(500, 700)) is None
    assert sure(talk(500, 770)) is PERSON
    evidence = assess(talk(500, 770), USUAL_THRESHOLDS).evidence
    assert evidence[0].text == "Short greeting, then a pause that waits for a reply"
    assert evidence[0].weight == 60
    assert evidence[-1].weight == 0


def test_the_wait_counts_down_to_the_verdict() -> None:
    for quiet_ms in (400, 600, 760):
        left_ms = assess(talk(500, quiet_ms), USUAL_THRESHOLDS).wait_ms
        assert left_ms == 765 - quiet_ms
    assert assess(talk(500, 0, speaking=True), USUAL_THRESHOLDS).wait_ms is None


@given(st.integers(100, 3000), st.integers(100, 3000))
def test_longer_talk_needs_a_longer_pause(one_ms: int, other_ms: int) -> None:
    shorter, longer = sorted((one_ms, other_ms))
    needed = [pause_needed_ms(talk(ms, 0), USUAL_THRESHOLDS) for ms in (shorter, longer)]
    assert 700 <= needed[0] <= needed[1] <= 1600


def test_the_pause_follows_the_threshold() -> None:
    patient = AnswerThresholds(pause_ms=1800)
    assert sure(talk(500, 1500), patient) is None
    assert sure(talk(500, 1600), patient) is PERSON


def test_words_shorten_and_lengthen_the_pause() -> None:
    plain, bare, named, firm = (
        pause_needed_ms(talk(1000, 0, words), USUAL_THRESHOLDS)
        for words in ("", "Hello?", "Hi, this is Sam", "Thank you for calling Acme")
    )
    assert bare < plain < named < firm


def test_a_greeting_whose_further_words_are_due_is_not_taken_for_bare() -> None:
    later = pause_needed_ms(talk(1800, 0, "Hi!"), USUAL_THRESHOLDS)
    assert later == pause_needed_ms(talk(1800, 0), USUAL_THRESHOLDS)


def test_nobody_is_a_person_while_somebody_speaks() -> None:
    speaking = talk(2500, 0, "Hello, who is this? How can I help you?", speaking=True)
    assert sure(speaking) is None
    assert sure(replace(speaking, speaking=False)) is PERSON


def test_talk_that_does_not_wait_is_a_machine_once_its_words_are_due() -> None:
    assert sure(talk(4000, 0, speaking=True)) is None
    assert sure(talk(4000, 1400)) is None
    assert sure(talk(4000, 1500)) is VOICEMAIL
    assert sure(talk(4600, 0, "and so on and on", speaking=True)) is VOICEMAIL
    assert sure(talk(7700, 0, speaking=True)) is VOICEMAIL


def test_words_of_a_person_excuse_a_long_greeting() -> None:
    assert sure(talk(4700, 500, "Thank you for calling Acme, how can I help?")) is PERSON
    assert sure(talk(4000, 1600, "Speaking, and I have a lot of time")) is PERSON


def test_a_firm_may_greet_at_length_and_then_wait() -> None:
    greeting = "Thank you for calling Acme and Sons of Bristol, this is Maria"
    assert sure(talk(4700, 1000, greeting)) is None
    assert sure(talk(4700, 1600, greeting)) is PERSON
    assert sure(talk(4700, 1600, greeting + ". Our office is closed.")) is VOICEMAIL


@pytest.mark.parametrize(
    ("words", "answered_by"),
    [
        ("leave a message", VOICEMAIL),
        ("record your name and reason for calling", SCREENING),
        ("press one for sales", MENU),
    ],
)
def test_words_of_a_machine_decide_at_once(words: str, answered_by: AnsweredBy) -> None:
    assert sure(talk(1200, 0, words, speaking=True)) is answered_by
    assert sure(talk(500, 900, words)) is not PERSON


def test_sounds_of_machines_decide_at_once() -> None:
    assert sure(Facts(elapsed_ms=900, beep=True)) is VOICEMAIL
    assert sure(Facts(elapsed_ms=900, fax=True)) is FAX
    assert sure(Facts(elapsed_ms=900, announcement=True)) is VOICEMAIL
    assert sure(talk(500, 700, beep=True)) is VOICEMAIL


def test_a_tone_is_heard_out_before_its_pause_counts() -> None:
    assert sure(talk(500, 1200, tone=True)) is None
    assert assess(talk(500, 1200, tone=True), USUAL_THRESHOLDS).wait_ms == 1


def test_the_carriers_word_is_a_second_voice() -> None:
    human = talk(500, 500, carrier=PERSON, carrier_detail="human")
    assert assess(human, USUAL_THRESHOLDS).sure is PERSON
    assert assess(human, USUAL_THRESHOLDS).sure_without_carrier is None
    machine = talk(3500, 0, speaking=True, carrier=VOICEMAIL, carrier_detail="machine_start")
    assert sure(machine) is None
    machine = replace(machine, speaking=False, elapsed_ms=machine.elapsed_ms + 1500)
    assert sure(machine) is VOICEMAIL
    said = [one.text for one in assess(machine, USUAL_THRESHOLDS).evidence]
    assert "The phone company says: machine start" in said
    assert sure(talk(500, 900, carrier=AnsweredBy.UNKNOWN, carrier_detail="unknown")) is PERSON


def test_the_carrier_does_not_overrule_what_was_heard() -> None:
    assert sure(talk(4000, 1000, carrier=PERSON)) is not PERSON
    assert sure(talk(500, 500, "leave a message", carrier=PERSON)) is not PERSON
    assert sure(talk(500, 900, "Hello, who is this?", carrier=VOICEMAIL)) is PERSON


def test_after_a_person_a_beep_or_two_phrases_of_a_machine_turn_it() -> None:
    assert sure(talk(1500, 900, settled=SETTLED)) is PERSON
    assert sure(talk(1500, 900, settled=SETTLED, beep=True)) is VOICEMAIL
    turned = talk(1500, 0, "Hi, this is Sam. Leave a message at the tone", settled=SETTLED)
    assert sure(turned) is VOICEMAIL


def test_after_a_person_long_talk_alone_turns_nothing_but_helps_the_carrier() -> None:
    talking = talk(4000, 0, speaking=True, settled=SETTLED)
    assert sure(talking) is PERSON
    assert sure(replace(talking, carrier=VOICEMAIL)) is VOICEMAIL


def test_behind_a_machine_only_words_of_a_person_are_one() -> None:
    assert sure(talk(600, 2000, before=SCREENING)) is None
    assert sure(talk(600, 2000, "Please stay on the line", before=SCREENING)) is None
    assert sure(talk(600, 900, "Hello?", before=SCREENING)) is PERSON
    assert sure(talk(600, 900, "Hello?", before=MENU)) is PERSON
    assert sure(talk(600, 900, beep=True, before=SCREENING)) is None


@given(
    st.integers(0, 9000),
    st.integers(0, 9000),
    st.sets(st.sampled_from(PHRASES), max_size=5),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, *AnsweredBy]),
    st.sampled_from([None, SCREENING, MENU]),
    st.sampled_from([None, SETTLED]),
)
def test_whatever_was_heard_shares_add_up_and_evidence_is_in_order(
    length_ms: int,
    quiet_ms: int,
    phrases: set,
    speaking: bool,
    beep: bool,
    carrier: AnsweredBy | None,
    before: AnsweredBy | None,
    settled: Finding | None,
) -> None:
    facts = talk(
        length_ms, 0 if speaking else quiet_ms, phrases=tuple(phrases), worded=bool(phrases),
        speaking=speaking, beep=beep, carrier=carrier, before=before, settled=settled,
    )  # fmt: skip
    weighed = assess(facts, USUAL_THRESHOLDS)
    assert not weighed.shares or sum(weighed.shares.values()) == pytest.approx(1)
    weights = [abs(one.weight) for one in weighed.evidence]
    assert weights == sorted(weights, reverse=True)
    assert max(weights, default=0) <= 100
    assert weighed.wait_ms is None or weighed.wait_ms > 0
    if weighed.sure is not None:
        assert max(weighed.shares, key=lambda who: weighed.shares[who]) is weighed.sure


@given(st.integers(100, 9000), st.integers(0, 3000), st.sets(st.sampled_from(PHRASES), max_size=3))
def test_with_a_beep_and_no_word_of_a_person_nobody_is_one(
    length_ms: int, quiet_ms: int, phrases: set
) -> None:
    machines = tuple(phrase for phrase in phrases if phrase.answered_by is not PERSON)
    assert sure(talk(length_ms, quiet_ms, phrases=machines, beep=True)) is not PERSON
