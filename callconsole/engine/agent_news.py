"""What the agent's session tells besides speech: the tokens it uses, the age of its connection."""

from __future__ import annotations

from collections.abc import Callable

from callconsole.domain import events
from callconsole.engine.ports import AgentEvent, AgentSession, Clock, ConnectionSpan
from callconsole.engine.usage import TokenMeter


class AgentNews:
    """Publishes both, whenever they change."""

    def __init__(
        self,
        call_sid: str,
        session: AgentSession,
        clock: Clock,
        publish: Callable[[events.CallEvent], None],
    ) -> None:
        self._call_sid = call_sid
        self._session = session
        self._clock = clock
        self._publish = publish
        self._meter = TokenMeter()
        self._span: ConnectionSpan | None = None

    def take(self, event: AgentEvent) -> None:
        """Take in what the model says."""
        if self._meter.take(event):
            self._publish(
                events.UsageMeasured(
                    call_sid=self._call_sid, at=self._clock.now(), tokens=self._meter.tokens
                )
            )

    def look(self) -> None:
        """Look whether the connection is another one, or is to be left at another time."""
        span = self._session.span
        if span is None or span == self._span:
            return
        self._span = span
        self._publish(
            events.AgentSessionAged(
                call_sid=self._call_sid,
                at=self._clock.now(),
                age_s=self._clock.monotonic() - span.opened_at,
                renewed_from_s=span.renewed_from - span.opened_at,
                renewed_by_s=span.renewed_by - span.opened_at,
            )
        )
