"""The operator's hand in the fake desk: it keeps what was asked and tells of it as the engine."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

from callconsole.domain import events
from callconsole.domain.abilities import TransferTarget
from callconsole.domain.call import Call
from callconsole.domain.problems import Problem, ProblemError


class SteppingIn:
    """The part of `Desk` that lets the operator act on a live call.

    Attributes:
        whispered, asked_to_say, handed_back: (SID, text) of each.
        pressed: (SID, digits) of every press_keys.
        targets: what transfer_targets answers.
        passed_on: (SID, to, note) of every transfer_call.
        announced: transfer_call waits here until it is set.
        microphone: what microphone_dbfs answers while a call is taken over.
        microphone_trouble: what microphone_problem answers.
        microphone_open: take_over waits here until it is set.
        step_in_problem: what every act raises, or None.
    """

    calls: dict[str, Call]
    now: datetime

    def __init__(self) -> None:
        super().__init__()
        self.whispered: list[tuple[str, str]] = []
        self.asked_to_say: list[tuple[str, str]] = []
        self.handed_back: list[tuple[str, str]] = []
        self.pressed: list[tuple[str, str]] = []
        self.targets: tuple[TransferTarget, ...] = ()
        self.passed_on: list[tuple[str, str, str]] = []
        self.announced = asyncio.Event()
        self.announced.set()
        self.microphone = -14.0
        self.microphone_trouble: Problem | None = None
        self.microphone_open = asyncio.Event()
        self.microphone_open.set()
        self.step_in_problem: Problem | None = None

    def publish(self, event: events.Event) -> None:
        raise NotImplementedError

    def whisper(self, call_sid: str, text: str) -> None:
        self._refuse()
        self.whispered.append((call_sid, text))
        self._tell(events.Whispered, call_sid, whisper_id=len(self.whispered), text=text)

    def say(self, call_sid: str, text: str) -> None:
        self._refuse()
        self.asked_to_say.append((call_sid, text))
        self._tell(events.SayAsked, call_sid, text=text)

    async def take_over(self, call_sid: str) -> None:
        await self.microphone_open.wait()
        self._refuse()
        self.calls[call_sid] = replace(self.calls[call_sid], taken_over=True, deciding=False)
        self._tell(events.OperatorTookOver, call_sid)

    def hand_back(self, call_sid: str, note: str) -> None:
        self._refuse()
        self.handed_back.append((call_sid, note))
        self.calls[call_sid] = replace(self.calls[call_sid], taken_over=False, operator_muted=False)
        self._tell(events.OperatorHandedBack, call_sid, spoke_s=12.0, note=note)

    def mute_agent(self, call_sid: str, on: bool) -> None:
        self._mute(call_sid, agent_muted=on)

    def mute_caller(self, call_sid: str, on: bool) -> None:
        self._mute(call_sid, caller_muted=on)

    def hold(self, call_sid: str, on: bool) -> None:
        self._mute(call_sid, on_hold=on)

    def mute_operator(self, call_sid: str, on: bool) -> None:
        self._mute(call_sid, operator_muted=on)

    def transfer_targets(self, call_sid: str) -> tuple[TransferTarget, ...]:
        return self.targets if call_sid in self.calls else ()

    async def transfer_call(self, call_sid: str, to: str, note: str = "") -> None:
        self.passed_on.append((call_sid, to, note))
        act = "asked to pass the call on"
        self._tell(events.OperatorActed, call_sid, act=act, detail=note)
        await self.announced.wait()
        self._refuse()
        label = next((target.label for target in self.targets if target.number == to), "")
        self.calls[call_sid] = replace(self.calls[call_sid], transferred_to=to)
        self._tell(events.TransferBegan, call_sid, to=to, label=label)

    async def press_keys(self, call_sid: str, digits: str) -> None:
        await asyncio.sleep(0)
        self._refuse()
        self.pressed.append((call_sid, digits))
        self._tell(events.KeysPressed, call_sid, digits=digits, by_operator=True)

    def microphone_dbfs(self) -> float:
        on_the_line = any(
            call.taken_over and not call.operator_muted for call in self.calls.values()
        )
        return self.microphone if on_the_line else -90.0

    def microphone_problem(self) -> Problem | None:
        return self.microphone_trouble

    # What a test says -------------------------------------------------------------------------

    def come_back(self, sid: str, reason: str = "no answer") -> None:
        """Whom the call was passed on to was not reached."""
        to = self.calls[sid].transferred_to or ""
        self.calls[sid] = replace(self.calls[sid], transferred_to=None)
        self._tell(events.TransferEnded, sid, to=to, reached=False, reason=reason)

    def heed(self, sid: str, whisper_id: int, delay_ms: int) -> None:
        """The agent speaks after a whisper."""
        self._tell(events.WhisperHeeded, sid, whisper_id=whisper_id, delay_ms=delay_ms)

    def _mute(self, sid: str, **changed: bool) -> None:
        self._refuse()
        call = replace(self.calls[sid], **changed)  # type: ignore[arg-type]
        self.calls[sid] = call
        self._tell(
            events.MutingChanged,
            sid,
            agent_muted=call.agent_muted,
            caller_muted=call.caller_muted,
            on_hold=call.on_hold,
            operator_muted=call.operator_muted,
        )

    def _tell(self, kind: type[events.CallEvent], sid: str, **fields: Any) -> None:
        self.publish(kind(call_sid=sid, at=self.now, **fields))

    def _refuse(self) -> None:
        if self.step_in_problem is not None:
            raise ProblemError(self.step_in_problem)
