"""The benchmark of the editor: it measures what is painted, and its report has every figure."""

from app import benchmark
from app.benchmark import Hand, measure, report


def test_a_turn_of_the_wheel_is_painted_and_the_report_has_every_figure(window, tmp_path, monkeypatch):
    song = benchmark.large_song(2_000, 4)
    assert song.note_count == 2_000 and len(song.tracks) == 4
    monkeypatch.setattr(benchmark, "large_song", lambda: song)
    monkeypatch.setattr(benchmark, "SELECTED", 100)
    hand, left = Hand(window), window.roll.view.scale
    hand.turn(1, benchmark.CTRL)
    assert window.roll.view.scale > left
    page = report(*measure(window, tmp_path, frames=10))
    assert window.document.song.note_count == song.note_count and page.count("\n| ") >= 14
    for name in ("scroll", "zoom", "drag", "open", "undo", "redo", "song opened"):
        assert name in page


def test_main_reaches_it_without_the_command_line_of_core(monkeypatch):
    import main

    asked = []
    monkeypatch.setattr(main, "ensure", asked.append)
    monkeypatch.setattr(benchmark, "main", lambda arguments: asked.append(arguments) or 0)
    assert main.main(["benchmark", "editor", "-o", "x.md"]) == 0
    assert asked == [["core", "window"], ["-o", "x.md"]]
