"""The loudness of a recording over time, both sides apart."""

from pathlib import Path

import numpy as np
import pytest

from callconsole.audio import waveform
from callconsole.audio.waveform import Waveform, measure
from callconsole.audio.wavfile import WavReader, WavWriter


def write(path: Path, *columns: np.ndarray) -> Path:
    with WavWriter(path, 8000, len(columns)) as file:
        file.append(np.column_stack(columns).astype(np.int16))
    return path


def test_each_side_is_loud_where_it_speaks(tmp_path: Path) -> None:
    speech = np.random.default_rng(1).normal(0, 6000, 8000)
    silence = np.zeros(8000)
    caller = np.concatenate((speech, silence, silence, silence))
    agent = np.concatenate((silence, silence, speech / 8, silence))
    wave = measure(write(tmp_path / "a.wav", caller, agent), slots=8)
    assert wave.duration_s == 4.0
    loud = (20 * np.log10(6000 / 32768) + 50) / 38
    assert wave.caller[:2] == pytest.approx([loud, loud], abs=0.02)
    assert not wave.caller[2:].any()
    quiet = (20 * np.log10(6000 / 8 / 32768) + 50) / 38
    assert wave.agent[4:6] == pytest.approx([quiet, quiet], abs=0.02)
    assert not wave.agent[[0, 1, 2, 3, 6, 7]].any()


def test_pieces_of_the_file_make_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = np.random.default_rng(2).normal(0, 3000, 9001)
    path = write(tmp_path / "a.wav", sound, -sound)
    whole = measure(path, slots=37)
    monkeypatch.setattr(waveform, "READ_FRAMES", 500)
    pieces = measure(path, slots=37)
    assert np.array_equal(whole.caller, pieces.caller)
    assert len(whole.caller) == 37


def test_a_recording_of_one_channel_and_an_empty_one(tmp_path: Path) -> None:
    mono = measure(write(tmp_path / "mono.wav", np.full(800, 9000.0)))
    assert np.array_equal(mono.caller, mono.agent)
    empty = measure(write(tmp_path / "empty.wav", np.zeros(0), np.zeros(0)))
    assert (empty.duration_s, len(empty.caller)) == (0, 0)
    assert empty.bars(3)[0].tolist() == [0, 0, 0]


def test_bars_are_as_loud_as_their_loudest_moment() -> None:
    levels = np.array([0, 0.2, 0.9, 0.1, 0, 0.3], np.float32)
    wave = Waveform(6, levels, levels[::-1])
    assert wave.bars(3)[0] == pytest.approx([0.2, 0.9, 0.3])
    assert wave.bars(12)[0] == pytest.approx(np.repeat(levels, 2))


def test_what_is_no_recording_says_so(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("not a recording at all")
    with pytest.raises(ValueError, match="not a WAV file"):
        measure(tmp_path / "text.wav")
    with pytest.raises(FileNotFoundError):
        measure(tmp_path / "gone.wav")


def test_a_file_is_read_from_any_place(tmp_path: Path) -> None:
    count = np.arange(1000)
    with WavReader(write(tmp_path / "a.wav", count, -count)) as file:
        assert (file.frames, file.channels, file.duration_s) == (1000, 2, 0.125)
        file.seek(990)
        assert file.read(4).tolist() == [[n, -n] for n in range(990, 994)]
        assert len(file.read(100)) == 6
        assert len(file.read(1)) == 0
        file.seek(-5)
        assert file.read(1).tolist() == [[0, 0]]
        file.seek(5000)
        assert len(file.read(1)) == 0
