"""Builds the two worlds that calls can run in: the practice line and the real phone line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr

from callconsole.adapters.gemini.credentials import ApiKey, GeminiAccess, Vertex
from callconsole.adapters.gemini.live import GeminiAgent
from callconsole.adapters.gemini.session_config import Manner
from callconsole.adapters.tunnel.fixed import FixedAddress
from callconsole.adapters.tunnel.ngrok import NgrokTunnel
from callconsole.adapters.twilio.rest import TwilioCarrier
from callconsole.adapters.twilio.signature import SignatureCheck
from callconsole.domain.problems import ProblemError
from callconsole.engine.ports import Tunnel
from callconsole.engine.world import PHONE, PRACTICE
from callconsole.settings import Settings, missing_for_phone

if TYPE_CHECKING:
    from callconsole.practice.world import PracticeWorld


_URLS_KEPT: Final = 5


class PublicAddress:
    """Where the outside reaches us; known once the tunnel is up, and asked for at each use.

    Calls keep the address that they were placed with: Twilio signs it until they end. The last
    few are therefore remembered; they give nothing to whoever lacks the account's token.
    """

    def __init__(self) -> None:
        self._urls: list[str] = []

    @property
    def url(self) -> str | None:
        """The address now, without a trailing slash; None while there was none yet."""
        return self._urls[0] if self._urls else None

    @url.setter
    def url(self, url: str) -> None:
        self._urls = [url, *(other for other in self._urls if other != url)][:_URLS_KEPT]

    def former(self) -> list[str]:
        """Addresses that we had before, newest first."""
        return self._urls[1:]

    def __call__(self) -> str:
        """The address without a trailing slash; empty while there is none."""
        return self.url or ""


@dataclass(slots=True)
class Line:
    """The parts of one world, built and not yet opened.

    Attributes:
        name: `PRACTICE` or `PHONE`.
        account_sid: the account whose streams are ours.
        practice: the services behind the practice line; None on the phone line.
    """

    name: str
    account_sid: str
    carrier: TwilioCarrier
    agent: GeminiAgent
    tunnel: Tunnel
    signature: SignatureCheck
    address: PublicAddress
    practice: PracticeWorld | None = None

    async def close(self) -> None:
        """Let go of everything, in the reverse order of opening."""
        await self.tunnel.close()
        await self.agent.close()
        await self.carrier.close()
        if self.practice is not None:
            await self.practice.stop()


async def open_practice(settings: Settings, world: PracticeWorld | None = None) -> Line:
    """Start the practice services and the adapters that reach them as they reach real ones.

    Args:
        settings: model, voice and back end are taken from here, so that they are tried out too.
        world: services made by a test; None makes new ones.
    """
    # Only those who practise pay for the practice line.
    from callconsole.practice.world import PracticeTunnel, PracticeWorld

    practice = world or PracticeWorld()
    await practice.start()
    access = GeminiAccess(
        _practice_account(settings, practice), practice.agent.base_url, practice.agent.ca_file
    )
    address = PublicAddress()
    token = SecretStr(practice.auth_token)
    return Line(
        name=PRACTICE,
        account_sid=practice.account_sid,
        carrier=TwilioCarrier(
            practice.account_sid,
            token,
            practice.number,
            api_base_url=practice.carrier.base_url,
            public_url=address,
        ),
        agent=_agent(access, settings),
        tunnel=PracticeTunnel(practice),
        signature=SignatureCheck(token, address, address.former),
        address=address,
        practice=practice,
    )


def _practice_account(settings: Settings, practice: PracticeWorld) -> Vertex | ApiKey:
    if settings.vertex_project_id is None:
        return ApiKey(SecretStr(practice.api_key))
    token = SecretStr(practice.access_token)
    return Vertex(settings.vertex_project_id, settings.vertex_location, token)


def open_phone(settings: Settings, data: Path) -> Line:
    """The adapters to Twilio, Gemini and the tunnel. Raises `ProblemError` if one lacks a value."""
    missing = missing_for_phone(settings)
    if missing:
        raise ProblemError(missing[0])
    address = PublicAddress()
    token = settings.twilio_auth_token or SecretStr("")
    return Line(
        name=PHONE,
        account_sid=settings.twilio_account_sid or "",
        carrier=TwilioCarrier(
            settings.twilio_account_sid or "",
            token,
            settings.twilio_phone_number or "",
            api_base_url=settings.twilio_api_base_url,
            public_url=address,
        ),
        agent=agent_for(settings),
        tunnel=tunnel_for(settings, data),
        signature=SignatureCheck(token, address, address.former),
        address=address,
    )


def agent_for(settings: Settings) -> GeminiAgent:
    """The agent that the phone line talks through."""
    return _agent(gemini_access(settings), settings)


def _agent(access: GeminiAccess, settings: Settings) -> GeminiAgent:
    return GeminiAgent(
        access,
        model=settings.gemini_model,
        voice=settings.gemini_voice,
        manner=Manner(settings.affective_dialog, settings.proactive_audio),
    )


def gemini_access(settings: Settings) -> GeminiAccess:
    """How Gemini is reached; Vertex AI wins where both back ends are set."""
    if settings.vertex_project_id is not None:
        account: Vertex | ApiKey = Vertex(settings.vertex_project_id, settings.vertex_location)
        base_url = settings.google_vertex_base_url
    else:
        account = ApiKey(settings.gemini_api_key or SecretStr(""))
        base_url = settings.google_gemini_base_url
    return GeminiAccess(account, base_url, settings.ssl_cert_file)


def tunnel_for(settings: Settings, data: Path) -> Tunnel:
    """The phone line's way to the outside, not yet open; an address of one's own wins."""
    if settings.server_base_url is not None:
        return FixedAddress(settings.server_base_url)
    token = settings.ngrok_authtoken or SecretStr("")
    return NgrokTunnel(token, settings.ngrok_domain, data / "ngrok", settings.ngrok_path)
