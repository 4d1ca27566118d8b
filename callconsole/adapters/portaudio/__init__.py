"""This computer's sound through PortAudio: a call in the ear, and a voice for it."""

from callconsole.adapters.portaudio.devices import probe
from callconsole.adapters.portaudio.microphone import PortAudioMicrophone
from callconsole.adapters.portaudio.speaker import PortAudioSpeaker

__all__ = ["PortAudioMicrophone", "PortAudioSpeaker", "probe"]
