"""Every part of the built program goes with its licence."""

from __future__ import annotations

import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from support.tool import ROOT, tool

bundle, notices = tool("bundle"), tool("notices")
NEEDED = bundle.needed(ROOT)


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_every_distribution_has_a_licence_text(name: str) -> None:
    notice = notices.of_distribution(NEEDED[name])
    assert len(notice.text) > 200
    assert notice.version == NEEDED[name].version


def test_qt_is_under_the_lesser_licence_whose_text_goes_along() -> None:
    notice = notices.of_distribution(NEEDED["pyside6-essentials"])
    assert "LGPL-3.0-only" in notice.licence
    assert "replace them" in notice.text
    for name, words in (
        ("LGPL-3.0.txt", "GNU LESSER GENERAL PUBLIC LICENSE"),
        ("GPL-3.0.txt", "GNU GENERAL PUBLIC LICENSE"),
        ("Phosphor.txt", "Phosphor Icons"),
        ("PortAudio.txt", "Ross Bencina"),
    ):
        assert words in (notices.OWN_TEXTS / name).read_text("utf-8")


def test_a_part_is_known_by_any_of_its_files(tmp_path: Path) -> None:
    module = Path(str(distribution("qasync").locate_file("qasync/__init__.py"))).resolve()
    (notice,) = notices.of_distributions({module, tmp_path / "ours.py"})
    assert notice.name == "qasync"


def test_the_list_names_every_part_and_its_text_is_beside_it(tmp_path: Path) -> None:
    sources = [
        str(distribution(name).locate_file(path))
        for name, path in (
            ("qasync", "qasync/__init__.py"),
            ("QtAwesome", "qtawesome/fonts/phosphor-1.3.0.ttf"),
        )
    ]
    written = notices.write(sources, tmp_path / "LICENSES", ROOT)
    text = (tmp_path / "LICENSES" / "README.txt").read_text("utf-8")
    lines = text.split("\n\n")[-1].splitlines()
    assert [line.split()[0] for line in lines] == ["Python", "qasync", "QtAwesome"]
    names = {path.name for path in written}
    assert {f"{line.split()[0]}.txt" for line in lines} <= names
    assert {"callconsole.txt", "LGPL-3.0.txt", "README.txt"} <= names


@pytest.mark.skipif(not Path("/var/lib/dpkg").is_dir(), reason="this is no Debian")
def test_a_library_of_the_system_goes_with_its_packages_copyright() -> None:
    (library,) = list(Path("/usr/lib").glob("*/libportaudio.so.2"))[:1] or [None]
    if library is None:
        pytest.skip("libportaudio2 is not installed")
    (notice,) = notices.of_system([str(library), sys.executable])
    assert notice.name == "libportaudio2"
    assert "Ross Bencina" in notice.text


def test_a_part_without_a_text_stops_the_build(tmp_path: Path) -> None:
    info = tmp_path / "bare-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bare\nVersion: 1.0\n")
    (info / "RECORD").write_text("bare-1.0.dist-info/METADATA,,\n")
    from importlib.metadata import PathDistribution

    with pytest.raises(LookupError, match="bare comes without a licence text"):
        notices.of_distribution(PathDistribution(info))
