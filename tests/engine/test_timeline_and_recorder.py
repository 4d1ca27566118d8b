"""Both sides on the phone's clock, and the file that they end in."""

from __future__ import annotations

import sys
import wave
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from callconsole.audio import mulaw
from callconsole.engine.recorder import Recorder, file_name
from callconsole.engine.timeline import Timeline

pytestmark = pytest.mark.virtual_time

FRAME = np.full(160, 1000, np.int16)
AGENT = mulaw.encode(np.full(160, 8000, np.int16))
AGENT_LEVEL = int(mulaw.decode(AGENT)[0])


class Tap:
    def __init__(self) -> None:
        self.caller: list[int] = []
        self.agent: list[int] = []

    def __call__(self, caller: np.ndarray, agent: np.ndarray) -> None:
        assert len(caller) == len(agent)
        self.caller.extend(caller.tolist())
        self.agent.extend(agent.tolist())


def test_agent_audio_is_placed_behind_what_is_still_to_be_heard() -> None:
    timeline, tap = Timeline(), Tap()
    timeline.add_tap(tap)
    timeline.caller_heard(FRAME, 0)
    timeline.agent_sent(AGENT)
    timeline.agent_sent(AGENT)
    for index in range(1, 4):
        timeline.caller_heard(FRAME, index * 20)
    assert tap.caller == [1000] * 640
    assert tap.agent == [0] * 160 + [AGENT_LEVEL] * 320 + [0] * 160
    assert timeline.position_s == 0.08


def test_what_a_clear_drops_was_never_heard() -> None:
    timeline, tap = Timeline(), Tap()
    timeline.add_tap(tap)
    for _ in range(10):
        timeline.agent_sent(AGENT)
    timeline.caller_heard(FRAME, 0)
    timeline.cleared()
    timeline.caller_heard(FRAME, 20)
    assert tap.agent == [AGENT_LEVEL] * 160 + [0] * 160


def test_a_hole_is_filled_with_silence_and_a_wobble_is_not() -> None:
    timeline, tap = Timeline(), Tap()
    timeline.add_tap(tap)
    timeline.caller_heard(FRAME, 5)
    timeline.caller_heard(FRAME, 65)
    assert len(tap.caller) == 320
    timeline.caller_heard(FRAME, 1005)
    assert len(tap.caller) == 8000 + 160
    assert tap.caller[320:8000] == [0] * 7680


@pytest.fixture
def thread() -> Iterator[Executor]:
    with ThreadPoolExecutor(max_workers=1) as made:
        yield made


async def test_the_recording_is_stereo_and_sample_exact(tmp_path: Path, thread: Executor) -> None:
    recorder = Recorder(tmp_path / "deep" / "call.wav", thread)
    for index in range(101):
        recorder.add(FRAME, np.full(160, index, np.int16))
    assert await recorder.close()
    with wave.open(str(recorder.path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        assert file.getnframes() == 16160
        both = np.frombuffer(file.readframes(16160), np.int16).reshape(-1, 2)
    assert (both[:, 0] == 1000).all()
    assert both[::160, 1].tolist() == list(range(101))
    assert recorder.duration_s == 2.02


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such modes")
async def test_the_folder_is_shut_to_everybody_else(tmp_path: Path, thread: Executor) -> None:
    """Older recordings, which others may read by their own modes, lie in it too."""
    folder = tmp_path / "recordings"
    folder.mkdir(mode=0o755)
    recorder = Recorder(folder / "call.wav", thread)
    recorder.add(FRAME, FRAME)
    assert await recorder.close()
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_broken_disk_ends_the_recording_and_not_the_call(
    tmp_path: Path, thread: Executor
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    recorder = Recorder(blocked / "call.wav", thread)
    for _ in range(60):
        recorder.add(FRAME, FRAME)
    assert not await recorder.close()
    assert recorder.failed is not None


async def test_a_call_without_audio_leaves_no_file(tmp_path: Path, thread: Executor) -> None:
    recorder = Recorder(tmp_path / "call.wav", thread)
    assert not await recorder.close()
    assert not recorder.path.exists()


def test_the_name_carries_time_and_call() -> None:
    name = file_name("CA12", datetime(2026, 11, 22, 9, 31, 5, tzinfo=UTC))
    assert name.endswith("_CA12.wav")
    assert name[:4] == "2026"
