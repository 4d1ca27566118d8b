"""Which outputs and inputs there are, and the one that was chosen among them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, Literal

from callconsole.adapters.portaudio import library
from callconsole.domain.problems import Problem, ProblemError
from callconsole.domain.sound import SoundDevice

LOWEST_HZ = 8000
USUAL_HZ = 48000

Kind = Literal["output", "input"]


@dataclass(frozen=True, slots=True)
class Place:
    """A device as PortAudio knows it until its list is read again.

    Attributes:
        id: as in `SoundDevice`.
        index: PortAudio's number of it.
        name: what an operator reads.
        rate_hz: its own rate.
        channels: how many it has, of this kind.
        host: the system's sound interface.
    """

    id: str
    index: int
    name: str
    rate_hz: int
    channels: int
    host: str


def probe() -> str:
    """Name of the default output, without playing. Raises `ProblemError` where there is none.

    The first call loads PortAudio, which may take a second: call it in a thread.
    """
    return find("output", None).name


def find(kind: Kind, wanted: str | None) -> Place:
    """The device with this `SoundDevice.id`, or else the system's default.

    What is not on PortAudio's list is looked for again with a new one.

    Raises:
        ProblemError: there is no device of this kind at all, or no PortAudio.
    """
    sounddevice = library.load()
    with library.lock:
        place = _look(sounddevice, kind, wanted)
        missing = place is None or (wanted is not None and place.id != wanted)
        if missing and library.renew(sounddevice):
            place = _look(sounddevice, kind, wanted)
    if place is None:
        raise ProblemError(_NONE[kind])
    return place


def connected(kind: Kind) -> list[SoundDevice]:
    """Devices to choose from, those of the system's usual interface; the list is read anew.

    Where a stream is open, the list is as old as the stream. Raises `ProblemError` where there
    is no PortAudio.
    """
    sounddevice = library.load()
    with library.lock:
        library.renew(sounddevice)
        usual = _default(sounddevice, kind)
        places = {place.id: place for place in _places(sounddevice, kind)}
    return [
        SoundDevice(place.id, place.name, usual is not None and place.id == usual.id)
        for place in places.values()
    ]


def host_settings(sounddevice: Any, place: Place) -> Any:
    """Let Windows convert the rate: its shared mode takes no rate but its mixer's."""
    return sounddevice.WasapiSettings(auto_convert=True) if "WASAPI" in place.host else None


def _look(sounddevice: Any, kind: Kind, wanted: str | None) -> Place | None:
    if wanted is not None:
        for place in _places(sounddevice, kind):
            if place.id == wanted:
                return place
    return _default(sounddevice, kind)


def _default(sounddevice: Any, kind: Kind) -> Place | None:
    with contextlib.suppress(sounddevice.PortAudioError, ValueError):
        host = _usual_host(sounddevice)
        index = host[f"default_{kind}_device"] if host is not None else -1
        found = sounddevice.query_devices(index) if index >= 0 else None
        return _place(sounddevice, kind, found or sounddevice.query_devices(kind=kind))
    return None


def _places(sounddevice: Any, kind: Kind) -> list[Place]:
    """Every device of the usual interface."""
    with contextlib.suppress(sounddevice.PortAudioError, ValueError):
        host = _usual_host(sounddevice)
        return [
            _place(sounddevice, kind, device)
            for device in sounddevice.query_devices()
            if device[f"max_{kind}_channels"] > 0
            and (host is None or device["index"] in host["devices"])
        ]
    return []


def _usual_host(sounddevice: Any) -> Any:
    """Windows lists each device once for each of its four interfaces; WASAPI is today's."""
    hosts = sounddevice.query_hostapis()
    for host in hosts:
        if "WASAPI" in host["name"]:
            return host
    number = sounddevice.default.hostapi
    return hosts[number] if number >= 0 else None


def _place(sounddevice: Any, kind: Kind, device: Any) -> Place:
    host = str(sounddevice.query_hostapis(device["hostapi"])["name"])
    name, rate_hz = str(device["name"]), int(device["default_samplerate"])
    return Place(
        id=f"{host}: {name}",
        index=int(device["index"]),
        name=name,
        rate_hz=rate_hz if rate_hz >= LOWEST_HZ else USUAL_HZ,
        channels=int(device[f"max_{kind}_channels"]),
        host=host,
    )


# What an operator reads ---------------------------------------------------------------------

_NONE: dict[Kind, Problem] = {
    "output": Problem(
        "sound.no_device",
        "This computer cannot play the call",
        "No sound output was found.",
        "Connect a headset or loudspeaker, then press Check again.",
    ),
    "input": Problem(
        "microphone.no_device",
        "Nobody can speak from this computer",
        "No microphone was found.",
        "Connect a headset or microphone, then try again.",
    ),
}
