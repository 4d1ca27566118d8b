"""Asks the carrier about a call of which nothing has been heard for too long."""

from __future__ import annotations

import logging
from collections.abc import Callable

from callconsole.domain.call import Call, Phase
from callconsole.domain.problems import Problem, ProblemError
from callconsole.engine.changes import Changes
from callconsole.engine.ports import Carrier, CarrierReport

logger = logging.getLogger(__name__)

# Callbacks that come at all come within a few seconds of what they tell.
QUEUED_S = 20.0
LATE_S = 8.0
AGAIN_S = 10.0
# A carrier that cannot be asked for so long has either ended the call by its time limit, or
# will; nobody waits for it at the desk.
GIVE_UP_AFTER = 12

UNKNOWN_STATE = Problem(
    "call.no_word",
    "Nothing is known of the call any more",
    "The phone company sent no word of it and could not be asked.",
    "Look at the call in the Twilio console before you call this number again.",
)


class QuietCall:
    """Reconciles one call with what the carrier knows of it.

    Args:
        call: the call's present state.
        changes: told of each report and each change of state.
        carrier: asked where it is quiet.
        report: takes what the carrier answers.
        give_up: ends the call where the carrier cannot be asked.
        ring_timeout_s, time_limit_s: what the call was ordered with.
    """

    def __init__(
        self,
        call: Callable[[], Call],
        changes: Changes,
        carrier: Carrier,
        report: Callable[[CarrierReport], None],
        give_up: Callable[[Problem], None],
        *,
        ring_timeout_s: float,
        time_limit_s: float,
    ) -> None:
        self._call = call
        self._changes = changes
        self._carrier = carrier
        self._report = report
        self._give_up = give_up
        self._ring_timeout_s = ring_timeout_s
        self._time_limit_s = time_limit_s

    async def watch(self) -> None:
        """Until the call has ended."""
        failures = 0
        wait_s = self._patience_s()
        while self._call().live:
            if await self._changes.until(self._has_moved(), wait_s):
                failures, wait_s = 0, self._patience_s()
                continue
            wait_s = AGAIN_S
            if await self.ask():
                failures = 0
            else:
                failures += 1
            if failures >= GIVE_UP_AFTER:
                self._give_up(UNKNOWN_STATE)
                return

    async def ask(self) -> bool:
        """Fetch the call's state and take it in; False where the carrier could not be asked."""
        call = self._call()
        try:
            report = await self._carrier.fetch_call(call.sid)
        except ProblemError as error:
            logger.warning("the call could not be looked up: %s", error.problem.code)
            return False
        self._report(report)
        return True

    def _has_moved(self) -> Callable[[], bool]:
        known = self._call()

        def moved() -> bool:
            now = self._call()
            return now.phase is not known.phase or now.sequence != known.sequence

        return moved

    def _patience_s(self) -> float:
        match self._call().phase:
            case Phase.QUEUED:
                return QUEUED_S
            case Phase.RINGING:
                return self._ring_timeout_s + LATE_S
            case _:
                return self._time_limit_s + LATE_S
