"""What goes into the built program, and what stays out."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

from support.tool import ROOT, tool

bundle = tool("bundle")
SPEC = ROOT / "build_installer.spec"
LIB = "PySide6/Qt/lib"


def test_the_spec_is_python_and_all_that_it_names_is_there() -> None:
    tree = ast.parse(SPEC.read_text("utf-8"))
    joined = {
        tuple(part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and "ROOT" in ast.unparse(node)
    }
    places = [ROOT.joinpath(*reversed([str(part) for part in parts])) for parts in joined]
    named = {place.name for place in places}
    assert {"resources", "prompts", "runtime_hook.py", "__main__.py", "tools"} <= named
    single = [place for place in places if place.name in named & {"resources", "prompts", "tools"}]
    assert all(place.is_dir() for place in single)
    assert (ROOT / "packaging" / "runtime_hook.py").is_file()


def test_the_icon_font_is_where_the_spec_looks_for_it() -> None:
    found = importlib.util.find_spec("qtawesome")
    assert found is not None
    assert found.origin is not None
    fonts = Path(found.origin).parent / "fonts"
    assert {path.suffix for path in fonts.glob("phosphor-*")} == {".ttf", ".json"}


def test_every_file_beside_our_modules_goes_along() -> None:
    shipped = {Path(source).relative_to(ROOT) for source, _ in bundle.package_data(ROOT)}
    package = ROOT / "callconsole"
    beside = {
        path.relative_to(ROOT)
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert beside <= shipped
    assert Path("callconsole/adapters/gemini/models.toml") in shipped
    steps = ROOT / "callconsole" / "adapters" / "history" / "migrations" / "versions"
    assert {path.relative_to(ROOT) for path in steps.glob("r*.py")} <= shipped
    assert all((ROOT / folder).is_dir() for _, folder in bundle.package_data(ROOT))


def test_what_is_imported_by_name_is_there() -> None:
    for name in bundle.BY_NAME:
        assert importlib.util.find_spec(name) is not None, name


def test_what_the_program_needs_is_not_left_out() -> None:
    needed = bundle.needed(ROOT)
    assert {"aiohttp", "greenlet", "pyside6-essentials", "shiboken6", "twilio"} <= set(needed)
    left_out = set(bundle.left_out(ROOT))
    assert {"pytest", "hypothesis", "mypy", "PySide6.QtQml", "readline"} <= left_out
    assert not left_out & {"callconsole", "google", "numpy", "PySide6", "aiosqlite", "yaml", "cffi"}


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6\\plugins\\platforms\\qminimal.dll", False),
        ("PySide6/Qt/plugins/platforms/libqcocoa.dylib", True),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqxdgdesktopportal.so", True),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", True),
        ("PySide6\\plugins\\imageformats\\qjpeg.dll", False),
        ("PySide6/Qt/plugins/iconengines/libqsvgicon.so", True),
        ("PySide6/Qt/plugins/wayland-shell-integration/libxdg-shell.so", True),
        ("PySide6/Qt/plugins/wayland-shell-integration/libwl-shell-plugin.so", False),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("libasound.so.2", False),
        ("libportaudio.so.2", True),
        ("resources/prices.toml", True),
    ],
)
def test_parts_of_qt_that_nothing_reaches_stay_out(place: str, wanted: bool) -> None:
    assert bundle.is_wanted(place) is wanted


def test_a_library_that_only_a_lost_part_needed_stays_out_with_its_links() -> None:
    imports = {
        "/core.so": ["libQt6Core.so.6"],
        "/qt/core": ["libicu.so.7"],
        "/gtk": ["libcairo.so.2"],
    }
    entries = [
        ("PySide6/QtCore.abi3.so", "/core.so", "EXTENSION"),
        (f"{LIB}/libQt6Core.so.6", "/qt/core", "BINARY"),
        (f"{LIB}/libicu.so.7", "/qt/icu", "BINARY"),
        (f"{LIB}/libQt6Network.so.6", "/qt/network", "BINARY"),
        ("libQt6Core.so.6", f"{LIB}/libQt6Core.so.6", "SYMLINK"),
        ("libQt6Network.so.6", f"{LIB}/libQt6Network.so.6", "SYMLINK"),
        ("PySide6/near.so", "../PySide6/QtCore.abi3.so", "SYMLINK"),
        ("libgtk-3.so.0", "/gtk", "BINARY"),
        ("libcairo.so.2", "/cairo", "BINARY"),
        ("libportaudio.so.2", "/portaudio", "BINARY"),
        ("prompts/a.md", "/a.md", "DATA"),
    ]
    kept = bundle.reached(entries, lambda path: imports.get(path, []))
    assert {place for place, _, _ in kept} == {
        "PySide6/QtCore.abi3.so",
        "PySide6/near.so",
        f"{LIB}/libQt6Core.so.6",
        f"{LIB}/libicu.so.7",
        "libQt6Core.so.6",
        "libportaudio.so.2",
        "prompts/a.md",
    }


@pytest.mark.parametrize(
    ("version", "four"), [("0.1.0", "(0, 1, 0, 0)"), ("2.10", "(2, 10, 0, 0)")]
)
def test_windows_is_told_the_version(version: str, four: str, tmp_path: Path) -> None:
    text = Path(bundle.write_version(version, tmp_path)).read_text("utf-8")
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    assert f"filevers={four}" in text
    assert f"StringStruct('ProductVersion', '{version}')" in text
