"""What an operator looks for among the kept calls, and whether a call is that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callconsole.domain.call import Call, Outcome
from callconsole.domain.prompt import Prompt
from callconsole.domain.record import CallQuery
from callconsole.viewmodels import history_rows
from callconsole.viewmodels.history_rows import MISSED


class CallFilter(StrEnum):
    """Which calls are listed."""

    ALL = "All"
    TODAY = "Today"
    WEEK = "This week"
    FAILED = "Failed"
    VOICEMAIL = "Voicemail"


OUTCOMES = {
    CallFilter.FAILED: MISSED,
    CallFilter.VOICEMAIL: frozenset({Outcome.VOICEMAIL}),
}


@dataclass(frozen=True, slots=True)
class CallSearch:
    """What is looked for; as it is made, every call.

    Attributes:
        text: a part of a number or of a prompt's name, or "".
        filter: which kind of calls.
        prompt: the calls with this prompt alone, or None.
        starred: only calls with a starred moment.
    """

    text: str = ""
    filter: CallFilter = CallFilter.ALL
    prompt: str | None = None
    starred: bool = False

    @property
    def narrowed(self) -> bool:
        """True where something is looked for."""
        return self != CallSearch()

    @property
    def nothing_found(self) -> str:
        """Why there is no row."""
        if not self.narrowed:
            return "Calls that you place or take appear here."
        if self.text:
            return f"No call matches “{self.text}”."
        return "No call matches."

    def query(self, now: datetime, offset: int, limit: int) -> CallQuery:
        """What the history is asked at `now`, aware, for `limit` rows from `offset` on."""
        since = {
            CallFilter.TODAY: history_rows.midnight,
            CallFilter.WEEK: history_rows.week_began,
        }.get(self.filter)
        return CallQuery(
            text=self.text,
            outcomes=OUTCOMES.get(self.filter, frozenset()),
            since=since(now) if since is not None else None,
            prompt=self.prompt,
            starred=self.starred,
            offset=offset,
            limit=limit,
        )


def matches(call: Call, query: CallQuery) -> bool:
    """Whether the history would list this call; of stars the history alone knows."""
    digits = "".join(filter(str.isdigit, query.text))
    names = (call.prompt, Prompt(call.prompt, "").title)
    wanted = query.text.casefold()
    found = (
        not query.text
        or (bool(digits) and digits in call.other)
        or any(wanted in name.casefold() for name in names)
    )
    outcome = call.ending.outcome if call.ending is not None else None
    return (
        found
        and not query.starred
        and (not query.outcomes or outcome in query.outcomes)
        and (query.since is None or call.placed_at >= query.since)
        and (query.prompt is None or call.prompt == query.prompt)
    )
