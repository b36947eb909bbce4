"""The main window: puts the rooms side by side, and gives every action of the table its place and its handler."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QMenu, QMessageBox, QSplitter, QWidget

from app.actions import ACTIONS, MENUS, with_letters
from app.assistant.assistant_panel import AssistantPanel
from app.assistant.recipes import Recipes
from app.beside import BesideSong
from app.document import Document
from app.dropped import dropped_path
from app.facts import facts_of
from app.files import FileActions
from app.help_page import HelpPage
from app.history_panel import HistoryPanel
from app.import_tracks import ImportActions
from app.model_client import ModelClient
from app.palette import CommandPalette
from app.pianoroll.bar_actions import BarActions
from app.pianoroll.bar_edits import BarEdits
from app.pianoroll.clip_actions import ClipActions
from app.pianoroll.lane_actions import LaneActions
from app.pianoroll.lock_actions import LockActions
from app.pianoroll.marker_actions import MarkerActions
from app.pianoroll.note_actions import NoteActions
from app.pianoroll.roll import PianoRoll
from app.pianoroll.roll_view import RollView
from app.pianoroll.ruler_menu import RulerMenu
from app.pianoroll.select_actions import SelectActions
from app.pianoroll.shape_actions import ShapeActions
from app.pitch_label import PitchLabel
from app.playback import Playback
from app.recording import Recording
from app.selected import SelectedLabel
from app.settings import Settings
from app.sound_settings import SoundActions
from app.theme import ThemeKeeper, icon
from app.timing import TimingActions
from app.toolbar import ToolBar
from app.tracks.track_actions import TrackActions
from app.tracks.track_list import TrackList
from app.translation import later, tr
from app.transport import TransportActions

MESSAGE_MS = 6_000
KEY_VELOCITY = 90
"""Of the keyboard at the roll's left, which cannot tell."""
ABOUT = later("A composition assistant that works on your own machine: write in the piano roll, select bars and "
              "tracks, and hear several takes of what could be there.")


class MainWindow(QMainWindow):
    """``playback`` and ``client`` are made by the caller and need not be started yet."""

    windowAsked = Signal()
    """Another window is wanted."""
    closed = Signal()
    """The window has been closed, and its song may go."""

    def __init__(self, document: Document, settings: Settings, themes: ThemeKeeper, playback: Playback,
                 client: ModelClient, model_folder: Path, styles_folder: Path) -> None:
        super().__init__()
        self.document, self.settings, self.themes = document, settings, themes
        self.playback, self.client = playback, client
        self.model_folder, self.styles_folder = model_folder, styles_folder
        self.selection = document.selection
        self.playing = False
        self.studio: QWidget | None = None
        self.files = FileActions(document, settings, self)
        self.roll = PianoRoll(document, themes.theme, self)
        self.notes, self.bars, self.timing = NoteActions(self.roll), BarActions(self.roll), TimingActions(self.roll)
        self.select, self.shape = SelectActions(self.roll), ShapeActions(self.notes, settings)
        self.clips = ClipActions(self.notes)
        self.bar_edits, self.markers = BarEdits(self.roll), MarkerActions(self.roll)
        self.lanes, self.look = LaneActions(self.notes, settings), RollView(self.roll, settings)
        self.transport = TransportActions(document, playback, self.roll, settings)
        self.sound = SoundActions(playback, settings, self)
        self.recorder = Recording(document, playback, self.roll, settings, self.transport)
        self.tracks = TrackList(document, themes.theme, self)
        self.track_actions = TrackActions(document, self.tracks)
        self.imports = ImportActions(document, settings, self.roll, self.tracks)
        self.assistant = AssistantPanel(document, client, playback, themes, styles_folder, settings=settings,
                                        parent=self)
        self.recipes = Recipes(document, self.assistant.request_panel, self.tracks, self.generate)
        self.locks = LockActions(document, self)
        self.beside = BesideSong(self)
        self.facts = facts_of(self)
        self.qactions = {action.id: self._make_action(action) for action in ACTIONS}
        self.ruler_menu = RulerMenu(self.markers, self.timing, self.qactions)
        self.tool_bar = ToolBar(self.qactions, self.roll.grid)
        self._lay_out()
        self._fill_menus()
        self._connect()
        self._restore()
        self._dress()
        self.refresh_actions()
        self._show_title()

    # -- building ------------------------------------------------------------------------------

    def _make_action(self, action) -> QAction:
        made = QAction(tr(action.text), self, checkable=bool(action.checked), objectName=action.id)
        made.setShortcuts([QKeySequence(keys) for keys in action.shortcuts])
        made.setStatusTip(tr(action.help))
        keys = f" ({made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})" if action.shortcuts else ""
        made.setToolTip(f"{made.statusTip().split('.')[0]}{keys}")
        if action.place == "roll":
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.roll.addAction(made)
        handler = attrgetter(action.handler)(self)
        made.triggered.connect(lambda: self._run(handler))
        return made

    def _run(self, handler: Callable) -> None:
        handler()
        self.refresh_actions()

    def _lay_out(self) -> None:
        self.addToolBar(self.tool_bar)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.tracks)
        self.splitter.addWidget(self.roll)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setCollapsible(1, False)
        self.splitter.setSizes([264, 900])
        self.setCentralWidget(self.splitter)
        self.assistant_dock = QDockWidget(tr("Assistant"), self, objectName="AssistantDock")
        self.assistant_dock.setWidget(self.assistant)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.assistant_dock)
        self.resizeDocks([self.assistant_dock], [316], Qt.Orientation.Horizontal)
        self.history_dock = QDockWidget(tr("History"), self, objectName="HistoryDock")
        self.history_dock.setWidget(HistoryPanel(self.document))
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.history_dock)
        self.history_dock.hide()
        self.selected_label = SelectedLabel(self.document)
        self.pitch_label = PitchLabel(self.roll.keyboard)
        self.statusBar().addPermanentWidget(self.pitch_label)
        self.statusBar().addPermanentWidget(self.selected_label)
        self.setAcceptDrops(True)
        self.resize(1440, 860)

    def _fill_menus(self) -> None:
        self.recent_menu = QMenu(tr("Open Recent"), self)
        self.recent_menu.aboutToShow.connect(lambda: self.files.fill_recent(self.recent_menu))
        for name, title in zip(MENUS, with_letters(tuple(map(tr, MENUS)))):
            menu = self.menuBar().addMenu(title)
            for action in (action for action in ACTIONS if action.menu == name):
                if action.starts_group:
                    menu.addSeparator()
                menu.addAction(self.qactions[action.id])
                if action.id == "open":
                    menu.addMenu(self.recent_menu)

    def _connect(self) -> None:
        document, selection, roll, playback = self.document, self.selection, self.roll, self.playback
        document.songChanged.connect(lambda _: playback.set_song(document.song))
        document.songChanged.connect(self._song_changed)
        document.historyChanged.connect(lambda _: self.refresh_actions())  # a step counts only after the song changed
        document.fileChanged.connect(self._show_title)
        document.dirtyChanged.connect(self._show_title)
        for signal in (selection.notesChanged, selection.barsChanged, selection.tracksChanged, selection.currentChanged,
                       roll.toolChanged, self.assistant.previewChanged, self.assistant_dock.visibilityChanged,
                       self.history_dock.visibilityChanged, self.lanes.changed, self.look.changed,
                       self.recorder.changed):
            signal.connect(self.refresh_actions)
        self.transport.changed.connect(self._show_transport)
        roll.located.connect(self.locate)
        roll.pitchSounded.connect(self._sound)
        roll.keyboard.pitchPressed.connect(self._press_key)
        roll.keyboard.pitchReleased.connect(playback.key_up)
        self.notes.refused.connect(self.say)
        self.files.done.connect(self.say)
        for actions in (self.track_actions, self.bar_edits, self.markers, self.timing, self.imports, self.clips,
                        self.recipes, self.locks):
            actions.said.connect(self.say)
        self.markers.located.connect(self.locate)
        self.bar_edits.located.connect(self.locate)
        self.track_actions.instrumentTried.connect(self.playback.preview)
        self.assistant.previewChanged.connect(self._preview)
        self.recorder.said.connect(self.say)
        self.recorder.keyboardWanted.connect(self.sound.open)
        self.recorder.stepped.connect(self.locate)
        playback.positionChanged.connect(self._show_position)
        playback.playingChanged.connect(self._show_playing)
        playback.message.connect(self.say)
        playback.countingChanged.connect(self.tool_bar.show_counting)
        self.tool_bar.tempoScaled.connect(self.transport.set_tempo_percent)
        self.tool_bar.gridChosen.connect(self._choose_grid)
        self.themes.changed.connect(self._dress)

    def _restore(self) -> None:
        geometry, state, splitter = self.settings.window
        self.restoreGeometry(geometry)
        self.restoreState(state)
        self.splitter.restoreState(splitter)
        if self.settings.grid:
            self.tool_bar.choose_grid(self.settings.grid)

    def _dress(self) -> None:
        theme = self.themes.theme
        self.roll.set_theme(theme)
        self.tracks.set_theme(theme)
        for action in ACTIONS:
            if action.icon:
                self.qactions[action.id].setIcon(icon(action.icon, theme))
        self._show_playing(self.playing)

    # -- showing -------------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        self.statusBar().showMessage(sentence, MESSAGE_MS)

    def refresh_actions(self) -> None:
        for action in ACTIONS:
            made = self.qactions[action.id]
            if action.enabled:
                made.setEnabled(self.facts[action.enabled]())
            if action.checked:
                made.setChecked(self.facts[action.checked]())
        stack = self.document.undo_stack
        self.qactions["undo"].setText(tr("Undo {step}", step=stack.undoText()).strip())
        self.qactions["redo"].setText(tr("Redo {step}", step=stack.redoText()).strip())
        self.selected_label.refresh()

    def _song_changed(self, change) -> None:
        self.refresh_actions()
        self._show_position(0 if change.opened else self.roll.canvas.playhead)
        if change.opened:
            self.locate(0)
            self.roll.canvas.setFocus()

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.document.title}[*] – Ritornello")
        self.setWindowModified(self.document.dirty)

    def _show_position(self, tick: int) -> None:
        self.roll.set_playhead(tick)
        self.tool_bar.show_position(self.document.song.timebase, tick)

    def _show_playing(self, playing: bool) -> None:
        self.playing = self.roll.playing = playing
        self.qactions["play"].setIcon(icon("stop" if playing else "play", self.themes.theme))
        self.refresh_actions()

    def _show_transport(self) -> None:
        self.tool_bar.show_tempo_scale(self.transport.tempo_percent)
        self.refresh_actions()

    def _preview(self, take) -> None:
        if take is None:
            self.roll.clear_preview()
        else:
            self.roll.set_preview(take.notes, take.cells)

    # -- handlers of the table -----------------------------------------------------------------

    def undo(self) -> None:
        """A gesture under way is what was done last: it goes first."""
        if not self.roll.cancel_gesture():
            self.document.undo_stack.undo()

    def redo(self) -> None:
        self.roll.cancel_gesture()
        self.document.undo_stack.redo()

    def locate(self, tick: int) -> None:
        self.playback.locate(tick)
        self._show_position(tick)

    def to_start(self) -> None:
        self.locate(0)
        self.roll.zoom.to_start()

    def _sound(self, pitch: int, velocity: int) -> None:
        if (track := self.document.current_track) is not None:
            self.playback.preview(track, pitch, velocity)

    def _press_key(self, pitch: int) -> None:
        """It sounds until it is let go."""
        if (track := self.document.current_track) is not None:
            self.playback.preview(track, pitch, KEY_VELOCITY, seconds=None)

    def _choose_grid(self, grid: str) -> None:
        self.roll.set_grid(grid)
        self.settings.grid = grid

    def theme_system(self) -> None:
        self._choose_theme("system")

    def theme_dark(self) -> None:
        self._choose_theme("dark")

    def theme_light(self) -> None:
        self._choose_theme("light")

    def _choose_theme(self, choice: str) -> None:
        self.settings.theme = choice
        self.themes.choose(choice)

    def continue_song(self) -> None:
        self._ask(self.assistant.request_panel.continue_button)

    def infill_bars(self) -> None:
        self._ask(self.assistant.request_panel.infill_button)

    def _ask(self, mode) -> None:
        mode.setChecked(True)
        self.generate()

    def generate(self, **controls: object) -> None:
        self.assistant_dock.show()
        self.assistant.generate(**controls)

    def hear_take(self) -> None:
        audition, draft = self.assistant.audition, self.assistant.takes.selected
        if audition.draft is not None:
            audition.stop()
        elif draft is not None:
            audition.start(draft)

    def keep_take(self) -> None:
        if (draft := self.assistant.takes.selected) is not None:
            self.assistant.keep(draft)

    def toggle_assistant(self) -> None:
        self.assistant_dock.setVisible(not self.assistant_dock.isVisibleTo(self))

    def toggle_history(self) -> None:
        self.history_dock.setVisible(not self.history_dock.isVisibleTo(self))

    def open_studio(self) -> None:
        # Its plots bring pyqtgraph, which nobody should wait for at start-up.
        from app.studio.studio_window import StudioWindow

        if self.studio is None:
            self.studio = StudioWindow(self.themes, self.model_folder, self.styles_folder, parent=self)
            self.studio.styleReady.connect(lambda name: self.assistant.reload_styles(choose=name))
        self.studio.show()
        self.studio.raise_()

    def new_window(self) -> None:
        self.windowAsked.emit()

    def quit(self) -> None:
        """Close every window; one that asks and is told to stay keeps the program open."""
        QApplication.closeAllWindows()

    def show_help(self) -> None:
        HelpPage(self).show()

    def show_palette(self) -> None:
        """What is chosen there is run when the palette is gone, with the focus where it was before."""
        self.palette_dialog = CommandPalette(self.qactions, self.settings, self.themes.theme, self)
        self.palette_dialog.finished.connect(self._run_chosen)
        self.palette_dialog.pop_up()

    def _run_chosen(self) -> None:
        chosen = self.palette_dialog.chosen
        self.palette_dialog.deleteLater()
        if chosen:
            QTimer.singleShot(0, self, self.qactions[chosen].trigger)

    def show_about(self) -> None:
        QMessageBox.about(self, tr("About Ritornello"), f"<h3>Ritornello</h3><p>{tr(ABOUT)}</p>")

    # -- Qt ------------------------------------------------------------------------------------

    def keyPressEvent(self, event) -> None:
        """Esc cancels the gesture under way, and leads back to the notes from wherever it means nothing else."""
        if event.key() == Qt.Key.Key_Escape:
            self.roll.cancel_gesture()
            self.roll.canvas.setFocus()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event) -> None:
        from_here = event.source() is not None and event.source().window() is self
        if dropped_path(event) and not from_here:
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:
        if path := dropped_path(event):
            event.acceptProposedAction()
            self.files.open_path(path)

    def closeEvent(self, event) -> None:
        if not self.files.may_leave():
            event.ignore()
            return
        self.settings.window = (self.saveGeometry(), self.saveState(), self.splitter.saveState())
        self.playback.stop()
        event.accept()
        self.closed.emit()
