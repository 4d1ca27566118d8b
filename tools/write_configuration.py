"""Writes docs/configuration.md from the catalogue of settings.

python tools/write_configuration.py [FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from callconsole.settings_catalogue import CATALOGUE, Effect, Group, SettingInfo  # noqa: E402

HEAD = """# Configuration

<!-- Written by tools/write_configuration.py. Change callconsole/settings_catalogue.py instead. -->

Everything can be set on the Settings page (Ctrl+,), which says of each value where it comes from.
The first of these that has a value wins:

1. the environment,
2. the file `.env` in the folder where the console is started (`.env.example` lists all names),
3. the system's keychain, for secrets; where there is none and you agree, `secrets.toml`, which
   only you can read,
4. `settings.toml`,
5. the default.

What the environment or `.env` sets is locked on the page. `settings.toml` and `secrets.toml` are in
the platform's configuration folder (`~/.config/callconsole` on Linux), or in the data folder where
`CALLCONSOLE_DATA_DIR` names one. `settings.toml` has the names below in lower case without
`CALLCONSOLE_`, such as `gemini_model = "gemini-3.8-live"` or `record = false`; comments in it stay.
A line that is wrong is reported and its default used. The keychain keeps secrets under the service
`callconsole`, and is asked only for those that the page has put there.

The commands without a window read the same. Switches are `on` or `off`. Settings without a remark
count for the next call.
"""


def text() -> str:
    parts = [HEAD]
    for group in Group:
        rows = [row(info) for info in CATALOGUE if info.group is group]
        parts.append(
            "\n".join(
                [
                    f"## {group}\n",
                    "| setting | default | from … to | what it does |",
                    "|---|---|---|---|",
                    *rows,
                    "",
                ]
            )
        )
    return "\n".join(parts)


def row(info: SettingInfo) -> str:
    default = info.raw_default
    told = f"**{info.label}.** {info.help}"
    if info.choices:
        named = [f"`{value}`: {words}" for value, words in info.choices if value]
        told += f" {', '.join(named)}."
    if info.page:
        told += f" [Where to find it]({info.page})."
    if info.secret:
        told += " *Secret.*"
    if info.effect is not Effect.AT_ONCE:
        told += f" *Counts {info.effect}.*"
    bounds = f"{info.bounds[0]} … {info.bounds[1]}" if info.bounds else ""
    shown = f"`{default}`" if default else ""
    return f"| `{info.variable}` | {shown} | {bounds} | {told} |"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "configuration.md"
    target.write_text(text(), "utf-8")
