from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from callconsole import paths
from callconsole.practice.clips import load

FOLDER = paths.resources() / "practice"


@pytest.mark.parametrize(("role", "rate_hz", "count"), [("agent", 24000, 11), ("callee", 8000, 29)])
def test_every_clip_is_as_the_manifest_says(role: str, rate_hz: int, count: int) -> None:
    clips = load(role)  # type: ignore[arg-type]
    assert len(clips) == count
    for clip in clips.values():
        assert clip.rate_hz == rate_hz
        assert abs(len(clip.mulaw) / rate_hz - clip.duration_s) <= 0.00051
        assert clip.pcm.dtype == np.int16
        peak_dbfs = 20 * np.log10(np.abs(clip.pcm.astype(float)).max() / 32768)
        assert -10 < peak_dbfs < -5


def test_no_pause_inside_a_clip_sounds_like_the_end_of_a_turn() -> None:
    for clip in (load("agent") | load("callee")).values():
        frame = clip.rate_hz // 50
        count = len(clip.pcm) // frame
        frames = clip.pcm[: count * frame].reshape(count, frame).astype(float) / 32768
        loud = np.flatnonzero(np.sqrt((frames**2).mean(axis=1)) > 0.01)
        assert np.diff(loud).max() * 20 < 650, clip.id
        assert loud[0] * 20 <= 100


def test_voices_differ_between_people() -> None:
    assert len({clip.voice for clip in (load("agent") | load("callee")).values()}) == 11


def test_the_set_is_small_and_whole() -> None:
    files = {path.name for path in FOLDER.iterdir()}
    listed = {clip.path.name for clip in (load("agent") | load("callee")).values()}
    assert files == listed | {"clips.json"}
    assert sum((FOLDER / name).stat().st_size for name in files) < 3_000_000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no sound at all", "not a WAV"),
        (b"RIFF\x04\0\0\0WAVE", "holds no sound"),
        (b"RIFF\x1c\0\0\0WAVEfmt \x04\0\0\0\x01\0\x01\0data\0\0\0\0", "not mono mu-law"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "clips.json").write_text(
        '[{"id":"a","role":"agent","voice":"v","text":"t","file":"a.wav","rate_hz":24000,'
        '"duration_s":1}]'
    )
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        _ = load("agent", tmp_path)["a"].mulaw
