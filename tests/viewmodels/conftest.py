"""Models over a fake desk, closed after the test."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from callconsole.viewmodels.models import Models
from fakes.desk import CALLEES, FakeDesk, FakePrompts
from fakes.player import FakePlayer


@pytest.fixture
def desk() -> FakeDesk:
    made = FakeDesk()
    made.all_ready()
    return made


@pytest.fixture
def player() -> FakePlayer:
    return FakePlayer()


@pytest.fixture
def models(qtbot: QtBot, desk: FakeDesk, player: FakePlayer) -> Iterator[Models]:
    made = Models(desk, FakePrompts(), callees=CALLEES, player=player)
    yield made
    made.close()
    made.deleteLater()
