"""A dozen kept calls as a desk has them after a week, one of them with everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from callconsole.audio.wavfile import WavWriter
from callconsole.domain.answering import AnsweredBy, JudgedBy, Verdict
from callconsole.domain.call import Call, EndedBy, Ending, Outcome, Phase
from callconsole.domain.record import CallRecord, LoggedEvent, Note
from callconsole.domain.transcript import Speaker, Turn

TALK_SID = "CA" + "f" * 32
TALK_S = 48.0
SAID = (
    (Speaker.AGENT, "Hello, this is Ada from Bayside Dental. Am I speaking with Jordan?", 0.8),
    (Speaker.CALLER, "Yes, speaking. Is this about my appointment?", 6.2),
    (Speaker.AGENT, "It is. You are booked for Tuesday at 9:30. Does that time still suit?", 10.1),
    (Speaker.CALLER, "Sorry, could we move it to the afternoon, maybe after three?", 15.4),
    (Speaker.AGENT, "Of course. I can offer you 3:15 or 4:00 on the same day.", 21.0),
    (Speaker.CALLER, "3:15 is good. Is that with Dr. Patel?", 28.3),
    (Speaker.AGENT, "Yes, with Dr. Patel. Tuesday the 24th at 3:15. Thank you, goodbye!", 33.5),
    (Speaker.CALLER, "Thanks, bye.", 42.6),
)
OTHERS = (
    ("+14155550106", "appointment_reminder", Outcome.VOICEMAIL, 7),
    ("+14155550101", "order_status", Outcome.COMPLETED, 178),
    ("+442079460018", "order_status", Outcome.BUSY, None),
    ("+14155550105", "survey_short", Outcome.DECLINED, None),
    ("+14155550107", "appointment_reminder", Outcome.COMPLETED, 97),
    ("+19255550163", "appointment_reminder", Outcome.FAILED, 23),
    ("+14155550108", "survey_short", Outcome.NO_ANSWER, None),
    ("+14155550102", "survey_short", Outcome.COMPLETED, 3720),
    ("+14155550104", "order_status", Outcome.CANCELED, None),
    ("+14155550103", "survey_short", Outcome.COMPLETED, 144),
)


def kept_records(now: datetime, folder: Path) -> list[CallRecord]:
    """Newest first: `talk`, a call whose recording is gone, and ten others over five days."""
    return [talk(now - timedelta(minutes=9), folder), *others(now, folder)]


def others(now: datetime, folder: Path) -> Iterator[CallRecord]:
    for index, (number, prompt, outcome, talked_s) in enumerate(OTHERS):
        placed = now - timedelta(hours=1 + 11 * index)
        sid = f"CAe{index:031x}"
        recording = str(folder / f"{sid}.wav") if talked_s else None
        yield CallRecord(call(sid, number, prompt, placed, outcome, talked_s, recording))


def call(
    sid: str,
    number: str,
    prompt: str,
    placed: datetime,
    outcome: Outcome = Outcome.COMPLETED,
    talked_s: float | None = 40,
    recording: str | None = None,
) -> Call:
    answered = placed + timedelta(seconds=6) if talked_s is not None else None
    return Call(
        sid=sid,
        to=number,
        from_number="+16285550100",
        prompt=prompt,
        line="practice",
        placed_at=placed,
        phase=Phase.ENDED,
        answered_at=answered,
        ended_at=(answered or placed) + timedelta(seconds=talked_s or 25),
        ending=Ending(outcome, EndedBy.AGENT if talked_s else EndedBy.CARRIER),
        recording=recording,
    )


def talk(placed: datetime, folder: Path) -> CallRecord:
    """A call with turns, an interruption, notes, events, figures and a recording of 48 s."""
    path = folder / "talk.wav"
    write_recording(path)
    kept = call(
        TALK_SID, "+14155552671", "appointment_reminder", placed, talked_s=TALK_S,
        recording=str(path),
    )  # fmt: skip
    began = placed + timedelta(seconds=6)
    turns = []
    for number, (speaker, text, offset_s) in enumerate(SAID, 1):
        cut = number == 3
        heard = text.index("Does") if cut else None
        turns.append(Turn(number, speaker, text, offset_s, True, cut, heard))
    verdict = Verdict(
        AnsweredBy.PERSON,
        JudgedBy.EAR,
        "A short greeting, then a pause that waits for a reply",
        640,
    )
    judged = {"answered_by": "person", "reason": verdict.reason, "by": "ear", "obeyed": True}
    events = (
        LoggedEvent(began, "CallAnswered", {}),
        LoggedEvent(began + timedelta(seconds=0.64), "AnswerJudged", judged),
        LoggedEvent(
            began + timedelta(seconds=40), "NoteTaken", {"note": {"text": "", "due": None}}
        ),
        LoggedEvent(began + timedelta(seconds=46), "FarewellBegan", {}),
    )
    notes = (
        Note(began + timedelta(seconds=31), "Wants the afternoon", {"new time": "Tuesday 3:15"}),
        Note(
            began + timedelta(seconds=40),
            "Confirm with Dr. Patel",
            due=(began + timedelta(days=1)).replace(hour=14, minute=0),
        ),
    )
    cost = {"amount": 0.1092, "currency": "USD", "charged": True, "prices_of": "2026-09-18"}
    figures = {
        "replies": {"count": 4, "heard_median_ms": 790},
        "interruptions": 1,
        "cost": cost,
    }
    return CallRecord(kept, tuple(turns), notes, events, verdict, figures)


def stepped_in(record: CallRecord) -> CallRecord:
    """The same call, into which the operator whispered, spoke and pressed keys."""
    began = record.call.answered_at
    assert began is not None
    sentence = record.turns[6].text
    muted = {"agent_muted": False, "caller_muted": False}
    done = [
        LoggedEvent(began + timedelta(seconds=after_s), name, details)
        for after_s, name, details in (
            (19.0, "Whispered", {"whisper_id": 1, "text": "Offer 3:15 or 4:00."}),
            (21.4, "WhisperHeeded", {"whisper_id": 1, "delay_ms": 1900}),
            (31.0, "MutingChanged", {**muted, "on_hold": True}),
            (31.5, "MutingChanged", {**muted, "on_hold": False}),
            (33.0, "SayAsked", {"text": sentence}),
            (38.5, "OperatorTookOver", {}),
            (42.0, "OperatorHandedBack", {"spoke_s": 3.0, "note": "The 24th is agreed."}),
            (44.0, "Whispered", {"whisper_id": 2, "text": "Say goodbye."}),
        )
    ]
    spoken = Turn(9, Speaker.OPERATOR, "This is Dana, all is well.", 39.0, True)
    turns = sorted([*record.turns, spoken], key=lambda turn: turn.offset_s)
    logged = sorted([*record.events, *done], key=lambda event: event.at)
    return replace(record, turns=tuple(turns), events=tuple(logged))


def write_recording(path: Path) -> None:
    """Noise in the rhythm of syllables where somebody speaks; callee left, AI right."""
    sound = np.zeros((round(8000 * TALK_S), 2), np.int16)
    ends = [offset for _who, _text, offset in SAID[1:]] + [TALK_S - 3]
    for (speaker, text, offset_s), end_s in zip(SAID, ends, strict=True):
        spoken = _babble(min(len(text) * 0.065, end_s - offset_s - 0.5), seed=len(text))
        first = round(offset_s * 8000)
        sound[first : first + len(spoken), int(speaker is Speaker.AGENT)] = spoken
    with WavWriter(path, 8000, 2) as file:
        file.append(sound)


def _babble(seconds: float, seed: int) -> NDArray[np.int16]:
    times = np.arange(round(8000 * seconds)) / 8000
    noise = np.random.default_rng(seed).normal(0, 4500, len(times))
    syllables = np.square(np.sin(2 * np.pi * 2.1 * times)) * (
        0.4 + 0.6 * np.sin(0.9 * times + seed) ** 2
    )
    return np.clip(noise * syllables, -32768, 32767).astype(np.int16)
