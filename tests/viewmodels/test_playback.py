"""Playing recordings, over a player that makes no sound."""

import asyncio
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from callconsole.domain.problems import Problem
from callconsole.viewmodels.playback import Playback
from fakes.player import FakePlayer

GONE = Problem("sound.unreadable", "The recording cannot be played", "It is gone.", "Choose one.")


@pytest.fixture
def playback(qtbot: QtBot, player: FakePlayer) -> Iterator[Playback]:
    made = Playback(player)
    yield made
    made.stop()


async def settle() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


async def test_one_plays_at_a_time_and_ends(playback: Playback, player: FakePlayer) -> None:
    playback.toggle("a.wav")
    await settle()
    assert (playback.path, player.told) == ("a.wav", [("play", "a.wav", 0.0, 1.0)])
    playback.toggle("b.wav")
    await settle()
    assert player.told[1:] == [("stop",), ("play", "b.wav", 0.0, 1.0)]
    playback.toggle("b.wav")
    assert playback.path is None
    playback.toggle("b.wav")
    await settle()
    playback.finished()
    assert playback.path is None
    assert player.told[-1] == ("play", "b.wav", 0.0, 1.0)


async def test_a_pause_keeps_the_place(playback: Playback, player: FakePlayer) -> None:
    playback.play_or_pause("a.wav")
    await settle()
    player.position_s = 12.5
    playback.play_or_pause("a.wav")
    assert not playback.playing("a.wav")
    assert (playback.path, playback.position_s("a.wav")) == ("a.wav", 12.5)
    playback.play_or_pause("a.wav")
    assert playback.playing("a.wav")
    assert player.told[1:] == [("pause",), ("resume",)]


async def test_a_place_chosen_before_is_where_it_begins(
    playback: Playback, player: FakePlayer
) -> None:
    playback.seek("a.wav", 30.0)
    assert (player.told, playback.position_s("a.wav"), playback.position_s("b.wav")) == ([], 30, 0)
    playback.play_or_pause("a.wav")
    await settle()
    assert player.told == [("play", "a.wav", 30.0, 1.0)]
    playback.seek("a.wav", 40.0)
    playback.play_from("a.wav", 50.0)
    assert player.told[1:] == [("seek", 40.0), ("seek", 50.0)]
    assert playback.position_s("a.wav") == 50.0


async def test_stopping_keeps_the_place_and_the_end_does_not(
    playback: Playback, player: FakePlayer
) -> None:
    playback.play_or_pause("a.wav")
    await settle()
    player.position_s = 7.0
    playback.stop()
    assert playback.position_s("a.wav") == 7.0
    playback.play_or_pause("a.wav")
    await settle()
    playback.finished()
    assert playback.position_s("a.wav") == 0.0


async def test_what_is_asked_while_the_file_opens_is_not_lost(
    playback: Playback, player: FakePlayer
) -> None:
    player.gate.clear()
    playback.play_or_pause("a.wav")
    await settle()
    playback.seek("a.wav", 9.0)
    playback.next_speed()
    assert playback.position_s("a.wav") == 9.0
    player.gate.set()
    await settle()
    assert player.told[1:] == [("seek", 9.0), ("speed", 1.25)]


async def test_a_second_press_while_the_file_opens_stops_it(
    playback: Playback, player: FakePlayer
) -> None:
    player.gate.clear()
    playback.play_or_pause("a.wav")
    await settle()
    playback.play_or_pause("a.wav")
    player.gate.set()
    await settle()
    assert (playback.path, player.told[1:]) == (None, [("stop",)])


async def test_what_is_forbidden_stops_and_says_why(
    playback: Playback, player: FakePlayer, qtbot: QtBot
) -> None:
    refused: list[tuple[str, Problem]] = []
    playback.failed.connect(lambda path, problem: refused.append((path, problem)))
    playback.toggle("a.wav")
    await settle()
    playback.forbid(GONE)
    assert playback.path is None
    assert player.told[-1] == ("stop",)
    playback.play_or_pause("a.wav")
    playback.play_passage("a.wav", 1.0, 2.0)
    await settle()
    assert refused == [("a.wav", GONE)] * 2
    assert player.told[-1] == ("stop",)
    playback.forbid(None)
    playback.play_or_pause("a.wav")
    await settle()
    assert playback.playing("a.wav")


async def test_speeds_go_round(playback: Playback, player: FakePlayer) -> None:
    playback.play_or_pause("a.wav")
    await settle()
    seen = []
    for _ in range(4):
        playback.next_speed()
        seen.append(playback.speed)
    assert seen == [1.25, 1.5, 2.0, 1.0]
    assert player.told[1:] == [("speed", speed) for speed in seen]


async def test_a_recording_that_cannot_be_played_says_so(
    qtbot: QtBot, playback: Playback, player: FakePlayer
) -> None:
    player.refusal = GONE
    with qtbot.waitSignal(playback.failed) as failed:
        playback.play_or_pause("a.wav")
        await settle()
    assert failed.args == ["a.wav", GONE]
    assert playback.path is None


def test_without_a_player_nothing_happens(qtbot: QtBot) -> None:
    playback = Playback()
    playback.play_or_pause("a.wav")
    playback.next_speed()
    playback.set_volume(0.5)
    assert (playback.available, playback.path) == (False, None)
