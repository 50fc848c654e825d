"""Commands of a document that pass a path on: one makes it by an option for outputs, a later one takes it. JGL012."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.graph.system import SystemGraph
from analyzer.link.commandline import CommandLine
from analyzer.model import Site
from rules.artifact_names import is_data
from rules.handoffs import Handoffs, is_prose
from rules.spelled import spelled_at

MAX_COMMANDS = 60
MAX_SITES = 6
OUTPUT_OPTION = re.compile(r"(^|[-_.])(out|output|outputs|outfile|outdir|save|dest|destination|export|write|target)([-_.]|$)", re.I)
_SETTINGS = re.compile(r"\.(ya?ml|toml|cfg|ini|gin|py|sh|md|txt)$", re.I)
_HOLE = re.compile(r"\{(?:\w+\.)*(\w+)\}")


@dataclass(frozen=True, slots=True)
class ToldPair:
    """Two commands of a document, the path that passes between them, and where the programs touch it."""

    producer: str
    consumer: str
    value: str
    before: Site
    after: Site
    sites: tuple[Site, ...]


def told_pairs(handoffs: Handoffs) -> Mapping[str, list[ToldPair]]:
    """Document → pairs of commands of different programs that no program runs, in the order of the document; each pair once."""
    graph = handoffs.graph
    documents: dict[str, list[tuple[CommandLine, str]]] = defaultdict(list)
    for path, lines in graph.command_lines.items():
        unit = graph.units.get(path)
        if unit is None or not handoffs.is_by_hand(unit, prose=False) or handoffs.archetype(path) in ("library", "tutorial"):
            continue
        for line in lines:
            if is_prose(line.path) and ("CHANGE" not in line.path.upper()):
                documents[line.path].append((line, path))
    return {document: pairs for document, told in sorted(documents.items()) if (pairs := list(_pairs(graph, told)))}


def _pairs(graph: SystemGraph, told: Sequence[tuple[CommandLine, str]]) -> Iterator[ToldPair]:
    seen: set[tuple[str, str]] = set()
    ordered = sorted(told, key=lambda entry: entry[0].line)[:MAX_COMMANDS]
    given = [(line, path, dict(_values(line.words))) for line, path in ordered]
    for index, (line, path, values) in enumerate(given):
        made = {value: option for value, option in values.items() if OUTPUT_OPTION.search(option)}
        for later, other, taken in given[index + 1 :] if made else ():
            if other == path or (path, other) in seen:
                continue
            met = next(
                ((value, option) for value, option in taken.items() if not OUTPUT_OPTION.search(option) and _made(value, made)), None
            )
            if met is None or _is_held(graph, met[0]):
                continue
            seen.add((path, other))
            value = _made(met[0], made)
            sites = (*_touched(graph, path, "write", made[value], value), *_touched(graph, other, "read", met[1], met[0]))
            yield ToldPair(path, other, value, Site(line.path, line.line), Site(later.path, later.line), sites)


def _values(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(value, option) of every option whose value names data."""
    option = ""
    for word in words:
        if word.startswith("-"):
            option, _, value = word.partition("=")
            if value and _names_data(value):
                yield value.rstrip("/").removeprefix("./"), option.lstrip("-")
        elif option:
            if _names_data(word):
                yield word.rstrip("/").removeprefix("./"), option.lstrip("-")
            option = ""


def _names_data(value: str) -> bool:
    is_path = "/" in value.rstrip("/") or is_data(value) or value.endswith((".json", ".zip", ".tar.gz"))
    return is_path and "://" not in value and len(value) > 4 and _SETTINGS.search(value) is None


def _made(value: str, made: Mapping[str, str]) -> str:
    """The output that the value is, or lies in, "" when it is none."""
    return next((out for out in made if value == out or value.startswith(out + "/")), "")


def _is_held(graph: SystemGraph, value: str) -> bool:
    return value in graph.tracked_files


def _touched(graph: SystemGraph, path: str, op: str, option: str, value: str) -> Iterator[Site]:
    """Where a program reads or writes below what the option gives it, and where it spells the value itself."""
    name = option.replace("-", "_").lower()
    found = [
        access.site
        for access in graph.accesses
        if access.site.path == path
        and access.op == op
        and (match := _HOLE.match(access.artifact or "")) is not None
        and match[1].lower() == name
    ]
    yield from dict.fromkeys([*found, *spelled_at(graph, (path,), (value,))][: 2 * MAX_SITES])
