"""Asking the program to end: remembered until somebody can act on it, and never raised."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator

import pytest

from callconsole.leaving import Leave, asked_to_end

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it has no such signals")


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    kept = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_is_remembered_until_somebody_can_act_on_it(number: signal.Signals) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    leave, told = Leave(), []
    os.kill(os.getpid(), number)
    leave.tell(lambda: told.append("early"))
    assert told == ["early"]
    leave.tell(lambda: told.append("late"))
    os.kill(os.getpid(), number)
    assert told == ["early", "late", "late"]


def test_without_a_signal_nothing_is_told() -> None:
    told: list[str] = []
    Leave().tell(lambda: told.append("told"))
    assert told == []


def test_nohup_is_respected() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Leave()
    assert asked_to_end() == (signal.SIGINT, signal.SIGTERM)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
