"""What is counted during one call: reply times, what was heard, stalls and renewals."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import asdict, dataclass
from datetime import datetime
from statistics import median
from typing import Any

from callconsole.domain.events import (
    AgentHeard,
    AgentInterrupted,
    AgentRenewed,
    AgentReplied,
    AgentStalled,
    CallEvent,
    LevelsMeasured,
    SpeechGapped,
    StreamStopped,
    TurnChanged,
)
from callconsole.domain.transcript import Speaker, Turn
from callconsole.engine.call_meter import CallMeter

# Enough for the medians; a call of an hour has several hundred replies.
REPLIES_KEPT = 200
# Only the newest turns still change.
TURNS_KEPT = 50


@dataclass(slots=True)
class Reply:
    """One answer of the agent; both delays count from the caller's last sound.

    Attributes:
        at: when the first of it was sent, aware UTC.
        sent_ms: until its first frame was sent.
        heard_ms: until the caller began to hear it; None while that is not proven, and for
            good where it was cut off before.
    """

    at: datetime
    sent_ms: int
    heard_ms: int | None = None


class CallFigures:
    """Grows with the events of one call, and stays small however long the call is.

    Attributes:
        meter: what the call uses, and what that costs.
    """

    def __init__(self, meter: CallMeter | None = None) -> None:
        self.meter = meter or CallMeter()
        self._replies: deque[Reply] = deque(maxlen=REPLIES_KEPT)
        self._unproven: Reply | None = None
        self._reply_count = 0
        self._turns: Counter[Speaker] = Counter()
        self._newest_turn = 0
        self._unheard: OrderedDict[int, int] = OrderedDict()
        self._unheard_words = 0
        self._interruptions = 0
        self._dropped_ms = 0
        self._queue_ms = 0
        self._longest_queue_ms = 0
        self._round_trip_ms: int | None = None
        self._longest_round_trip_ms: int | None = None
        self._stalls: Counter[str] = Counter()
        self._remedies: Counter[str] = Counter()
        self._renewals: Counter[bool] = Counter()
        self._gap_ms: int | None = None
        self._longest_gap_ms: int | None = None
        self._gaps = 0
        self._gaps_ms = 0
        self._worst_gap_ms = 0
        self._last_at: datetime | None = None

    def take(self, event: CallEvent) -> None:
        """Take in an event of this call."""
        self._last_at = event.at
        self.meter.take(event)
        match event:
            case LevelsMeasured(buffered_ms=buffered_ms, round_trip_ms=round_trip_ms):
                self._queue_ms = buffered_ms
                self._longest_queue_ms = max(self._longest_queue_ms, buffered_ms)
                self._network(round_trip_ms)
            case TurnChanged(turn=turn):
                self._turn_changed(turn)
            case AgentReplied(at=at, delay_ms=delay_ms):
                self._unproven = Reply(at, delay_ms)
                self._replies.append(self._unproven)
                self._reply_count += 1
            case AgentHeard(delay_ms=delay_ms):
                if self._unproven is not None:
                    self._unproven.heard_ms = delay_ms
                    self._unproven = None
            case AgentInterrupted(dropped_ms=dropped_ms):
                self._interruptions += 1
                self._dropped_ms += dropped_ms
                self._unproven = None
                self._queue_ms = 0
            case AgentStalled(stall=stall, remedy=remedy):
                self._stalls[stall] += 1
                self._remedies[remedy] += 1
            case AgentRenewed(fresh=fresh, gap_ms=gap_ms):
                self._renewals[fresh] += 1
                self._gap_ms = gap_ms
                self._longest_gap_ms = max(self._longest_gap_ms or 0, gap_ms)
            case SpeechGapped(gap_ms=gap_ms):
                self._gaps += 1
                self._gaps_ms += gap_ms
                self._worst_gap_ms = max(self._worst_gap_ms, gap_ms)
            case StreamStopped():
                self._queue_ms = 0
            case _:
                pass

    def as_json(self) -> dict[str, Any]:
        """JSON-ready; times in whole ms, None where nothing was measured.

        Medians are those of the newest `REPLIES_KEPT` replies, which `recent` lists, oldest
        first; `count` is that of all. `queue` is agent audio that the carrier holds, `round_trip`
        how long sound takes to the carrier and its echo back (see `RoundTrip`), `gaps` are holes
        that were heard in the middle of a turn, and `cost` is an estimate, see `Cost.as_json`;
        None where prices are not known.
        """
        cost = self.meter.cost(self._last_at) if self._last_at is not None else None
        return {
            "replies": {
                "count": self._reply_count,
                "sent_median_ms": _median([reply.sent_ms for reply in self._replies]),
                "heard_median_ms": _median(
                    [reply.heard_ms for reply in self._replies if reply.heard_ms is not None]
                ),
                "recent": [_reply_json(reply) for reply in self._replies],
            },
            "turns": {speaker.value: self._turns[speaker] for speaker in Speaker},
            "interruptions": self._interruptions,
            "dropped_ms": self._dropped_ms,
            "unheard_words": self._unheard_words,
            "queue": {"now_ms": self._queue_ms, "longest_ms": self._longest_queue_ms},
            "round_trip": {
                "now_ms": self._round_trip_ms,
                "longest_ms": self._longest_round_trip_ms,
            },
            "gaps": {
                "count": self._gaps,
                "sum_ms": self._gaps_ms,
                "longest_ms": self._worst_gap_ms,
            },
            "stalls": {"by_kind": dict(self._stalls), "by_remedy": dict(self._remedies)},
            "renewals": {
                "resumed": self._renewals[False],
                "fresh": self._renewals[True],
                "last_gap_ms": self._gap_ms,
                "longest_gap_ms": self._longest_gap_ms,
            },
            "tokens": asdict(self.meter.tokens),
            "cost": cost.as_json() if cost is not None else None,
            "last_event_at": _iso(self._last_at) if self._last_at is not None else None,
        }

    def _network(self, round_trip_ms: int | None) -> None:
        if round_trip_ms is not None:
            self._round_trip_ms = round_trip_ms
            self._longest_round_trip_ms = max(self._longest_round_trip_ms or 0, round_trip_ms)

    def _turn_changed(self, turn: Turn) -> None:
        if turn.id > self._newest_turn:
            self._newest_turn = turn.id
            self._turns[turn.speaker] += 1
        before = self._unheard.pop(turn.id, 0)
        self._unheard_words += turn.unheard_words - before
        if turn.unheard_words:
            self._unheard[turn.id] = turn.unheard_words
            if len(self._unheard) > TURNS_KEPT:
                self._unheard.popitem(last=False)


def _median(values_ms: list[int]) -> int | None:
    return round(median(values_ms)) if values_ms else None


def _reply_json(reply: Reply) -> dict[str, Any]:
    return {"at": _iso(reply.at), "sent_ms": reply.sent_ms, "heard_ms": reply.heard_ms}


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
