"""The shipped price list, the operator's own, and files that are none."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from callconsole import paths
from callconsole.adapters.price_file import LIMIT_BYTES, NAME, read_prices


def test_the_shipped_list_is_used_where_there_is_no_other(tmp_path: Path) -> None:
    prices = read_prices(tmp_path, paths.resources())
    assert prices.problem is None
    assert (prices.as_of.isoformat(), prices.currency) == ("2026-09-18", "USD")
    assert prices.carrier.voice_minute == Decimal("0.0140")
    assert prices.carrier.incoming_minute == Decimal("0.0085")
    assert prices.of_model("gemini-3.8-live").audio_out == Decimal(12)
    assert prices.of_model("gemini-live-2.5-flash-native-audio").text_out == Decimal(2)


def test_the_operators_own_list_wins(tmp_path: Path) -> None:
    text = (paths.resources() / NAME).read_text("utf-8")
    # As an editor on Windows may save it.
    own = text.replace("voice_minute = 0.0140", "voice_minute = 0.011").replace("\n", "\r\n")
    (tmp_path / NAME).write_bytes(b"\xef\xbb\xbf" + own.encode())
    prices = read_prices(tmp_path, paths.resources())
    assert prices.problem is None
    assert prices.carrier.voice_minute == Decimal("0.011")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"as_of = ",
        b"as_of = 2026-99-99",
        b"\xff\xfe\x00",
        b"as_of = 2026-09-18",
        b"x = " + b"[" * 5000,
        b"x = " + b"9" * 5000,
        b"#" * (LIMIT_BYTES + 1),
    ],
)
def test_a_file_that_cannot_be_used_is_passed_over_and_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / NAME).write_bytes(data)
    prices = read_prices(tmp_path, paths.resources())
    assert prices.problem is not None
    assert prices.problem.code == "prices.malformed"
    assert NAME in prices.problem.cause
    assert prices.carrier.voice_minute == Decimal("0.0140")


def test_a_folder_in_its_place_is_no_list(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    assert read_prices(tmp_path, paths.resources()).problem is not None
