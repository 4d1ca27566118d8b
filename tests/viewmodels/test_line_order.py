"""Lines by time: whatever comes in whatever order, each is found by row, turn and time."""

from hypothesis import given
from hypothesis import strategies as st

from callconsole.domain.transcript import Speaker, Turn
from callconsole.viewmodels.line_order import LineOrder
from callconsole.viewmodels.transcript_line import Line

TIMES_S = st.floats(0.0, 20.0, allow_nan=False)


def line(turn_id: int, offset_s: float, speaker: Speaker = Speaker.AGENT) -> Line:
    return Line(Turn(turn_id, speaker, f"turn {turn_id}", offset_s), "Ada")


def put(order: LineOrder, new: Line) -> None:
    """As a transcript does with a turn's newest snapshot."""
    row = order.row_of(new.turn.id)
    target = order.place_for(new.turn.offset_s, besides=row)
    if row is None:
        order.insert(target, new)
    elif row == target:
        order.replace(row, new)
    else:
        order.move(row, target, new)


@given(st.lists(st.tuples(st.integers(1, 8), TIMES_S)))
def test_they_stay_in_order_and_each_turn_knows_its_row(given: list[tuple[int, float]]) -> None:
    order = LineOrder()
    for turn_id, offset_s in given:
        put(order, line(turn_id, offset_s))
        times = [each.turn.offset_s for each in order]
        assert times == sorted(times)
        assert [order.row_of(each.turn.id) for each in order] == list(range(len(order)))
    assert {each.turn.id: each.turn.offset_s for each in order} == dict(given)


@given(st.lists(TIMES_S, unique=True, max_size=8), TIMES_S)
def test_what_is_spoken_at_a_second_began_last(times: list[float], at_s: float) -> None:
    order = LineOrder()
    order.renew(line(place, offset_s) for place, offset_s in enumerate(sorted(times), 1))
    row = order.spoken_at(at_s)
    begun = [offset_s for offset_s in times if offset_s <= at_s]
    assert (order[row].turn.offset_s if row is not None else None) == max(begun, default=None)


def test_of_one_time_the_first_that_came_stands_first() -> None:
    order = LineOrder()
    for turn_id in (3, 1, 2):
        put(order, line(turn_id, 5.0))
    assert [each.turn.id for each in order] == [3, 1, 2]


def test_system_lines_are_not_spoken() -> None:
    order = LineOrder()
    order.renew([line(1, 0.0), line(-1, 2.0, Speaker.SYSTEM), line(2, 4.0)])
    assert order.spoken_at(3.0) == 0
    assert (order.end_s(0), order.end_s(2)) == (4.0, None)


def test_other_lines_take_the_place_of_all() -> None:
    order = LineOrder()
    order.renew([line(1, 0.0), line(2, 1.0)])
    order.renew([line(2, 1.0)])
    assert (len(order), order.row_of(1), order.row_of(2)) == (1, None, 0)
