"""G.711 μ-law by table: 16-bit samples to the phone's bytes and back."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

SILENCE: Final = 0xFF
"""The byte that stands for a sample of zero."""

_BIAS = 33
_LARGEST = 0x1FFF


def _encoding_table() -> NDArray[np.uint8]:
    """Shape (65536,): the code of every sample, at the sample's own bits read as unsigned.

    ITU-T G.711 as the ITU's software tools (G.191, ``ulaw_compress``) apply it to 16 bits: the
    14 leading bits count, the magnitude of a negative sample is its one's complement, and a
    code is sign, segment and four bits of mantissa, all inverted.
    """
    sample = np.arange(65536).astype(np.uint16).view(np.int16).astype(np.int32)
    magnitude = np.minimum((np.where(sample < 0, ~sample, sample) >> 2) + _BIAS, _LARGEST)
    segment = np.frexp(magnitude)[1] - 6
    mantissa = (magnitude >> (segment + 1)) & 0x0F
    sign = np.where(sample < 0, 0x80, 0)
    code: NDArray[np.int32] = ~(sign | segment << 4 | mantissa) & 0xFF
    return code.astype(np.uint8)


def _decoding_table() -> NDArray[np.int16]:
    """Shape (256,): the sample in the middle of every code's interval (ITU-T G.711, table 2)."""
    code = ~np.arange(256) & 0xFF
    segment, mantissa = code >> 4 & 0x07, code & 0x0F
    magnitude = 4 * (((2 * mantissa + _BIAS) << segment) - _BIAS)
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


_ENCODING = _encoding_table()
_DECODING = _decoding_table()


def encode(pcm: NDArray[np.int16]) -> bytes:
    """Code samples, shape (n,), int16, as n μ-law bytes at the same rate."""
    return _ENCODING[pcm.view(np.uint16)].tobytes()


def decode(data: bytes) -> NDArray[np.int16]:
    """Samples, shape (n,), int16, of n μ-law bytes; between -32124 and 32124."""
    return _DECODING[np.frombuffer(data, np.uint8)]
