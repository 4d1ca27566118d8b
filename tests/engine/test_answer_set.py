"""The two promises on the labelled answers: nobody speaks to a voicemail, nobody waits long."""

import pytest

from callconsole.domain.answering import AnsweredBy, JudgedBy
from support.answer_calls import CLIPS, Figures, Outcome, Words, figures, outcomes
from support.answer_scripts import Script, scripts

PERSON, VOICEMAIL, FAX = AnsweredBy.PERSON, AnsweredBy.VOICEMAIL, AnsweredBy.FAX
SCREENING, MENU, UNKNOWN = AnsweredBy.SCREENING, AnsweredBy.MENU, AnsweredBy.UNKNOWN
SCRIPTS = list(scripts())
PARTS = pytest.mark.parametrize("held_out", [False, True], ids=["tuned", "held out"])
MODES = pytest.mark.parametrize("mode", list(Words), ids=str)


@pytest.fixture(scope="module")
def heard() -> list[Outcome]:
    """Every script in every mode."""
    return outcomes(SCRIPTS)


def some(heard: list[Outcome], held_out: bool, mode: Words) -> list[Outcome]:
    return [
        one for one in heard if one.answer.script.held_out is held_out and one.answer.mode is mode
    ]


def counted(heard: list[Outcome], held_out: bool, mode: Words) -> Figures:
    return figures(some(heard, held_out, mode))


def names(some_outcomes: list[Outcome]) -> list[str]:
    return [one.answer.script.id for one in some_outcomes]


def test_the_set_has_every_class_and_its_two_parts_share_no_voice() -> None:
    def voices(part: list[Script]) -> set[str]:
        english = (v for s in part for v in s.voice.split("|") if v.startswith("en"))
        return set(english)

    tuned = [script for script in SCRIPTS if not script.held_out]
    held = [script for script in SCRIPTS if script.held_out]
    assert len(tuned) >= 60
    assert len(held) >= 40
    for part in (tuned, held):
        assert {script.answered_by for script in part} == set(AnsweredBy)
    assert not voices(tuned) & voices(held)
    assert not {t for s in tuned for t in s.texts} & {t for s in held for t in s.texts} - {"Hello?"}


def test_every_clip_is_there_and_used() -> None:
    used = {f"{script.id}_{n}.wav" for script in SCRIPTS for n in range(len(script.texts))}
    there = {path.name for path in CLIPS.glob("*.wav")}
    assert there == used
    assert sum(path.stat().st_size for path in CLIPS.glob("*.wav")) <= 3_000_000


@PARTS
@MODES
def test_no_voicemail_and_no_fax_is_ever_spoken_to(
    heard: list[Outcome], held_out: bool, mode: Words
) -> None:
    assert names(counted(heard, held_out, mode).spoken_to) == []


@PARTS
@MODES
def test_persons_wait_at_most_1200_ms_at_the_median(
    heard: list[Outcome], held_out: bool, mode: Words
) -> None:
    waits_ms = counted(heard, held_out, mode)
    assert 300 <= waits_ms.median_wait_ms <= 1200


@PARTS
@pytest.mark.parametrize("mode", [Words.AFTER, Words.PIECES], ids=str)
def test_with_words_everybody_who_speaks_is_told(
    heard: list[Outcome], held_out: bool, mode: Words
) -> None:
    wrong = [
        (one.answer.script.id, one.last)
        for one in some(heard, held_out, mode)
        if one.last is not one.answer.script.answered_by
        and one.answer.script.answered_by is not UNKNOWN
    ]
    assert wrong == []


@PARTS
@pytest.mark.parametrize("mode", [Words.AFTER, Words.PIECES], ids=str)
def test_whoever_picks_up_behind_a_machine_is_told_after_the_machine(
    heard: list[Outcome], held_out: bool, mode: Words
) -> None:
    behind = [one for one in some(heard, held_out, mode) if one.answer.script.at_first]
    assert behind
    for one in behind:
        assert [v.answered_by for v in one.verdicts] == [one.answer.script.at_first, PERSON]
        assert one.wait_ms is not None
        assert 0 < one.wait_ms <= 2500


@PARTS
def test_by_sound_alone_short_greetings_are_persons_and_machines_never_are(
    heard: list[Outcome], held_out: bool
) -> None:
    for one in some(heard, held_out, Words.NONE):
        script = one.answer.script
        if script.answered_by in (SCREENING, MENU, UNKNOWN):
            assert not one.ever_a_person, script.id
        elif script.answered_by is PERSON and not script.at_first:
            first = one.answer.said[0]
            if first.end_ms - first.start_ms <= 2000:
                assert one.last is PERSON, script.id


@MODES
def test_nobody_is_never_a_person_and_comes_to_a_verdict(heard: list[Outcome], mode: Words) -> None:
    nobody = [
        one for one in heard if one.answer.script.answered_by is UNKNOWN and one.answer.mode is mode
    ]
    assert nobody
    for one in nobody:
        assert not one.ever_a_person
        assert one.verdicts
        assert one.verdicts[0].by in (JudgedBy.LIMIT, JudgedBy.EAR)
        assert one.verdicts[0].after_ms <= 8100


def test_a_voicemail_is_told_within_a_moment_of_its_last_word(heard: list[Outcome]) -> None:
    for one in heard:
        script = one.answer.script
        if script.answered_by is VOICEMAIL and one.last is VOICEMAIL:
            told_ms = next(v.after_ms for v in one.verdicts if v.answered_by is VOICEMAIL)
            silence_after_the_end_ms = 3000
            # Its words, which might make it a firm or a menu, may take 1.5 s to come.
            limit_ms = len(one.answer.pcm) / 8 - silence_after_the_end_ms + 1600
            assert told_ms <= limit_ms, script.id


def test_the_figures_count_what_happened(heard: list[Outcome]) -> None:
    total = figures(heard)
    assert sum(sum(row.values()) for row in total.confusion.values()) == 3 * len(SCRIPTS)
    persons = sum(total.confusion[PERSON].values())
    behind = sum(bool(s.at_first) for s in SCRIPTS)
    assert len(total.waits_ms) + len(total.missed) <= persons
    assert len(total.waits_ms) + len(total.missed) + 2 * behind >= persons
