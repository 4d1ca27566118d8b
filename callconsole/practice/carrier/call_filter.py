"""The filters of a list of calls: numbers, status and start time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from callconsole.practice.carrier.call import PracticeCall
from callconsole.practice.carrier.rest_errors import RestError


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls are asked for; None asks for all.

    Attributes:
        to: number called.
        from_number: number shown.
        status: Twilio's word.
        parent_sid: the call that dialled them.
        on: the day a call began, UTC.
        after: its earliest beginning.
        before: its beginning lies earlier than this.
    """

    to: str | None
    from_number: str | None
    status: str | None
    parent_sid: str | None
    on: datetime | None
    after: datetime | None
    before: datetime | None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> CallFilter:
        """Read To, From, Status, ParentCallSid and StartTime, also with ``>`` or ``<``.

        Raises `RestError`.
        """
        return cls(
            to=query.get("To"),
            from_number=query.get("From"),
            status=query.get("Status"),
            parent_sid=query.get("ParentCallSid"),
            on=_time(query.get("StartTime")),
            after=_time(query.get("StartTime>")),
            before=_time(query.get("StartTime<")),
        )

    def fits(self, call: PracticeCall) -> bool:
        """True where the call is asked for; one that was not answered began when it was made."""
        began = call.answered_at or call.created_at
        return (
            self.to in (None, call.order.to)
            and self.from_number in (None, call.order.from_number)
            and self.status in (None, call.status)
            and self.parent_sid in (None, call.order.parent_sid)
            and (self.after is None or began >= self.after)
            and (self.before is None or began < self.before)
            and (self.on is None or began.date() == self.on.date())
        )


def _time(text: str | None) -> datetime | None:
    """A date or an ISO 8601 time, in UTC."""
    if text is None:
        return None
    try:
        if len(text) == len("YYYY-MM-DD"):
            return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        at = datetime.fromisoformat(text)
    except ValueError:
        raise RestError(20001, "StartTime has to be a date or an ISO 8601 time") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
