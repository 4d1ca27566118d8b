"""Every call since the start, by its name, with the session of each that was picked up."""

from __future__ import annotations

from collections.abc import Iterator

from callconsole.domain.call import Call
from callconsole.domain.problems import ProblemError
from callconsole.engine import refusals
from callconsole.engine.call_state import CallState
from callconsole.engine.session import CallSession

# Ended calls that can still be looked at; older ones are known by their records only.
KEPT_CALLS = 200


class KeptCalls:
    """An incoming call has no session until somebody answers it."""

    def __init__(self) -> None:
        self._states: dict[str, CallState] = {}
        self._sessions: dict[str, CallSession] = {}

    def __contains__(self, call_sid: str) -> bool:
        return call_sid in self._states

    def know(self, state: CallState) -> None:
        """Keep a new call."""
        self._states[state.call.sid] = state

    def join(self, session: CallSession) -> None:
        """Keep the session of a known call."""
        self._sessions[session.call.sid] = session

    def state(self, call_sid: str) -> CallState | None:
        """The call's state, or None."""
        return self._states.get(call_sid)

    def session(self, call_sid: str) -> CallSession | None:
        """The call's session, or None."""
        return self._sessions.get(call_sid)

    def sessions(self) -> Iterator[CallSession]:
        """Every session, oldest first."""
        return iter(list(self._sessions.values()))

    def known(self, call_sid: str) -> CallSession:
        """The call's session. Raises `ProblemError`: no such call, or nobody has answered it."""
        session = self._sessions.get(call_sid)
        if session is None:
            unanswered = call_sid in self._states
            raise ProblemError(refusals.NOT_ANSWERED if unanswered else refusals.unknown(call_sid))
        return session

    def call(self, call_sid: str) -> Call | None:
        """The call's present state, or None."""
        state = self._states.get(call_sid)
        return state.call if state is not None else None

    def calls(self) -> list[Call]:
        """Every call, newest last."""
        return [state.call for state in self._states.values()]

    def live(self) -> list[Call]:
        """Calls that have not ended, oldest first."""
        return [state.call for state in self._states.values() if state.live]

    def forget(self, call_sid: str) -> None:
        """Keep the call no more."""
        self._states.pop(call_sid, None)
        self._sessions.pop(call_sid, None)

    def too_old(self) -> list[str]:
        """Names of ended calls beyond the last `KEPT_CALLS`."""
        ended = [sid for sid, state in self._states.items() if not state.live]
        return ended[:-KEPT_CALLS]
