"""Fine-tuned styles on disk."""

import json
from dataclasses import asdict

import pytest

from core.model.styles import STYLE_FILE, Style, check_style_name, list_styles, style_folder, write_style


def style(name):
    return Style(name, 7.4, 6.9, 36, 4, "2025-01-01T12:00:00", "lora")


def test_styles_come_back_by_name(tmp_path):
    for name in ("Zeta", "alpha", "Étude 2"):
        home = write_style(tmp_path, style(name))
        assert home == style_folder(tmp_path, name)
    assert [s.name for s in list_styles(tmp_path)] == ["alpha", "Zeta", "Étude 2"]
    assert list_styles(tmp_path)[0] == style("alpha")


def test_a_missing_folder_has_no_styles(tmp_path):
    assert list_styles(tmp_path / "nothing") == []


def test_what_cannot_be_read_is_left_out(tmp_path):
    write_style(tmp_path, style("good"))
    for name, text in (("cut", '{"name": "cu'), ("poor", '{"name": "poor"}'), ("list", "[1]"), ("moved", None)):
        home = write_style(tmp_path, style("else" if text is None else name))
        if text is None:
            home.rename(tmp_path / name)
        else:
            (home / STYLE_FILE).write_text(text)
    assert [s.name for s in list_styles(tmp_path)] == ["good"]


def test_facts_that_were_added_later_do_not_hide_a_style(tmp_path):
    home = write_style(tmp_path, style("good"))
    (home / STYLE_FILE).write_text(json.dumps(asdict(style("good")) | {"learning_rate": 1e-3}))
    assert list_styles(tmp_path) == [style("good")]


@pytest.mark.parametrize("name", ["mine", "  My songs ", "a", "Für Elise-2", "v1.2"])
def test_names_that_can_be_folders(name):
    assert check_style_name(name) == name.strip()


@pytest.mark.parametrize("name", ["", "  ", "../up", "a/b", "a\\b", "con", "LPT1.x", ".hidden", "end.",
                                  "x" * 41, "a:b"])
def test_names_that_cannot(name):
    with pytest.raises(ValueError, match="a style's name"):
        check_style_name(name)
