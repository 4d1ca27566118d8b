"""What a transcript's line shows beside its turn."""

import re

from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.line_maker import LineMaker
from callconsole.viewmodels.transcript_line import Line, Manner

HELLO = Turn(7, Speaker.AGENT, "Hello, hello", 1.0)


def marks(line: Line) -> tuple[bool, bool, Manner]:
    return line.playing, line.starred, line.manner


def test_a_line_bears_the_marks_of_its_turn() -> None:
    make = LineMaker()
    plain = make.line(HELLO)
    assert (plain.name, marks(plain)) == ("AI", (False, False, Manner.PLAIN))
    make.begin(said=[7], stars=[7])
    make.playing = 7
    line = make.anew(plain)
    assert (line.name, marks(line)) == ("AI, said for you", (True, True, Manner.SAID))
    make.begin()
    make.playing = None
    assert make.line(HELLO) == plain


def test_every_place_of_the_search_is_marked() -> None:
    make = LineMaker()
    assert make.matches(HELLO) == ()
    make.query = re.compile("hello", re.IGNORECASE)
    assert make.line(HELLO).matches == ((0, 5), (7, 5))


def test_our_own_lines_never_have_a_turn_s_number() -> None:
    make = LineMaker()
    made = [make.note("Muted", 1.0, ""), make.whisper("Slow down.", 2.0, 900)]
    assert [line.turn.id for line in made] == [-1, -2]
    assert [line.name for line in made] == ["", "You whispered"]
    make.begin()
    assert make.note("Muted", 1.0, "").turn.id == -1


def test_names_are_new_only_where_they_differ() -> None:
    make = LineMaker()
    assert make.name("Jordan", "Ada")
    assert not make.name("Jordan", "Ada")
    assert make.line(HELLO).name == "Ada"
