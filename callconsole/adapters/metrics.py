"""What this console has done since its start, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)

from callconsole.domain.call import Outcome
from callconsole.domain.events import (
    AgentHeard,
    AgentInterrupted,
    AgentRenewed,
    AgentReplied,
    AgentStalled,
    CallAnswered,
    CallBegan,
    CallEnded,
    CallQueued,
    IncomingCallRang,
    ServiceChanged,
    ServiceState,
)
from callconsole.engine.watchdog import Stall

METRICS_PATH: Final = "/metrics"
# The text format that every version of Prometheus reads.
_CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_REPLY_BUCKETS_S: Final = (0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
_CALL_BUCKETS_S: Final = (5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)
_STALLS: Final = frozenset(Stall)
_OTHER: Final = "other"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Metrics:
    """Counts events, in a registry of its own, and tells of this process's memory and CPU time.

    Labels come from closed lists (outcomes, services, kinds of stall), so that no number, name
    of a call or text of a vendor becomes one.

    Args:
        subscribe: gives every event to a listener; the result ends that.
        version: of this program.
    """

    def __init__(
        self, subscribe: Callable[[Callable[[object], None]], object], version: str
    ) -> None:
        self._answered_at: dict[str, datetime | None] = {}
        self._registry = CollectorRegistry()
        self._make_call_metrics()
        self._make_voice_metrics()
        self._services = self._gauge("service_up", "1 where a part is ready, by part.", "service")
        build = Info("callconsole_build", "This program.", registry=self._registry)
        build.info({"version": version})
        ProcessCollector(registry=self._registry)
        self._takers: dict[type, Callable[[Any], None]] = {
            CallQueued: self._call_began,
            IncomingCallRang: self._call_began,
            CallAnswered: self._call_answered,
            CallEnded: self._call_ended,
            AgentReplied: lambda event: self._sent.observe(event.delay_ms / 1000),
            AgentHeard: lambda event: self._heard.observe(event.delay_ms / 1000),
            AgentInterrupted: self._interrupted,
            AgentStalled: self._stalled,
            AgentRenewed: self._renewed,
            ServiceChanged: self._service_changed,
        }
        subscribe(self._take)

    def pages(self) -> dict[str, Handler]:
        """The handler of `GET /metrics`; whoever serves it has to guard it."""
        return {METRICS_PATH: self._answer}

    async def _answer(self, _: web.Request) -> web.Response:
        headers = {"Content-Type": _CONTENT_TYPE, "Cache-Control": "no-store"}
        return web.Response(body=generate_latest(self._registry), headers=headers)

    # The metrics ------------------------------------------------------------------------------

    def _make_call_metrics(self) -> None:
        self._calls = self._counter("calls", "Calls that have ended, by outcome.", "outcome")
        for outcome in Outcome:
            self._calls.labels(outcome.value)
        live = self._gauge("live_calls", "Calls that have not ended.")
        live.set_function(lambda: len(self._answered_at))
        self._talked = self._histogram(
            "call_duration_seconds",
            "From the answer to the end of calls that have ended and were answered.",
            _CALL_BUCKETS_S,
        )

    def _make_voice_metrics(self) -> None:
        after = "From the caller's last sound until the agent's answer"
        self._sent = self._histogram(
            "reply_sent_seconds", f"{after} began to be sent.", _REPLY_BUCKETS_S
        )
        self._heard = self._histogram(
            "reply_heard_seconds", f"{after} began to be heard.", _REPLY_BUCKETS_S
        )
        self._interruptions = self._counter("interruptions", "Times the caller cut the agent off.")
        self._dropped = self._counter(
            "agent_audio_dropped_seconds", "Agent audio that an interruption kept unheard."
        )
        self._stalls = self._counter("agent_stalls", "Times the agent was mended, by kind.", "kind")
        for kind in (*(stall.value for stall in Stall), _OTHER):
            self._stalls.labels(kind)
        self._renewals = self._counter("agent_renewals", "Connections to it replaced.", "session")
        for session in ("resumed", "fresh"):
            self._renewals.labels(session)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"callconsole_{name}", text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"callconsole_{name}", text, labels, registry=self._registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"callconsole_{name}", text, buckets=buckets, registry=self._registry)

    # The events -------------------------------------------------------------------------------

    def _take(self, event: object) -> None:
        taker = self._takers.get(type(event))
        if taker is not None:
            taker(event)

    def _call_began(self, event: CallBegan) -> None:
        self._answered_at[event.call_sid] = None

    def _call_answered(self, event: CallAnswered) -> None:
        if event.call_sid in self._answered_at:
            self._answered_at[event.call_sid] = event.at

    def _call_ended(self, event: CallEnded) -> None:
        answered_at = self._answered_at.pop(event.call_sid, None)
        self._calls.labels(event.ending.outcome.value).inc()
        if answered_at is not None:
            self._talked.observe(max(0.0, (event.at - answered_at).total_seconds()))

    def _interrupted(self, event: AgentInterrupted) -> None:
        self._interruptions.inc()
        self._dropped.inc(event.dropped_ms / 1000)

    def _stalled(self, event: AgentStalled) -> None:
        self._stalls.labels(event.stall if event.stall in _STALLS else _OTHER).inc()

    def _renewed(self, event: AgentRenewed) -> None:
        self._renewals.labels("fresh" if event.fresh else "resumed").inc()

    def _service_changed(self, event: ServiceChanged) -> None:
        ready = event.state in (ServiceState.READY, ServiceState.DEGRADED)
        self._services.labels(event.service.value).set(1.0 if ready else 0.0)
