"""One call of the history as a row to show: whom, when, how long, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from callconsole.domain.call import Call, EndedBy, Outcome
from callconsole.domain.prompt import Prompt
from callconsole.viewmodels import headline
from callconsole.viewmodels.clock_text import clock_text
from callconsole.viewmodels.headline import Headline
from callconsole.viewmodels.parties import Party

MISSED = frozenset(
    {Outcome.BUSY, Outcome.NO_ANSWER, Outcome.DECLINED, Outcome.FAILED, Outcome.MISSED}
)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """What the list shows of one call; every text is ready to draw.

    Attributes:
        icon, tone: symbol of the direction, in red where nobody was reached.
        recorded: there is a recording.
        live: the call goes on.
        starred: a moment of it is starred.
    """

    sid: str
    title: str
    prompt: str
    started: str
    length: str
    outcome: Headline
    icon: str
    tone: str
    recorded: bool
    live: bool
    starred: bool = False

    def spoken(self) -> str:
        """The row as a screen reader says it."""
        recorded = ", recorded" if self.recorded else ""
        starred = ", starred" if self.starred else ""
        return (
            f"{self.title}, {self.prompt}, {self.started}, {self.length}, "
            f"{self.outcome.text}{recorded}{starred}"
        )


def row(call: Call, party: Party, now: datetime, *, starred: bool = False) -> HistoryRow:
    """The row of a call as it is at `now`, aware."""
    missed = reached_nobody(call)
    return HistoryRow(
        sid=call.sid,
        title=party.title,
        prompt=Prompt(call.prompt, "").title or "Incoming call",
        started=when_text(call.placed_at, now),
        length=clock_text(call.duration_s(now)),
        outcome=headline.outcome(call),
        icon=_icon(call, missed=missed),
        tone="danger" if missed else "success" if call.live else "muted",
        recorded=call.recording is not None,
        live=call.live,
        starred=starred,
    )


def reached_nobody(call: Call) -> bool:
    """True where the two did not come to talk, and not because you wanted it so."""
    ending = call.ending
    if ending is None or ending.outcome not in MISSED:
        return False
    return not (call.incoming and ending.by is EndedBy.OPERATOR)


def direction_icon(call: Call) -> str:
    """The arrow of who rang whom."""
    return "phone-incoming" if call.incoming else "phone-outgoing"


def _icon(call: Call, *, missed: bool) -> str:
    if call.incoming:
        return direction_icon(call)
    return "phone-x" if missed else "phone-call" if call.live else direction_icon(call)


def when_text(at: datetime, now: datetime) -> str:
    """A moment in as few words as `now` allows: "Today 9:31", "Fri 16:40", "22 Nov 9:31"."""
    local, today = at.astimezone(), now.astimezone()
    clock = f"{local.hour}:{local:%M}"
    days = (today.date() - local.date()).days
    if days == 0:
        return f"Today {clock}"
    if days == -1:
        return f"Tomorrow {clock}"
    if 0 < abs(days) < 7:
        return f"{local:%a} {clock}"
    if local.year == today.year:
        return f"{local.day} {local:%b} {clock}"
    return f"{local.day} {local:%b %Y}"


def inside(when: str) -> str:
    """A `when_text` for the middle of a sentence: "today 9:31", but "Fri 16:40"."""
    return when[:1].lower() + when[1:] if when.startswith("To") else when


def midnight(now: datetime) -> datetime:
    """When the day of `now` began here, aware."""
    local = now.astimezone().replace(tzinfo=None)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone()


def week_began(now: datetime) -> datetime:
    """When the Monday of this week began here, aware."""
    today = midnight(now).replace(tzinfo=None)
    return (today - timedelta(days=today.weekday())).astimezone()
