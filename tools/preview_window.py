"""Draws every state of the window into a folder of pictures, without network or sound.

python tools/preview_window.py FOLDER [--only NAME] [--theme light] [--size 1280x800]
    [--zoom PERCENT] [--font FAMILY]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from PySide6.QtWidgets import QApplication  # noqa: E402
from qasync import QEventLoop  # noqa: E402

from callconsole.ui import fonts, theme  # noqa: E402
from callconsole.ui.fitting import set_zoom  # noqa: E402
from callconsole.ui.zoom import STEPS, USUAL  # noqa: E402
from fakes.scenes import STATES, build  # noqa: E402

THEMES = ("light", "dark")
SIZES = ((1280, 800), (1100, 640), (994, 560))


async def draw(name: str, size: tuple[int, int], scheme: str, folder: Path) -> None:
    scene = build(name)
    window = scene.window
    window.resize(*size)
    window.show()
    window.activateWindow()
    await asyncio.sleep(0.02)
    await STATES[name](scene)
    await asyncio.sleep(0.08)
    window.grab().save(str(folder / f"{name}_{size[0]}_{scheme}.png"))
    if (window.width(), window.height()) != size:
        print(f"{name}: the window became {window.width()}x{window.height()}")
    scene.close()


async def draw_all(app: QApplication, given: argparse.Namespace) -> None:
    for scheme in given.theme or THEMES:
        theme.apply(app, scheme)
        set_zoom(app, given.zoom)
        for size in given.size or SIZES:
            for name in given.only or STATES:
                await draw(name, size, scheme, given.folder)


def size_of(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", action="append", default=[], choices=STATES)
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--size", action="append", type=size_of)
    parser.add_argument("--zoom", type=int, choices=STEPS, default=USUAL)
    parser.add_argument("--font")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    if given.font:
        fonts.use(given.font)
    loop = QEventLoop(app)
    with loop:
        loop.run_until_complete(draw_all(app, given))


if __name__ == "__main__":
    main()
