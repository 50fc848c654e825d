"""`mldebt scan`: options to settings, one run, reports to where they are wanted, findings to an exit code."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.model import Severity
from mldebt.cli import CLEAN, DEBT
from mldebt.options import codes, config_option, folder, jobs_option
from mldebt.output import check_target, write_report
from mldebt.progress import Bar
from reports.registry import formats

if TYPE_CHECKING:
    from analyzer.result import ScanResult
    from analyzer.workspace.members import Member

    Found = tuple[tuple[Member, ...], dict[str, Any], tuple[str, ...]]

SEVERITIES = click.Choice([level.name for level in Severity])
FAILURES = click.Choice([*(level.name for level in Severity), "never"])
SUMMARY = "text"
"""The format that is shown on the terminal; every other one has an option of its own."""


def _report_options(command: Callable[..., int]) -> Callable[..., int]:
    for name in reversed([name for name in formats() if name != SUMMARY]):
        help_text = f"Write the report as {name.upper()} to the file F; - is stdout."
        command = click.option(f"--{name}", f"report_{name}", metavar="F", help=help_text)(command)
    return command


@click.command("scan", short_help="Find the technical debt of an ML repository.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False), metavar="[PATH]...")
@_report_options
@click.option("--select", multiple=True, callback=codes, metavar="CODES", help="Only these rules: codes or families, separated by commas.")
@click.option("--ignore", multiple=True, callback=codes, metavar="CODES", help="Not these rules.")
@click.option("--min-severity", type=SEVERITIES, help="Leave out findings below this severity.")
@click.option("--min-confidence", type=click.Choice(["A", "B", "C"]), help="Leave out findings below this confidence class.")
@click.option("--fail-on", type=FAILURES, help="The lowest severity that makes the exit code 1.  [default: low]")
@config_option
@jobs_option
@click.option("--no-history", is_flag=True, help="Do not ask git for the history: no authorship, no churn.")
@click.option("--names", is_flag=True, help="Name the people whom evidence of ownership needs, who are numbers otherwise.")
@click.option("--all", "show_all", is_flag=True, help="Show every finding, also the tentative ones, not only the first 20.")
@click.option("--quiet", "-q", is_flag=True, help="Print no summary; the exit code and the report files tell.")
def command(
    paths: tuple[Path, ...],
    config: Path | None,
    jobs: int | None,
    no_history: bool,
    names: bool,
    show_all: bool,
    quiet: bool,
    **options: Any,
) -> int:
    """Scan the repository at PATH (default: the current folder) and show its technical debt.

    Several PATHs, or one whose configuration has a [workspace], are scanned as one workspace: each repository by itself, and the links
    between them. A configuration is taken from PATH's mldebt.toml or from [tool.mldebt] of its pyproject.toml; options win over it.

    \b
    Examples:
      mldebt scan --html debt.html
      mldebt scan repo --select JGL,UDC --fail-on high
      mldebt scan repo --json debt.json --quiet --no-history
      mldebt scan trainer service dags --html workspace.html
    """
    targets = {name.removeprefix("report_"): target for name, target in options.items() if name.startswith("report_") and target}
    if list(targets.values()).count("-") > 1:
        raise click.UsageError("only one report can go to stdout")
    for target in targets.values():
        check_target(target)
    overrides = {name: value for name, value in options.items() if not name.startswith("report_") and value not in (None, ())}
    if no_history:
        overrides["history"] = False
    result, fails = _scan(paths or (Path(),), config, overrides, jobs or 0, show_bar=not quiet, names=names)
    for name, target in targets.items():
        write_report(target, formats()[name]().render(result))
    if not quiet and "-" not in targets.values():
        click.echo(summary(result, show_all=show_all), nl=False)
    return DEBT if fails else CLEAN


def _scan(
    paths: tuple[Path, ...], config: Path | None, overrides: dict[str, Any], jobs: int, *, show_bar: bool, names: bool
) -> tuple[ScanResult, bool]:
    """The result of one repository or of a workspace, and whether it is to fail."""
    from analyzer.discover.discovery import DiscoverError
    from analyzer.settings import SettingsError
    from mldebt import running, workspace

    try:
        found = workspace.workspace_of(folder(paths[0]), config) if len(paths) == 1 else None
        with Bar(wanted=show_bar) as bar:
            if len(paths) == 1 and found is None:
                root = folder(paths[0])
                settings, notes = running.settings_for(root, config, overrides)
                result = running.run(root, settings, notes, bar, jobs, names=names)
                return result, running.is_failure(result, settings)
            return _workspace(paths, found, config, overrides, bar, jobs, names)
    except (SettingsError, DiscoverError, workspace.WorkspaceError) as error:
        raise click.ClickException(str(error)) from None


def _workspace(
    paths: tuple[Path, ...],
    found: Found | None,
    config: Path | None,
    overrides: dict[str, Any],
    bar: Bar,
    jobs: int,
    names: bool,
) -> tuple[ScanResult, bool]:
    from analyzer.workspace.members import members_of_paths
    from mldebt.workspace import run_workspace

    if found is None:
        members, notes = members_of_paths(paths)
        options: dict[str, Any] = {}
    else:
        members, options, notes = found
    run = run_workspace(members, config if found is None else None, options, overrides, notes, bar, jobs, names=names)
    for entry in run.result.not_analysed:
        if any(entry.path == member.name for member in members):
            click.echo(f"mldebt: {entry.path} was not scanned: {entry.reason}", err=True)
    return run.result, run.fails


def summary(result: ScanResult, *, show_all: bool) -> str:
    """The result for people, as wide and as colourful as stdout allows."""
    from reports.text import Text

    on_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if on_terminal else None
    return Text().render(result, show_all=show_all, color=on_terminal and not os.environ.get("NO_COLOR"), width=width)
