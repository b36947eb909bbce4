"""Is there a screen to open a window on? Qt aborts the process where there is none, so look first."""

import ctypes
import os
import sys

_ADVICE = """ritornello: there is no display to open a window on ({why}).
Everything but the window works without one, for example:
  python3 main.py continue song.mid --bars 8 --takes 4 -o out/
  python3 main.py --help"""


def check() -> None:
    """Stop the program, with advice, on a Linux session that has no display."""
    if _is_asked() and not os.environ.get("DISPLAY"):
        raise SystemExit(_ADVICE.format(why="neither DISPLAY nor WAYLAND_DISPLAY is set"))


def check_answers() -> None:
    """Stop the program, with advice, where DISPLAY names an X server that does not answer. Needs libxcb."""
    if _is_asked() and not _answers():
        raise SystemExit(_ADVICE.format(why=f"DISPLAY is {os.environ['DISPLAY']}, but nothing answers there"))


def _is_asked() -> bool:
    """Whether Qt will ask X for its display, rather than Wayland, a plug-in the user named, or another platform."""
    named = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    return sys.platform.startswith("linux") and not named


def _answers() -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed
