"""Programs that publish a model or data set and that nothing checked in runs: somebody has to remember them. JGL012."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Site
from analyzer.read.facts import Call
from analyzer.read.values import Attr, Const, last_name
from rules.handoffs import Handoffs

_PUSHES = frozenset({"push_to_hub", "upload_folder", "upload_large_folder", "create_commit"})
_HUB = frozenset({"repo_id", "repo_type", "operations", "folder_path"})
_ADDRESS = re.compile(r"https?://(uploads\.github\.com/|[\w.-]*zenodo\.org/api/(deposit|files|records))", re.I)
_COMMANDS = (
    ("gh", ("release",), ("create", "upload")),
    ("huggingface-cli", ("upload", "upload-large-folder"), ()),
    ("hf", ("upload", "upload-large-folder"), ()),
    ("kaggle", ("datasets", "models", "d", "m"), ("version", "create", "instances")),
)
_SHOWN = re.compile(r"(?:^|[/_.-])(?:examples?|demos?|tutorials?|hooks?)(?=[/_.-]|$)", re.I)
MAX_INPUTS = 8


def published_by_hand(handoffs: Handoffs) -> dict[str, tuple[tuple[Site, str], ...]]:
    """Program → (place, how) of what it publishes. Training programs that publish at their end, package code and demos are left out.

    Left out as well are tools that do nothing of their own accord: what they publish and where are arguments that must be given.
    """
    graph = handoffs.graph
    found: dict[str, dict[Site, str]] = defaultdict(dict)
    for path, module in graph.modules.items():
        if not (module.is_excluded or module.is_packaged or "TRAIN" in module.roles) and _is_run_by_hand(handoffs, path):
            pushes = [call for call in module.facts.calls if _pushes(call)]
            required = _required(module) if pushes else frozenset()
            found[path].update((module.site(call.line), last_name(call.func)) for call in pushes if not _is_told_all(call, required))
    for access in graph.accesses:
        if access.op == "write" and _ADDRESS.match(access.artifact or "") and "TRAIN" not in _roles(graph, access.site.path):
            found[access.site.path].setdefault(access.site, access.call)
    for path, facts in graph.steps.items():
        if facts.kind == "shell":
            commands = (command for step in facts.steps for command in step.commands)
            found[path].update((Site(path, command.line), " ".join(command.words[:3])) for command in commands if _is_upload(command.words))
    return {path: tuple(sorted(sites.items())) for path, sites in sorted(found.items()) if sites and _is_run_by_hand(handoffs, path)}


def inputs_of(graph: SystemGraph, path: str) -> list[Site]:
    """Where the program reads what it publishes, as far as that can be told from reading data at all."""
    reads = (access.site for access in graph.accesses if access.site.path == path and access.op == "read" and access.via != "declaration")
    return list(dict.fromkeys(reads))[:MAX_INPUTS]


def _is_run_by_hand(handoffs: Handoffs, path: str) -> bool:
    unit = handoffs.graph.units.get(path)
    return unit is not None and not _SHOWN.search(path) and handoffs.is_by_hand(unit, prose=False)


def _roles(graph: SystemGraph, path: str) -> Sequence[str]:
    module = graph.modules.get(path)
    return tuple(module.roles) if module is not None else ()


def _pushes(call: Call) -> bool:
    name = last_name(call.func)
    if name in _PUSHES:
        return name == "push_to_hub" or not _HUB.isdisjoint(word for word, _ in call.keywords)
    return name[:1].islower() and any(word == "push_to_hub" and value != Const(False) for word, value in call.keywords)


def _required(module: Module) -> frozenset[str]:
    """Names of the options and arguments that the program's command line must give."""
    found: set[str] = set()
    for call in module.facts.calls:
        names = [arg.value for arg in call.args if isinstance(arg, Const) and isinstance(arg.value, str)]
        if last_name(call.func) == "add_argument" and names:
            words = dict(call.keywords)
            is_given = words.get("required") == Const(True) or (not names[0].startswith("-") and "nargs" not in words)
            found.update(name.lstrip("-").replace("-", "_") for name in names if is_given)
    return frozenset(found)


def _is_told_all(call: Call, required: frozenset[str]) -> bool:
    """Is the target one of the arguments that must be given, and is there another one, for what is published?"""
    values = (*call.args, *(value for _, value in call.keywords))
    target = {value.name for value in values if isinstance(value, Attr)} & required
    return bool(target) and len(required) > 1


def _is_upload(words: Sequence[str]) -> bool:
    if words[:1] == ("curl",):
        return any(_ADDRESS.search(word) for word in words)
    return any(
        words[:1] == (tool,) and len(words) > 2 and words[1] in first and (not then or words[2] in then) for tool, first, then in _COMMANDS
    )
