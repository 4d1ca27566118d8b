"""Who is on the practice line, and what they are known by."""

import pytest

from callconsole.practice.callees import CALLEES, Reaction
from callconsole.practice.callers import CALLERS
from callconsole.practice_people import ICONS, callees, callers
from callconsole.ui import icons


def test_all_are_shown_but_those_who_may_not_be_called() -> None:
    offered = [each for each in CALLEES if each.reaction is not Reaction.UNVERIFIED]
    assert [shown.number for shown in callees()] == [each.number for each in offered]
    assert [shown.number for shown in callers()] == [each.number for each in CALLERS]
    assert ICONS.keys() == {each.name for each in offered}


@pytest.mark.usefixtures("qapp")
def test_each_has_an_icon_that_exists() -> None:
    for shown in [*callees(), *callers()]:
        assert not icons.pixmap(shown.icon, "#000000").toImage().isNull()
