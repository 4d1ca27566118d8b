"""What the operator has begun in one call, kept while another is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callconsole.domain.problems import Problem


@dataclass(slots=True, eq=False)
class Hand:
    """One call's whisper, note, keys and transfer, as far as they have come.

    Attributes:
        sid: the call.
        note: what the agent shall know when it comes back.
        draft: the whisper that is being typed.
        keys: the digits pressed.
        problem: why the last thing could not be done, or None.
        taking_over: the microphone is being opened.
        released_early: the talk key went up before it was open.
        since: when the operator came on the line, aware UTC, or None.
        unsent: digits that wait for those before them.
        sending: digits are being sent.
        passing_on: the call is being passed on, and the carrier does not do it yet.
        transfer_to: the number to pass it on to, as typed.
        transfer_note: what the colleague shall know.
    """

    sid: str
    note: str = ""
    draft: str = ""
    keys: str = ""
    problem: Problem | None = None
    taking_over: bool = False
    released_early: bool = False
    since: datetime | None = None
    unsent: str = ""
    sending: bool = False
    passing_on: bool = False
    transfer_to: str = ""
    transfer_note: str = ""
