"""The subcommands of main.py. Each is a thin call into the rooms below and imports what it needs when it runs."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from core.cli import files, learn, library, look, measure, merges, research, train, write
from core.cli.errors import UserError

app = typer.Typer(help="Ritornello without a window. Bars and tracks are counted from 1.", no_args_is_help=True,
                  add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
                  context_settings={"help_option_names": ["-h", "--help"]})
for room in (write, library, files, learn, train, merges, measure, look, research):
    room.register(app)


def main(argv: list[str]) -> int:
    """Run one command line, without the program's name. Returns the exit status: 0 when all went well, 1 when
    something stood in the way, 2 for a command line that cannot be understood, 130 after Ctrl-C."""
    try:
        status = typer.main.get_command(app).main(argv, prog_name="main.py", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except UserError as error:
        return _complain(str(error), 1)
    except TyperException as error:  # a help page asked for by giving no arguments comes this way too
        return _complain(error.format_message(), 2)


def _complain(message: str, status: int) -> int:
    if message:
        print(f"ritornello: {message}", file=sys.stderr)
    return status
