"""Questions about one repository: what is known of an artifact, a unit, or a line. Scans without history and prints nothing."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldebt.progress import Bar

if TYPE_CHECKING:
    from analyzer.graph.lineage import Lineage
    from analyzer.graph.system import SystemGraph
    from analyzer.model import Finding, Site
    from analyzer.settings import Settings
    from reports.terminal import Screen

SHOWN_WHOLE = 5
_LINE = re.compile(r"(?P<path>.+?):(?:cell )?(?:(?P<cell>\d+):)?(?P<line>\d+)$")


def graph_of(repo: Path, config: Path | None = None) -> tuple[SystemGraph, Settings]:
    """The graph of the repository at `repo`, without its history. Raises click.ClickException, in words."""
    from analyzer.discover.discovery import DiscoverError
    from analyzer.scan import scan_graph
    from analyzer.settings import SettingsError
    from mldebt.reading import read_in_processes
    from mldebt.running import settings_for

    try:
        settings, _ = settings_for(repo, config, {"history": False})
        with Bar(wanted=True) as bar:
            return scan_graph(repo, settings, bar, 0, read_in_processes), settings
    except (SettingsError, DiscoverError) as error:
        raise click.ClickException(str(error)) from None


def screen() -> Screen:
    """As wide and as colourful as stdout allows."""
    from reports.terminal import Screen

    on_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if on_terminal else None
    return Screen(color=on_terminal and not os.environ.get("NO_COLOR"), width=width)


def line_asked(repo: Path, asked: str) -> Site | None:
    """`PATH:LINE`, in a notebook `PATH:CELL:LINE`, where PATH is a file of the repository (also as seen from the current folder)."""
    from analyzer.model import Site

    match = _LINE.match(asked)
    if match is None:
        return None
    path = inside(repo, match["path"])
    if path is None:
        return None
    return Site(path, int(match["line"]), 0, int(match["cell"]) if match["cell"] else None)


def inside(repo: Path, name: str) -> str | None:
    """The path of an existing file relative to the repository, None when it is none of its files."""
    try:
        for place in (repo / name, Path(name)):
            if place.is_file():
                return Path(os.path.abspath(place)).relative_to(repo).as_posix()  # noqa: PTH100 - links are names of their own here
    except (OSError, ValueError):
        pass
    return None


def about_line(graph: SystemGraph, settings: Settings, site: Site, *, as_json: bool) -> str:
    """What stands on a line and which findings are about it."""
    from analyzer.graph.lineage import lineage_of
    from reports.asked_json import line_json
    from reports.asked_text import line_text
    from rules.checking import check
    from rules.registry import all_rules

    accesses = [access for access in graph.accesses if _stands_on(access.site, site)]
    findings = [finding for finding in check(graph, all_rules(), settings) if _is_about(finding, site)]
    left_out = _left_out(graph, site.path)
    if as_json:
        return line_json(site, accesses, findings, left_out)
    lineages: dict[str, Lineage] = {
        access.artifact: lineage_of(graph, graph.artifacts[access.artifact]) for access in accesses if access.artifact in graph.artifacts
    }
    target = screen()
    line_text(target, site, accesses, findings, left_out, lineages)
    return target.text()


def _stands_on(place: Site, asked: Site) -> bool:
    return place.path == asked.path and place.cell == asked.cell and place.line <= asked.line <= max(place.line, place.end_line)


def _is_about(finding: Finding, asked: Site) -> bool:
    places = [*finding.locations, *(link.site for link in finding.evidence if link.site is not None)]
    return any(_stands_on(place, asked) for place in places)


def _left_out(graph: SystemGraph, path: str) -> str:
    module = graph.modules.get(path)
    if module is None:
        return "" if path in graph.steps or path in graph.configs else "mldebt did not read this file"
    kinds = {"a test": module.is_test, "documentation": module.is_docs, "vendored": module.is_vendored, "generated": module.is_generated}
    return next((f"rules pass over this file: it is {kind}" for kind, holds in kinds.items() if holds), "")


def about_artifact(graph: SystemGraph, asked: str, *, as_json: bool) -> str:
    """What is known of the unit or the artifacts that `asked` names. Raises click.UsageError, with the nearest names, for neither."""
    from analyzer.graph.lineage import artifacts_named, flow_of, lineage_of
    from reports.asked_json import flow_json, lineage_json
    from reports.asked_text import flow_text, lineage_text, names_text

    found = artifacts_named(graph, asked)
    flow = flow_of(graph, asked)
    target = screen()
    if flow is not None:  # code is an artifact too where a step declares to depend on it, but its own flow is what is asked for
        flow_text(target, asked, flow, graph.units)
        return flow_json(asked, flow) if as_json else target.text()
    if not found:
        raise unknown(graph, asked)
    shown = [lineage_of(graph, artifact) for artifact in found[:SHOWN_WHOLE]]
    if as_json:
        return lineage_json(asked, shown, found[SHOWN_WHOLE:], graph.units)
    for number, lineage in enumerate(shown):
        if number:
            target.print()
        lineage_text(target, lineage, graph.units)
    if len(found) > SHOWN_WHOLE:
        target.print()
        names_text(target, found[SHOWN_WHOLE:])
    return target.text()


def unknown(graph: SystemGraph, asked: str) -> click.UsageError:
    """Nothing in the graph is called `asked`; says what is called nearly so."""
    from analyzer.graph.lineage import nearest_names

    near = nearest_names(graph, asked)
    hint = f"; nearest: {', '.join(near)}" if near else " (mldebt graph lists all)"
    return click.UsageError(f'no artifact or unit of {graph.name} is called "{asked}"{hint}')
