"""Listen in: on or off, how loud, whom more, on which device, and why not."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from callconsole.domain.events import Service, ServiceChanged
from callconsole.domain.problems import Problem
from callconsole.domain.sound import SoundDevice, SoundDevices
from callconsole.engine import tasks
from callconsole.viewmodels.desk import Desk
from callconsole.viewmodels.relay import Relay

logger = logging.getLogger(__name__)

SYSTEM_DEFAULT = "System default"
Choice = tuple[str | None, str]
"""A device's id, None for the system's default, and what an operator reads."""


class Listening(QObject):
    """The operator's wish, kept between calls.

    Signals:
        changed: switch, volume, balance or the reason against it changed.
        devices_changed: what can be chosen, or what is chosen, changed.
    """

    changed = Signal()
    devices_changed = Signal()

    def __init__(
        self,
        desk: Desk,
        relay: Relay,
        *,
        on: bool = False,
        volume: float = 0.7,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._on = on
        self._volume = volume
        self._balance = 0.0
        self._paused = False
        self._devices = SoundDevices()
        self._speaker: SoundDevice | None = None
        self._microphone: SoundDevice | None = None
        self._looking = False
        relay.service_changed.connect(self._on_service)
        desk.set_volume(volume)
        if on:
            desk.listen(True)

    @property
    def on(self) -> bool:
        """True where the operator wants to hear and can."""
        return self._on and self.problem is None

    @property
    def paused(self) -> bool:
        """True while a moment is heard again in place of the call."""
        return self._paused

    @property
    def volume(self) -> float:
        """0 to 1."""
        return self._volume

    @property
    def balance(self) -> float:
        """-1 is the callee alone, 0 both alike, 1 the agent alone."""
        return self._balance

    @property
    def speakers(self) -> list[Choice]:
        """Outputs to choose from."""
        return _choices(self._devices.speakers, self._speaker)

    @property
    def microphones(self) -> list[Choice]:
        """Inputs to choose from."""
        return _choices(self._devices.microphones, self._microphone)

    @property
    def speaker(self) -> str | None:
        """The chosen output's id; None is the system's default."""
        return self._speaker.id if self._speaker is not None else None

    @property
    def microphone(self) -> str | None:
        """The chosen input's id; None is the system's default."""
        return self._microphone.id if self._microphone is not None else None

    @property
    def problem(self) -> Problem | None:
        """Why nothing can be heard here."""
        return self._desk.listening_problem()

    def set_on(self, on: bool) -> None:
        """Listen, or stop."""
        if on == self._on or (on and self.problem is not None):
            self.changed.emit()
            return
        self._on = on
        self._desk.listen(on)
        self.changed.emit()

    def toggle(self) -> None:
        """The other way round."""
        self.set_on(not self._on)

    def pause(self, on: bool) -> None:
        """Hear nothing of the call for a while; the switch stays as it is."""
        if on != self._paused:
            self._paused = on
            self._desk.pause_listening(on)
            self.changed.emit()

    def set_volume(self, fraction: float) -> None:
        """Set the loudness, 0 to 1."""
        if fraction != self._volume:
            self._volume = fraction
            self._desk.set_volume(fraction)
            self.changed.emit()

    def set_balance(self, position: float) -> None:
        """Hear more of one side: -1 is the callee alone, 1 the agent alone."""
        if position != self._balance:
            self._balance = position
            self._desk.set_balance(position)
            self.changed.emit()

    def choose_speaker(self, device: str | None) -> None:
        """Listen on this device from now on."""
        if device != self.speaker:
            self._speaker = _named(device, self._devices.speakers)
            self._desk.choose_speaker(self.speaker)
            self.devices_changed.emit()
            self.changed.emit()

    def choose_microphone(self, device: str | None) -> None:
        """Speak through this device from the next time on."""
        if device != self.microphone:
            self._microphone = _named(device, self._devices.microphones)
            self._desk.choose_microphone(self.microphone)
            self.devices_changed.emit()

    @property
    def devices(self) -> tuple[SoundDevice | None, SoundDevice | None]:
        """The chosen output and input; None is the system's default."""
        return self._speaker, self._microphone

    def recall_devices(self, speaker: SoundDevice | None, microphone: SoundDevice | None) -> None:
        """Take what was chosen at an earlier start, connected now or not; None changes nothing."""
        if speaker is not None:
            self._speaker = speaker
            self._desk.choose_speaker(speaker.id)
        if microphone is not None:
            self._microphone = microphone
            self._desk.choose_microphone(microphone.id)
        self.devices_changed.emit()

    def look_for_devices(self) -> None:
        """Find out what is connected; needs a running loop."""
        if not self._looking:
            self._looking = True
            tasks.start(self._look(), on_error=_not_found, name="sound devices")

    async def _look(self) -> None:
        try:
            found = await self._desk.sound_devices()
        finally:
            self._looking = False
        if found != self._devices:
            self._devices = found
            self.devices_changed.emit()

    def _on_service(self, event: ServiceChanged) -> None:
        if event.service is Service.SOUND:
            self.changed.emit()


def _choices(devices: Sequence[SoundDevice], chosen: SoundDevice | None) -> list[Choice]:
    """The default, what is connected, and the chosen device even where it is not."""
    rows: list[Choice] = [(None, SYSTEM_DEFAULT)]
    rows += [(device.id, device.name) for device in devices]
    if chosen is not None and chosen.id not in {device.id for device in devices}:
        rows.append((chosen.id, f"{chosen.name} (not connected)"))
    return rows


def _named(device: str | None, devices: Sequence[SoundDevice]) -> SoundDevice | None:
    return next((found for found in devices if found.id == device), None)


def _not_found(error: BaseException) -> None:
    """The list stays as it was; listening itself says what is wrong with the sound."""
    logger.warning("the sound devices could not be listed: %s", type(error).__name__)
