"""Make the practice line's speech: speak every line with espeak-ng and write the clips' manifest.

Needs the program espeak-ng. Run from a checkout: ``python -m tools.make_practice_speech``.
The files it writes are committed, so that the console itself never needs a synthesizer.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import wave
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from callconsole.audio import mulaw, wavfile

Samples = NDArray[np.float64]

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "practice"
RATE_HZ = {"agent": 24000, "callee": 8000}
SPEECH_PEAK = 10 ** (-6 / 20)
TONE_PEAK = 10 ** (-9 / 20)
TRIM_LEVEL = 10 ** (-45 / 20)
TRIM_MARGIN_S = 0.03

AGENT = "en-gb-x-rp+f3"
PERSON = "en-gb+m7"
INTERRUPTER = "en-us+f2"
VOICEMAIL = "en-us+m4"
WRONG_NUMBER = "en-gb-scotland+f4"
SHORT = "en-us+m3"
MAILBOX = "en-us+f5"
OTHER_MAILBOX = "en-us+m7"
SCREENING = "en-us+m8"
MENU = "en-gb+f1"
COLLEAGUE = "en-us+f4"


@dataclass(frozen=True)
class Line:
    """One sentence or two that somebody says."""

    id: str
    voice: str
    text: str

    @property
    def role(self) -> str:
        return "agent" if self.voice == AGENT else "callee"


LINES = (
    Line(
        "agent_greeting",
        AGENT,
        "Hello, this is Ada, the assistant of Bayside Dental. I am calling about your appointment "
        "on Tuesday at nine thirty. Does that time still suit you?",
    ),
    Line(
        "agent_who",
        AGENT,
        "This is Ada from Bayside Dental. I only want to confirm your appointment on Tuesday at "
        "nine thirty. Is that all right?",
    ),
    Line(
        "agent_offer",
        AGENT,
        "I can offer you a quarter past three or four o'clock on the same day. "
        "Which one would you like?",
    ),
    Line(
        "agent_moved",
        AGENT,
        "Lovely, I have put you down for a quarter past three on Tuesday. Is there anything else?",
    ),
    Line(
        "agent_confirmed",
        AGENT,
        "Lovely, then we will see you on Tuesday at nine thirty. Is there anything else?",
    ),
    Line("agent_goodbye", AGENT, "Thank you very much. Goodbye."),
    Line("agent_sorry", AGENT, "I am sorry to have troubled you. Goodbye."),
    Line("agent_again", AGENT, "I am sorry, I did not quite catch that. Could you say it again?"),
    Line("agent_transfer", AGENT, "I am passing you on to a colleague now. One moment please."),
    Line("agent_screening", AGENT, "Ada from Bayside Dental, calling about an appointment."),
    Line(
        "agent_transfer_failed",
        AGENT,
        "I am sorry, nobody is free right now. I will leave a note for them.",
    ),
    Line("person_hello", PERSON, "Hello, Sam speaking."),
    Line("person_move", PERSON, "Could we move it to the afternoon, maybe after three?"),
    Line("person_choose", PERSON, "A quarter past three is fine."),
    Line("person_bye", PERSON, "No, that is all. Thank you, goodbye."),
    Line("interrupter_hello", INTERRUPTER, "Yes, hello?"),
    Line("interrupter_who", INTERRUPTER, "Sorry, one moment. Who is calling, please?"),
    Line("interrupter_fine", INTERRUPTER, "Ah, I see. Yes, Tuesday at nine thirty is fine."),
    Line("interrupter_bye", INTERRUPTER, "No, thanks. Bye."),
    Line(
        "voicemail_greeting",
        VOICEMAIL,
        "Hello, you have reached Sam and Alex. We cannot come to the phone right now. "
        "Please leave a message after the tone.",
    ),
    Line("wrong_hello", WRONG_NUMBER, "Hello?"),
    Line(
        "wrong_number",
        WRONG_NUMBER,
        "No, there is nobody of that name here. You have the wrong number.",
    ),
    Line("person_short", SHORT, "Hello?"),
    Line(
        "person_long",
        INTERRUPTER,
        "Good morning, you are speaking to Maria Delgado, how can I help?",
    ),
    Line(
        "business_hello",
        INTERRUPTER,
        "Harbour Bakery, this is Nina. How may I help you?",
    ),
    Line("person_human", PERSON, "Could I speak to a real person, please?"),
    Line("person_callback", PERSON, "Call me back tomorrow at ten."),
    Line("person_goodbye", PERSON, "Right, see you then."),
    Line(
        "mailbox_greeting",
        MAILBOX,
        "The number that you have dialled is not available at the moment. "
        "Your message will be recorded.",
    ),
    Line("mailbox_hi", OTHER_MAILBOX, "Hi, this is Sam."),
    Line(
        "mailbox_sorry",
        OTHER_MAILBOX,
        "I can't take your call right now. Leave me a message after the beep.",
    ),
    Line(
        "screening_greeting",
        SCREENING,
        "Hello. The person that you are calling uses a screening service. "
        "Please say your name and why you are calling.",
    ),
    Line("screening_wait", SCREENING, "Thank you. Please stay on the line."),
    Line(
        "menu_greeting",
        MENU,
        "Welcome to Bayside Medical Centre. For appointments, press 1. For billing, press 2.",
    ),
    Line("menu_again", MENU, "Sorry, no key was pressed. For appointments, press 1."),
    Line("colleague_hello", COLLEAGUE, "Front desk, Robin speaking."),
    Line("colleague_help", COLLEAGUE, "What can I do for you?"),
    Line("colleague_fine", COLLEAGUE, "Of course, I will move it to half past three."),
    Line("colleague_bye", COLLEAGUE, "You are welcome. Take care."),
)


@dataclass(frozen=True)
class Entry:
    """One clip as the manifest lists it."""

    id: str
    role: str
    voice: str
    text: str
    file: str
    rate_hz: int
    duration_s: float


def spoken(line: Line, rate_hz: int) -> Samples:
    """The line as speech, shape (n,), full scale 1.0, silence trimmed, peak -6 dBFS."""
    command = ["espeak-ng", "-v", line.voice, "-s", "165", "--stdout", line.text]
    speech = subprocess.run(command, check=True, capture_output=True).stdout
    # espeak-ng does not know the length when it writes the header to a pipe.
    with wave.open(io.BytesIO(speech)) as wav:
        source_rate_hz = wav.getframerate()
    body = speech[44:]
    pcm = np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2").astype(np.float64) / 32768
    resampled = np.asarray(soxr.resample(pcm, source_rate_hz, rate_hz, quality="VHQ"))
    loud = np.flatnonzero(np.abs(resampled) > TRIM_LEVEL * np.abs(resampled).max())
    margin = int(TRIM_MARGIN_S * rate_hz)
    trimmed = resampled[max(0, loud[0] - margin) : loud[-1] + margin]
    return faded(trimmed * (SPEECH_PEAK / np.abs(trimmed).max()), rate_hz)


def faded(samples: Samples, rate_hz: int, fade_s: float = 0.005) -> Samples:
    """The samples with a short ramp at both ends, so that no clip starts with a click."""
    ramp = np.linspace(0.0, 1.0, int(fade_s * rate_hz))
    result = samples.copy()
    result[: len(ramp)] *= ramp
    result[-len(ramp) :] *= ramp[::-1]
    return result


def beep(rate_hz: int, frequency_hz: float = 1000.0, length_s: float = 0.5) -> Samples:
    """An answering machine's tone."""
    times_s = np.arange(int(length_s * rate_hz)) / rate_hz
    return faded(TONE_PEAK * np.sin(2 * np.pi * frequency_hz * times_s), rate_hz)


def write(folder: Path, clip_id: str, voice: str, text: str, samples: Samples) -> Entry:
    """Write one clip and return its line of the manifest."""
    role = clip_id.split("_")[0] if clip_id.startswith("agent") else "callee"
    rate_hz = RATE_HZ[role]
    file = f"{clip_id}.wav"
    pcm = np.round(samples * 32767).astype(np.int16)
    wavfile.write_mulaw(folder / file, mulaw.encode(pcm), rate_hz)
    return Entry(clip_id, role, voice, text, file, rate_hz, round(len(samples) / rate_hz, 3))


def make(folder: Path) -> list[Entry]:
    """Write every clip and the manifest into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for line in LINES:
        entries.append(
            write(folder, line.id, line.voice, line.text, spoken(line, RATE_HZ[line.role]))
        )
        if line.id == "voicemail_greeting":
            tone = beep(RATE_HZ["callee"])
            entries.append(write(folder, "voicemail_beep", VOICEMAIL, "(beep)", tone))
    manifest = json.dumps([asdict(entry) for entry in entries], indent=2)
    (folder / "clips.json").write_text(manifest + "\n", encoding="utf-8")
    return entries


def main() -> None:
    """Make the clips and list them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the clips go")
    for entry in make(parser.parse_args().folder):
        print(f"{entry.id:20} {entry.duration_s:6.2f} s  {entry.rate_hz} Hz  {entry.voice}")


if __name__ == "__main__":
    main()
