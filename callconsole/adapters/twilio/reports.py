"""What a webhook's form says of a call: its state, who answered, how a transfer went."""

from __future__ import annotations

import re
from typing import Final

from callconsole.adapters.twilio import problems
from callconsole.adapters.twilio.webhook_form import Form, RefusedError, whole_number
from callconsole.domain.answering import AnsweredBy
from callconsole.engine.ports import AnswerVerdict, CarrierReport, CarrierStatus

_FINAL: Final = frozenset(status.value for status in CarrierStatus if status.terminal)
_WORD: Final = re.compile(r"[a-z][a-z_]{0,39}")
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
