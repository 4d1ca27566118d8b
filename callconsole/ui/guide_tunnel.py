"""The guide's step about the way in on the screen: ngrok, or an address of one's own."""

from __future__ import annotations

from PySide6.QtCore import Qt

from callconsole.ui.guide_body import GuideBody
from callconsole.ui.kit.segmented import Segmented
from callconsole.ui.kit.text import Text
from callconsole.viewmodels.guide_tunnel import (
    ADDRESS,
    BY_ADDRESS,
    BY_NGROK,
    DOMAIN,
    TOKEN,
    TunnelStep,
)


class TunnelBody(GuideBody):
    """Shows the fields of the way that is chosen."""

    def __init__(self, step: TunnelStep) -> None:
        super().__init__(step)
        self._tunnel = step
        self.ways = Segmented(
            "How this computer is reached",
            [(BY_NGROK, "ngrok, opened by the console"), (BY_ADDRESS, "My own address")],
        )
        self.ways.chosen.connect(step.choose)
        self.port = Text("", 12, 400, "muted", wrap=True)
        self.content.addWidget(self.ways, 0, Qt.AlignmentFlag.AlignLeft)
        self.content.addWidget(self.add_field(TOKEN))
        self.content.addWidget(self.add_field(DOMAIN, "name.ngrok-free.app", "optional"))
        self.content.addWidget(self.add_field(ADDRESS, "https://calls.example.com"))
        self.content.addWidget(self.port)
        self.content.addWidget(self.result)
        self.result.other.clicked.connect(step.stop_download)
        self.finish()

    @property
    def checking_words(self) -> str:
        """What takes its time."""
        if self._tunnel.progress:
            return f"Downloading the ngrok program: {self._tunnel.progress}"
        if self._tunnel.way == BY_NGROK:
            return "Opening the tunnel and reaching this computer through it…"
        return "Reaching this computer through your address…"

    def show_step(self) -> None:
        """Show the chosen way."""
        step = self._tunnel
        by_ngrok = step.way == BY_NGROK
        self.ways.choose(step.way)
        self.ways.allow(BY_NGROK, not step.ngrok_refused, step.ngrok_refused)
        self.fields[TOKEN].setVisible(by_ngrok)
        self.fields[DOMAIN].setVisible(by_ngrok)
        self.fields[ADDRESS].setVisible(not by_ngrok)
        self.port.setText(
            f"It has to lead to port {step.port} of this computer, WebSockets included."
            if step.port
            else "SERVER_PORT is 0, which takes another port at each start: set a fixed one."
        )
        self.port.setVisible(not by_ngrok)
        self.show_result()
        self.result.offer("Cancel" if step.progress else "")
