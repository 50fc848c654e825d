"""M-FLAG: how many of a program's options any checked-in command ever sets, and how few of their combinations are run."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.program_options import Offered, offered_options
from analyzer.graph.system import Module, SystemGraph, project_imports
from analyzer.link.commandline.options import NONE, Bound, Option, OptionSet
from analyzer.result import Metric, MetricRow

_FEW_OPTIONS = 3
_MAX_ROWS = 40
_SUMMARY = (
    "The share of a program's options that a checked-in command (of scripts, Makefiles, CI, DAGs, dvc, containers, notebooks, README) ever "
    "sets. With n flags there are 2^n configurations; what no command runs is tested by nobody (Sculley et al. 2015, §5.3: testing all "
    "possible interactions between codepaths becomes difficult or impossible). People set options by hand too: a low share is a question."
)


def measure(graph: SystemGraph) -> Metric | None:
    """A row for each program with at least three options that a checked-in command runs, the least exercised first."""
    rows = []
    silent = 0
    for module in graph.living():
        options = [offered.option for offered in _options(graph, module) if not offered.option.positional]
        if len(options) < _FEW_OPTIONS:
            continue
        if module.path in graph.command_lines:
            rows.append(_row(graph, module, options))
        else:
            silent += 1
    if not rows:
        return None
    rows.sort(key=lambda row: (row.value, row.subject))
    note = f"{silent} more program{'s' if silent != 1 else ''} with options {'are' if silent != 1 else 'is'} run by no checked-in command"
    return Metric("M-FLAG", "options exercised", _SUMMARY, "share of options", tuple(rows[:_MAX_ROWS]), note if silent else "")


def _options(graph: SystemGraph, module: Module) -> Iterator[Offered]:
    """The options of a program: its own; when it has none, those of the modules that it imports."""
    own = offered_options(module)
    if own or module.path not in graph.command_lines:
        yield from own
        return
    for path in graph.once(project_imports).get(module.path, ()):
        if path in graph.modules and path not in graph.command_lines:
            yield from offered_options(graph.modules[path])


def _row(graph: SystemGraph, module: Module, options: list[Option]) -> MetricRow:
    program = OptionSet(options)
    lines = graph.command_lines[module.path]
    bound = [program.bound(line) for line in lines]
    set_somewhere = {dest for told in bound for dest in (*told.words, *told.flags)}
    names = dict.fromkeys(option.dest for option in options)
    exercised = sum(1 for name in names if name in set_somewhere)
    flags = [name for name in names if all(option.takes == NONE for option in program.by_dest[name])]
    runs = len({_position(told, flags) for told in bound})
    text = f"{exercised} of {len(names)} options are set by {len(lines)} checked-in command{'s' if len(lines) != 1 else ''}"
    if flags:
        its = f"{len(flags)} flag{'s' if len(flags) != 1 else ''}"
        text += f"; {runs} of 2^{len(flags)} positions of its {its} {'are' if runs != 1 else 'is'} run"
    return MetricRow(module.path, exercised / len(names), text, module.site(1))


def _position(told: Bound, flags: list[str]) -> frozenset[str]:
    return frozenset(flag for flag in flags if flag in told.flags or flag in told.words)
