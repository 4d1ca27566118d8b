from __future__ import annotations

import pytest

from callconsole.desktop import ICONS
from callconsole.practice.callees import CALLEES, Reaction
from callconsole.ui import icons


@pytest.mark.usefixtures("qapp")
def test_every_practice_callee_has_an_icon_that_exists() -> None:
    offered = {c.name for c in CALLEES if c.reaction is not Reaction.UNVERIFIED}
    assert ICONS.keys() == offered
    for name in ICONS.values():
        assert not icons.pixmap(name, "#000000").toImage().isNull()
