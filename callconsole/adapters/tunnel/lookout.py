"""Keeps an eye on our public address from outside, and says how it is doing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from callconsole.adapters.tunnel.beacon import Beacon
from callconsole.adapters.tunnel.faults import OPEN_DOOR, LookError
from callconsole.adapters.tunnel.probe import LIMIT_S, Outside
from callconsole.domain.events import ServiceState
from callconsole.domain.problems import Problem

SLOW_MS: Final = 1000.0
SLOW_LOOKS: Final = 2
WRONG_LOOKS: Final = 2
DOUBTFUL_LOOKS: Final = 2
GONE_LOOKS: Final = 4


@dataclass(frozen=True, slots=True)
class Sight:
    """How the address looks from outside.

    Attributes:
        round_trip_ms: of a message as long as Twilio's, or None where none came back.
    """

    state: ServiceState
    round_trip_ms: float | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between looks: while all is well, after a doubtful one, and while it is lost."""

    every_s: float = 30.0
    doubtful_s: float = 2.0
    lost_s: float = 10.0
    limit_s: float = LIMIT_S


class Judgement:
    """Turns looks, one after another, into a state. One bad look alone says nothing.

    Who answers wrongly is wrong, and calls fail. Where nobody answers, it may be that only this
    computer does not get there: that is doubtful until it is known to have worked before.
    """

    def __init__(self) -> None:
        self._slow = 0
        self._failures = 0
        self._reached = False
        self._warning: Problem | None = None

    def warn(self, problem: Problem) -> None:
        """Calls work, but somebody should know this until the next start."""
        self._warning = problem

    @property
    def doubtful(self) -> bool:
        """True where the next look should come soon."""
        return 0 < self._slow < SLOW_LOOKS or 0 < self._failures < DOUBTFUL_LOOKS

    @property
    def lost(self) -> bool:
        """True where several looks in a row have failed."""
        return self._failures >= DOUBTFUL_LOOKS

    def good(self, round_trip_ms: float) -> Sight:
        """A message came back."""
        self._failures, self._reached = 0, True
        self._slow = self._slow + 1 if round_trip_ms > SLOW_MS else 0
        problem = _slow(round_trip_ms) if self._slow >= SLOW_LOOKS else self._warning
        state = ServiceState.READY if problem is None else ServiceState.DEGRADED
        return Sight(state, round_trip_ms, problem)

    def bad(self, error: LookError) -> Sight | None:
        """A look failed; None where that does not count yet."""
        self._failures += 1
        self._slow = 0
        if error.answered:
            failed = Sight(ServiceState.FAILED, None, error.problem)
            return failed if self._failures >= WRONG_LOOKS else None
        if self._reached and self._failures >= GONE_LOOKS:
            return Sight(ServiceState.FAILED, None, error.problem)
        if self._failures < DOUBTFUL_LOOKS:
            return None
        return Sight(ServiceState.DEGRADED, None, self._doubt(error.problem))

    def _doubt(self, problem: Problem) -> Problem:
        if self._reached:
            return replace(problem, title="Calls may not reach this computer just now")
        return replace(
            problem,
            title="It is not known whether calls reach this computer",
            cure="Check the address and the internet connection. Some routers do not let a "
            "computer reach its own public address; then place a call to try it.",
        )


class Lookout:
    """Looks at once, and then stays connected, so that a loss is noticed when it happens.

    One WebSocket is held open and asked now and then, in place of one request each time: it is
    the way the sound takes, and free tunnels count requests.

    Args:
        address: our public address.
        beacon: what our server shows.
        tell: is given each `Sight`, in the event loop.
        on_open_door: called where the control interface is open to the world.
        ca_file: authorities to trust instead of the system's, PEM.
        pace: how often to look.
    """

    def __init__(
        self,
        address: str,
        beacon: Beacon,
        tell: Callable[[Sight], None],
        *,
        on_open_door: Callable[[], None] | None = None,
        ca_file: Path | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._address = address
        self._beacon = beacon
        self._tell = tell
        self._on_open_door = on_open_door
        self._ca_file = ca_file
        self._pace = pace or Pace()
        self._judgement = Judgement()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            pause_s = self._pace.doubtful_s
            try:
                await self._stay()
            except LookError as error:
                self._take(error)
                if self._judgement.lost:
                    pause_s = self._pace.lost_s
            await asyncio.sleep(pause_s)

    async def _stay(self) -> None:
        """Look as long as the line holds. Raises `LookError` where it does not come about."""
        # Each time anew: a connection that was kept may lead to who answered before.
        outside = Outside(
            self._address, self._beacon, ca_file=self._ca_file, limit_s=self._pace.limit_s
        )
        async with outside:
            await outside.health_ms()
            async with outside.echo() as line:
                closed = False
                while not closed:
                    self._tell(self._judgement.good(await line.round_trip_ms()))
                    doubtful = self._judgement.doubtful
                    pause_s = self._pace.doubtful_s if doubtful else self._pace.every_s
                    closed = await line.closed(pause_s)

    def _take(self, error: LookError) -> None:
        if error.problem.code == OPEN_DOOR:
            if self._on_open_door is not None:
                self._on_open_door()
            self._judgement.warn(error.problem)
            return
        sight = self._judgement.bad(error)
        if sight is not None:
            self._tell(sight)


def _slow(round_trip_ms: float) -> Problem:
    return Problem(
        "tunnel.slow",
        "The tunnel is slow",
        f"A message takes {round_trip_ms / 1000:.1f} s out and back; callees will hear pauses.",
        "Look for what else uses the internet connection, or take a tunnel that is nearer.",
    )
