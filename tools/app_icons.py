"""Draws the program's icon in the forms that Windows, macOS and Linux want, from the one SVG.

Used by `build_installer.spec` and `tools/make_deb.py`. Qt draws; nothing else is needed.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

SVG = Path(__file__).resolve().parent.parent / "resources" / "icons" / "callconsole.svg"
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
# Apple's names of the sizes whose pictures may be PNG; the @2x ones are drawn twice as large.
ICNS_SIZES = {
    b"ic11": 32,
    b"ic12": 64,
    b"ic07": 128,
    b"ic13": 256,
    b"ic08": 256,
    b"ic14": 512,
    b"ic09": 512,
    b"ic10": 1024,
}


def png(size: int, svg: Path = SVG) -> bytes:
    """The icon as a square PNG with `size` pixels a side. Raises ValueError for a broken SVG."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(str(svg))
    if not renderer.isValid():
        raise ValueError(f"{svg.name} is no picture")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def ico(svg: Path = SVG) -> bytes:
    """The icon for Windows, in every size that its shell shows."""
    pictures = [png(size, svg) for size in ICO_SIZES]
    head = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(head) + 16 * len(pictures)
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        side = size % 256  # 256 is written as 0
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return head + b"".join(pictures)


def icns(svg: Path = SVG) -> bytes:
    """The icon for macOS."""
    drawn = ((name, png(size, svg)) for name, size in ICNS_SIZES.items())
    body = b"".join(name + struct.pack(">I", 8 + len(picture)) + picture for name, picture in drawn)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def write_for(platform: str, folder: Path) -> Path:
    """Write the icon that belongs into a program of this `sys.platform`; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    name, draw = {"win32": ("callconsole.ico", ico), "darwin": ("callconsole.icns", icns)}.get(
        platform, ("callconsole.png", lambda: png(256))
    )
    path = folder / name
    path.write_bytes(draw())
    return path
