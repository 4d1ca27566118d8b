"""What the window's title says: who calls, the call that is shown, or the program's name."""

from __future__ import annotations

from callconsole.viewmodels.models import Models

NAME = "Call console"


def title(models: Models) -> str:
    """The title now; it is read in the taskbar while another window is in front."""
    live, calling, lines = models.live, models.incoming.rows, models.lines
    if calling:
        return f"☎ {calling[0].name} is calling"
    if live.live and live.party is not None:
        more = f" · {lines.summary}" if len(lines.rows) > 1 else ""
        return f"● {live.clock} {live.party.number}{more}"
    return NAME
