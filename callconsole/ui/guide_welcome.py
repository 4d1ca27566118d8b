"""The guide's first step: practise now, or set up real calls; and what one has to ask people."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from callconsole.ui.guide_body import GuideBody
from callconsole.ui.kit.banner import IconMark
from callconsole.ui.kit.button import Button, Kind
from callconsole.ui.kit.lead import Disc
from callconsole.ui.kit.surfaces import Surface, card
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.guide_step import GuideStep

CONSENT = (
    "Call only people who agreed to be called by an AI, say that it is one, and tell them where "
    "a call is recorded. Rules differ by country; recording can be switched off for every call."
)


class WelcomeBody(GuideBody):
    """Two ways, side by side.

    Signals:
        practice_asked: the practice line.
    """

    practice_asked = Signal()

    def __init__(self, step: GuideStep) -> None:
        super().__init__(step)
        self.practise = Button("Practise now", Kind.SECONDARY, icon="headset")
        self.practise.clicked.connect(self.practice_asked)
        ways = QHBoxLayout()
        ways.setSpacing(12)
        ways.addWidget(
            _way(
                "headset",
                "Practise first",
                "Calls inside this computer, with the same window and the same keys. No account, "
                "nobody is disturbed, nothing is charged.",
                self.practise,
            ),
            1,
        )
        ways.addWidget(
            _way(
                "phone-call",
                "Set up real calls",
                "About five minutes. You need an account at Twilio, a key from Google, and an "
                "ngrok account, which is free, or a public address of your own.",
            ),
            1,
        )
        self.content.addLayout(ways)
        self.content.addWidget(_consent())
        self.finish()


def _way(icon: str, title: str, line: str, button: Button | None = None) -> Surface:
    made = card()
    column = QVBoxLayout(made)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(8)
    head = QHBoxLayout()
    head.setSpacing(12)
    head.addWidget(Disc(icon, "accent", "accent_soft"))
    head.addWidget(Text(title, 15, 600))
    head.addStretch(1)
    column.addLayout(head)
    column.addWidget(Text(line, 13, 400, "muted", wrap=True))
    column.addStretch(1)
    if button is not None:
        foot = QHBoxLayout()
        foot.addWidget(button)
        foot.addStretch(1)
        column.addLayout(foot)
    return made


def _consent() -> Surface:
    made = Surface("sunken")
    row = QHBoxLayout(made)
    row.setContentsMargins(16, 12, 16, 12)
    row.setSpacing(12)
    row.addWidget(IconMark("record", "danger", 20))
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(Text("Consent and recording", 13, 600))
    words.addWidget(Text(CONSENT, 13, 400, "muted", wrap=True))
    row.addLayout(words, 1)
    return made
