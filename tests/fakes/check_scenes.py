"""The Check-up page's states, for pictures and for the test of the layout."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from callconsole.ui.pages import CHECKUP
from fakes.examiner import AMBER, RED

if TYPE_CHECKING:
    from fakes.scenes import Scene


async def checked(scene: Scene, odd: dict) -> None:
    scene.examiner.odd = odd
    scene.window.open_page(CHECKUP)
    await asyncio.sleep(0.02)


async def checkup(scene: Scene) -> None:
    await checked(scene, {})


async def checkup_amber(scene: Scene) -> None:
    await checked(scene, AMBER)


async def checkup_red(scene: Scene) -> None:
    await checked(scene, RED)
    scene.window.pages.open_check("sound.output")


async def checkup_running(scene: Scene) -> None:
    scene.examiner.gate.clear()
    scene.examiner.first = 7
    await checked(scene, {})


async def checkup_empty(scene: Scene) -> None:
    scene.models.checkup.line_opened()
    scene.window.pages.setCurrentWidget(scene.window.pages.checkup)
    scene.window.rail.choose(CHECKUP)


async def checkup_never(scene: Scene) -> None:
    scene.window.pages.setCurrentWidget(scene.window.pages.checkup)
    scene.window.rail.choose(CHECKUP)


async def checkup_saved(scene: Scene) -> None:
    await checked(scene, AMBER)
    scene.models.checkup.save_bundle("callconsole-support.zip")
    await asyncio.sleep(0.02)


async def checkup_blocks(scene: Scene) -> None:
    """The phone line, dark for a reason that the board tells."""
    scene.desk.line = "phone"
    scene.examiner.odd = RED
    scene.models.checkup.line_opened()
    await asyncio.sleep(0.02)


CHECK_STATES = {
    "checkup": checkup,
    "checkup_amber": checkup_amber,
    "checkup_red": checkup_red,
    "checkup_running": checkup_running,
    "checkup_empty": checkup_empty,
    "checkup_never": checkup_never,
    "checkup_saved": checkup_saved,
    "checkup_blocks": checkup_blocks,
}
