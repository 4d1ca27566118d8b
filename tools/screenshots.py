"""Makes the pictures in docs/screenshots: the real window, the real practice line, light and dark.

Run `make screenshots`. Without a display Qt draws offscreen. With `--scale 2` the pictures are
twice as dense, as on a screen of that kind, and go to docs/screenshots/2x.
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

    from callconsole.practice.world import PracticeWorld
    from callconsole.ui.main_window import MainWindow
    from callconsole.viewmodels.answer_card import AnswerCard

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
PERSON, INTERRUPTER, BUSY, NO_ANSWER, DECLINED, UNVERIFIED, PAUSING = (
    "+14155550101",
    "+14155550102",
    "+14155550103",
    "+14155550104",
    "+14155550105",
    "+14155550109",
    "+14155550114",
)
COLLEAGUE = "+1 415-555-0123"
COLOURS = 256
SIZES = {"": (1280, 800), "_compact": (1100, 640)}
COMPACT = {"": SIZES["_compact"]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--theme", choices=("light", "dark"), help="only this one")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--scale", type=int, choices=(1, 2), default=1, help="pixels per point")
    options = parser.parse_args()
    folder = options.folder or (FOLDER if options.scale == 1 else FOLDER / "2x")
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    if options.theme is not None:
        return take(options.theme, folder)
    # A process for each theme: a Qt application is dressed once.
    for theme in ("light", "dark"):
        command = [sys.executable, __file__, "--theme", theme, "--folder", str(folder)]
        subprocess.run([*command, "--scale", str(options.scale)], check=True)
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
        values = {
            "CALLCONSOLE_DATA_DIR": Path(self._data.name),
            "CALLCONSOLE_INCOMING": "ask",
            "CALLCONSOLE_MAX_CALLS": 4,
            "server_port": 0,
        }
        self._desktop = Desktop(Settings(_env_file=None, **values))
        self._console = self._desktop.app.console
        self._models = self._desktop.models
        self._window = self._desktop.window
        self._happened = asyncio.Event()
        self._console.subscribe(lambda _: self._happened.set())
        for told in (
            self._models.answer.changed,
            self._models.checkup.changed,
            self._models.checkup.running_changed,
            self._models.lines.changed,
            self._models.moments.changed,
        ):
            told.connect(self._happened.set)

    async def work(self) -> None:
        desktop, models = self._desktop, self._models
        running = asyncio.create_task(desktop.run())
        await self.until(lambda: Service.AGENT in self.ready() and Service.SOUND in self.ready())
        models.listening.set_on(True)
        await self.pages()
        await self.calls_that_fail()
        await self.a_call()
        await self.stepping_in()
        await self.several()
        await self.incoming()
        await self.history()
        await self.stalled()
        await self.check_up()
        desktop.window.close()
        await running
        self._data.cleanup()

    async def pages(self) -> None:
        """What there is before the first call."""
        from callconsole.ui.pages import HISTORY, PROMPTS, SETTINGS

        await self.shoot("1_idle_first_start")
        self._models.services.close_notice()
        await self.shoot("1_idle")
        await self.guide()
        self._window.sheet.toggle()
        await self.shoot("27_shortcuts")
        self._window.sheet.toggle()
        for page, name in (
            (PROMPTS, "5_prompts"),
            (HISTORY, "20_history_empty"),
            (SETTINGS, "26_settings"),
        ):
            self._window.open_page(page)
            await self.shoot(name)
        self._window.open_page(0)

    async def calls_that_fail(self) -> None:
        await self.call(BUSY)
        await self.until(lambda: not self._console.live_calls())
        await self.shoot("4_busy")
        await self.call(DECLINED)
        await self.until(lambda: not self._console.live_calls())
        self._models.dialler.call_number(UNVERIFIED)
        await self.until(lambda: self._models.live.stage.name == "FAILED")
        await self.shoot("22_failed")
        await self.call(PAUSING)
        answer = self._models.answer
        await self.until(lambda: self.leaning(answer) or not self._console.live_calls())
        if answer.open:
            await self.shoot("8_who_answered", SIZES)
        await self.until(lambda: not self._console.live_calls())

    async def a_call(self) -> None:
        """From the first ring to the list of recent calls."""
        await self.call(INTERRUPTER)
        await self.until(lambda: self.phase() == "ringing")
        await self.shoot("2_ringing")
        await self.until(lambda: self.turns() >= 4)
        await self.spoken_words()
        await self.shoot("3_in_call", SIZES)
        await self.until(lambda: not self._console.live_calls())
        await self.until(lambda: self.recording() is not None)
        await self.shoot("6_ended")
        self._talked = self._sid
        self._models.live.dismiss()
        await self.shoot("7_recent_calls")

    async def stepping_in(self) -> None:
        """What the operator can do in a call, from a star to taking over."""
        from callconsole.viewmodels.transcript_line import LineKind

        models, page = self._models, self._window.calls.call
        operator = models.operator
        await self.call(PERSON)
        await self.until(lambda: self.turns() >= 3)
        await self.spoken_words()
        models.moments.star_now()
        lines = models.live.transcript
        spoken = (row for row in range(lines.rowCount()) if lines.line(row).kind is LineKind.AGENT)
        models.moments.play_row(next(spoken))
        await self.until(lambda: models.moments.on)
        await self.spoken_words()
        await self.shoot("15_replaying")
        models.moments.escape()
        operator.take_over()
        await self.until(lambda: operator.taken_over)
        await self.spoken_words()
        await self.shoot("10_taken_over", SIZES)
        operator.toggle_mute()
        await self.until(lambda: operator.muted)
        await self.spoken_words()
        await self.shoot("11_muted_self")
        operator.hand_back()
        await self.until(lambda: not operator.taken_over)
        operator.toggle_hold()
        await self.until(lambda: operator.on_hold)
        await self.shoot("12_on_hold")
        operator.toggle_hold()
        page.toggle_keypad()
        for key in "41":
            operator.press_key(key)
        await self.shoot("13_keypad")
        page.toggle_keypad()
        page.toggle_transfer()
        models.transfer.edit(COLLEAGUE)
        models.transfer.check()
        models.transfer.set_note("Wants the afternoon, after three.")
        await self.shoot("14_transfer")
        page.toggle_transfer()
        self._starred = self._sid
        await self.over()

    async def several(self) -> None:
        """Three calls, and the drawer that lists them in a narrow window."""
        await self.call(NO_ANSWER)
        await self.call(PERSON)
        await self.call(INTERRUPTER)
        await self.until(lambda: self.turns() >= 2)
        await self.spoken_words()
        await self.shoot("16_several")
        self._window.resize(*SIZES["_compact"])
        self._window.calls.open_drawer()
        await self.shoot("17_drawer", COMPACT)
        await self.over()

    async def incoming(self) -> None:
        self._window.calls.idle.practice.callers.buttons[0].click()
        await self.until(lambda: bool(self._models.incoming.rows))
        await self.shoot("18_incoming", SIZES)
        self._models.incoming.decline()
        await self.over()

    async def history(self) -> None:
        models = self._models
        for sid, name in ((self._starred, "19_history_starred"), (self._talked, "9_history")):
            self._window.pages.open_call(sid)
            await self.looked_at()
            if sid == self._talked:
                models.detail.play_row(models.detail.transcript.rowCount() // 2)
            await self.spoken_words()
            await self.shoot(name, SIZES if sid == self._talked else None)
        search = self._window.history.list.search
        search.setText("0800")
        await self.spoken_words()
        await self.shoot("21_history_no_match")
        search.clear()
        self._window.open_page(0)

    async def stalled(self) -> None:
        """The agent falls silent in a call."""
        from callconsole.practice.agent.faults import NO_FAULTS, AgentFaults

        agent = self.practice().agent
        agent.faults = AgentFaults(unanswered_turns=99)
        await self.call(PERSON)
        await self.until(lambda: self._models.lines.stalled > 0)
        await self.shoot("23_stalled")
        await self.over()
        agent.faults = NO_FAULTS

    async def check_up(self) -> None:
        """The board of an account that is empty, and one on which all is well.

        No computer that makes pictures is set up for real calls, so the second is a scene.
        """
        from callconsole.ui.pages import CHECKUP
        from fakes.scenes import STATES, build

        board = self._models.checkup
        self.practice().carrier.faults.account.balance = "0.00"
        self._window.open_page(CHECKUP)
        await self.until(lambda: board.begun and not board.running)
        self._window.pages.open_check("twilio.balance")
        await self.shoot("25_checkup_red")
        scene = build("checkup")
        scene.window.show()
        await STATES["checkup"](scene)
        await self.shoot("24_checkup_green", window=scene.window)
        scene.close()

    def practice(self) -> PracticeWorld:
        line = self._desktop.app.line
        if line is None or line.practice is None:
            raise RuntimeError("the practice line is not open")
        return line.practice

    async def over(self) -> None:
        """End what goes on, and go back to the start."""
        self._models.live.hang_up_all()
        await self.until(lambda: not self._console.live_calls())
        self._models.live.dismiss()

    async def guide(self) -> None:
        """The set-up guide, at every step, as somebody sees it who has set nothing yet."""
        from callconsole.viewmodels.guide import Step

        guide = self._models.guide
        if guide is None:
            raise RuntimeError("the window was built without its guide")
        guide.open()
        for place, step in enumerate(Step):
            guide.go(step)
            await self.shoot(f"0_guide_{place}_{step.value}", SIZES if place == 1 else None)
        guide.go(Step.WELCOME)
        guide.leave()

    async def call(self, number: str) -> None:
        before = {call.sid for call in self._console.live_calls()}
        self._models.dialler.call_number(number)
        await self.until(lambda: bool({c.sid for c in self._console.live_calls()} - before))
        (self._sid,) = {call.sid for call in self._console.live_calls()} - before

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
        detail = self._models.detail
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

    async def shoot(
        self,
        name: str,
        sizes: dict[str, tuple[int, int]] | None = None,
        window: MainWindow | None = None,
    ) -> None:
        from PySide6.QtWidgets import QApplication

        window = window or self._window
        for suffix, (width, height) in (sizes or {"": SIZES[""]}).items():
            window.resize(width, height)
            # Frames of the relay, and as many of layout as wrapped lines may need.
            for _ in range(4):
                await asyncio.sleep(0.1)
                QApplication.sendPostedEvents()
            path = self._folder / f"{name}{suffix}_{self._theme}.png"
            packed(window.grab().toImage()).save(str(path), "PNG", 0)
        window.resize(*SIZES[""])


if __name__ == "__main__":
    sys.exit(main())
