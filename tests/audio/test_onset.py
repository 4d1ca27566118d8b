"""The onset detector on labelled sounds, by the scores that the bench prints."""

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from callconsole.audio.onset import HOP, OnsetDetector
from support import onset_scenes
from support.onset_sounds import (
    Scene,
    agent_talk,
    at_level,
    clip,
    clip_ids,
    conversation,
    labelled,
    noise,
    on_the_line,
    rng_of,
    spoken,
    with_level,
)

BENCH = Path(__file__).parents[2] / "bench" / "onset_figures.py"
needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs espeak-ng")


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("onset_figures", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def heard(bench: ModuleType) -> dict:
    """Scores of the practice voices by kind of scene."""
    voices = [(c, [clip(c)]) for c in clip_ids("callee")]
    return bench.scores(OnsetDetector, onset_scenes.speech(voices))


@pytest.fixture(scope="module")
def unheard(bench: ModuleType) -> dict:
    """Scores of everything that is no speech of the caller's."""
    return bench.scores(OnsetDetector, onset_scenes.sounds(12))


def found_in(bench: ModuleType, scene: Scene, frame: int = HOP) -> list[int]:
    return list(bench.onsets(OnsetDetector(), scene, frame))


def call_of(*clips: str) -> np.ndarray:
    """Caller audio: one second of a quiet line before each clip and after the last."""
    parts = [np.zeros(8000)]
    for name in clips:
        parts += [at_level(clip(name), -20), np.zeros(8000)]
    sound = np.concatenate(parts)
    return on_the_line(sound + with_level(noise(len(sound) / 8000, 0, rng_of("q")), -65))


# Speech -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dbfs", onset_scenes.SPEECH_DBFS)
def test_every_voice_is_found_from_loud_to_quiet(heard: dict, dbfs: int) -> None:
    assert heard[f"at {dbfs} dBFS"].recall == 1
    assert heard[f"at {dbfs} dBFS"].false == 0


def test_a_voice_is_found_within_120_ms(heard: dict) -> None:
    assert np.median(heard["at -24 dBFS"].after_voice_ms) <= 100
    assert np.median(heard["agent silent"].after_voice_ms) <= 80
    clear = [
        ms for dbfs in onset_scenes.SPEECH_DBFS for ms in heard[f"at {dbfs} dBFS"].after_voice_ms
    ]
    assert np.mean(np.array(clear) <= 120) >= 0.7
    assert min(clear) > 20


@pytest.mark.parametrize("kind", list(onset_scenes.backgrounds(-24)))
def test_voices_are_found_on_bad_lines(heard: dict, kind: str) -> None:
    score = heard[kind]
    in_time, ever = (0.45, 0.8) if kind == "in pink noise, 5 dB" else (0.8, 0.9)
    assert score.recall >= in_time
    assert score.found + score.late >= ever * score.said
    assert score.false <= 1


def test_a_caller_is_heard_over_the_echo_of_the_agent(heard: dict) -> None:
    assert heard["over echo of -30 dB"].recall >= 0.9
    assert heard["over echo of -20 dB"].recall >= 0.7
    assert heard["over echo of -30 dB"].false + heard["over echo of -20 dB"].false <= 1


def test_precision_and_recall_over_everything(
    bench: ModuleType, heard: dict, unheard: dict
) -> None:
    total = bench.whole(heard | unheard)
    assert total.recall >= 0.9
    assert total.precision >= 0.95


@needs_espeak
@pytest.mark.parametrize("word", ["Yes.", "No.", "Stop."])
@pytest.mark.parametrize("voice", ["en-gb+m3", "en-us+f3", "en-gb-scotland+f1"])
def test_short_words_are_enough(bench: ModuleType, word: str, voice: str) -> None:
    scene = conversation("short words", f"{voice} {word}", [spoken(voice, word)] * 4, -24)
    score = bench.score(OnsetDetector(), scene)
    assert (score.found, score.late, score.false) == (4, 0, 0)


def test_a_hello_of_half_a_second_is_enough(bench: ModuleType) -> None:
    scene = conversation("hello", "hello", [clip("wrong_hello")] * 5, -24)
    assert bench.score(OnsetDetector(), scene).found == 5


# Everything else ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    ["silence", "noise", "hum", "keys and tones", "clicks and knocks", "breath and wind", "babble"],
)
def test_what_is_no_speech_is_not_taken_for_it(unheard: dict, kind: str) -> None:
    assert unheard[kind].false == 0


@pytest.mark.parametrize("loss_db", [20, 25, 30, 40])
def test_the_agents_echo_is_not_taken_for_the_caller(unheard: dict, loss_db: int) -> None:
    assert unheard[f"echo of -{loss_db} dB"].false == 0


def test_hold_music_is_seldom_taken_for_speech(unheard: dict) -> None:
    assert unheard["music"].false / unheard["music"].minutes <= 4


def test_without_its_reference_the_echo_passes_for_a_caller() -> None:
    said = agent_talk(6)
    echo, agent = on_the_line(said * 10 ** (-20 / 20)), on_the_line(said)
    told, untold = OnsetDetector(), OnsetDetector()
    assert untold.process(echo, agent_playing=True)
    for at in range(0, len(echo), HOP):
        told.agent(agent[at : at + HOP])
        assert not told.process(echo[at : at + HOP], agent_playing=True)


def test_the_scenes_tell_a_bad_detector(bench: ModuleType) -> None:
    gate = bench.scores(bench.EnergyGate, onset_scenes.sounds(6))
    assert all(gate[kind].false > 0 for kind in ("noise", "hum", "keys and tones", "music"))
    assert gate["echo of -20 dB"].false > 0


# What it promises ---------------------------------------------------------------------------


def test_one_utterance_is_one_onset_and_its_end_is_seen() -> None:
    detector, pcm = OnsetDetector(), call_of("person_hello")
    said = labelled(clip("person_hello"), 8000)
    began = [
        at
        for at in range(0, len(pcm), HOP)
        if detector.process(pcm[at : at + HOP], agent_playing=False)
    ]
    assert len(began) == 1
    assert 0 < began[0] + HOP - said.voiced <= 1600
    assert not detector.in_speech


def test_in_speech_lasts_half_a_second_longer_than_the_voice() -> None:
    detector, pcm = OnsetDetector(), call_of("person_hello")
    speaking = []
    for at in range(0, len(pcm), HOP):
        detector.process(pcm[at : at + HOP], agent_playing=False)
        speaking.append(detector.in_speech)
    end_s = (np.flatnonzero(speaking)[-1] + 1) * HOP / 8000
    said_until_s = labelled(clip("person_hello"), 8000).end / 8000
    assert 0.1 < end_s - said_until_s < 0.7


def test_after_a_reset_it_is_as_new() -> None:
    used, pcm = OnsetDetector(), call_of("interrupter_who")
    used.agent(on_the_line(agent_talk(2)))
    used.process(on_the_line(agent_talk(3))[:-7], agent_playing=True)
    used.reset()
    assert not used.in_speech
    fresh = OnsetDetector()
    for at in range(0, len(pcm), HOP):
        hop = pcm[at : at + HOP]
        now = used.process(hop, agent_playing=True)
        assert now == fresh.process(hop, agent_playing=True)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=12))
def test_the_cut_of_the_frames_does_not_matter(lengths: list[int]) -> None:
    pcm = call_of("interrupter_hello")
    whole, cut = OnsetDetector(), OnsetDetector()
    expected = [
        at + HOP
        for at in range(0, len(pcm) - HOP + 1, HOP)
        if whole.process(pcm[at : at + HOP], agent_playing=True)
    ]
    came, spans = 0, []
    while came < len(pcm):
        for length in [*lengths, 160]:
            frame = pcm[came : came + length]
            if cut.process(frame, agent_playing=True):
                spans.append((came, came + len(frame)))
            came += len(frame)
    assert len(spans) == len(expected)
    assert all(a < at <= b for (a, b), at in zip(spans, expected, strict=True))


def test_the_agents_echo_is_forgotten_when_its_audio_ends() -> None:
    detector = OnsetDetector()
    detector.agent(on_the_line(agent_talk(1)))
    pcm = call_of("person_hello")
    assert not detector.process(pcm[:8000], agent_playing=True)
    assert detector.process(pcm[8000:], agent_playing=True)


@settings(max_examples=50)
@given(arrays(np.int16, st.integers(0, 2000)), st.booleans())
def test_any_samples_are_taken(pcm: np.ndarray, agent_playing: bool) -> None:
    detector = OnsetDetector()
    detector.agent(pcm[::-1].copy())
    detector.process(pcm, agent_playing=agent_playing)
    detector.agent(pcm)
    detector.process(np.full(480, -32768, np.int16), agent_playing=agent_playing)


@pytest.mark.parametrize("bad", [np.zeros(160), np.zeros((160, 1), np.int16)])
def test_other_than_a_row_of_16_bit_samples_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected shape \(n,\), int16"):
        OnsetDetector().process(bad, agent_playing=False)
    with pytest.raises(ValueError, match=r"expected shape \(n,\), int16"):
        OnsetDetector().agent(bad)


def test_the_bench_prints_a_row_for_every_kind(
    bench: ModuleType, heard: dict, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.print_table("callconsole", heard)
    shown = capsys.readouterr().out.splitlines()
    assert shown[1].startswith("callconsole: precision ")
    assert [line.split("  ")[0] for line in shown[3:]] == [*heard, "all"]
