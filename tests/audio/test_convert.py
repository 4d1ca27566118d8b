"""Conversion for files and speakers by soxr."""

import numpy as np
import pytest

from callconsole.audio.convert import StreamResampler, resampled
from callconsole.audio.meter import level_dbfs


def sine(rate_hz: int, seconds: float = 1.0, hz: float = 440) -> np.ndarray:
    at = np.arange(round(rate_hz * seconds)) / rate_hz
    return np.rint(12000 * np.sin(2 * np.pi * hz * at)).astype(np.int16)


@pytest.mark.parametrize(("from_hz", "to_hz"), [(22050, 24000), (8000, 48000), (48000, 8000)])
def test_a_whole_recording(from_hz: int, to_hz: int) -> None:
    sound = resampled(sine(from_hz), from_hz, to_hz)
    assert sound.dtype == np.int16
    assert sound.shape == (to_hz,)
    middle = slice(to_hz // 4, 3 * to_hz // 4)
    error = sound[middle] - sine(to_hz)[middle]
    assert level_dbfs(error) < level_dbfs(sound) - 75


def test_both_channels_are_converted() -> None:
    stereo = np.stack([sine(8000), np.zeros(8000, np.int16)], axis=1)
    sound = resampled(stereo, 8000, 16000)
    assert sound.shape == (16000, 2)
    assert level_dbfs(sound[:, 0]) == pytest.approx(level_dbfs(stereo[:, 0]), abs=0.01)
    assert np.abs(sound[:, 1]).max() <= 1


def test_the_same_rate_gives_an_equal_copy() -> None:
    pcm = sine(8000)
    same = resampled(pcm, 8000, 8000)
    assert np.array_equal(same, pcm)
    same[0] = 99
    assert pcm[0] == 0


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("to_hz", [44100, 48000])
def test_a_stream_comes_out_whole_if_late(to_hz: int, channels: int) -> None:
    stream = StreamResampler(8000, to_hz, channels)
    pcm = np.repeat(sine(8000, 2.0).reshape(-1, 1), channels, axis=1)
    output = [stream.process(pcm[at : at + 160]) for at in range(0, len(pcm), 160)]
    assert all(piece.dtype == np.int16 and piece.shape[1] == channels for piece in output)
    sound = np.concatenate(output)
    assert 0 <= 2 * to_hz - len(sound) <= to_hz * 0.16
    wanted = sine(to_hz, 2.0)
    middle = slice(to_hz // 4, to_hz)
    for channel in range(channels):
        error = sound[middle, channel] - wanted[middle]
        assert level_dbfs(error) < level_dbfs(wanted) - 75


def test_after_a_reset_the_stream_begins_anew() -> None:
    stream = StreamResampler(8000, 16000, 1)
    pcm = sine(8000).reshape(-1, 1)
    first = stream.process(pcm)
    stream.reset()
    again = stream.process(pcm)
    assert again.shape == first.shape
    assert np.abs(again.astype(np.int32) - first).max() <= 2


def test_an_empty_piece_is_fine() -> None:
    assert StreamResampler(8000, 48000, 2).process(np.zeros((0, 2), np.int16)).shape == (0, 2)


@pytest.mark.parametrize(
    "wrong", [np.zeros(8, np.int16), np.zeros((8, 1), np.int16), np.zeros((8, 2), np.float32)]
)
def test_other_shapes_and_types_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected shape \(n, 2\), int16"):
        StreamResampler(8000, 48000, 2).process(wrong)
