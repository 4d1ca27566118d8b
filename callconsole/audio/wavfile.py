"""WAV files: written safely while a call runs, repaired after a crash, and read back.

The layout is that of Microsoft and IBM, Multimedia Programming Interface and Data Specifications
1.0 (1991): ``RIFF`` size ``WAVE``, then chunks of a four-letter name, a 32-bit size and that many
bytes, padded to an even number. Format tags: RFC 2361.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from callconsole.audio import mulaw

_PCM, _MULAW, _EXTENSIBLE = 1, 7, 0xFFFE
_HEADER_BYTES = 44
_LARGEST_SIZE = 0xFFFFFFFF


class WavWriter:
    """A 16-bit PCM file that is whole after every `sync`, whatever becomes of the program.

    Its owner alone can read it. An existing file of this name is replaced. Use it as a context
    manager, or `close` it. All methods but the constructor may raise OSError (a full disk) and
    none of them is quick enough for the event loop.

    Attributes:
        path: the file.
        frames: how many samples per channel were appended.
    """

    def __init__(self, path: Path, rate_hz: int, channels: int) -> None:
        self.path = Path(path)
        self.frames = 0
        self._channels = channels
        self._file: BinaryIO = open(self.path, "wb", opener=_for_its_owner)  # noqa: SIM115
        self._file.write(_pcm_header(rate_hz, channels))
        self._file.flush()

    def append(self, interleaved: NDArray[np.int16]) -> None:
        """Add frames: shape (frames · channels,) or (frames, channels), int16.

        Raises:
            ValueError: the samples are not 16-bit, not whole frames, or the file is closed.
        """
        if interleaved.dtype != np.int16 or interleaved.size % self._channels:
            shape = f"{interleaved.shape}, {interleaved.dtype}"
            raise ValueError(f"expected int16 frames of {self._channels} samples; got {shape}")
        self._file.write(interleaved.astype("<i2", copy=False).tobytes())
        self.frames += interleaved.size // self._channels

    def sync(self) -> None:
        """Hand everything to the operating system and make the header say how much it is.

        Samples go first: a crash in between leaves a header that promises too little, never too
        much. The disk itself is not waited for.
        """
        self._file.flush()
        _patch_sizes(self._file, _HEADER_BYTES - 8, self.frames * self._channels * 2)
        self._file.flush()

    def close(self) -> None:
        """Sync and let go of the file; safe to call twice."""
        if self._file.closed:
            return
        try:
            self.sync()
        finally:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def repair(path: Path) -> int:
    """Make the header agree with the samples that are there, and return how many frames.

    For files of a `WavWriter` whose program died: what came after the last sync is won back, a
    frame that was cut in two is dropped. A file that is in order is left as it is.

    Raises:
        ValueError: the file is no WAV file with samples.
        OSError: it cannot be opened for writing.
    """
    with Path(path).open("r+b") as file:
        layout = _layout(file, path)
        if not layout.broken:
            return layout.promised_bytes // layout.frame_bytes
        frames = layout.present_bytes // layout.frame_bytes
        file.truncate(layout.data_at + frames * layout.frame_bytes)
        _patch_sizes(file, layout.data_at - 8, frames * layout.frame_bytes)
    return frames


class WavReader:
    """A file of 16-bit PCM or μ-law, read piece by piece from any place.

    A file that is shorter than its header says ends where it ends. Use it as a context manager,
    or `close` it.

    Attributes:
        rate_hz: frames a second.
        channels: samples of one frame.
        frames: how many there are.

    Raises:
        ValueError: the file is no WAV file, or holds another format; the text says which.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = Path(path).open("rb")  # noqa: SIM115
        try:
            self._layout = _layout(self._file, path)
        except BaseException:
            self._file.close()
            raise
        self.rate_hz = self._layout.rate_hz
        self.channels = self._layout.channels
        size = min(self._layout.promised_bytes, self._layout.present_bytes)
        self.frames = size // self._layout.frame_bytes
        self.seek(0)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.rate_hz

    def seek(self, frame: int) -> None:
        """Go on from this frame, or from the nearest there is."""
        self._next = min(max(frame, 0), self.frames)
        self._file.seek(self._layout.data_at + self._next * self._layout.frame_bytes)

    def read(self, frames: int) -> NDArray[np.int16]:
        """The next frames, shape (n, channels), int16; n is less only at the end, and 0 there."""
        wanted = min(frames, self.frames - self._next)
        data = self._file.read(wanted * self._layout.frame_bytes)
        self._next += wanted
        if self._layout.tag == _MULAW:
            samples = mulaw.decode(data)
        else:
            samples = np.frombuffer(data, "<i2").astype(np.int16)
        return samples.reshape(-1, self.channels)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read(path: Path) -> tuple[NDArray[np.int16], int]:
    """Samples, shape (frames, channels), int16, and the rate in Hz. Raises as `WavReader` does."""
    with WavReader(path) as file:
        return file.read(file.frames), file.rate_hz


def write_mulaw(path: Path, data: bytes, rate_hz: int) -> None:
    """Write μ-law bytes, one channel, as a WAV file of format 7."""
    form = struct.pack("<HHIIHHH", _MULAW, 1, rate_hz, rate_hz, 1, 8, 0)
    chunks = (
        _chunk(b"fmt ", form)
        + _chunk(b"fact", struct.pack("<I", len(data)))
        + _chunk(b"data", data)
    )
    Path(path).write_bytes(_chunk(b"RIFF", b"WAVE" + chunks))


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _pcm_header(rate_hz: int, channels: int) -> bytes:
    """The 44 bytes before the samples of a file that holds none yet."""
    frame_bytes = 2 * channels
    form = struct.pack("<HHIIHH", _PCM, channels, rate_hz, rate_hz * frame_bytes, frame_bytes, 16)
    return _chunk(b"RIFF", b"WAVE" + _chunk(b"fmt ", form) + _chunk(b"data", b""))


def _patch_sizes(file: BinaryIO, data_chunk_at: int, data_bytes: int) -> None:
    """Write the sizes of the data chunk, which is the last, and of the whole; stay at the end.

    Past 4 GiB, which sizes of 32 bits cannot say, they stay at the largest: readers go by the
    end of the file then.
    """
    file.seek(data_chunk_at + 4)
    file.write(struct.pack("<I", min(data_bytes, _LARGEST_SIZE)))
    file.seek(4)
    file.write(struct.pack("<I", min(data_chunk_at + data_bytes, _LARGEST_SIZE)))
    file.seek(0, 2)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the samples of a file are.

    Attributes:
        data_at: offset of the first sample.
        promised_bytes: size of the samples by the header.
        present_bytes: bytes from the first sample to the end of the file.
        riff_end: where the file ends by its header.
    """

    tag: int
    channels: int
    rate_hz: int
    data_at: int
    promised_bytes: int
    present_bytes: int
    riff_end: int

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return self.channels * (1 if self.tag == _MULAW else 2)

    @property
    def broken(self) -> bool:
        """True where sizes and file disagree."""
        end = self.data_at + self.present_bytes
        return self.riff_end != end or self.promised_bytes > self.present_bytes


def _layout(file: BinaryIO, path: Path) -> _Layout:
    """Walk over the chunks up to the samples. Raises ValueError where there is no way."""
    name = Path(path).name
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise ValueError(f"{name} is not a WAV file: it does not begin with RIFF and WAVE")
    riff_end = 8 + int.from_bytes(head[4:8], "little")
    form: tuple[int, int, int] | None = None
    while len(chunk := file.read(8)) == 8:
        kind, size = chunk[:4], int.from_bytes(chunk[4:], "little")
        if kind == b"data":
            if form is None:
                raise ValueError(f"{name} is damaged: its samples come before their format")
            data_at = file.tell()
            return _Layout(*form, data_at, size, file.seek(0, 2) - data_at, riff_end)
        body_at = file.tell()
        if kind == b"fmt ":
            form = _format(file.read(min(size, 64)), name)
        file.seek(body_at + size + size % 2)
    raise ValueError(f"{name} is damaged: it ends before its samples begin")


def _format(body: bytes, name: str) -> tuple[int, int, int]:
    """Tag, channels and rate of a format chunk that can be read here."""
    if len(body) < 16:
        raise ValueError(f"{name} is damaged: its format is cut short")
    tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", body)
    if tag == _EXTENSIBLE and len(body) >= 26:
        tag = int.from_bytes(body[24:26], "little")
    if (tag, bits) not in ((_PCM, 16), (_MULAW, 8)):
        raise ValueError(
            f"{name} holds format {tag} with {bits} bits; 16-bit PCM and 8-bit μ-law can be read"
        )
    if channels == 0 or rate_hz == 0:
        raise ValueError(f"{name} is damaged: {channels} channels at {rate_hz} Hz")
    return tag, channels, rate_hz
