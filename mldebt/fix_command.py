"""`mldebt fix`: the edits that take findings away, as a patch or written."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldebt.cli import CLEAN, DEBT
from mldebt.options import codes, config_option, folder, jobs_option
from mldebt.progress import Bar

if TYPE_CHECKING:
    from analyzer.model import Finding
    from mldebt.fixing.engine import Outcome

MAX_SHOWN = 20


@click.command("fix", short_help="Show or make the edits that take findings away.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, readable=False), metavar="[PATH]...")
@click.option("--select", multiple=True, callback=codes, metavar="CODES", help="Fix only findings of these rules or families.")
@click.option("--diff/--write", "as_diff", default=True, help="Print a patch (the default), or change the files.")
@click.option("--unsafe", is_flag=True, help="Also make edits that may change what the program does, or that somebody must complete.")
@click.option("--allow-dirty", is_flag=True, help="Write although git could not bring everything back.")
@config_option
@jobs_option
@click.option("--quiet", "-q", is_flag=True, help="Say nothing on stderr but errors.")
def command(
    paths: tuple[Path, ...],
    select: tuple[str, ...],
    as_diff: bool,
    unsafe: bool,
    allow_dirty: bool,
    config: Path | None,
    jobs: int | None,
    quiet: bool,
) -> int:
    """Show the edits that take findings away, or make them.

    The whole repository around PATH (default: the current folder) is read; only files in PATHs are edited. Every edit is proved: the file
    parses, the finding is gone when everything is read again, and no other one has come. What cannot be proved is left alone, with a
    message. What is suppressed, generated, vendored or a test is never touched.

    \b
    Examples:
      mldebt fix                                    the patch of all safe fixes
      mldebt fix --select DXP006 | git apply        delete commented-out code
      mldebt fix src --write                        edit the files below src/
      mldebt fix --unsafe --select JGL007           also what may change behaviour

    \b
    Exit codes:
      0  nothing to fix; with --write: everything that could be fixed was
      1  there are fixes (without --write)
      2  wrong usage, a dirty work tree, or a file that cannot be written
    """
    from analyzer.discover.discovery import DiscoverError
    from analyzer.settings import SettingsError, rule_prefix
    from mldebt.fixing import engine, rescan, work_tree
    from mldebt.running import settings_for

    root, inside = _root_and_paths(paths)
    try:
        prefixes = tuple(rule_prefix(code) for code in select)
        settings, _notes = settings_for(root, config, {})
        if not as_diff and not allow_dirty:
            work_tree.refuse_unsaved(root, ())
        with Bar(wanted=not quiet) as bar:
            scanner = rescan.Scanner(root, settings, bar, jobs or 0)
            outcome = engine.fix(scanner, lambda finding: _is_wanted(finding, prefixes, inside), unsafe=unsafe)
        if as_diff:
            _show(outcome, work_tree.prefix_of(root))
        elif outcome.after:
            if not allow_dirty:
                work_tree.refuse_unsaved(root, outcome.after)
            work_tree.write(root, outcome.before, outcome.after)
    except (SettingsError, DiscoverError, work_tree.NotWritableError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    if not quiet:
        _tell(outcome, as_diff=as_diff)
    return DEBT if as_diff and outcome.after else CLEAN


def _root_and_paths(paths: tuple[Path, ...]) -> tuple[Path, tuple[str, ...]]:
    """The repository to read, and the files and folders of it that may be edited (none: all). Raises click.UsageError."""
    from mldebt.fixing.work_tree import top_of

    for path in paths:
        if not path.exists():
            raise click.UsageError(f"{path}: no such file or folder")
    first = (paths[0] if paths else Path()).resolve()
    around = first if first.is_dir() else first.parent
    root = folder(top_of(around) or around)
    resolved = [path.resolve() for path in paths]
    for path in resolved:
        if not path.is_relative_to(root):
            raise click.UsageError(f"{path} lies outside the repository {root}")
    return root, tuple(path.relative_to(root).as_posix() for path in resolved if path != root)


def _is_wanted(finding: Finding, prefixes: tuple[str, ...], inside: tuple[str, ...]) -> bool:
    if prefixes and not any(finding.rule.startswith(prefix) for prefix in prefixes):
        return False
    return not inside or all(any(site.path == path or site.path.startswith(f"{path}/") for path in inside) for site in finding.locations)


def _show(outcome: Outcome, prefix: str) -> None:
    from mldebt.fixing.patch import unified

    sys.stdout.flush()
    for path in sorted(outcome.after):
        sys.stdout.buffer.write(unified(prefix + path, outcome.before[path], outcome.after[path]))
    sys.stdout.buffer.flush()


def _tell(outcome: Outcome, *, as_diff: bool) -> None:
    """What was done and what was not, in words, on stderr."""
    files = len(outcome.after)
    done = "can be fixed" if as_diff else "fixed"
    click.echo(
        f"mldebt: {len(outcome.fixed)} finding{'s' * (len(outcome.fixed) != 1)} {done} in {files} file{'s' * (files != 1)}", err=True
    )
    for refusal in outcome.refused[:MAX_SHOWN]:
        click.echo(f"  left alone: {refusal.finding.rule} {refusal.finding.locations[0]}: {refusal.reason}", err=True)
    if len(outcome.refused) > MAX_SHOWN:
        click.echo(f"  … and {len(outcome.refused) - MAX_SHOWN} more that were left alone", err=True)
    if outcome.unsafe:
        click.echo(f"  {len(outcome.unsafe)} more with --unsafe ({', '.join(sorted({fix.caution for fix in outcome.unsafe}))})", err=True)
    for finding in outcome.exposed[:MAX_SHOWN]:
        click.echo(f"  comes to light: {finding.rule} {finding.locations[0]}: {finding.message}", err=True)
