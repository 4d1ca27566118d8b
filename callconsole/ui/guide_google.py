"""The guide's step about Google on the screen: a key, or a project with a sign-in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from callconsole.ui.guide_body import GuideBody
from callconsole.ui.guide_result import GuideResult
from callconsole.ui.kit.segmented import Segmented
from callconsole.viewmodels.guide_google import (
    BY_KEY,
    BY_PROJECT,
    KEY,
    LOCATION,
    PROJECT,
    GoogleStep,
)

COMMAND = "gcloud auth application-default login"


class GoogleBody(GuideBody):
    """Shows the fields of the way that is chosen."""

    def __init__(self, step: GoogleStep) -> None:
        super().__init__(step)
        self._google = step
        self.ways = Segmented(
            "How Gemini is reached", [(BY_KEY, "API key"), (BY_PROJECT, "Vertex AI project")]
        )
        self.ways.chosen.connect(step.choose)
        self.content.addWidget(self.ways, 0, Qt.AlignmentFlag.AlignLeft)
        self.sign_in = GuideResult()
        self.content.addWidget(self.add_field(KEY))
        self.content.addWidget(self.sign_in)
        self.content.addWidget(self.add_field(PROJECT, "my-project"))
        self.content.addWidget(self.add_field(LOCATION))
        self.content.addWidget(self.result)
        self.result.other.clicked.connect(self._on_copy)
        self.finish()

    @property
    def checking_words(self) -> str:
        """What takes its time."""
        if self._google.lacks:
            return "Looking for this computer's Google sign-in…"
        return "Opening a session and waiting for the first word…"

    def show_step(self) -> None:
        """Show the chosen way."""
        step = self._google
        by_key = step.way == BY_KEY
        self.ways.choose(step.way)
        self.ways.allow(BY_KEY, not step.key_refused, step.key_refused)
        self.fields[KEY].setVisible(by_key)
        self.fields[PROJECT].setVisible(not by_key)
        self.fields[LOCATION].setVisible(not by_key)
        if by_key or not step.sign_in:
            self.sign_in.hide()
        else:
            self.sign_in.good(step.sign_in)
        self.show_result()
        lost = step.sign_in_problem is not None and step.problem is step.sign_in_problem
        self.result.offer("Copy command" if lost and not step.checking else "")

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(COMMAND)
        self.result.offer("Copied")
