"""The program's icon in the forms that each system reads."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from support.tool import tool

app_icons = tool("app_icons")
BLUE = QColor("#1D5BD0")


def picture(data: bytes) -> QImage:
    image = QImage.fromData(data)
    assert not image.isNull()
    return image


def looks_right(image: QImage, size: int) -> bool:
    edge = image.pixelColor(size // 2, round(size * 24 / 256))
    same = all(
        abs(one - other) < 12
        for one, other in zip(edge.getRgb()[:3], BLUE.getRgb()[:3], strict=True)  # type: ignore[index]
    )
    return same and image.width() == image.height() == size and image.pixelColor(0, 0).alpha() == 0


@pytest.mark.parametrize("size", [16, 48, 256])
def test_it_is_drawn_in_any_size(size: int) -> None:
    assert looks_right(picture(app_icons.png(size)), size)


def test_windows_gets_every_size_in_one_file() -> None:
    data = app_icons.ico()
    kind, count = struct.unpack_from("<HHH", data)[1:]
    assert (kind, count) == (1, len(app_icons.ICO_SIZES))
    for index, size in enumerate(app_icons.ICO_SIZES):
        side, *_, length, offset = struct.unpack_from("<BBBBHHII", data, 6 + 16 * index)
        assert side == size % 256
        assert looks_right(picture(data[offset : offset + length]), size)


def test_macos_gets_every_size_in_one_file() -> None:
    data = app_icons.icns()
    assert data[:4] == b"icns"
    assert struct.unpack_from(">I", data, 4) == (len(data),)
    position, found = 8, {}
    while position < len(data):
        name, (length,) = (
            data[position : position + 4],
            struct.unpack_from(">I", data, position + 4),
        )
        found[name] = picture(data[position + 8 : position + length]).width()
        position += length
    assert found == app_icons.ICNS_SIZES


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        ("linux", "callconsole.png"),
        ("win32", "callconsole.ico"),
        ("darwin", "callconsole.icns"),
    ],
)
def test_each_system_gets_its_own(platform: str, name: str, tmp_path: Path) -> None:
    path = app_icons.write_for(platform, tmp_path / "build")
    assert (path.name, path.stat().st_size > 500) == (name, True)


@pytest.mark.qt_log_ignore("Cannot read file")
def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.svg"
    broken.write_text("no picture")
    with pytest.raises(ValueError, match=r"broken\.svg is no picture"):
        app_icons.png(16, broken)
