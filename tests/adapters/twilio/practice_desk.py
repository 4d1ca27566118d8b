"""Our whole Twilio side joined to the practice phone company, with an engine that is imitated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from api_stand_in import ACCOUNT, NUMBER, TOKEN
from pydantic import SecretStr
from twilio_door import serving

from callconsole.adapters.twilio import stream, webhooks
from callconsole.adapters.twilio.rest import TwilioCarrier
from callconsole.adapters.twilio.signature import SignatureCheck
from callconsole.engine.ports import CallOrder, CarrierReport
from callconsole.practice.callees import Callee
from callconsole.practice.carrier import PracticeCarrier, hastened
from fakes.switchboard import FIRST_CALL, FakeSwitchboard

PUBLIC = "https://desk.example.com"


class OpenSwitchboard(FakeSwitchboard):
    """Knows every call, as the engine does while it is placing one; tells when one is over."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()
        self.judged = asyncio.Event()

    def knows(self, call_sid: str) -> bool:
        return True

    async def admit(self, call_sid: str, token: str) -> bool:
        minted = await super().admit(call_sid, token)
        return minted or token == "one-time"

    def carrier_reported(self, report: CarrierReport) -> None:
        super().carrier_reported(report)
        if report.status.terminal:
            self.over.set()

    def answer_judged(self, verdict: object) -> None:
        super().answer_judged(verdict)  # type: ignore[arg-type]
        self.judged.set()


@dataclass
class World:
    company: PracticeCarrier
    carrier: TwilioCarrier
    switchboard: OpenSwitchboard

    async def place(self, to: str, **more: Any) -> str:
        order = CallOrder(to=to, stream_token="one-time", **more)
        placed = await self.carrier.place_call(order)
        self.switchboard.known[placed.sid] = replace(FIRST_CALL, sid=placed.sid)
        return placed.sid

    @property
    def statuses(self) -> list[str]:
        return [report.status.value for report in self.switchboard.reports]


@asynccontextmanager
async def open_world(callees: Sequence[Callee] | None = None) -> AsyncIterator[World]:
    """All of it, on loopback; every signature has to be right."""
    switchboard = OpenSwitchboard()
    signature = SignatureCheck(SecretStr(TOKEN), lambda: PUBLIC)
    routes = webhooks.routes(switchboard, signature)
    routes += stream.routes(switchboard, signature, ACCOUNT)
    company = PracticeCarrier(ACCOUNT, TOKEN, NUMBER, callees=callees or hastened())
    async with serving(routes) as base:
        company.edge.map(PUBLIC, base)
        await company.start()
        secret = SecretStr(TOKEN)
        carrier = TwilioCarrier(
            ACCOUNT, secret, NUMBER, lambda: PUBLIC, company.base_url, timeout_s=1.0
        )
        yield World(company, carrier, switchboard)
        await carrier.close()
        await company.stop()
    assert signature.refused == 0
