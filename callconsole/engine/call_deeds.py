"""What can be done to a call for its agent: the polite end, keys, and passing it on."""

from __future__ import annotations

from callconsole.domain import events
from callconsole.domain.abilities import TransferTarget
from callconsole.domain.call import EndedBy, Ending, Outcome
from callconsole.domain.problems import ProblemError
from callconsole.engine.bridge import Bridge
from callconsole.engine.call_state import CallState
from callconsole.engine.call_streams import PERHAPS_DONE, CallStreams
from callconsole.engine.farewell import Farewell
from callconsole.engine.hanging_up import HangingUp
from callconsole.engine.passing_on import PassingOn
from callconsole.engine.ports import Carrier

# How long one key's tone and pause take, and what comes before the new stream.
KEY_S = 0.5
NEW_STREAM_S = 5.0


class Deeds:
    """Fulfils `callconsole.engine.tools.CallDeeds`."""

    def __init__(
        self,
        state: CallState,
        bridge: Bridge,
        streams: CallStreams,
        passing_on: PassingOn,
        hanging_up: HangingUp,
        carrier: Carrier,
    ) -> None:
        self._state = state
        self._bridge = bridge
        self._streams = streams
        self._passing_on = passing_on
        self._hanging_up = hanging_up
        self._carrier = carrier

    @property
    def agent_spoke_last(self) -> bool:
        """True where the agent has said something since the person last spoke."""
        return self._bridge.agent_spoke_last

    @property
    def in_other_hands(self) -> bool:
        """True while the operator keeps the person from hearing the agent."""
        return self._bridge.gate.in_vain

    async def say_goodbye_and_end(self, *, asked: bool) -> None:
        """Let the last words be heard, then hang up; `asked`: they are still to come."""
        farewell = Farewell(self._bridge)
        self._state.tell(events.FarewellBegan)
        if asked:
            await farewell.wait_for_words()
        if not await farewell.heard_whole():
            self._state.tell(events.FarewellCalledOff)
            if not await farewell.nobody_goes_on():
                return
        await self._hanging_up.now(Ending(Outcome.COMPLETED, EndedBy.AGENT))

    async def press_keys(self, digits: str, *, by_operator: bool = False) -> None:
        """Send tones. Raises `ProblemError`; then the call goes on as it was."""
        token = self._streams.token(len(digits) * KEY_S + NEW_STREAM_S)
        try:
            await self._carrier.press_keys(self._state.call.sid, digits, token)
        except ProblemError as error:
            if not error.problem.code.endswith(PERHAPS_DONE):
                self._streams.stay(token)
            raise
        self._state.tell(events.KeysPressed, digits=digits, by_operator=by_operator)

    async def transfer(self, target: TransferTarget, reason: str, *, asked: bool) -> None:
        """Pass the call on, once the announcement has been heard; `asked`: it is still to come."""
        await self._passing_on.begin(target, reason, asked=asked)
