"""The practice line as one thing: a phone company and an agent, started and stopped together."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path

from callconsole.practice.agent import USUAL_PACE, AgentFaults, Pace, PracticeAgent
from callconsole.practice.carrier import CALLEES, Callee, CarrierFaults, PracticeCarrier

PUBLIC_ADDRESS = "https://console.practice.example"
NUMBER = "+16285550100"


class PracticeWorld:
    """Everything outside the console, in miniature and on loopback.

    The console reaches it only as it reaches the real world: by the carrier's REST address with
    an account and a token, by the agent's TLS address with a key, and through a public https
    address that stands for the tunnel. All secrets are made anew for each start.

    Attributes:
        account_sid, auth_token, number: the account at the phone company.
        api_key, access_token: what opens the agent's two doors, Gemini API and Vertex AI.
        carrier, agent: the two services, for tests that look behind the scenes.
    """

    number = NUMBER

    def __init__(
        self,
        *,
        carrier_faults: CarrierFaults | None = None,
        agent_faults: AgentFaults | None = None,
        callees: Iterable[Callee] = CALLEES,
        pace: Pace = USUAL_PACE,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="callconsole-practice-")
        self.account_sid = "AC" + secrets.token_hex(16)
        self.auth_token = secrets.token_hex(16)
        self.api_key = "practice-" + secrets.token_hex(16)
        self.access_token = "ya29.practice-" + secrets.token_hex(16)
        self.carrier = PracticeCarrier(
            account_sid=self.account_sid,
            auth_token=self.auth_token,
            number=self.number,
            faults=carrier_faults or CarrierFaults(),
            callees=callees,
        )
        self.agent = PracticeAgent(
            Path(self._folder.name),
            api_key=self.api_key,
            access_token=self.access_token,
            faults=agent_faults or AgentFaults(),
            pace=pace,
        )

    async def start(self) -> None:
        """Open both services on loopback ports."""
        await self.carrier.start()
        await self.agent.start()

    async def stop(self) -> None:
        """End every call and close both services."""
        await self.carrier.stop()
        await self.agent.stop()
        self._folder.cleanup()


class PracticeTunnel:
    """The way from the practice phone company to our server; fulfils `ports.Tunnel`."""

    def __init__(self, world: PracticeWorld) -> None:
        self._world = world

    async def open(self, local_port: int) -> str:
        """Let the public address lead to our port, as a tunnel's edge does.

        The account's number is set to it, as its owner does in the phone company's console.
        """
        carrier = self._world.carrier
        carrier.edge.map(PUBLIC_ADDRESS, f"http://127.0.0.1:{local_port}")
        carrier.own.voice_url = f"{PUBLIC_ADDRESS}/twiml/incoming"
        carrier.own.status_callback = f"{PUBLIC_ADDRESS}/call-status"
        return PUBLIC_ADDRESS

    async def close(self) -> None:
        """Nothing stays open: the address ends with the practice line."""
