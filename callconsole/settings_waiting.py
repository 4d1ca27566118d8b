"""Which changed settings do not count yet, and what they wait for."""

from __future__ import annotations

from callconsole.engine.world import PHONE
from callconsole.settings import Settings
from callconsole.settings_catalogue import CATALOGUE, Effect, Waiting

# Of what belongs to a line, the practice line goes by these alone.
PRACTICE_USES = frozenset(
    {
        "affective_dialog", "api_token", "gemini_model", "gemini_voice", "proactive_audio",
        "server_host", "server_port",
        "vertex_location", "vertex_project_id",
    }
)  # fmt: skip


def waiting(now: Settings, line: str | None, opened: Settings, begun: Settings) -> Waiting:
    """What was set and does not count yet.

    Args:
        now: as they are set.
        line: the line that is open, or None.
        opened: what it was built from.
        begun: what the program was started with.
    """
    return Waiting(
        line=tuple(
            info.name
            for info in CATALOGUE
            if info.effect is Effect.NEXT_LINE
            and line is not None
            and (line == PHONE or info.name in PRACTICE_USES)
            and getattr(opened, info.name) != getattr(now, info.name)
        ),
        start=tuple(
            info.name
            for info in CATALOGUE
            if info.effect is Effect.NEXT_START
            and getattr(begun, info.name) != getattr(now, info.name)
        ),
    )
