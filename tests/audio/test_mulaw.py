"""G.711 μ-law against the Recommendation's tables, built here from its decision values."""

from bisect import bisect_right

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from callconsole.audio import mulaw


def decision_values() -> list[int]:
    """G.711 table 2, column 5: 0, 1, 3, 5 … 31, 35 … 8159, the lower ends of codes 0 to 127."""
    values = [0, 1]
    for segment in range(8):
        steps = 15 if segment == 0 else 16
        values += [values[-1] + 2 ** (segment + 1) * step for step in range(1, steps + 1)]
    return values


DECISIONS = decision_values()


def reference_code(sample: int) -> int:
    """The 14 leading bits of a sample; a negative one counts by its one's complement (G.191)."""
    magnitude = (~sample if sample < 0 else sample) >> 2
    number = min(bisect_right(DECISIONS, magnitude) - 1, 127)
    return (0x7F if sample < 0 else 0xFF) - number


def reference_sample(code: int) -> int:
    number = (0x7F if code < 0x80 else 0xFF) - code
    value = 0 if number == 0 else (DECISIONS[number] + DECISIONS[number + 1]) // 2
    return 4 * (-value if code < 0x80 else value)


def test_decision_values_are_those_of_the_recommendation() -> None:
    assert DECISIONS[:4] == [0, 1, 3, 5]
    assert DECISIONS[16:18] == [31, 35]
    assert DECISIONS[112:114] == [4063, 4319]
    assert DECISIONS[128] == 8159
    assert len(DECISIONS) == 129


def test_every_sample_is_coded_as_the_recommendation_says() -> None:
    samples = np.arange(-32768, 32768).astype(np.int16)
    assert list(mulaw.encode(samples)) == [reference_code(sample) for sample in samples.tolist()]


def test_every_code_is_decoded_as_the_recommendation_says() -> None:
    decoded = mulaw.decode(bytes(range(256)))
    assert decoded.dtype == np.int16
    assert decoded.tolist() == [reference_sample(code) for code in range(256)]


def test_known_codes() -> None:
    samples = np.array([0, 32767, -32768, 32124, -32124, 8, -8, 1000, -1000], np.int16)
    assert mulaw.encode(samples).hex(" ") == "ff 80 00 80 00 fe 7e ce 4e"


def test_silence_is_the_code_of_zero() -> None:
    assert mulaw.encode(np.zeros(3, np.int16)) == bytes([mulaw.SILENCE]) * 3
    assert mulaw.decode(bytes([mulaw.SILENCE])).tolist() == [0]


def test_a_decoded_sound_codes_to_the_same_bytes() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)
    assert mulaw.encode(mulaw.decode(codes)) == codes
    assert mulaw.encode(mulaw.decode(b"\x7f")) == b"\xff"


def test_nothing_stays_nothing() -> None:
    assert mulaw.encode(np.zeros(0, np.int16)) == b""
    assert mulaw.decode(b"").shape == (0,)


def test_a_strided_view_is_coded_sample_by_sample() -> None:
    stereo = np.array([[0, 1000], [8, -1000]], np.int16)
    assert mulaw.encode(stereo[:, 1]).hex(" ") == "ce 4e"


@given(st.binary(max_size=400))
def test_decoding_what_arrives_keeps_its_length(data: bytes) -> None:
    assert len(mulaw.decode(data)) == len(data)
    assert len(mulaw.encode(mulaw.decode(data))) == len(data)


def test_the_decoded_samples_belong_to_the_caller() -> None:
    first = mulaw.decode(b"\x00\xff")
    first[:] = 7
    assert mulaw.decode(b"\x00\xff").tolist() == [-32124, 0]
