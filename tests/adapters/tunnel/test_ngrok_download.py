"""The download of the ngrok program from a site of our own, whole and in every way broken."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pyngrok import installer

from callconsole.adapters.tunnel import download, program
from callconsole.adapters.tunnel.download import Download, Progress, size_told
from callconsole.domain.problems import Problem, ProblemError
from support.download_site import PROGRAM, Site, tgz, zipped


@pytest.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    made = Site()
    await made.start(monkeypatch)
    yield made
    await made.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "ngrok"
    made.mkdir()
    return made


async def failure(folder: Path, **options: float) -> Problem:
    with pytest.raises(ProblemError) as caught:
        await Download(folder, **options).run(lambda _: None)
    assert list(folder.iterdir()) == []
    problem = caught.value.problem
    assert problem.cause.endswith(".")
    return problem


async def test_it_comes_whole_and_tells_how_far_it_is(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_TELL_EVERY_S", 0.0)
    monkeypatch.setattr(download, "_PIECE_BYTES", 1000)
    told: list[Progress] = []
    found = await Download(folder / "new" / "folder").run(told.append)
    assert found == folder / "new" / "folder" / program.NAME
    assert found.read_bytes() == PROGRAM
    assert found.stat().st_mode & 0o777 == 0o700
    assert list(found.parent.iterdir()) == [found]
    assert told[-1] == Progress(len(site.archive), len(site.archive))
    assert [step.done_bytes for step in told] == sorted(step.done_bytes for step in told)
    assert len(told) > 3


async def test_a_zip_is_unpacked_too(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.archive = zipped()
    site.lead_to_zip(monkeypatch)
    found = await Download(folder).run(lambda _: None)
    assert found.read_bytes() == PROGRAM


async def test_a_site_that_tells_no_length_is_good_enough(site: Site, folder: Path) -> None:
    site.says_length = False
    told: list[Progress] = []
    await Download(folder).run(told.append)
    assert told[-1].told() == f"{len(site.archive) / 1e6:.1f} MB"


async def test_a_former_program_is_replaced(site: Site, folder: Path) -> None:
    (folder / program.NAME).write_bytes(b"old")
    assert (await Download(folder).run(lambda _: None)).read_bytes() == PROGRAM


async def test_stopping_leaves_nothing(site: Site, folder: Path) -> None:
    site.waits, site.sent = True, 1000
    running = asyncio.create_task(Download(folder).run(lambda _: None))
    await site.waiting.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_a_refusal_is_told(site: Site, folder: Path, status: int) -> None:
    site.status = status
    problem = await failure(folder)
    assert problem.code == "ngrok.not_downloaded"
    assert str(status) in problem.cause


async def test_a_site_that_stops_sending_is_given_up(site: Site, folder: Path) -> None:
    site.waits, site.sent = True, 1000
    assert "stopped sending" in (await failure(folder, silence_s=0.2)).cause


async def test_a_short_download_is_no_program(site: Site, folder: Path) -> None:
    site.sent = len(site.archive) // 2
    assert "broke off" in (await failure(folder)).cause


@pytest.mark.parametrize("bite", [0.1, 0.5, 0.9, 0.999])
async def test_a_cut_archive_is_no_program(site: Site, folder: Path, bite: float) -> None:
    site.archive = site.archive[: int(len(site.archive) * bite)]
    assert "not a whole" in (await failure(folder)).cause


async def test_damage_in_the_middle_is_found(site: Site, folder: Path) -> None:
    middle = len(site.archive) // 2
    site.archive = site.archive[:middle] + b"\0" * 40 + site.archive[middle + 40 :]
    assert "not a whole" in (await failure(folder)).cause


@pytest.mark.parametrize(
    "archive", [b"", b"<html>no</html>", tgz("other"), tgz("../ngrok"), tgz(content=b"")]
)
async def test_what_holds_no_program_is_refused(site: Site, folder: Path, archive: bytes) -> None:
    site.archive = archive
    assert "not a whole" in (await failure(folder)).cause


async def test_a_full_disk_is_told_before_anything_is_written(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(folder)._replace(free=len(site.archive))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    problem = await failure(folder)
    assert problem.code == "ngrok.no_space"


async def test_a_site_that_cannot_be_reached_is_told(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.lead(monkeypatch, "http://127.0.0.1:9/ngrok.tgz")
    assert "cannot be reached" in (await failure(folder)).cause
    assert await size_told() == ""


async def test_a_computer_without_a_program_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installer, "PLATFORMS", {})
    assert "kind of computer" in (await failure(folder)).cause
    assert await size_told() == ""


async def test_a_folder_that_cannot_be_made_is_told(site: Site, folder: Path) -> None:
    (folder / "file").write_text("in the way")
    with pytest.raises(ProblemError) as caught:
        await Download(folder / "file").run(lambda _: None)
    assert "could not be written" in caught.value.problem.cause
    assert site.asked == 0


async def test_the_size_is_asked_for_without_a_download(site: Site) -> None:
    assert await size_told() == f"{len(site.archive) / 1e6:.1f} MB"
    assert site.asked == 0
