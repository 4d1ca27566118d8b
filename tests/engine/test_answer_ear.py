"""The ear on single calls: when it decides, what it shows, and what changes its mind."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from callconsole.domain.answering import AnsweredBy, AnswerThresholds, JudgedBy, Verdict
from callconsole.engine.answer_ear import AnswerEar
from callconsole.engine.ports import Pcm16
from support.onset_sounds import at_level, clip, noise, on_the_line, rng_of, tones, with_level

FRAME = 160
PERSON, VOICEMAIL = AnsweredBy.PERSON, AnsweredBy.VOICEMAIL
SCREENING, MENU = AnsweredBy.SCREENING, AnsweredBy.MENU
UNKNOWN, FAX = AnsweredBy.UNKNOWN, AnsweredBy.FAX

HELLO_MS = round(len(clip("wrong_hello")) / 8)


def line(*parts: str | float | tuple[float, float]) -> Pcm16:
    """Clips by name, pauses in seconds, and beeps as (hz, seconds), on a quiet line."""
    sounds = []
    for part in parts:
        if isinstance(part, str):
            sounds.append(at_level(clip(part), -20))
        elif isinstance(part, tuple):
            hz, seconds = part
            sounds.append(with_level(tones(seconds, (hz,), seconds, 1.0), -18))
        else:
            sounds.append(np.zeros(int(part * 8000)))
    sound = np.concatenate(sounds)
    under = with_level(noise(len(sound) / 8000 + 0.1, 0, rng_of("quiet line")), -62)
    return on_the_line(sound + under[: len(sound)])


def play(ear: AnswerEar, pcm: Pcm16, words: Sequence[tuple[int, str]] = ()) -> list[Verdict]:
    """Every change of its verdict, while words come at their ms."""
    verdicts: list[Verdict] = []
    due = list(words)
    for at in range(0, len(pcm), FRAME):
        while due and due[0][0] * 8 <= at:
            ear.words(due.pop(0)[1])
        ear.hear(pcm[at : at + FRAME])
        if ear.verdict is not None and ear.verdict not in verdicts:
            verdicts.append(ear.verdict)
    return verdicts


def told(verdicts: list[Verdict]) -> list[tuple[AnsweredBy, JudgedBy]]:
    return [(verdict.answered_by, verdict.by) for verdict in verdicts]


def test_a_hello_and_a_pause_are_a_person() -> None:
    (verdict,) = play(AnswerEar(), line(0.5, "wrong_hello", 3.0))
    assert (verdict.answered_by, verdict.by) == (PERSON, JudgedBy.EAR)
    assert verdict.reason == "Short greeting, then a pause that waits for a reply."
    assert verdict.after_ms == pytest.approx(500 + HELLO_MS + 765, abs=150)
    assert verdict.evidence[0].weight > 0


def test_words_that_come_after_the_verdict_change_nothing_for_a_person() -> None:
    words = [(3500, "Hello?")]
    assert told(play(AnswerEar(), line(0.5, "wrong_hello", 4.0), words)) == [(PERSON, JudgedBy.EAR)]


def test_words_that_never_come_are_not_needed_for_a_voicemail() -> None:
    pcm = line(0.3, "voicemail_greeting", 0.8, (1000, 0.5), 2.0)
    assert told(play(AnswerEar(), pcm)) == [(VOICEMAIL, JudgedBy.EAR)]


def test_you_have_reached_is_a_machine_at_once_and_in_mid_sentence() -> None:
    pcm = line(0.3, "voicemail_greeting", 1.0)
    (verdict,) = play(AnswerEar(), pcm, [(1800, "Hello, you have rea"), (2000, "ched Sam")])
    assert (verdict.answered_by, verdict.after_ms) == (VOICEMAIL, 2000)


def test_words_without_spaces_between_pieces_are_understood() -> None:
    pieces = [
        (1000 + 100 * n, piece) for n, piece in enumerate(("please", "leave", "a", "message"))
    ]
    (verdict,) = play(AnswerEar(), line(0.3, "voicemail_greeting"), pieces)
    assert verdict.answered_by is VOICEMAIL


def test_a_person_turns_into_voicemail_at_the_beep() -> None:
    verdicts = play(AnswerEar(), line(0.3, "person_hello", 2.5, (1000, 0.5), 1.0))
    assert told(verdicts) == [(PERSON, JudgedBy.EAR), (VOICEMAIL, JudgedBy.EAR)]
    assert verdicts[1].reason == "A beep."
    beep_ms = 300 + len(clip("person_hello")) / 8 + 2500
    assert verdicts[1].after_ms - beep_ms <= 700


def test_a_person_turns_into_voicemail_by_its_words() -> None:
    pcm = line(0.3, "person_hello", 2.0, "voicemail_greeting", 1.0)
    late = [(6500, " Please leave a message"), (6900, " after the tone.")]
    assert told(play(AnswerEar(), pcm, late)) == [(PERSON, JudgedBy.EAR), (VOICEMAIL, JudgedBy.EAR)]


def test_behind_a_screening_a_person_picks_up() -> None:
    pcm = line(0.3, "voicemail_greeting", 6.0, "person_choose", 4.0, "wrong_hello", 3.0)
    hello_ms = round(len(pcm) / 8) - 3000
    words = [
        (5000, " record your name and reason for calling"),
        (hello_ms - 4000, " Thanks, please stay on the line."),
        (hello_ms + 400, " Hello?"),
    ]
    verdicts = play(AnswerEar(), pcm, words)
    assert told(verdicts) == [(SCREENING, JudgedBy.EAR), (PERSON, JudgedBy.EAR)]
    assert verdicts[1].after_ms - hello_ms <= 1200


def test_a_menu_that_goes_on_is_nobody() -> None:
    pcm = line(0.3, "voicemail_greeting", 3.0, "person_choose", 4.0)
    words = [(3000, " For sales, press one."), (10600, " Or wait for an operator.")]
    assert told(play(AnswerEar(), pcm, words)) == [(MENU, JudgedBy.EAR)]


def test_what_comes_late_of_a_screenings_words_is_not_the_next_persons() -> None:
    pcm = line(0.3, "voicemail_greeting", 6.0, "wrong_hello", 4.0)
    ear = AnswerEar()
    play(ear, pcm[: 8000 * 6], [(3000, "record your name and reason for calling")])
    ear.words(" and I'll see if this person is available, hello")
    play(ear, pcm[8000 * 6 :])
    assert ear.verdict is not None
    assert ear.verdict.answered_by is SCREENING


def test_silence_runs_into_its_own_limit_and_a_late_hello_is_still_a_person() -> None:
    verdicts = play(AnswerEar(), line(5.0, "wrong_hello", 2.0))
    assert told(verdicts) == [(UNKNOWN, JudgedBy.LIMIT), (PERSON, JudgedBy.EAR)]
    assert verdicts[0].after_ms == pytest.approx(3500, abs=100)
    assert verdicts[0].reason == "Nobody said anything for 3.5 s."


def test_ringing_is_waited_through_until_the_limit() -> None:
    ringing = [(425.0, 1.0), 2.0] * 4
    (verdict,) = play(AnswerEar(), line(0.3, *ringing))
    assert (verdict.answered_by, verdict.by) == (UNKNOWN, JudgedBy.LIMIT)
    assert verdict.after_ms == pytest.approx(8000, abs=100)


def test_a_low_beep_counts_after_a_greeting_only() -> None:
    after = play(AnswerEar(), line(0.3, "person_hello", 0.6, (425.0, 0.5), 2.0))
    assert told(after) == [(VOICEMAIL, JudgedBy.EAR)]


def test_a_fax_is_one() -> None:
    assert told(play(AnswerEar(), line(0.5, (2100.0, 3.0)))) == [(FAX, JudgedBy.EAR)]
    assert told(play(AnswerEar(), line(1.0, (1100.0, 0.5), 2.0))) == [(FAX, JudgedBy.EAR)]


def test_the_same_tone_after_a_greeting_is_a_beep() -> None:
    after = play(AnswerEar(), line(0.3, "person_hello", 0.6, (1100.0, 0.5), 2.0))
    assert told(after) == [(VOICEMAIL, JudgedBy.EAR)]


@pytest.mark.parametrize("carrier_first", [True, False])
def test_the_carriers_machine_waits_for_the_words_of_who_speaks(carrier_first: bool) -> None:
    ear, pcm = AnswerEar(), line(0.3, "voicemail_greeting", 1.5)
    ear.hear(pcm[:8000])
    if carrier_first:
        ear.carrier_says(VOICEMAIL, "machine_start")
    ear.hear(pcm[8000 : 8000 * 2])
    if not carrier_first:
        ear.carrier_says(VOICEMAIL, "machine_start")
    assert ear.verdict is None
    ear.hear(pcm[8000 * 2 :])
    assert ear.verdict is not None
    assert ear.verdict.answered_by is VOICEMAIL


def test_the_carriers_machine_is_no_match_for_the_words_of_a_menu() -> None:
    ear, pcm = AnswerEar(), line(0.3, "voicemail_greeting", 1.5)
    ear.hear(pcm[: 8000 * 2])
    ear.carrier_says(VOICEMAIL, "machine_start")
    ear.hear(pcm[8000 * 2 : 8000 * 3])
    ear.words("For appointments press one, for billing press two.")
    assert ear.verdict is not None
    assert (ear.verdict.answered_by, ear.verdict.by) == (MENU, JudgedBy.EAR)


def test_the_carriers_word_decides_where_we_hear_nothing() -> None:
    for said in (PERSON, VOICEMAIL):
        ear = AnswerEar()
        ear.hear(line(0.5))
        ear.carrier_says(said, "its word")
        assert ear.verdict is not None
        assert (ear.verdict.answered_by, ear.verdict.by) == (said, JudgedBy.CARRIER)


def test_the_carriers_human_shortens_the_pause() -> None:
    ear, pcm = AnswerEar(), line(0.3, "wrong_hello", 0.5)
    ear.hear(pcm)
    assert ear.verdict is None
    ear.carrier_says(PERSON, "human")
    assert ear.verdict is not None
    assert (ear.verdict.answered_by, ear.verdict.by) == (PERSON, JudgedBy.CARRIER)


def test_the_carriers_late_machine_does_not_turn_a_person_who_listens() -> None:
    ear = AnswerEar()
    play(ear, line(0.3, "wrong_hello", 2.0))
    ear.carrier_says(VOICEMAIL, "machine_start")
    assert ear.verdict is not None
    assert ear.verdict.answered_by is PERSON
    assert any(one.weight < 0 for one in ear.weighing().evidence)


def test_the_carriers_unknown_decides_nothing() -> None:
    ear = AnswerEar()
    ear.carrier_says(UNKNOWN, "unknown")
    assert ear.verdict is None


def test_the_thresholds_are_kept_to() -> None:
    slow = AnswerThresholds(pause_ms=2000, silence_ms=6000, limit_ms=12000)
    assert told(play(AnswerEar(slow), line(0.5, "wrong_hello", 1.5))) == []
    assert told(play(AnswerEar(slow), line(5.8))) == []
    (verdict,) = play(AnswerEar(slow), line(7.0))
    assert verdict.after_ms == pytest.approx(6000, abs=100)


def test_the_pause_after_a_hello_does_not_make_it_longer() -> None:
    ear = AnswerEar()
    pcm = line(0.5, "wrong_hello", 2.0)
    ear.hear(pcm[: (500 + HELLO_MS + 200) * 8])
    assert ear.weighing().utterances[0].end_ms is None
    assert HELLO_MS - 150 < ear.utterance_ms <= HELLO_MS


def test_the_weighing_shows_utterances_words_shares_and_the_countdown() -> None:
    ear = AnswerEar()
    assert ear.weighing().utterances == ()
    assert ear.weighing().likeliest is UNKNOWN
    assert ear.weighing().decides_in_ms == 3500
    pcm = line(0.5, "wrong_hello", 2.0)
    half_ms = 500 + HELLO_MS // 2
    ear.hear(pcm[: half_ms * 8])
    speaking = ear.weighing()
    assert speaking.decides_in_ms is None
    assert speaking.utterances[0].end_ms is None
    assert ear.utterance_ms == pytest.approx(HELLO_MS // 2, abs=60)
    ear.hear(pcm[half_ms * 8 : (500 + HELLO_MS + 500) * 8])
    ear.words("Hello?")
    pausing = ear.weighing()
    assert ear.utterance_ms == 0
    assert pausing.utterances[0].words == "Hello?"
    assert pausing.utterances[0].start_ms == pytest.approx(500, abs=60)
    assert pausing.likeliest is PERSON
    assert sum(pausing.shares.values()) == pytest.approx(1)
    assert pausing.decides_in_ms is not None
    ear.hear(pcm[(500 + HELLO_MS + 500) * 8 :])
    assert ear.verdict is not None
    assert ear.verdict.after_ms == pausing.elapsed_ms + -(-pausing.decides_in_ms // 20) * 20
    assert ear.weighing().decides_in_ms is None


def test_words_find_their_utterance_though_they_come_late() -> None:
    ear, pcm = AnswerEar(), line(0.5, "wrong_hello", 0.6, "interrupter_hello", 1.5)
    second_ms = 500 + HELLO_MS + 600
    play(ear, pcm, [(second_ms + 200, " Hello?"), (len(pcm) // 8 - 500, " Yes, hello?")])
    assert [one.words for one in ear.weighing().utterances] == ["Hello?", "Yes, hello?"]


def test_words_alone_are_enough_where_no_sound_was_understood() -> None:
    ear = AnswerEar()
    ear.hear(line(1.0))
    ear.words("Please leave a message after the tone")
    assert ear.verdict is not None
    assert ear.verdict.answered_by is VOICEMAIL
    ear.words("   ")


@settings(max_examples=15)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=12))
def test_the_cut_of_the_frames_does_not_matter(lengths: list[int]) -> None:
    pcm = line(0.3, "person_hello", 2.5, (1000, 0.5), 1.0)
    whole, cut, came = AnswerEar(), AnswerEar(), 0
    whole.hear(pcm)
    while came < len(pcm):
        for length in [*lengths, 160]:
            cut.hear(pcm[came : came + length])
            came += length
    assert cut.verdict == whole.verdict
    assert cut.weighing() == whole.weighing()


@settings(max_examples=30)
@given(
    st.lists(
        st.one_of(
            arrays(np.int16, st.integers(0, 4000)),
            st.text(max_size=40),
            st.sampled_from(list(AnsweredBy)),
        ),
        max_size=12,
    )
)
def test_whatever_comes_in_whatever_order_it_stays_sane(things: list) -> None:
    ear = AnswerEar()
    for thing in things:
        if isinstance(thing, AnsweredBy):
            ear.carrier_says(thing, thing.value)
        elif isinstance(thing, str):
            ear.words(thing)
        else:
            ear.hear(thing)
        weighing = ear.weighing()
        assert not weighing.shares or sum(weighing.shares.values()) == pytest.approx(1)
        assert weighing.decides_in_ms is None or weighing.decides_in_ms >= 0
        assert 0 <= ear.utterance_ms <= weighing.elapsed_ms


@pytest.mark.parametrize("bad", [np.zeros(160), np.zeros((160, 1), np.int16)])
def test_other_than_a_row_of_16_bit_samples_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected shape \(n,\), int16"):
        AnswerEar().hear(bad)


def test_a_sentence_is_heard_out_before_its_first_half_decides() -> None:
    ear, pcm = AnswerEar(), line(0.3, "voicemail_greeting")
    play(ear, pcm[: 8000 * 6])
    for piece in ("Hello. The person that you are", " calling uses", " a screening service."):
        ear.words(piece)
    assert ear.verdict is not None
    assert ear.verdict.answered_by is SCREENING


def test_half_a_sentence_that_stays_one_decides_a_moment_later() -> None:
    ear, pcm = AnswerEar(), line(0.3, "voicemail_greeting")
    play(ear, pcm[: 8000 * 6])
    ear.words("Hello. The person that you are")
    assert ear.verdict is None
    play(ear, pcm[8000 * 6 : 8000 * 6 + 3200])
    assert ear.verdict is not None
    assert ear.verdict.answered_by is VOICEMAIL
