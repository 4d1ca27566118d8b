"""What a Linux desktop is told of the program, and the Debian package around it."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from callconsole import __version__
from support.tool import ROOT, tool

make_deb = tool("make_deb")
LINUX = ROOT / "packaging" / "linux"
ENTRY = LINUX / "callconsole.desktop"
(METAINFO,) = LINUX.glob("*.metainfo.xml")
DEBIAN = sys.platform == "linux" and shutil.which("dpkg-deb") is not None

needs_debian = pytest.mark.skipif(not DEBIAN, reason="dpkg-deb is not here")


def entry() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment]
    parser.read_string(ENTRY.read_text("utf-8"))
    return parser["Desktop Entry"]


def test_the_menu_entry_starts_the_window_with_our_icon() -> None:
    found = entry()
    assert (found["Exec"], found["Icon"], found["Terminal"]) == (
        "callconsole",
        "callconsole",
        "false",
    )
    # X11 names the window after the program; so the desktop knows which entry it belongs to.
    assert found["StartupWMClass"] == "callconsole"
    assert all(found[name].endswith(";") for name in ("Categories", "Keywords"))


def test_the_software_centre_is_told_the_same() -> None:
    root = ElementTree.parse(METAINFO).getroot()  # noqa: S314 (our own file)
    assert root.attrib["type"] == "desktop-application"
    assert f"{root.findtext('id')}.metainfo.xml" == METAINFO.name
    assert root.findtext("launchable") == ENTRY.name
    assert root.findtext("provides/binary") == entry()["Exec"]
    assert root.findtext("name") == entry()["Name"]
    assert root.findtext("project_license") == "MIT"
    summary = root.findtext("summary")
    assert summary is not None
    assert not summary.endswith(".")
    shown = [element.text for element in root.iterfind("categories/category")]
    assert shown == entry()["Categories"].rstrip(";").split(";")


@pytest.mark.parametrize(
    ("checker", "path"),
    [
        (("desktop-file-validate",), ENTRY),
        (("appstreamcli", "validate", "--no-net"), METAINFO),
    ],
    ids=["menu entry", "metainfo"],
)
def test_the_systems_own_checkers_have_nothing_to_say(checker: tuple[str, ...], path: Path) -> None:
    if shutil.which(checker[0]) is None:
        pytest.skip(f"{checker[0]} is not installed")
    done = subprocess.run([*checker, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as PyInstaller makes it, around this Python."""
    folder = tmp_path / "dist" / "callconsole"
    (folder / "_internal" / "LICENSES").mkdir(parents=True)
    (folder / "_internal" / "LICENSES" / "README.txt").write_text("list")
    program = folder / "callconsole"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m callconsole "$@"\n'
    )
    program.chmod(0o755)
    return folder


@needs_debian
def test_the_package_has_everything_in_its_place(built: Path, tmp_path: Path) -> None:
    path = make_deb.pack(built, tmp_path)
    told = subprocess.run(
        ["dpkg-deb", "--field", str(path)], capture_output=True, text=True, check=True
    ).stdout
    assert f"Package: callconsole\nVersion: {__version__}\n" in told
    assert "libasound2" in told.split("Depends: ")[1].splitlines()[0]
    tree = tmp_path / "installed"
    subprocess.run(["dpkg-deb", "--extract", str(path), str(tree)], check=True)
    command = tree / "usr/bin/callconsole"
    assert command.readlink() == Path("../../opt/callconsole/callconsole")
    for place in (
        "opt/callconsole/_internal/LICENSES/README.txt",
        "usr/share/applications/callconsole.desktop",
        f"usr/share/metainfo/{METAINFO.name}",
        "usr/share/icons/hicolor/scalable/apps/callconsole.svg",
        "usr/share/icons/hicolor/256x256/apps/callconsole.png",
        "usr/share/bash-completion/completions/callconsole",
        "usr/share/zsh/vendor-completions/_callconsole",
        "usr/share/doc/callconsole/copyright",
    ):
        assert (tree / place).stat().st_size, place


@needs_debian
def test_it_depends_on_the_libraries_that_it_does_not_bring(tmp_path: Path) -> None:
    pytest.importorskip("PyInstaller")
    (library,) = list(Path("/usr/lib").glob("*/libxcb-icccm.so.4"))[:1] or [None]
    if library is None:
        pytest.skip("libxcb-icccm4 is not installed")
    shutil.copyfile(library, tmp_path / "libxcb-icccm.so.4")
    needs = make_deb.depends(tmp_path)
    assert [name for name in needs if name.startswith("libc6 (>= 2.")]
    assert "libxcb1" in needs
    assert "libxcb-icccm4" not in needs
    (tmp_path / "libxcb.so.1").touch()
    assert "libxcb1" not in make_deb.depends(tmp_path)
