"""What the agent's session tells besides speech: the tokens it uses, the age of its connection."""

from __future__ import annotations

from collections.abc import Callable

from callconsole.domain import events
from callconsole.domain.costs import Tokens
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
        self._beside = Tokens()
        self._span: ConnectionSpan | None = None

    def take(self, event: AgentEvent) -> None:
        """Take in what the model says."""
        if self._meter.take(event):
            self._tell_usage()

    def used_beside(self, tokens: Tokens) -> None:
        """All that other sessions of this call have used: it counts as the call's."""
        self._beside = tokens
        self._tell_usage()

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

    def _tell_usage(self) -> None:
        tokens = self._meter.tokens + self._beside
        self._publish(
            events.UsageMeasured(call_sid=self._call_sid, at=self._clock.now(), tokens=tokens)
        )
