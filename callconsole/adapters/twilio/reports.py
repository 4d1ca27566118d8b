"""What a webhook's form says of a call: its state, who answered, how a transfer went."""

from __future__ import annotations

import re
from typing import Final

from callconsole.adapters.twilio import problems
from callconsole.adapters.twilio.webhook_form import Form, RefusedError, whole_number
from callconsole.domain.answering import AnsweredBy
from callconsole.domain.incoming import IncomingCall
from callconsole.engine.ports import AnswerVerdict, CarrierReport, CarrierStatus

_FINAL: Final = frozenset(status.value for status in CarrierStatus if status.terminal)
_WORD: Final = re.compile(r"[a-z][a-z_]{0,39}")
# What stands in From where the caller withholds the number: a word, or the word typed on a
# telephone's keys (anonymous, restricted, unavailable, unknown, private, blocked).
_WITHHELD: Final = frozenset(
    {"", "anonymous", "restricted", "unavailable", "unknown", "private", "blocked"}
    | {"266696687", "7378742833", "86282452253", "8656696", "7748283", "2562533"}
)
_CALLER_CHARS: Final = 32
_DIAL_STATUSES: Final = frozenset(
    {"completed", "answered", "busy", "no-answer", "failed", "canceled"}
)


def report_of(form: Form, call_sid: str) -> CarrierReport | None:
    """The status callback in a form, or None where the form has no CallStatus.

    Raises `RefusedError` for values that Twilio does not send.
    """
    word = form.get("CallStatus")
    if not word:
        return None
    try:
        status = CarrierStatus(word)
    except ValueError:
        raise RefusedError("CallStatus is not a status that Twilio has.") from None
    sip_code = whole_number(form, "SipResponseCode")
    failed = status is CarrierStatus.FAILED
    return CarrierReport(
        call_sid=call_sid,
        status=status,
        sequence=whole_number(form, "SequenceNumber"),
        sip_code=sip_code,
        duration_s=whole_number(form, "CallDuration"),
        problem=problems.failed_call(sip_code, whole_number(form, "ErrorCode")) if failed else None,
    )


def verdict_of(form: Form, call_sid: str) -> AnswerVerdict | None:
    """The answering-machine verdict in a form; None without one, and on a call that is over.

    A final status callback repeats the verdict, when nothing can be done about it any more.
    Raises `RefusedError` for what is no word of Twilio's.
    """
    word = form.get("AnsweredBy")
    if not word or form.get("CallStatus") in _FINAL:
        return None
    if not _WORD.fullmatch(word):
        raise RefusedError("AnsweredBy is not a word that Twilio uses.")
    return AnswerVerdict(call_sid=call_sid, answered_by=_answered_by(word), detail=word)


def incoming_of(form: Form, call_sid: str) -> IncomingCall:
    """Who calls our number, as the form of an incoming call says."""
    return IncomingCall(call_sid, _caller(form.get("From", "")), _printable(form.get("To", "")))


def transfer_result(form: Form) -> tuple[bool, str]:
    """Whether the two parties of a transfer have talked, and Twilio's word for how it went.

    ``completed`` alone says that the other phone was picked up; where Twilio says that the two
    were never joined, because one hung up during the whisper, they have not talked.
    """
    word = form.get("DialCallStatus", "")
    if word not in _DIAL_STATUSES:
        return False, "unknown"
    reached = word in ("completed", "answered") and form.get("DialBridged") != "false"
    return reached, word


def _answered_by(word: str) -> AnsweredBy:
    if word == "human":
        return AnsweredBy.PERSON
    if word == "fax":
        return AnsweredBy.FAX
    if word.startswith("machine_"):
        return AnsweredBy.VOICEMAIL
    return AnsweredBy.UNKNOWN


def _caller(text: str) -> str:
    """Who calls; empty where it is withheld."""
    caller = _printable(text)
    return "" if caller.lstrip("+").lower() in _WITHHELD else caller


def _printable(text: str) -> str:
    """Anything that a form may hold, as short and harmless as a number."""
    return "".join(c for c in text if c.isprintable()).strip()[:_CALLER_CHARS]
