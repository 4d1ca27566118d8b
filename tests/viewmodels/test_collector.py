"""Garbage that was made in another thread dies in Qt's."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from callconsole.viewmodels.collector import Collector


class Knot(QObject):
    """A QObject in a cycle; tells where it died."""

    def __init__(self, died_in: list[int]) -> None:
        super().__init__()
        self.me = self
        weakref.finalize(self, lambda: died_in.append(threading.get_ident()))


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[Collector]:
    gc.collect()
    made = Collector()
    yield made
    made.stop()


def _allocate_much() -> None:
    kept = [[] for _ in range(5 * gc.get_threshold()[0])]
    assert kept


def test_no_other_thread_collects_and_this_one_does(collector: Collector, qtbot: QtBot) -> None:
    died_in: list[int] = []
    Knot(died_in)
    worker = threading.Thread(target=_allocate_much)
    worker.start()
    worker.join()
    assert died_in == []
    kept = [[] for _ in range(2 * gc.get_threshold()[0])]
    qtbot.waitUntil(lambda: died_in == [threading.get_ident()])
    assert kept


def test_it_is_left_to_python_again() -> None:
    before = gc.isenabled()
    gc.enable()
    try:
        made = Collector()
        assert not gc.isenabled()
        made.stop()
        assert gc.isenabled()
    finally:
        if not before:
            gc.disable()
