"""Where the time goes: py-spy's stacks of a system under load, sorted by what they work on.

``python -m load.hot_spots PROFILE``; a profile comes from ``voice_path.py --profile FOLDER``.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

# Looked for from the innermost call outwards; the first part that fits has the sample.
PARTS: tuple[tuple[str, str], ...] = (
    ("recorder", r"engine/recorder|audio/wavfile|concurrent/futures"),
    ("speech onset", r"audio/onset|engine/(onset|flush)"),
    ("meters, floor, watchdog", r"audio/meter|engine/floor|viewmodels|watchdog"),
    ("resampling", r"audio/resample"),
    ("mu-law", r"audio/mulaw"),
    ("playout and marks", r"engine/playout"),
    ("timeline", r"engine/timeline"),
    ("events and transcript", r"engine/bus|engine/conversation|domain/|adapters/web"),
    ("bridge", r"engine/(bridge|session|console|listening|gate)"),
    ("Twilio messages", r"adapters/twilio"),
    ("Twilio socket (aiohttp)", r"aiohttp/"),
    ("Gemini messages, ours", r"adapters/gemini"),
    ("Gemini messages, SDK", r"google/genai|pydantic"),
    ("Gemini socket (websockets)", r"websockets/"),
    ("TLS", r"\bssl\.py|sslproto"),
    ("event loop", r"asyncio/|uvloop|selectors|threading"),
)
# A helper belongs to whoever called it.
_SHARED = re.compile(
    r"\b(json|base64|binascii|numpy|dataclasses|enum|collections|re|contextlib)[/.]|frozen"
)
_WAITING = re.compile(r"selectors\.py|^_worker|threading\.py")


def part_of(stack: list[str]) -> str:
    """What a stack works on; a library's helper belongs to whoever called it."""
    for call in reversed(stack):
        if _SHARED.search(call):
            continue
        for name, pattern in PARTS:
            if re.search(pattern, call):
                return name
    return "else"


def read(profile: Path) -> tuple[Counter[str], Counter[str]]:
    """Samples by part, and by innermost call."""
    parts: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    for line in profile.read_text("utf-8").splitlines():
        text, _, count = line.rpartition(" ")
        stack = text.split(";")
        if _WAITING.search(stack[-1]):
            continue
        parts[part_of(stack)] += int(count)
        calls[stack[-1]] += int(count)
    return parts, calls


def main() -> None:
    """Print both lists."""
    parts, calls = read(Path(sys.argv[1]))
    total = parts.total()
    for name, count in parts.most_common():
        print(f"{count / total:7.1%}  {name}")
    print("\ninnermost calls")
    for name, count in calls.most_common(25):
        print(f"{count / total:7.1%}  {name}")


if __name__ == "__main__":
    main()
