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
def models(qtbot: QtBot, desk: FakeDesk) -> Iterator[Models]:
    made = Models(desk, FakePrompts(), callees=CALLEES, player=FakePlayer())
    yield made
    made.close()
