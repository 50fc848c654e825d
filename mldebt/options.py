"""Options that several commands take, and what becomes of their texts."""

from __future__ import annotations

import os
from pathlib import Path

import click

config_option = click.option(
    "--config", type=click.Path(path_type=Path, readable=False), metavar="F", help="Read this configuration instead."
)
jobs_option = click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Read files in N processes.  [default: as many as pay]")


def codes(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of an option that may be given several times, separated by commas."""
    return tuple(code.strip() for value in values for code in value.split(",") if code.strip())


def folder(path: Path) -> Path:
    """The absolute folder to scan. Raises click.UsageError, in words, for anything else."""
    try:
        if not path.exists():
            raise click.UsageError(f"{path}: no such folder")
        if not path.is_dir():
            raise click.UsageError(f"{path} is a file; mldebt scans folders, because debt lies between files")
        with os.scandir(path) as entries:
            next(entries, None)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    return path.resolve()
