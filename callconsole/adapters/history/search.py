"""What an operator types into the search field, as conditions on the table of calls."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, and_, case, or_

from callconsole.adapters.history.rows import search_key
from callconsole.adapters.history.schema import calls
from callconsole.domain.call import Direction
from callconsole.domain.record import CallQuery

_NUMBER = re.compile(r"[\d\s+()./\-]+")
_NATIONAL = re.compile(r"0{1,2}")


def conditions(query: CallQuery) -> ColumnElement[bool]:
    """What a call has to be to be listed."""
    wanted: list[ColumnElement[bool]] = []
    if query.text.strip():
        wanted.append(_matches(query.text.strip()))
    if query.outcomes:
        outcomes = sorted(outcome.value for outcome in query.outcomes)
        wanted.append(calls.c.outcome.in_(outcomes))
    if query.since is not None:
        wanted.append(calls.c.placed_at >= query.since)
    if query.prompt is not None:
        wanted.append(calls.c.prompt == query.prompt)
    if query.starred:
        wanted.append(calls.c.starred == 1)
    return and_(True, *wanted)


def number_parts(text: str) -> list[str]:
    """What may stand in a number for a part of one as typed; [] where it is none.

    Spaces and signs are for the eye. Zeros in front are a prefix for long distance ("030…",
    "0049…"), which a number in E.164 does not have.
    """
    if not _NUMBER.fullmatch(text):
        return []
    digits = "".join(character for character in text if character.isdecimal())
    if text.lstrip().startswith("+"):
        return [f"+{digits}"]
    shorter = _NATIONAL.sub("", digits, count=1) if digits.startswith("0") else ""
    return [part for part in (digits, shorter) if part]


def _matches(text: str) -> ColumnElement[bool]:
    incoming = calls.c.direction == Direction.INCOMING.value
    other = case((incoming, calls.c.from_number), else_=calls.c.to_number)
    ways = [other.contains(part, autoescape=True) for part in number_parts(text)]
    ways.append(calls.c.prompt_key.contains(search_key(text), autoescape=True))
    return or_(*ways)
