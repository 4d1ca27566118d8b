"""The Settings page: groups at the left, the settings of one group or of a search at the right."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from callconsole.domain.problems import Problem
from callconsole.settings_catalogue import BY_NAME, Group
from callconsole.ui.kit.button import Kind
from callconsole.ui.kit.measure import TEXT_WIDTH, MeasureLayout, measured
from callconsole.ui.kit.shortcut import shortcut_inside
from callconsole.ui.kit.surfaces import Scroll, panel
from callconsole.ui.kit.text import Text
from callconsole.ui.prompt_band import PromptBand
from callconsole.ui.secret_field import SecretField
from callconsole.ui.setting_row import SettingRow, make_row
from callconsole.ui.settings_list import SettingsList
from callconsole.viewmodels.models import Models
from callconsole.viewmodels.settings_page import SettingsPage

EXPORT_NAME = "callconsole-settings.toml"
SHOWN_CHANGES = 8


class SettingsView(QWidget):
    """Shows the settings; decides nothing about them."""

    def __init__(self, models: Models, page: SettingsPage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._page = page
        self._group = Group.TWILIO
        self._shown: Group | None = None
        self._wanted: SettingRow | None = None
        self.rows: dict[str, SettingRow] = {}
        self.list = SettingsList(page)
        self.title = Text("", 20, 600)
        self.fault_band = PromptBand("danger")
        self.notice_band = PromptBand("warning")
        self.ask_band = PromptBand("warning")
        self.plan_band = PromptBand("warning")
        self.line_band = PromptBand("warning")
        self.reconnect = self.line_band.add_answer("Reconnect now", page.reconnect)
        self.keep_in_file = self.ask_band.add_answer("Keep it in a file", self._on_file)
        self.keep_nowhere = self.ask_band.add_answer("Do not save it", self._on_no_file, Kind.GHOST)
        self.take = self.plan_band.add_answer("Import", lambda: page.finish_import(take=True))
        self.leave = self.plan_band.add_answer(
            "Cancel", lambda: page.finish_import(take=False), Kind.GHOST
        )
        self._content = QWidget()
        self._rows = measured(self._content, TEXT_WIDTH + 16, middle=False)
        self._rows.setContentsMargins(0, 0, 16, 0)
        self._rows.setSpacing(0)
        self._nothing = Text("", 13, 400, "muted", wrap=True)
        self._lay_out()
        self._listen()
        self.list.choose(self._group)
        self._fill()
        self._show_bands()

    def _lay_out(self) -> None:
        centre = panel()
        column = QVBoxLayout(centre)
        column.setContentsMargins(20, 16, 4, 12)
        column.setSpacing(8)
        column.addWidget(self.title)
        for band in (
            self.fault_band, self.notice_band, self.ask_band, self.plan_band, self.line_band,
        ):  # fmt: skip
            held = MeasureLayout(TEXT_WIDTH, middle=False)
            held.setContentsMargins(0, 0, 16, 0)
            held.addWidget(band)
            column.addLayout(held)
        column.addWidget(self._nothing)
        self.rows_scroll = Scroll(self._content)
        column.addWidget(self.rows_scroll, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 8)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(centre, 1)

    def _listen(self) -> None:
        page = self._page
        shortcut_inside(self, QKeySequence.StandardKey.Find, self._on_find)
        self.list.chosen.connect(self.open_group)
        self.list.export_asked.connect(self._ask_export)
        self.list.import_asked.connect(self._ask_import)
        self.list.guide.setVisible(self._models.guide is not None)
        if self._models.guide is not None:
            self.list.guide_asked.connect(self._models.guide.open)
        self.rows_scroll.verticalScrollBar().rangeChanged.connect(self._bring_into_view)
        page.found_changed.connect(self._fill)
        page.row_changed.connect(self._on_row)
        page.waiting_changed.connect(self._show_bands)
        page.problem_changed.connect(self._show_bands)
        page.planned.connect(self._show_plan)
        page.asked.connect(self._on_asked)
        page.secret_saved.connect(self._on_secret_saved)

    # What is shown ------------------------------------------------------------------------------

    def opened(self) -> None:
        """The page came up: put the caret into the search, and look outside."""
        self.list.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self._page.look_again()
        self._on_row("")
        if self._models.voices is not None:
            self._models.voices.ask()

    def _on_find(self) -> None:
        self.list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.list.search.selectAll()

    def open_group(self, group: Group) -> None:
        """Show the settings of a group; a search ends."""
        self._group = group
        self.list.choose(group)
        self._wanted = None
        if self._page.searching:
            self.list.search.clear()
        elif group is not self._shown:
            self._fill()

    def open_setting(self, name: str) -> None:
        """Show this setting and put the caret into its field."""
        self.open_group(BY_NAME[name].group)
        row = self.rows[name]
        self._wanted = row
        self._bring_into_view()
        row.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _bring_into_view(self) -> None:
        """Scroll to the wanted row; one that was only just put there has no place yet."""
        row = self._wanted
        if row is None:
            return
        self.rows_scroll.ensureWidgetVisible(row)
        if row.height() and self.rows_scroll.verticalScrollBar().value():
            self._wanted = None

    def _fill(self) -> None:
        """Lay out the rows of the group, or of everything that was found."""
        while item := self._rows.itemAt(0):
            widget = item.widget()
            if widget is None:
                self._rows.takeAt(0)
                continue
            # Not takeAt: while its old item lives on, a widget never tells its next one that it
            # has grown, and is squeezed to what it needed once.
            self._rows.removeWidget(widget)
            # A row stays where it is, with what is typed in it.
            widget.hide()
            if not isinstance(widget, SettingRow):
                widget.deleteLater()
        found = self._page.found()
        groups = list(found) if self._page.searching else [self._group]
        for group in groups:
            if self._page.searching:
                heading = Text(group.value, 12, 600, "muted")
                heading.setContentsMargins(0, 12, 0, 0)
                self._rows.addWidget(heading)
            for info in found.get(group, []):
                self._rows.addWidget(self._row(info.name))
        self._rows.addStretch(1)
        self._shown = None if self._page.searching else self._group
        self.title.setText("Found" if self._page.searching else self._group.value)
        self._nothing.setText(f"No setting matches “{self.list.search.text().strip()}”.")
        self._nothing.setVisible(not any(found.values()))
        self.rows_scroll.verticalScrollBar().setValue(0)

    def _row(self, name: str) -> SettingRow:
        row = self.rows.get(name)
        if row is None:
            row = self.rows[name] = make_row(self._models, self._page, BY_NAME[name])
        row.show_row()
        row.show()
        return row

    def _on_row(self, name: str) -> None:
        for row in [self.rows[name]] if name in self.rows else self.rows.values():
            row.show_row()
        if not name:
            self._show_bands()

    def _show_bands(self) -> None:
        page = self._page
        _say(self.fault_band, page.problem)
        notices = page.notices
        more = f" And {len(notices) - 1} more." if len(notices) > 1 else ""
        _say(self.notice_band, notices[0] if notices else None, more)
        labels = page.waiting_labels
        words = f"{', '.join(labels)}: counts once the line is opened again."
        reason = page.reconnect_reason
        if labels:
            title = "Changed, but the open line goes on as it was"
            self.line_band.say(title, f"{words} {reason}".strip())
        else:
            self.line_band.hide()
        self.reconnect.setEnabled(not reason)
        self.reconnect.setToolTip(reason)

    # Secrets ------------------------------------------------------------------------------------

    def _on_asked(self, _name: str) -> None:
        page = self._page
        self.ask_band.say(
            "Keep this secret in a file?",
            f"{page.keychain_words} The file {page.secrets_place} can be read by you alone, but "
            "it is not encrypted. You are asked once.",
        )
        self.keep_in_file.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_file(self) -> None:
        self.ask_band.hide()
        self._page.allow_file()

    def _on_no_file(self) -> None:
        self.ask_band.hide()
        self._page.refuse_file()

    def _on_secret_saved(self, name: str) -> None:
        row = self.rows.get(name)
        if row is not None and isinstance(row.field, SecretField):
            row.field.forget_typed()

    # Files --------------------------------------------------------------------------------------

    def _ask_export(self) -> None:
        dialog = self._dialog("Export settings")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(EXPORT_NAME)
        dialog.fileSelected.connect(lambda path: self._page.export_to(Path(path)))
        dialog.open()

    def _ask_import(self) -> None:
        dialog = self._dialog("Import settings")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self._page.plan_import(Path(path)))
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self.window(), title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter("Settings (*.toml)")
        dialog.setDefaultSuffix("toml")
        return dialog

    def _show_plan(self) -> None:
        plan = self._page.plan
        if plan is None:
            self.plan_band.hide()
            return
        lines = [
            f"{BY_NAME[change.name].label}: {change.before} → {change.after}"
            + (" (stays: set in the environment or .env)" if change.locked else "")
            for change in plan.changes
        ]
        more = [f"and {len(lines) - SHOWN_CHANGES} more"] if len(lines) > SHOWN_CHANGES else []
        count = len(plan.values)
        title = f"Importing changes {count} setting{'s' if count != 1 else ''}"
        self.plan_band.say(
            title if count else "Importing changes nothing",
            "\n".join([*lines[:SHOWN_CHANGES], *more]),
        )
        self.take.setEnabled(bool(count))
        (self.take if count else self.leave).setFocus(Qt.FocusReason.OtherFocusReason)


def _say(band: PromptBand, problem: Problem | None, more: str = "") -> None:
    """Show a band with a problem, or hide it."""
    if problem is None:
        band.hide()
    else:
        band.say(problem.title, f"{problem.cause} {problem.cure}".strip() + more)
