"""The log file: what is in it, what never is, how large it grows, and what stops it."""

from __future__ import annotations

import logging
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callconsole import cli, logbook
from callconsole.checkup.recent_log import recent
from callconsole.logbook import NAME, Masked, last_lines, ours_or_serious, written
from callconsole.redaction import NUMBER, SECRET
from callconsole.settings import Settings
from support.command import Server

NUMBERS = ("+16285550100", "+14155552671", "+442079460018", "+41446681800", "+498912345678")
SHAPES = ("E164", "INTERNATIONAL", "NATIONAL", "RFC3966")
log = logging.getLogger("callconsole.tests")

numbers = st.builds(
    lambda number, shape: phonenumbers.format_number(
        phonenumbers.parse(number), getattr(phonenumbers.PhoneNumberFormat, shape)
    ),
    st.sampled_from(NUMBERS),
    st.sampled_from(SHAPES),
)
secrets = st.text("0123456789abcdefghijklmnopqrstuvwxyzABC-_.~%", min_size=4, max_size=40).map(
    lambda tail: f"zqx{tail}qzx"
)
around = st.text(st.characters(codec="utf-8", exclude_characters="0123456789%"), max_size=12)


@pytest.fixture(autouse=True)
def everything_of_ours() -> Iterator[None]:
    ours = logging.getLogger("callconsole")
    former = ours.level
    ours.setLevel(logging.INFO)
    yield
    ours.setLevel(former)


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)


def record(text: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    trace = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("callconsole.x", logging.ERROR, "x.py", 1, text, arguments, trace)


def raised(words: str) -> Exception:
    try:
        raise ValueError(words)
    except ValueError as error:
        return error


def text(data: Path) -> str:
    return (data / NAME).read_text()


@given(secret=secrets, before=around, after=around)
def test_a_planted_secret_is_never_written(secret: str, before: str, after: str) -> None:
    given = settings(gemini_api_key=secret)
    masked, words = Masked(lambda: given), f"{before}{secret}{after}"
    for one in (record(words.replace("%", "%%") + "%s", ""), record("%s", words), record("it")):
        assert secret not in masked.format(one)
    assert secret not in masked.format(record("it failed", error=raised(words)))


@given(number=numbers, before=around, after=around)
def test_a_planted_number_is_never_written(number: str, before: str, after: str) -> None:
    nothing = settings()
    masked, words = Masked(lambda: nothing), f"{before} {number}{after}"
    for one in (record("%s", words), record("it failed", error=raised(words))):
        line = masked.format(one)
        assert number not in line
        assert number.removeprefix("tel:").lstrip("+") not in line


def test_what_is_set_later_is_masked_and_what_was_set_before_stays_so() -> None:
    now = settings(gemini_api_key="first-key")
    masked = Masked(lambda: now)
    assert masked.format(record("first-key second-key")).endswith(f"{SECRET} second-key")
    now = settings(gemini_api_key="second-key")
    assert masked.format(record("first-key second-key")).endswith(f"{SECRET} {SECRET}")


def test_a_line_has_its_time_level_and_logger() -> None:
    nothing = settings()
    line = Masked(lambda: nothing).format(record("to %s", "+14155552671"))
    day, _, rest = line.partition(" ")
    assert (len(day), day.count("-")) == (10, 2)
    assert rest.endswith(f"ERROR callconsole.x: to {NUMBER}")


@pytest.mark.parametrize(
    ("name", "level", "kept"),
    [
        ("callconsole", logging.INFO, True),
        ("callconsole.engine.session", logging.DEBUG, True),
        ("callconsoles", logging.INFO, False),
        ("sqlalchemy.engine", logging.INFO, False),
        ("asyncio", logging.ERROR, True),
    ],
)
def test_libraries_are_kept_where_something_went_wrong(name: str, level: int, kept: bool) -> None:
    assert ours_or_serious(logging.LogRecord(name, level, "", 1, "", (), None)) is kept


def test_it_is_written_while_it_lasts_and_for_its_owner_alone(tmp_path: Path) -> None:
    before, hook = threading.active_count(), sys.excepthook
    nothing = settings()
    with written(tmp_path, lambda: nothing, verbose=False):
        log.info("to %s", "+14155552671")
        log.debug("a trifle")
        logging.getLogger("some.library").info("chatter")
    log.warning("afterwards")
    said = [line.partition(": ")[2] for line in text(tmp_path).splitlines()]
    assert said[0].startswith("callconsole ")
    assert said[1:] == [f"to {NUMBER}", "the program ends"]
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert (threading.active_count(), sys.excepthook) == (before, hook)


def test_verbose_writes_more(tmp_path: Path) -> None:
    nothing = settings()
    logging.getLogger("callconsole").setLevel(logging.DEBUG)
    with written(tmp_path, lambda: nothing, verbose=True):
        log.debug("a trifle")
    assert "a trifle" in text(tmp_path)


def test_it_never_takes_more_than_three_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logbook, "FILE_BYTES", 2000)
    nothing = settings()
    with written(tmp_path, lambda: nothing, verbose=False):
        for _ in range(200):
            log.info("word " * 10)
    files = sorted((tmp_path / NAME).parent.iterdir())
    assert [path.name for path in files] == [
        "callconsole.log",
        "callconsole.log.1",
        "callconsole.log.2",
    ]
    assert max(path.stat().st_size for path in files) <= 2000


def test_a_full_file_that_cannot_be_put_aside_grows_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logbook, "FILE_BYTES", 500)
    (tmp_path / NAME).parent.mkdir()
    (tmp_path / f"{NAME}.1" / "in the way").mkdir(parents=True)
    (tmp_path / f"{NAME}.2" / "in the way").mkdir(parents=True)
    nothing = settings()
    with written(tmp_path, lambda: nothing, verbose=False):
        for number in range(30):
            log.info("line %d", number)
    assert "line 0\n" in text(tmp_path)
    assert "line 29\n" in text(tmp_path)


def test_without_a_folder_to_write_to_the_program_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "logs").write_text("in the way")
    nothing = settings()
    with written(tmp_path, lambda: nothing, verbose=False):
        log.info("nobody keeps this")
    assert "the log file cannot be written" in caplog.text
    assert last_lines(tmp_path) == []


def test_what_ends_the_program_is_written(tmp_path: Path) -> None:
    given = settings(gemini_api_key="hush-hush")
    with pytest.raises(ValueError, match="hush"), written(tmp_path, lambda: given, verbose=False):
        raise ValueError("it was hush-hush")
    assert f"ValueError: it was {SECRET}" in text(tmp_path)
    assert "hush-hush" not in text(tmp_path)


def test_what_nobody_caught_is_written_and_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_on: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: handed_on.append(error))
    error, nothing = raised("in a slot"), settings()
    with written(tmp_path, lambda: nothing, verbose=False):
        sys.excepthook(type(error), error, error.__traceback__)
    assert "ValueError: in a slot" in text(tmp_path)
    assert handed_on == [error]


def test_the_last_lines_are_whole_ones(tmp_path: Path) -> None:
    (tmp_path / NAME).parent.mkdir()
    (tmp_path / NAME).write_text("".join(f"line {number:06}\n" for number in range(40_000)))
    lines = last_lines(tmp_path)
    assert lines[-1] == "line 039999"
    assert {len(line) for line in lines} == {11}
    assert 20_000 < len(lines) < 22_000


def test_a_windowed_program_has_no_terminal_to_log_to(monkeypatch: pytest.MonkeyPatch) -> None:
    root, ours = logging.getLogger(), logging.getLogger("callconsole")
    former, level = list(root.handlers), root.level
    monkeypatch.setattr(sys, "stderr", None)
    try:
        cli._log(verbose=False)
        assert [handler for handler in root.handlers if handler not in former] == [recent]
        assert (root.level, ours.level) == (logging.WARNING, logging.INFO)
    finally:
        root.removeHandler(recent)
        root.setLevel(level)


@pytest.mark.limit(60)
async def test_a_server_keeps_one(tmp_path: Path) -> None:
    server = await Server.ready(tmp_path, "--practice")
    server.process.send_signal(signal.SIGTERM)
    assert await server.end() == 0
    lines = last_lines(tmp_path / "data")
    assert "INFO callconsole.logbook: callconsole " in lines[0]
    assert lines[-1].endswith("the program ends")
