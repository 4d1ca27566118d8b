"""The guide's states, for pictures and for the test of the layout."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from callconsole.adapters.tunnel.problems import by_code, program_missing
from callconsole.domain.problems import Problem
from callconsole.ui.pages import GUIDE
from callconsole.viewmodels.guide import Guide, Step
from callconsole.viewmodels.guide_google import BY_PROJECT, KEY
from callconsole.viewmodels.guide_ready import NUMBER
from callconsole.viewmodels.guide_tunnel import ADDRESS, BY_ADDRESS, TOKEN
from callconsole.viewmodels.guide_twilio import SID
from fakes.examiner import RED
from fakes.guide import TRIAL

if TYPE_CHECKING:
    from fakes.scenes import Scene

SIGN_IN = Problem(
    "agent.credentials_missing",
    "No Google Cloud sign-in was found",
    "Vertex AI needs application default credentials, and this computer has none that can be read.",
    "Run “gcloud auth application-default login” in a terminal, then try again.",
    "https://cloud.google.com/docs/authentication/provide-credentials-adc",
)
REFUSED = Problem(
    "twilio.20003",
    "Twilio refused the sign-in",
    "Account SID and auth token do not belong together.",
    "Copy both again from the Twilio console.",
    "https://console.twilio.com",
)


async def opened(scene: Scene, step: Step) -> Guide:
    """The guide at this step, after a beginning that went well."""
    guide = scene.models.guide
    assert guide is not None
    scene.window.open_page(GUIDE)
    guide.go(step)
    await asyncio.sleep(0.02)
    return guide


async def guide_welcome(scene: Scene) -> None:
    await opened(scene, Step.WELCOME)


async def guide_twilio(scene: Scene) -> None:
    guide = await opened(scene, Step.TWILIO)
    await asyncio.sleep(0.05)
    assert guide.twilio.account is not None


async def guide_twilio_trial(scene: Scene) -> None:
    assert scene.models.guide is not None
    scene.probes.account = TRIAL
    await opened(scene, Step.TWILIO)
    await asyncio.sleep(0.05)


async def guide_twilio_empty(scene: Scene) -> None:
    guide = await opened(scene, Step.TWILIO)
    guide.twilio.edit(SID, "SK" + "1" * 32)
    guide.twilio.leave_field(SID)


async def guide_google(scene: Scene) -> None:
    guide = await opened(scene, Step.GOOGLE)
    guide.google.edit(KEY, "typed")
    scene.probes.gate.clear()
    guide.google.check()
    await asyncio.sleep(0.02)


async def guide_google_no_sign_in(scene: Scene) -> None:
    scene.probes.problems["google_project"] = SIGN_IN
    guide = await opened(scene, Step.GOOGLE)
    guide.google.choose(BY_PROJECT)
    await asyncio.sleep(0.02)


async def guide_google_project(scene: Scene) -> None:
    guide = await opened(scene, Step.GOOGLE)
    guide.google.choose(BY_PROJECT)
    await asyncio.sleep(0.05)


async def guide_no_keychain(scene: Scene) -> None:
    """The key is good, and there is no keychain to keep it."""
    scene.settings.keychain.remove()
    guide = await opened(scene, Step.GOOGLE)
    guide.google.edit(KEY, "typed")
    guide.google.check()
    await asyncio.sleep(0.05)


async def guide_tunnel(scene: Scene) -> None:
    scene.probes.problems["address"] = by_code("320")
    guide = await opened(scene, Step.TUNNEL)
    guide.tunnel.edit(TOKEN, "typed")
    guide.tunnel.check()
    await asyncio.sleep(0.02)


async def guide_tunnel_program(scene: Scene) -> None:
    scene.probes.problems["address"] = program_missing("10.1 MB")
    guide = await opened(scene, Step.TUNNEL)
    guide.tunnel.edit(TOKEN, "typed")
    guide.tunnel.check()
    await asyncio.sleep(0.02)


async def guide_tunnel_download(scene: Scene) -> None:
    await guide_tunnel_program(scene)
    assert scene.models.guide is not None
    scene.probes.gate.clear()
    scene.models.guide.press()
    await asyncio.sleep(0.02)


async def guide_tunnel_own(scene: Scene) -> None:
    guide = await opened(scene, Step.TUNNEL)
    guide.tunnel.choose(BY_ADDRESS)
    guide.tunnel.edit(ADDRESS, "https://calls.example.com")
    guide.tunnel.check()
    await asyncio.sleep(0.05)


async def guide_sound(scene: Scene) -> None:
    guide = await opened(scene, Step.SOUND)
    guide.press()
    await asyncio.sleep(0.02)


async def guide_ready_lacking(scene: Scene) -> None:
    await opened(scene, Step.READY)


async def complete(scene: Scene) -> Guide:
    """Everything filled in and skipped or proved."""
    guide = await opened(scene, Step.TWILIO)
    await asyncio.sleep(0.05)
    guide.twilio.choose_number("+16285550100")
    await asyncio.sleep(0.05)
    guide.go(Step.GOOGLE)
    guide.google.edit(KEY, "typed")
    guide.google.check()
    await asyncio.sleep(0.05)
    guide.go(Step.TUNNEL)
    guide.tunnel.edit(TOKEN, "typed")
    guide.tunnel.check()
    await asyncio.sleep(0.05)
    guide.go(Step.SOUND)
    guide.skip()
    return guide


async def guide_ready(scene: Scene) -> None:
    guide = await complete(scene)
    await on_the_phone_line(scene)
    guide.ready.edit(NUMBER, "+1 415 555 2671")


async def guide_ready_red(scene: Scene) -> None:
    await complete(scene)
    scene.examiner.odd = RED
    await on_the_phone_line(scene)


async def on_the_phone_line(scene: Scene) -> None:
    scene.desk.line = "phone"
    scene.settings.program.opened = scene.settings.store.settings
    scene.models.checkup.line_opened()
    await asyncio.sleep(0.05)


# States of a console for which nothing is set anywhere.
UNTOUCHED = ("guide_welcome", "guide_twilio_empty")
GUIDE_STATES = {
    "guide_welcome": guide_welcome,
    "guide_twilio": guide_twilio,
    "guide_twilio_trial": guide_twilio_trial,
    "guide_twilio_empty": guide_twilio_empty,
    "guide_google": guide_google,
    "guide_google_no_sign_in": guide_google_no_sign_in,
    "guide_google_project": guide_google_project,
    "guide_no_keychain": guide_no_keychain,
    "guide_tunnel": guide_tunnel,
    "guide_tunnel_download": guide_tunnel_download,
    "guide_tunnel_own": guide_tunnel_own,
    "guide_sound": guide_sound,
    "guide_ready_lacking": guide_ready_lacking,
    "guide_ready": guide_ready,
    "guide_ready_red": guide_ready_red,
}
