"""Tries out what the first-start guide is told: Twilio, Google, the way in, sound.

What it tries with is imported when it tries: it takes long, and the window is shown before.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import SecretStr

from callconsole.checkup.premises import Premises
from callconsole.domain.events import Service, ServiceState
from callconsole.domain.problems import ProblemError
from callconsole.engine.checkup import OutsideAnswer, OutsideProbe, Verdict
from callconsole.engine.world import PHONE
from callconsole.settings import Settings
from callconsole.viewmodels.guide_desk import AccountFound, ToneHeard

if TYPE_CHECKING:
    from callconsole.adapters.twilio.account import TwilioAccount

_TWILIO_S: Final = 10.0


class TrialAddress(Protocol):
    """Opens a way to our server as settings say, for a moment, and reaches us through it."""

    async def __call__(self, settings: Settings) -> tuple[str, OutsideAnswer]:
        """The address, and how it answered. Raises `ProblemError`."""
        ...


class FirstStart:
    """Fulfils `callconsole.viewmodels.guide_desk.GuideProbes` for one console.

    Args:
        premises: the console.
        trial: reaches us through an address that is not in use yet.
        outside: reaches us through the open phone line's address.
    """

    def __init__(self, premises: Premises, trial: TrialAddress, outside: OutsideProbe) -> None:
        self._premises = premises
        self._trial = trial
        self._outside = outside

    async def twilio(self, settings: Settings) -> AccountFound:
        """Sign in, and ask for balance, numbers and, on a trial, verified callees."""
        from callconsole.adapters.twilio.account import TwilioAccount
        from callconsole.adapters.twilio.api import TwilioApi

        api = TwilioApi(
            settings.twilio_account_sid or "",
            settings.twilio_auth_token or SecretStr(""),
            settings.twilio_api_base_url,
            _TWILIO_S,
        )
        try:
            return await _asked(TwilioAccount(api))
        finally:
            await api.close()

    async def google(self, settings: Settings) -> str:
        """Open a session, then hear the first sound of another."""
        from callconsole.checkup import agent
        from callconsole.lines import agent_for

        trial = agent_for(settings)
        try:
            # Imports the SDK off the loop.
            await trial.warm_up()
            opened = _detail(await agent.session(trial))
            spoken = _detail(await agent.speech(trial))
        finally:
            await trial.close()
        return f"{opened}: {spoken}."

    async def google_project(self) -> str | None:
        """Look for application default credentials; may ask a metadata server."""
        from callconsole.adapters.gemini.credentials import find_project

        return await asyncio.to_thread(find_project)

    async def address(self, settings: Settings) -> str:
        """Through the open phone line's tunnel, or through one that is opened for this."""
        premises = self._premises
        if premises.line is None or premises.line.name != PHONE:
            url, answer = await self._trial(settings)
            return _told(url, answer)
        tunnel = premises.console.services().get(Service.TUNNEL)
        if tunnel is not None and tunnel.state is ServiceState.FAILED and tunnel.problem:
            raise ProblemError(tunnel.problem)
        url = premises.line.address()
        return _told(url, await self._outside(url))

    async def download(self, settings: Settings, on_progress: Callable[[str], None]) -> None:
        """Fetch the ngrok program into the data folder."""
        from callconsole.adapters.tunnel.ngrok import NgrokTunnel
        from callconsole.lines import tunnel_for

        tunnel = tunnel_for(settings, self._premises.data)
        if isinstance(tunnel, NgrokTunnel):
            await tunnel.download(lambda progress: on_progress(progress.told()))

    async def tone(self, speaker: str | None, microphone: str | None) -> ToneHeard:
        """Play a tone for 0.6 s, and listen for it."""
        from callconsole.adapters.portaudio import sound_check

        name, heard = await asyncio.to_thread(sound_check.play_tone, speaker, microphone)
        return ToneHeard(name, heard.name if heard is not None and heard.tone else None)

    async def levels(self, microphone: str | None) -> AsyncGenerator[float]:
        """Open the input, and tell its level until nobody asks any more."""
        from callconsole.adapters.portaudio import sound_check

        async for level in sound_check.levels(microphone):
            yield level


async def _asked(account: TwilioAccount) -> AccountFound:
    kept = await account.account()
    numbers = await account.numbers()
    left = await account.balance()
    verified = await account.verified_callees() if kept.trial else []
    return AccountFound(
        name=kept.name,
        trial=kept.trial,
        balance=f"{left.amount:.2f} {left.currency}".strip(),
        numbers=tuple(own.number for own in numbers if own.voice),
        others=sum(not own.voice for own in numbers),
        verified=tuple(verified),
    )


def _detail(verdict: Verdict) -> str:
    """What a probe of the check-up says. Raises `ProblemError` for what it found wrong.

    Slow is good enough here; the check-up tells it later.
    """
    if verdict.problem is not None and not verdict.detail:
        raise ProblemError(verdict.problem)
    return verdict.detail


def _told(url: str, answer: OutsideAnswer) -> str:
    shown = url.removeprefix("https://")
    return f"{shown} leads here: {max(answer.health_ms, answer.websocket_ms):.0f} ms and back."
