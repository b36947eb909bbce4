"""Where things lie: the shipped model, and the user's own, in RITORNELLO_HOME where that is set (tests set it)."""

import os
from pathlib import Path

import appdirs

_NAME = "ritornello"

RESOURCES = Path(__file__).parent.parent / "resources"
BASE_MODEL = RESOURCES / "models" / "base"
"""The shipped model."""
TRANSLATIONS = RESOURCES / "translations"
"""The words of the window in other languages."""


def user_data_folder() -> Path:
    """The folder of styles, recovery files and other things worth keeping; made when it is missing."""
    return _folder("data", appdirs.user_data_dir)


def styles_folder() -> Path:
    """Where fine-tuned styles are kept; it need not exist."""
    return user_data_folder() / "styles"


def libraries_folder() -> Path:
    """Where libraries made in the window are kept; it need not exist."""
    return user_data_folder() / "libraries"


def user_log_folder() -> Path:
    """The folder of logs and crash reports; made when it is missing."""
    return _folder("logs", appdirs.user_log_dir)


def user_cache_folder() -> Path:
    """The folder of what can be made again; made when it is missing."""
    return _folder("cache", appdirs.user_cache_dir)


def user_settings_file() -> Path:
    """The file of settings, in a folder that exists; the file itself need not."""
    return _folder("settings", appdirs.user_config_dir) / "settings.ini"


def _folder(name: str, place_of_platform) -> Path:
    home = os.environ.get("RITORNELLO_HOME")
    folder = Path(home) / name if home else Path(place_of_platform(_NAME, appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
