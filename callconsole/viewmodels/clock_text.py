"""Times of a call as a clock shows them."""

from __future__ import annotations


def clock_text(seconds: float) -> str:
    """Seconds of a call as ``mm:ss``, from an hour on as ``h:mm:ss``; never below zero."""
    whole = max(int(seconds), 0)
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes:02}:{secs:02}"
