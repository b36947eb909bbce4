"""One take as a card: its picture, its size, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from app.assistant.control_words import describe_controls
from app.assistant.drafts import Draft
from app.assistant.dress import set_property
from app.assistant.take_picture import TakePicture
from app.theme import ThemeKeeper, icon
from app.translation import counted, later, tr
from core.folders import libraries_folder
from core.model.libraries import library_name

GIVEN_BACK = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""A dialog or another window has been closed: the focus comes back, but nobody has chosen anything."""


class TakeCard(QFrame):
    """Selected by a click or by moving the focus to it; Return keeps, A auditions, Delete discards."""

    chosen = Signal(object)
    hovered = Signal(object)
    left = Signal(object)
    auditionToggled = Signal(object, bool)
    kept = Signal(object)
    discarded = Signal(object)

    def __init__(self, draft: Draft, themes: ThemeKeeper) -> None:
        super().__init__(objectName="TakeCard")
        self.draft = draft
        self._themes = themes
        self._in_song = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("selected", False)
        self.picture = TakePicture(draft, themes)
        self.title = QLabel(tr("Take {index}", index=draft.index + 1), objectName="TakeTitle")
        self.facts = QLabel(objectName="Hint")
        self.facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.audition_button = _button(tr("Audition"), tr("Hear the take in place with the rest of the song (A)"))
        self.audition_button.setCheckable(True)
        self.keep_button = _button(tr("Keep"), tr("Put the take into the song, as one step of undo (Return)"))
        self.discard_button = _button("", tr("Discard the take (Delete)"))
        self.discard_button.setObjectName("Discard")
        self.discard_button.setAccessibleName(tr("Discard"))
        self._lay_out()
        self.audition_button.toggled.connect(lambda on: self.auditionToggled.emit(self, on))
        self.keep_button.clicked.connect(lambda: self.kept.emit(self))
        self.discard_button.clicked.connect(lambda: self.discarded.emit(self))
        themes.changed.connect(self._show_icons)
        self._show_icons()
        self.refresh()

    def _lay_out(self) -> None:
        heading = QHBoxLayout()
        heading.addWidget(self.title)
        heading.addWidget(self.facts, 1)
        heading.addWidget(self.discard_button)
        actions = QHBoxLayout()
        actions.addWidget(self.audition_button, 1)
        actions.addWidget(self.keep_button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        column.addLayout(heading)
        column.addWidget(self.picture)
        column.addLayout(actions)

    def refresh(self) -> None:
        """Show what has been written since the last look."""
        draft = self.draft
        notes = counted(draft.note_count, later("{count} note"), later("{count} notes"))
        if draft.take:
            self.facts.setText(tr("{notes} · {seconds:.1f} s", notes=notes, seconds=draft.take.seconds))
            library = draft.request.library
            self.setToolTip(tr("Seed {seed}, adventurousness {adventurousness:.0%}, {style}",
                               seed=draft.take.seed, adventurousness=draft.take.adventurousness,
                               style=draft.take.style or tr("base model"))
                            + "".join(f", {asked}" for asked in [describe_controls(draft.take.controls)] if asked)
                            + (tr(", library {name}", name=library_name(library, libraries_folder())) if library
                               else ""))
        else:
            self.facts.setText(tr("{notes} · writing…", notes=notes) if draft.written else tr("waiting…"))
        can_be_kept = draft.take is not None and not self._in_song
        if not can_be_kept and self.keep_button.hasFocus():  # or it would go to the next card and select that
            self.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        self.keep_button.setEnabled(can_be_kept)
        self.keep_button.setText(tr("In the song") if self._in_song else tr("Keep"))
        self.audition_button.setEnabled(draft.note_count > 0)
        self.picture.update()

    def set_in_song(self, in_song: bool) -> None:
        """Show whether the song holds this take now."""
        self._in_song = in_song
        self.refresh()

    def set_selected(self, selected: bool) -> None:
        set_property(self, "selected", selected)

    def set_auditioned(self, auditioned: bool) -> None:
        """Show whether the take is being heard, without asking for it."""
        self.audition_button.blockSignals(True)
        self.audition_button.setChecked(auditioned)
        self.audition_button.blockSignals(False)

    def _show_icons(self) -> None:
        self.discard_button.setIcon(icon("discard", self._themes.theme))

    def enterEvent(self, event) -> None:
        self.hovered.emit(self)

    def leaveEvent(self, event) -> None:
        self.left.emit(self)

    def mousePressEvent(self, event) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.chosen.emit(self)

    def focusInEvent(self, event) -> None:
        if event.reason() not in GIVEN_BACK:
            self.chosen.emit(self)
        super().focusInEvent(event)

    def keyPressEvent(self, event) -> None:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:  # the key of an action, which cannot be done now
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.keep_button.click()
            case Qt.Key.Key_A:
                self.audition_button.click()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace:
                self.discarded.emit(self)
            case _:
                super().keyPressEvent(event)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text, toolTip=tip, autoDefault=True)
    button.setSizePolicy(QSizePolicy.Policy.Ignored if text else QSizePolicy.Policy.Fixed,
                         QSizePolicy.Policy.Fixed)
    return button
