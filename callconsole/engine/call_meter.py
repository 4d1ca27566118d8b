"""What one call uses of all that is charged, counted from its events."""

from __future__ import annotations

from datetime import datetime

from callconsole.domain import events
from callconsole.domain.call import Direction
from callconsole.domain.costs import Cost, Tariff, Tokens, Used, cost_of


class _Stopwatch:
    """Seconds between starts and stops, by the times of events."""

    def __init__(self) -> None:
        self._sum_s = 0.0
        self._since: datetime | None = None

    def start(self, at: datetime) -> None:
        self._since = self._since or at

    def stop(self, at: datetime) -> None:
        self._sum_s = self.seconds(at)
        self._since = None

    def seconds(self, now: datetime) -> float:
        running_s = (now - self._since).total_seconds() if self._since is not None else 0.0
        return self._sum_s + max(0.0, running_s)


class CallMeter:
    """Grows with the events of one call.

    Args:
        tariff: what it is charged by, or None where nobody wants to know.
        charged: False for a call that only practises.
        detections: times that the carrier is asked who answered.
        direction: who placed the call.
    """

    def __init__(
        self,
        tariff: Tariff | None = None,
        *,
        charged: bool = True,
        detections: int = 0,
        direction: Direction = Direction.OUTGOING,
    ) -> None:
        self._tariff = tariff
        self._charged = charged
        self._detections = detections
        self._direction = direction
        self._answered = False
        self._talk, self._stream, self._transfer = _Stopwatch(), _Stopwatch(), _Stopwatch()
        self.tokens = Tokens()

    def take(self, event: events.CallEvent) -> None:
        """Take in an event of this call."""
        match event:
            case events.CallAnswered(at=at):
                self._answered = True
                self._talk.start(at)
            case events.StreamStarted(at=at):
                self._stream.start(at)
            case events.StreamStopped(at=at):
                self._stream.stop(at)
            case events.TransferAnswered(at=at):
                self._transfer.start(at)
            case events.TransferEnded(at=at):
                self._transfer.stop(at)
            case events.UsageMeasured(tokens=tokens):
                self.tokens = tokens
            case events.CallEnded(at=at):
                for watch in (self._talk, self._stream, self._transfer):
                    watch.stop(at)
            case _:
                pass

    def used(self, now: datetime) -> Used:
        """Everything until now, aware UTC."""
        return Used(
            talked_s=self._talk.seconds(now) if self._answered else None,
            streamed_s=self._stream.seconds(now),
            transferred_s=self._transfer.seconds(now),
            detections=self._detections,
            tokens=self.tokens,
            direction=self._direction,
        )

    def cost(self, now: datetime) -> Cost | None:
        """What it costs until now, or would on the phone line; None without a tariff."""
        tariff = self._tariff
        if tariff is None:
            return None
        return cost_of(self.used(now), tariff.prices, tariff.model, charged=self._charged)
