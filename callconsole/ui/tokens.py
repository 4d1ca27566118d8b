"""The colours and measures of the window, light and dark, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

RADIUS_CONTROL = 6
RADIUS_CARD = 8
RADIUS_PANEL = 12

RAIL_WIDTH = 80
DIAL_WIDTH = 254
SIDE_WIDTH = 264
TOP_BAR_HEIGHT = 44
HEAD_HEIGHT = 36  # of the first line of the left columns

DRAWER_BELOW_WIDTH = 1260
FOLD_BELOW_HEIGHT = 780
CARDS_STACK_FROM_HEIGHT = 780
MINIMUM_WIDTH = 994
MINIMUM_HEIGHT = 560
LEAST_HEIGHT = 490  # where the zoom leaves less of the window than that


@dataclass(frozen=True, slots=True)
class Tokens:
    """One colour scheme as ``#RRGGBB``.

    ``border``, ``track`` and ``hover`` decorate; ``strong`` outlines what can be pressed or
    typed in (3:1 on surface). ``*_fill`` carry ``on_fill`` text; plain tones are for text and
    symbols; ``*_soft`` lie under the tone of the same name.
    """

    dark: bool
    window: str
    surface: str
    sunken: str
    hover: str
    border: str
    strong: str
    text: str
    muted: str
    accent: str
    accent_soft: str
    you_soft: str
    accent_fill: str
    success_fill: str
    danger_fill: str
    on_fill: str
    success: str
    success_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    ai: str
    ai_soft: str
    callee: str
    callee_soft: str
    diff_add: str
    diff_remove: str
    track: str


LIGHT = Tokens(
    dark=False,
    window="#F4F5F7",
    surface="#FFFFFF",
    sunken="#F0F2F5",
    hover="#E8EBF0",
    border="#DFE3E9",
    strong="#7B8494",
    text="#15191F",
    muted="#545D6C",
    accent="#1D5BD0",
    accent_soft="#E9F0FD",
    you_soft="#E4EDFD",
    accent_fill="#1D5BD0",
    success_fill="#14713D",
    danger_fill="#B8261D",
    on_fill="#FFFFFF",
    success="#14713D",
    success_soft="#E4F4EB",
    warning="#8A5600",
    warning_soft="#FDF2DE",
    danger="#B8261D",
    danger_soft="#FCEAE8",
    ai="#6340C4",
    ai_soft="#F1EDFC",
    callee="#0A6B72",
    callee_soft="#E6F3F3",
    diff_add="#DDF3E5",
    diff_remove="#FBE3E1",
    track="#E1E5EB",
)

DARK = Tokens(
    dark=True,
    window="#121519",
    surface="#1A1E24",
    sunken="#14171C",
    hover="#262B33",
    border="#2D333D",
    strong="#7C8698",
    text="#E9EBEF",
    muted="#A3ABB9",
    accent="#82B1FF",
    accent_soft="#1B2840",
    you_soft="#1D2F50",
    accent_fill="#2E6BE0",
    success_fill="#1C7F47",
    danger_fill="#CC3A33",
    on_fill="#FFFFFF",
    success="#5FCB8F",
    success_soft="#16301F",
    warning="#F0B54A",
    warning_soft="#33290F",
    danger="#FF8A80",
    danger_soft="#3A1C1A",
    ai="#BBA5FF",
    ai_soft="#29243F",
    callee="#62CBD2",
    callee_soft="#17323A",
    diff_add="#173523",
    diff_remove="#41201D",
    track="#2D333D",
)


@lru_cache(maxsize=2)
def contrasting(tokens: Tokens) -> Tokens:
    """The scheme for people who ask their system for more contrast: every edge can be seen."""
    return replace(tokens, border=tokens.strong, strong=tokens.text)
