"""The live filters' arithmetic: exact at any chunking, exact counts, whole tails."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal

from callconsole.audio.resample import Downsampler, Upsampler, lowpass_taps

Pcm16 = NDArray[np.int16]
Live = type[Upsampler] | type[Downsampler]

BOTH = pytest.mark.parametrize("live", [Upsampler, Downsampler])
CHUNKS = st.lists(st.integers(0, 700), max_size=12)


def noise(count: int, seed: int = 3) -> Pcm16:
    return np.random.default_rng(seed).integers(-32768, 32768, count).astype(np.int16)


def expected(live: Live, pcm: Pcm16) -> Pcm16:
    """The same filter as a plain convolution: zeros put in, samples left out."""
    if live is Upsampler:
        spread = np.zeros(2 * len(pcm))
        spread[::2] = pcm
        sound = np.convolve(spread, lowpass_taps(16000, 79, gain=2))
    else:
        sound = np.convolve(pcm.astype(np.float64), lowpass_taps(24000, 119, gain=1))[2::3]
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


def given_out(live: Live, inputs: int) -> int:
    return 2 * inputs if live is Upsampler else inputs // 3


def in_chunks(live: Live, pcm: Pcm16, chunks: list[int]) -> Pcm16:
    resampler = live()
    output, at = [], 0
    for count in [*chunks, len(pcm)]:
        output.append(resampler.process(pcm[at : at + count]))
        at = min(at + count, len(pcm))
        assert sum(map(len, output)) == given_out(live, at)
    return np.concatenate([*output, resampler.flush()])


@BOTH
@pytest.mark.parametrize("count", [1, 2, 3, 4, 59, 60, 61, 480, 1000])
def test_output_is_the_filter_rounded_and_saturated(live: Live, count: int) -> None:
    pcm = noise(count)
    sound, wanted = in_chunks(live, pcm, []), expected(live, pcm)
    assert sound.dtype == np.int16
    assert np.array_equal(sound[: len(wanted)], wanted)
    assert not sound[len(wanted) :].any()


@BOTH
@given(chunks=CHUNKS, count=st.integers(1, 3000))
def test_any_chunking_gives_the_same_samples(live: Live, chunks: list[int], count: int) -> None:
    pcm = noise(count)
    assert np.array_equal(in_chunks(live, pcm, chunks), in_chunks(live, pcm, []))


@BOTH
def test_one_sample_at_a_time_gives_the_same_samples(live: Live) -> None:
    pcm = noise(400)
    assert np.array_equal(in_chunks(live, pcm, [1] * 400), in_chunks(live, pcm, []))


@BOTH
def test_a_minute_in_one_piece_is_the_same_as_in_frames(live: Live) -> None:
    pcm = noise(60 * 8000)
    assert np.array_equal(in_chunks(live, pcm, [480] * 1000), in_chunks(live, pcm, []))


@pytest.mark.parametrize(
    ("live", "inputs", "outputs"),
    [
        (Upsampler, 160, 320 + 78),
        (Upsampler, 1, 2 + 78),
        (Downsampler, 480, 160 + 39),
        (Downsampler, 481, 161 + 39),
        (Downsampler, 482, 161 + 39),
        (Downsampler, 1, 1 + 39),
    ],
)
def test_counts_with_the_tail(live: Live, inputs: int, outputs: int) -> None:
    assert len(in_chunks(live, noise(inputs), [])) == outputs


@BOTH
def test_the_tail_ends_in_silence_not_in_a_step(live: Live) -> None:
    loud = np.full(960, 20000, np.int16)
    assert abs(int(in_chunks(live, loud, [])[-1])) <= 3


@BOTH
def test_nothing_in_nothing_out(live: Live) -> None:
    resampler = live()
    assert resampler.process(np.zeros(0, np.int16)).shape == (0,)
    assert resampler.flush().shape == (0,)


@BOTH
def test_after_flush_and_after_reset_nothing_is_remembered(live: Live) -> None:
    pcm, used = noise(961), live()
    fresh = in_chunks(live, pcm, [])
    used.process(noise(500, seed=4))
    used.flush()
    assert used.flush().shape == (0,)
    assert np.array_equal(np.concatenate([used.process(pcm), used.flush()]), fresh)
    used.process(noise(500, seed=5))
    used.reset()
    assert used.flush().shape == (0,)
    assert np.array_equal(np.concatenate([used.process(pcm), used.flush()]), fresh)


def test_two_calls_share_nothing() -> None:
    one, other, pcm = Upsampler(), Upsampler(), noise(160)
    one.process(noise(160, seed=6))
    assert np.array_equal(other.process(pcm), Upsampler().process(pcm))


@BOTH
def test_full_scale_saturates_and_does_not_wrap(live: Live) -> None:
    square = np.repeat(np.tile([32767, -32768], 40), 24).astype(np.int16)
    sound = in_chunks(live, square, [])
    assert sound.max() == 32767
    assert sound.min() == -32768
    wanted = expected(live, square)
    assert np.array_equal(sound[: len(wanted)], wanted)


@BOTH
def test_input_is_left_as_it_was(live: Live) -> None:
    pcm = noise(480)
    pcm.flags.writeable = False
    before = pcm.copy()
    live().process(pcm)
    assert np.array_equal(pcm, before)


@BOTH
@pytest.mark.parametrize(
    "wrong", [np.zeros(4), np.zeros((2, 2), np.int16), np.zeros(4, ">i2"), np.zeros(4, np.uint8)]
)
def test_anything_but_one_row_of_16_bit_samples_is_refused(
    live: Live, wrong: NDArray[np.generic]
) -> None:
    with pytest.raises(ValueError, match=r"expected shape \(n,\), int16; got"):
        live().process(wrong)


@pytest.mark.parametrize(("fs_hz", "length", "gain"), [(16000, 79, 2), (24000, 119, 1)])
def test_taps_are_the_textbook_design(fs_hz: int, length: int, gain: int) -> None:
    textbook = signal.firwin(length, 3880, window=("kaiser", 7.7), fs=fs_hz) * gain
    taps = lowpass_taps(fs_hz, length, gain)
    assert np.abs(taps - textbook).max() < 2**-30
    assert np.array_equal(taps, taps[::-1])


@pytest.mark.parametrize(("fs_hz", "length", "gain"), [(16000, 79, 2), (24000, 119, 1)])
def test_the_stop_band_is_78_db_down_from_4400_hz(fs_hz: int, length: int, gain: int) -> None:
    at_hz = np.arange(4400, fs_hz // 2 + 1)
    _, response = signal.freqz(lowpass_taps(fs_hz, length, gain) / gain, worN=at_hz, fs=fs_hz)
    assert 20 * np.log10(np.abs(response).max()) < -78


@pytest.mark.parametrize(("fs_hz", "length", "gain"), [(16000, 79, 2), (24000, 119, 1)])
def test_sums_are_exact_in_any_order(fs_hz: int, length: int, gain: int) -> None:
    steps = lowpass_taps(fs_hz, length, gain) * 2**30
    assert np.array_equal(steps, np.rint(steps))
    assert np.abs(steps).sum() * 32768 < 2**53
