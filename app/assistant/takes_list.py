"""The takes of the song, newest request first: a heading for each request and a card for each take."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.assistant.control_words import describe_controls
from app.assistant.drafts import Draft
from app.assistant.take_card import TakeCard
from app.assistant.words import describe_cells
from app.theme import ThemeKeeper
from app.translation import tr


class TakesList(QScrollArea):
    """Cards in a column. Up and Down move between them. ``previewChanged`` brings the draft under the mouse, else
    the selected one, else None."""

    previewChanged = Signal(object)
    auditionToggled = Signal(object, bool)
    kept = Signal(object)
    discarded = Signal(object)

    def __init__(self, themes: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._themes = themes
        self._groups: list[tuple[QLabel, list[TakeCard]]] = []
        self._selected: TakeCard | None = None
        self._hovered: TakeCard | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._empty = QLabel(tr("Takes appear here while they are written."), wordWrap=True, objectName="Hint")
        inside = QWidget(objectName="Takes")
        self._column = QVBoxLayout(inside)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(self._empty)
        self.setWidget(inside)

    # -- the cards -----------------------------------------------------------------------------

    @property
    def cards(self) -> list[TakeCard]:
        """Every card, from the top."""
        return [card for _, cards in self._groups for card in cards]

    def siblings_of(self, draft: Draft) -> list[Draft]:
        """The takes of the same request that are in the list, itself included."""
        return [card.draft for card in self.cards if card.draft.request is draft.request]

    def card_of(self, draft: Draft) -> TakeCard | None:
        """The card of a take; None once it is discarded."""
        return next((card for card in self.cards if card.draft is draft), None)

    def add(self, drafts: list[Draft]) -> None:
        """Put the takes of a new request at the top and select the first."""
        request = drafts[0].request
        asked = describe_controls(request.controls)
        words = describe_cells(request.song, request.cells) + (f": {asked}" if asked else "")
        heading = QLabel(words, wordWrap=True, objectName="TakesHeading")
        cards = [TakeCard(draft, self._themes) for draft in drafts]
        for place, widget in enumerate([heading, *cards]):
            self._column.insertWidget(place, widget)
            widget.show()  # at once, so that it can take the focus
        for card in cards:
            card.chosen.connect(self.select)
            card.hovered.connect(self._hover)
            card.left.connect(self._leave)
            card.auditionToggled.connect(self._toggle_audition)
            card.kept.connect(lambda card: self.kept.emit(card.draft))
            card.discarded.connect(lambda card: self.discarded.emit(card.draft))
        self._groups.insert(0, (heading, cards))
        self._empty.hide()
        self._hovered = None  # the cards move on under the mouse
        self.select(cards[0])
        self.verticalScrollBar().setValue(0)

    def refresh(self, draft: Draft) -> None:
        """The draft has grown: draw it anew."""
        if card := self.card_of(draft):
            card.refresh()
            if card is (self._hovered or self._selected):
                self.previewChanged.emit(draft)

    def remove(self, draft: Draft) -> None:
        """Take a card away; the focus and the selection go to its neighbour."""
        card, before = self.card_of(draft), self.cards
        place, had_focus = before.index(card), card.hasFocus() or card.isAncestorOf(self.focusWidget() or self)
        heading, cards = next(group for group in self._groups if card in group[1])
        cards.remove(card)
        if not cards:
            self._groups.remove((heading, cards))
            heading.hide()
            heading.deleteLater()
        card.hide()
        card.deleteLater()
        if self._hovered is card:
            self._hovered = None
        after = self.cards
        self._empty.setVisible(not after)
        if self._selected is card:
            self._selected = None
            neighbour = after[min(place, len(after) - 1)] if after else None
            if neighbour and had_focus:
                neighbour.setFocus()
            self.select(neighbour)
        else:
            self._show_preview()

    def clear(self) -> None:
        for card in self.cards:
            self.remove(card.draft)

    # -- which one is looked at ----------------------------------------------------------------

    @property
    def selected(self) -> Draft | None:
        return self._selected.draft if self._selected else None

    def select(self, card: TakeCard | None) -> None:
        """Make a card the one whose notes the roll shows; None shows none."""
        if self._selected is not card:
            if self._selected:
                self._selected.set_selected(False)
            self._selected = card
            if card:
                card.set_selected(True)
                self.ensureWidgetVisible(card)
        self._show_preview()

    def step(self, by: int) -> None:
        """Select the card so many places further down, or the last or first there is."""
        if cards := self.cards:
            here = cards.index(self._selected) if self._selected else -1
            self.select(cards[min(len(cards) - 1, max(0, here + by))])
            if (focus := QApplication.focusWidget()) is not None and self.isAncestorOf(focus):
                self._selected.setFocus()

    def _toggle_audition(self, card: TakeCard, on: bool) -> None:
        """The take that is heard is the one that is selected, so that Keep means what the ear means."""
        if on:
            self.select(card)
        self.auditionToggled.emit(card.draft, on)

    def _hover(self, card: TakeCard) -> None:
        self._hovered = card
        self._show_preview()

    def _leave(self, card: TakeCard) -> None:
        if self._hovered is card:
            self._hovered = None
            self._show_preview()

    def _show_preview(self) -> None:
        shown = self._hovered or self._selected
        self.previewChanged.emit(shown.draft if shown else None)

    def keyPressEvent(self, event) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(event.key())
        if by and self.cards:
            self.step(by)
        else:
            super().keyPressEvent(event)
