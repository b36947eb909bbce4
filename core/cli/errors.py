"""What a user did wrong, said in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class UserError(Exception):
    """Ends a command with exit status 1. The message is one line that names the file or option and the reason."""


@contextmanager
def user_mistakes(*kinds: type[Exception]) -> Iterator[None]:
    """Inside, errors of these kinds, which tell a person what is wrong, end the command with a line, no traceback."""
    try:
        yield
    except kinds as error:
        raise UserError(describe(error)) from error


def describe(error: Exception) -> str:
    """An error as one line."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split()) or type(error).__name__
