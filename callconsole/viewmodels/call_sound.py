"""The recording of a kept call: its waveform, or why there is none."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from callconsole.audio import waveform
from callconsole.audio.waveform import Waveform
from callconsole.domain.call import Call


@dataclass(frozen=True, slots=True)
class Sound:
    """The recording as the player shows it.

    Attributes:
        path: its file, or None.
        wave: its loudness, once it is measured.
        why_not: why nothing can be played, or "".
    """

    path: str | None = None
    wave: Waveform | None = None
    why_not: str = ""


async def look_at(call: Call) -> Sound:
    """Read a call's recording from end to end, in a thread."""
    path = call.recording
    if path is None:
        words = "The recording can be played once the call is over."
        return Sound(why_not=words if call.live else "This call was not recorded.")
    try:
        wave = await asyncio.to_thread(waveform.measure, Path(path))
    except FileNotFoundError:
        return Sound(path, why_not=f"The recording is gone: there is no file {Path(path).name}.")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Sound(path, why_not=f"The recording cannot be read: {reason}.")
    if wave.duration_s == 0:
        return Sound(path, why_not="The recording is empty.")
    return Sound(path, wave)
