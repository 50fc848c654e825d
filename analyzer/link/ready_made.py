"""Names that a script finds ready-made because what runs it puts them there: Snakemake's `snakemake`, Ploomber's `product` and `upstream`.

Sources: https://snakemake.readthedocs.io ("External scripts"), https://docs.ploomber.io (tasks that are scripts, notebooks or functions).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.link.commandline.command_lines import CommandLine, given
from analyzer.link.domain import Abstract, Alternatives, Table, capped

MAX_STEPS = 6
MAX_DEPTH = 8
LISTS = frozenset({"input", "output", "log", "params"})
"""Objects of Snakemake whose items have positions and perhaps names."""
Bindings = tuple[tuple[str, str], ...]
"""(dotted name, text); a position in a list is a number."""
Tree = dict[str, "Tree | list[str]"]


def objects(steps: Iterable[tuple[Bindings, str]]) -> dict[str, Alternatives]:
    """Name → what it can be, one alternative for each of the steps (bindings, folder) that run one script."""
    found: dict[str, list[Abstract]] = {}
    for bindings, folder in list(dict.fromkeys(steps))[:MAX_STEPS]:
        for name, node in _tree(bindings).items():
            found.setdefault(name, []).extend(_values(name, node, CommandLine(folder, ())))
    return {name: capped(list(dict.fromkeys(values))) for name, values in found.items()}


def _tree(bindings: Bindings) -> Tree:
    root: Tree = {}
    for dotted, text in bindings:
        *above, last = dotted.split(".")
        node = root
        for key in above[:MAX_DEPTH]:
            below = node.setdefault(key, {})
            if not isinstance(below, dict):
                break
            node = below
        else:
            leaf = node.setdefault(last, [])
            if isinstance(leaf, list):
                leaf.append(text)
    return root


def _values(name: str, node: Tree | list[str], line: CommandLine) -> Iterator[Abstract]:
    if isinstance(node, list):
        yield from (given(text, line) for text in dict.fromkeys(node))
        return
    entries = tuple((key, value) for key, below in node.items() for value in _values(key, below, line))
    yield Table(entries, is_list=name in LISTS)
