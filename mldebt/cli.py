"""The commands of mldebt, and its exit codes. Each command lives in a module of its own that is imported only when it is called."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import click

from mldebt import __version__

CLEAN, DEBT, USAGE, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 130

SHORT_HELP = {
    "scan": "Find the technical debt of an ML repository.",
    "rules": "List the rules.",
    "explain": "Explain a rule, an artifact (who writes and reads it) or a line.",
    "fix": "Show or make the edits that take findings away.",
    "graph": "Write the graph of units and artifacts as JSON, DOT or GraphML.",
}

HELP = """mldebt reads a machine-learning repository, without running a line of it, and shows its technical debt.

It builds one graph of how work flows (code, scripts, notebooks, pipeline stages, and the files, tables and models that they
read and write) and reports glue code, pipeline jungles, dead experiments, undeclared consumers and split ownership,
each with its evidence and its remedy.

\b
Examples:
  mldebt scan                                   scan the current folder
  mldebt scan path/to/repo --html debt.html     write the report to open in a browser
  mldebt scan --select JGL,DXP007 --fail-on high
  mldebt scan --json - --quiet | jq .summary
  mldebt fix --select DXP006 | git apply        delete commented-out code
  mldebt explain JGL001                         why a rule exists and what it exempts
  mldebt explain data/train.parquet             who writes and reads it, and how that is known
  mldebt graph --focus model.pkl --format dot   the graph around it

\b
Exit codes:
  0  no finding at or over --fail-on
  1  findings at or over --fail-on (default: low)
  2  wrong usage or configuration
  3  an error inside mldebt

Repositories that you do not trust: python -I -m mldebt scan PATH
"""


class Commands(click.Group):
    """A group whose commands are imported when they are called: `mldebt --help` costs little more than click."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SHORT_HELP)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SHORT_HELP:
            return None
        command = importlib.import_module(f"mldebt.{cmd_name}_command").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(SHORT_HELP.items()))


@click.group(
    cls=Commands,
    help=HELP,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@click.version_option(__version__, "-V", "--version", message="mldebt %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error inside mldebt (also: MLDEBT_DEBUG=1).")
def commands(debug: bool) -> None:
    if debug:
        os.environ["MLDEBT_DEBUG"] = "1"


def main() -> NoReturn:
    """The console script: runs the command line and leaves with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # File names need not be text; a report that dies of one helps nobody.
            stream.reconfigure(errors="backslashreplace")
    # A scan makes millions of small objects that live as long as it does, and next to no cycles: looking through them for garbage often
    # costs a twentieth of its time and finds nothing.
    gc.set_threshold(3_000_000, 20, 50)
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # the reader of our pipe is gone (`| head`)
            stream.flush()
    # All is written and closed: taking a large graph to pieces object by object would cost another tenth of the scan.
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; nothing but SystemExit of the interpreter itself gets out."""
    try:
        result = commands.main(list(arguments), prog_name="mldebt", standalone_mode=False)
    except click.Abort:
        click.echo("mldebt: interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return USAGE
    except KeyboardInterrupt:
        click.echo("mldebt: interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        _discard_output()
        return CLEAN
    except Exception as error:  # the last resort that exit code 3 is for
        _report_internal(error)
        return INTERNAL
    return result if isinstance(result, int) else CLEAN


def _report_internal(error: Exception) -> None:
    if os.environ.get("MLDEBT_DEBUG"):
        import traceback

        traceback.print_exc()
    what = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    click.echo(
        f"mldebt: internal error ({what}). This is a defect of mldebt {__version__}: "
        "run again with `mldebt --debug …` and report the traceback to its authors.",
        err=True,
    )


def _discard_output() -> None:
    """The reader of our pipe is gone (`| head`): point stdout at nothing so that the interpreter's last flush does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
