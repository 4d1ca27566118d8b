"""Makes the pictures in docs/screenshots: the real window, the real practice line, light and dark.

Run `make screenshots`. Without a display Qt draws offscreen.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from callconsole.domain.events import Service, ServiceState

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from callconsole.viewmodels.answer_card import AnswerCard

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
INTERRUPTER, BUSY, DECLINED, PAUSING = (
    "+14155550102",
    "+14155550103",
    "+14155550105",
    "+14155550114",
)
COLOURS = 256
SIZES = {"": (1280, 800), "_compact": (1100, 640)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--theme", choices=("light", "dark"), help="only this one")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.theme is not None:
        return take(options.theme, options.folder)
    # A process for each theme: a Qt application is dressed once.
    for theme in ("light", "dark"):
        command = [sys.executable, __file__, "--theme", theme, "--folder", str(options.folder)]
        subprocess.run(command, check=True)
    return 0


def take(theme: str, folder: Path) -> int:
    os.environ["CALLCONSOLE_THEME"] = theme
    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # A sound card of our own, so that listening in is shown as it is at a desk.
    sys.path.insert(0, str(FOLDER.parent.parent / "tests"))
    from support.sound_server import SoundServer

    with tempfile.TemporaryDirectory(prefix="ccsnd-") as place:
        server = SoundServer(Path(place))
        server.prepare()
        os.environ.update(server.environment())
        server.start()
        try:
            draw(theme, folder)
        finally:
            server.stop()
    return 0


def draw(theme: str, folder: Path) -> None:
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    from callconsole.ui import theme as dress

    qt = QApplication(sys.argv[:1])
    qt.setQuitOnLastWindowClosed(False)
    dress.apply(qt, theme)
    with asyncio.Runner(loop_factory=lambda: QEventLoop(qt)) as runner:
        runner.run(Photographer(theme, folder).work())


def packed(image: QImage) -> QImage:
    """The picture in 256 colours, which is a third of the size.

    Half of them are the commonest; the others are the commonest of their kind, so that a small
    red symbol stays red.
    """
    import numpy as np
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(plain.constBits(), np.uint32)
    colours, counts = np.unique(pixels, return_counts=True)
    colours = colours[np.argsort(-counts)]
    _kinds, first = np.unique(colours & np.uint32(0x00E0E0E0), return_index=True)
    kept = dict.fromkeys(colours[: COLOURS // 2].tolist())
    kept |= dict.fromkeys(colours[np.sort(first)].tolist())
    kept |= dict.fromkeys(colours.tolist())
    table = list(kept)[:COLOURS]
    exactly = Qt.ImageConversionFlag.AvoidDither
    return plain.convertToFormat(QImage.Format.Format_Indexed8, table, exactly)


class Photographer:
    """Makes calls and takes pictures of what the window shows of them."""

    def __init__(self, theme: str, folder: Path) -> None:
        from callconsole.desktop import Desktop
        from callconsole.settings import Settings

        self._theme = theme
        self._folder = folder
        self._data = tempfile.TemporaryDirectory(prefix="callconsole-pictures-")
        values = {"CALLCONSOLE_DATA_DIR": Path(self._data.name), "server_port": 0}
        self._desktop = Desktop(Settings(_env_file=None, **values))
        self._console = self._desktop.app.console
        self._happened = asyncio.Event()
        self._console.subscribe(lambda _: self._happened.set())
        self._desktop.models.answer.changed.connect(self._happened.set)

    async def work(self) -> None:
        desktop = self._desktop
        running = asyncio.create_task(desktop.run())
        await self.until(lambda: Service.AGENT in self.ready() and Service.SOUND in self.ready())
        desktop.models.listening.set_on(True)
        await self.shoot("1_idle_first_start")
        desktop.models.services.close_notice()
        await self.shoot("1_idle")
        await self.guide()
        desktop.window.open_page(1)
        await self.shoot("5_prompts")
        desktop.window.open_page(0)
        await self.call(BUSY)
        await self.until(lambda: not self._console.live_calls())
        await self.shoot("4_busy")
        await self.call(DECLINED)
        await self.until(lambda: not self._console.live_calls())
        await self.call(PAUSING)
        answer = desktop.models.answer
        await self.until(lambda: self.leaning(answer) or not self._console.live_calls())
        if answer.open:
            await self.shoot("8_who_answered", SIZES)
        await self.until(lambda: not self._console.live_calls())
        await self.call(INTERRUPTER)
        await self.until(lambda: self.phase() == "ringing")
        await self.shoot("2_ringing")
        await self.until(lambda: self.turns() >= 4)
        await self.spoken_words()
        await self.shoot("3_in_call", SIZES)
        await self.until(lambda: not self._console.live_calls())
        await self.until(lambda: self.recording() is not None)
        await self.shoot("6_ended")
        desktop.models.live.dismiss()
        await self.shoot("7_recent_calls")
        desktop.window.open_call(self._sid)
        await self.looked_at()
        desktop.models.detail.play_row(desktop.models.detail.transcript.rowCount() // 2)
        await self.spoken_words()
        await self.shoot("9_history", SIZES)
        desktop.window.close()
        await running
        self._data.cleanup()

    async def guide(self) -> None:
        """The set-up guide, at every step, as somebody sees it who has set nothing yet."""
        from callconsole.viewmodels.guide import Step

        guide = self._desktop.models.guide
        if guide is None:
            raise RuntimeError("the window was built without its guide")
        guide.open()
        for place, step in enumerate(Step):
            guide.go(step)
            await self.shoot(f"0_guide_{place}_{step.value}", SIZES if place == 1 else None)
        guide.go(Step.WELCOME)
        guide.leave()

    async def call(self, number: str) -> None:
        self._desktop.models.dialler.call_number(number)
        await self.until(lambda: bool(self._console.live_calls()))
        self._sid = self._console.live_calls()[-1].sid

    def ready(self) -> set[Service]:
        services = self._console.services().items()
        return {name for name, change in services if change.state is ServiceState.READY}

    def leaning(self, answer: AnswerCard) -> bool:
        """Whether the card says of something that it is likely."""
        return any((row.share or 0.0) > 0.6 for row in answer.rows)

    def phase(self) -> str:
        call = self._console.call(self._sid)
        return call.phase.value if call else ""

    def turns(self) -> int:
        return len(self._console.turns(self._sid))

    def recording(self) -> str | None:
        call = self._console.call(self._sid)
        return call.recording if call else None

    async def looked_at(self) -> None:
        """Wait until the open call's recording is drawn."""
        detail = self._desktop.models.detail
        drawn = asyncio.Event()
        detail.sound_changed.connect(drawn.set)
        async with asyncio.timeout(60):
            while detail.sound.wave is None:
                drawn.clear()
                await drawn.wait()

    async def spoken_words(self) -> None:
        await asyncio.sleep(1.0)

    async def until(self, true: object) -> None:
        async with asyncio.timeout(60):
            while not true():  # type: ignore[operator]
                self._happened.clear()
                await self._happened.wait()

    async def shoot(self, name: str, sizes: dict[str, tuple[int, int]] | None = None) -> None:
        window = self._desktop.window
        for suffix, (width, height) in (sizes or {"": SIZES[""]}).items():
            window.resize(width, height)
            # Two frames of the relay and one of layout.
            await asyncio.sleep(0.15)
            path = self._folder / f"{name}{suffix}_{self._theme}.png"
            packed(window.grab().toImage()).save(str(path), "PNG", 0)
        window.resize(*SIZES[""])


if __name__ == "__main__":
    sys.exit(main())
