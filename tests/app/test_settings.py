"""What is remembered between starts, and what a spoilt settings file does."""

from pathlib import Path

from app.settings import MOST_RECENT, Settings
from core.folders import user_settings_file


def test_a_first_start_has_sane_defaults(tmp_path):
    settings = Settings(tmp_path / "none.ini")
    assert settings.recent == [] and settings.theme == "system" and settings.folder == str(Path.home())
    assert all(part.isEmpty() for part in settings.window)


def test_settings_lie_in_the_programs_own_file():
    Settings().theme = "dark"
    Settings()._store.sync()
    assert user_settings_file().is_file()
    assert Settings().theme == "dark"


def test_recent_files_are_newest_first_once_each_also_those_that_are_gone(tmp_path):
    settings = Settings(tmp_path / "settings.ini")
    paths = [tmp_path / f"{i} name, with comma.mid" for i in range(MOST_RECENT + 2)]
    for path in paths:
        path.write_bytes(b"")
        settings.remember_file(path)
    assert settings.recent == paths[:1:-1]
    settings.remember_file(paths[5])
    paths[4].unlink()
    again = Settings(tmp_path / "settings.ini").recent
    assert again[0] == paths[5] and paths[4] in again and len(again) == len(set(again)) == MOST_RECENT
    assert settings.folder == str(tmp_path)
    settings.forget_recent()
    assert Settings(tmp_path / "settings.ini").recent == []


def test_a_single_recent_file_is_read_back(tmp_path):
    settings, path = Settings(tmp_path / "settings.ini"), tmp_path / "one.mid"
    path.write_bytes(b"")
    settings.remember_file(path)
    settings._store.sync()
    assert Settings(tmp_path / "settings.ini").recent == [path]


def test_a_spoilt_file_reads_as_defaults(tmp_path):
    spoilt = tmp_path / "settings.ini"
    spoilt.write_bytes(b"[files]\nrecent=@Variant(\x00\x01\n[view]\ntheme=purple\n[window]\ngeometry=nonsense\n\xff\xfe")
    settings = Settings(spoilt)
    assert settings.theme == "system" and settings.recent == []
    assert settings.window[0].isEmpty()
