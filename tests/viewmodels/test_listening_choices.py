"""What the operator chose of sound: told to the desk and kept for the session."""

from __future__ import annotations

import asyncio

from pytestqt.qtbot import QtBot

from callconsole.domain.sound import SoundDevice, SoundDevices
from callconsole.viewmodels.models import Models
from fakes.desk import FakeDesk

HEADSET, SPEAKERS = SoundDevice("a", "Headset"), SoundDevice("b", "Speakers", True)
DESK_MIC = SoundDevice("m", "Desk microphone", True)
CONNECTED = SoundDevices((HEADSET, SPEAKERS), (DESK_MIC,))


async def connected(models: Models, desk: FakeDesk, found: SoundDevices) -> None:
    """Look, and wait until what was found is there to choose."""
    desk.sounds = found
    changed = asyncio.Event()
    models.listening.devices_changed.connect(changed.set)
    models.listening.look_for_devices()
    async with asyncio.timeout(30):
        await changed.wait()


def test_balance_is_told_once(models: Models, desk: FakeDesk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(models.listening.changed):
        models.listening.set_balance(-0.5)
    assert desk.balance == models.listening.balance == -0.5
    with qtbot.assertNotEmitted(models.listening.changed):
        models.listening.set_balance(-0.5)


def test_before_it_has_looked_there_is_the_default(models: Models) -> None:
    assert models.listening.speakers == [(None, "System default")]
    assert models.listening.microphones == [(None, "System default")]


async def test_what_is_connected_can_be_chosen(
    qtbot: QtBot, models: Models, desk: FakeDesk
) -> None:
    await connected(models, desk, CONNECTED)
    listening = models.listening
    assert listening.speakers == [(None, "System default"), ("a", "Headset"), ("b", "Speakers")]
    listening.choose_speaker("a")
    listening.choose_microphone("m")
    assert (desk.speaker, desk.microphone) == ("a", "m")
    assert (listening.speaker, listening.microphone) == ("a", "m")
    listening.choose_speaker(None)
    assert desk.speaker is listening.speaker is None


async def test_a_choice_outlives_its_device(qtbot: QtBot, models: Models, desk: FakeDesk) -> None:
    await connected(models, desk, CONNECTED)
    models.listening.choose_speaker("a")
    await connected(models, desk, SoundDevices((SPEAKERS,), (DESK_MIC,)))
    assert ("a", "Headset (not connected)") in models.listening.speakers
    assert models.listening.speaker == "a"
    await connected(models, desk, CONNECTED)
    assert models.listening.speakers[1] == ("a", "Headset")


async def test_nothing_new_changes_nothing(qtbot: QtBot, models: Models, desk: FakeDesk) -> None:
    await connected(models, desk, CONNECTED)
    changes: list[None] = []
    models.listening.devices_changed.connect(lambda: changes.append(None))
    await models.listening._look()
    assert not changes
