"""WAV files: readable by others at any moment, whole again after a crash, honest about garbage."""

import os
import struct
import subprocess
import sys
import textwrap
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole.audio import mulaw, wavfile
from callconsole.audio.wavfile import WavWriter


def ramp(frames: int, channels: int = 2) -> np.ndarray:
    return np.arange(frames * channels).astype(np.int16)


def by_wave(path: Path) -> tuple[int, int, bytes]:
    with wave.open(str(path), "rb") as file:
        return file.getnchannels(), file.getframerate(), file.readframes(file.getnframes())


def test_the_standard_library_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with WavWriter(path, 8000, channels=2) as writer:
        writer.append(ramp(100))
        writer.append(ramp(50).reshape(-1, 2))
        assert writer.frames == 150
    wanted = np.concatenate([ramp(100), ramp(50)])
    assert by_wave(path) == (2, 8000, wanted.tobytes())
    assert path.stat().st_size == 44 + 600


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such modes")
def test_nobody_else_can_listen_to_it(tmp_path: Path) -> None:
    former = os.umask(0)
    try:
        WavWriter(tmp_path / "call.wav", 8000, 2).close()
    finally:
        os.umask(former)
    assert (tmp_path / "call.wav").stat().st_mode & 0o777 == 0o600


def test_it_is_whole_after_each_sync(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    writer = WavWriter(path, 8000, channels=1)
    assert by_wave(path) == (1, 8000, b"")
    for count in (1, 2, 3):
        writer.append(ramp(500, 1))
        writer.sync()
        assert len(by_wave(path)[2]) == count * 1000
    writer.append(ramp(7, 1))
    assert len(by_wave(path)[2]) == 3000
    writer.close()
    writer.close()
    assert len(by_wave(path)[2]) == 3014


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with WavWriter(path, 16000, channels=2) as writer:
        writer.append(ramp(321))
    samples, rate_hz = wavfile.read(path)
    assert rate_hz == 16000
    assert samples.dtype == np.int16
    assert np.array_equal(samples, ramp(321).reshape(-1, 2))
    samples[0, 0] = 5


@pytest.mark.parametrize("wrong", [np.zeros(4), np.zeros(3, np.int16)])
def test_half_frames_and_other_types_are_refused(tmp_path: Path, wrong: np.ndarray) -> None:
    with (
        WavWriter(tmp_path / "call.wav", 8000, channels=2) as writer,
        pytest.raises(ValueError, match="expected int16 frames of 2 samples"),
    ):
        writer.append(wrong)


def test_a_closed_writer_takes_nothing(tmp_path: Path) -> None:
    writer = WavWriter(tmp_path / "call.wav", 8000, channels=1)
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.append(ramp(1, 1))


DYING = """
    import os, sys
    from pathlib import Path
    import numpy as np
    from callconsole.audio.wavfile import WavWriter
    writer = WavWriter(Path(sys.argv[1]), 8000, channels=2)
    writer.append(np.arange(2000).astype(np.int16))
    if sys.argv[2] == "synced":
        writer.sync()
    writer.append(np.arange(20001 * 2).astype(np.int16))
    os._exit(7)
"""


def die(path: Path, how: str) -> None:
    command = [sys.executable, "-c", textwrap.dedent(DYING), str(path), how]
    root = Path(wavfile.__file__).parents[2]
    assert subprocess.run(command, cwd=root, check=False).returncode == 7


def test_a_killed_program_leaves_what_was_synced(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    die(path, "synced")
    assert by_wave(path) == (2, 8000, np.arange(2000).astype(np.int16).tobytes())
    samples, _ = wavfile.read(path)
    assert samples.shape == (1000, 2)


@pytest.mark.parametrize("how", ["synced", "never synced"])
def test_repair_wins_back_what_came_after_the_last_sync(tmp_path: Path, how: str) -> None:
    path = tmp_path / "call.wav"
    die(path, how)
    frames = wavfile.repair(path)
    assert frames >= 20000
    assert frames == (path.stat().st_size - 44) // 4
    assert by_wave(path)[2] == path.read_bytes()[44:]
    assert wavfile.read(path)[0][:1000].tobytes() == np.arange(2000).astype(np.int16).tobytes()
    assert wavfile.repair(path) == frames


@pytest.mark.parametrize("torn", [0, 1, 2, 3, 4, 5])
def test_a_torn_frame_is_dropped(tmp_path: Path, torn: int) -> None:
    path = tmp_path / "call.wav"
    with WavWriter(path, 8000, channels=2) as writer:
        writer.append(ramp(10))
    with path.open("ab") as file:
        file.write(b"x" * torn)
    assert wavfile.repair(path) == 10 + torn // 4
    assert path.stat().st_size == 44 + (10 + torn // 4) * 4
    assert len(by_wave(path)[2]) == path.stat().st_size - 44


def test_a_shortened_file_is_read_and_repaired_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with WavWriter(path, 8000, channels=2) as writer:
        writer.append(ramp(10))
    path.write_bytes(path.read_bytes()[:-5])
    assert wavfile.read(path)[0].tolist() == ramp(8).reshape(-1, 2).tolist()
    assert wavfile.repair(path) == 8
    assert by_wave(path)[2] == ramp(8).tobytes()


def test_a_file_in_order_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    with WavWriter(path, 8000, channels=1) as writer:
        writer.append(ramp(3, 1))
    listed = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    whole = path.read_bytes() + listed
    whole = whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:]
    path.write_bytes(whole)
    assert wavfile.repair(path) == 3
    assert path.read_bytes() == whole
    assert wavfile.read(path)[0].tolist() == [[0], [1], [2]]


@pytest.mark.parametrize("count", [0, 5, 8])
def test_mulaw_files(tmp_path: Path, count: int) -> None:
    path = tmp_path / "clip.wav"
    data = bytes(range(count))
    wavfile.write_mulaw(path, data, 8000)
    samples, rate_hz = wavfile.read(path)
    assert rate_hz == 8000
    assert samples.shape == (count, 1)
    assert np.array_equal(samples[:, 0], mulaw.decode(data))
    before = path.read_bytes()
    assert len(before) % 2 == 0
    assert wavfile.repair(path) == count
    assert path.read_bytes() == before


def wav(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def form(tag: int, channels: int = 1, rate: int = 8000, bits: int = 16) -> bytes:
    frame = channels * bits // 8
    return struct.pack("<HHIIHH", tag, channels, rate, rate * frame, frame, bits)


def test_chunks_of_odd_length_and_unknown_name_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav((b"odd ", b"abc"), (b"fmt ", form(1) + b"\0"), (b"data", b"\1\0\2\0")))
    assert wavfile.read(path)[0].tolist() == [[1], [2]]


def test_extensible_pcm_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    extra = struct.pack("<HHI", 22, 16, 4) + struct.pack("<H", 1) + bytes(14)
    path.write_bytes(wav((b"fmt ", form(0xFFFE) + extra), (b"data", b"\1\0")))
    assert wavfile.read(path)[0].tolist() == [[1]]


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", r"a\.wav is not a WAV file"),
        (b"ID3\x04 this is music", r"a\.wav is not a WAV file"),
        (b"RIFF\x04\0\0\0AVI ", r"a\.wav is not a WAV file"),
        (wav(), "ends before its samples begin"),
        (wav((b"fmt ", form(1))), "ends before its samples begin"),
        (wav((b"data", b"\0\0")), "samples come before their format"),
        (wav((b"fmt ", b"\1\0"), (b"data", b"")), "format is cut short"),
        (wav((b"fmt ", form(3, bits=32)), (b"data", b"")), "holds format 3 with 32 bits"),
        (wav((b"fmt ", form(1, bits=8)), (b"data", b"")), "holds format 1 with 8 bits"),
        (wav((b"fmt ", form(1, channels=0)), (b"data", b"")), "0 channels at 8000 Hz"),
        (wav((b"fmt ", form(1, rate=0)), (b"data", b"")), "1 channels at 0 Hz"),
    ],
)
def test_garbage_is_refused_with_the_cause(tmp_path: Path, content: bytes, cause: str) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=cause):
        wavfile.read(path)
    with pytest.raises(ValueError, match=cause):
        wavfile.repair(path)
    assert path.read_bytes() == content


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        wavfile.read(tmp_path / "none.wav")


GOOD = wav((b"fmt ", form(1, channels=2)), (b"data", bytes(range(64))))


@given(
    cut=st.integers(0, len(GOOD)),
    at=st.integers(0, len(GOOD) - 1),
    patch=st.binary(max_size=8),
)
def test_damage_anywhere_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int, at: int, patch: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.wav"
    path.write_bytes((GOOD[:at] + patch + GOOD[at + len(patch) :])[:cut])
    try:
        samples, rate_hz = wavfile.read(path)
    except ValueError as refusal:
        assert "damaged.wav" in str(refusal)
        return
    assert samples.ndim == 2
    assert rate_hz > 0
    frames = wavfile.repair(path)
    again, _ = wavfile.read(path)
    assert len(again) == frames
