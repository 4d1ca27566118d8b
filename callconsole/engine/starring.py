"""Stars on moments of a call, live or kept: told as events, which is how the record keeps them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from callconsole.domain import events, stars
from callconsole.domain.problems import ProblemError
from callconsole.domain.transcript import Turn
from callconsole.engine import refusals
from callconsole.engine.bus import Bus
from callconsole.engine.ports import Clock, History
from callconsole.engine.session import CallSession


class Starring:
    """Stars turns, and takes stars away."""

    def __init__(self, history: History, bus: Bus, clock: Clock) -> None:
        self._history = history
        self._bus = bus
        self._clock = clock

    async def star(
        self, call_sid: str, session: CallSession | None, turn_id: int | None, *, starred: bool
    ) -> None:
        """See `Console.star_moment`; `session` is the call's, where it has one.

        Raises `ProblemError`: there is no such call, or no such turn in it.
        """
        if session is not None:
            turns, now_s = session.turns, session.position_s
        else:
            turns, now_s = list(await self._kept(call_sid)), math.inf
        moment = stars.moment(turns, turn_id, now_s)
        if moment is None:
            raise ProblemError(refusals.NOTHING_SAID)
        kind = events.MomentStarred if starred else events.MomentUnstarred
        found_id, position_s = moment
        at = self._clock.now()
        self._bus.publish(
            kind(call_sid=call_sid, at=at, turn_id=found_id, position_s=round(position_s, 3))
        )

    async def _kept(self, call_sid: str) -> Sequence[Turn]:
        record = await self._history.record(call_sid)
        if record is None:
            raise ProblemError(refusals.unknown(call_sid))
        return record.turns
