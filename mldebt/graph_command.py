"""`mldebt graph`: the graph of the system, whole or around something, for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldebt import __version__
from mldebt.options import config_option, folder
from mldebt.output import check_target, write_report

if TYPE_CHECKING:
    import networkx

    from analyzer.graph.system import SystemGraph

NAMES = ("json", "dot", "graphml")


@click.command("graph", short_help="Write the graph of units and artifacts as JSON, DOT or GraphML.")
@click.argument("path", required=False, type=click.Path(path_type=Path, readable=False), metavar="[PATH]")
@click.option("--format", "kind", type=click.Choice(NAMES), help="The format.  [default: what the ending of -o says, else json]")
@click.option("--focus", multiple=True, metavar="X", help="Only what lies around X: an artifact, a path, a unit or a glob.")
@click.option("--depth", type=click.IntRange(min=0, max=1000), default=2, show_default=True, help="How many hops around the focus.")
@click.option("--up", "direction", flag_value="up", help="Only where the data of the focus comes from.")
@click.option("--down", "direction", flag_value="down", help="Only where the data of the focus goes to.")
@click.option("-o", "--output", default="-", metavar="F", help="Write to the file F; - is stdout.  [default: -]")
@config_option
def command(
    path: Path | None, kind: str | None, focus: tuple[str, ...], depth: int, direction: str | None, output: str, config: Path | None
) -> None:
    """Write the graph of the repository at PATH (default: the current folder).

    Nodes are units (scripts, modules, notebooks, steps of pipelines) and artifacts (files, tables, models, datasets); edges say who reads,
    writes, declares, imports and runs what, where, and whether it is declared.

    \b
    Examples:
      mldebt graph -o graph.graphml
      mldebt graph --focus data/features/train.parquet --up --format dot | dot -Tsvg > lineage.svg
      mldebt graph repo --focus 'models/*' --depth 3 | jq '.edges[]'
    """
    from mldebt.asking import graph_of
    from reports.graph_export import FORMATS, SUFFIXES

    if direction and not focus:
        raise click.UsageError(f"--{direction} needs a --focus")
    chosen = kind or SUFFIXES.get(Path(output).suffix.lower(), "json")
    root = folder(path or Path())
    check_target(output)
    graph, _ = graph_of(root, config)
    write_report(output, FORMATS[chosen](_network(graph, focus, depth, direction or ""), graph, __version__))


def _network(graph: SystemGraph, focus: tuple[str, ...], depth: int, direction: str) -> networkx.MultiDiGraph[str]:
    from analyzer.graph.network import as_network, neighbourhood

    network = as_network(graph)
    if not focus:
        return network
    return neighbourhood(network, [node for asked in focus for node in _nodes(graph, asked)], depth, direction)


def _nodes(graph: SystemGraph, asked: str) -> list[str]:
    """The nodes that `asked` names. Raises click.UsageError, with the nearest names, when it names none."""
    from analyzer.graph.globs import glob_pattern
    from analyzer.graph.lineage import artifacts_named, flow_of
    from mldebt.asking import unknown

    found = [f"artifact:{artifact.id}" for artifact in artifacts_named(graph, asked)]
    flow = flow_of(graph, asked)
    found += flow.units if flow is not None else ()
    if not found and any(mark in asked for mark in "*?"):
        glob = glob_pattern(asked)
        found = [unit.id for unit in graph.units.values() if glob.match(unit.id) or glob.match(unit.path)]
    if not found:
        raise unknown(graph, asked)
    return found
