"""Checks of this computer's sound: a tone that is played and heard, and a microphone that lives."""

from __future__ import annotations

import asyncio
import sys
from typing import Final

from callconsole.adapters import portaudio
from callconsole.adapters.portaudio import sound_check
from callconsole.domain.checkup import Action, ActionKind
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.checkup import Verdict, amber, green, red

# A room at night gives about -70 dBFS; a muted microphone gives nothing at all.
SILENCE_DBFS: Final = -85.0

_INSTALL: Final = Action(ActionKind.COMMAND, "Copy command", "sudo apt install libportaudio2")
_SILENT: Final = Problem(
    "microphone.silent",
    "The microphone gives no sound",
    "Not even the noise of the room comes from it; it is perhaps muted.",
    "Unmute it at the headset or in the system's sound settings, or choose another one.",
)


async def output(speaker: str | None, microphone: str | None, *, aloud: bool) -> Verdict:
    """There is an output; where `aloud`, a tone is played on it, and listened for.

    Args:
        speaker: `SoundDevice.id` of the output, None for the default.
        microphone: the same of the input that listens.
        aloud: play the tone.
    """
    try:
        if not aloud:
            name = await asyncio.to_thread(portaudio.probe)
            return green(f"{name}, no tone played")
        name, heard = await asyncio.to_thread(sound_check.play_tone, speaker, microphone)
    except ProblemError as error:
        if error.problem.code == "sound.no_library" and sys.platform == "linux":
            return red(error.problem, action=_INSTALL)
        raise
    if heard is not None and heard.tone:
        return green(f"tone played on {name}, heard by {heard.name}")
    return green(f"tone played on {name}; no microphone heard it, as with a headset")


async def microphone(device: str | None) -> Verdict:
    """There is a microphone, and it gives at least the noise of a room.

    Without one calls go on; only the operator cannot speak.

    Args:
        device: `SoundDevice.id` of the input, None for the default.
    """
    try:
        heard = await asyncio.to_thread(sound_check.listen, device)
    except ProblemError as error:
        return amber(error.problem)
    if heard.level_dbfs <= SILENCE_DBFS:
        return amber(_SILENT, f"{heard.name} is silent")
    level = f"{heard.level_dbfs:.0f}".replace("-", "\u2212")
    return green(f"{heard.name}, {level} dBFS")
