"""Does the code that writes a file hand it on: its name, the variable that holds it, or its folder, to another call or command?"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator

from analyzer.graph.system import SystemGraph
from analyzer.model import Access
from analyzer.read.facts import Call, PythonFacts
from analyzer.read.step_facts import Command
from analyzer.read.values import BinOp, CallRef, Const, Fmt, Name, Seq, Value, last_name
from rules.artifact_names import GENERIC, HOLE

_PLAIN = re.compile(
    r"^(print|len|str|repr|exists|is_?file|is_?dir|isfile|isdir|makedirs|mkdir|remove|unlink|rmtree|info|debug|warning|error|log|echo|basename|"
    r"dirname|join|Path|format|append|open|getsize|stat|rm|ls|cd|touch|test|\[|\[\[|wc|head|cat|export|local|add_argument)$"
)
"""What says, makes or tests a name, and takes nothing from the file."""
_SUBSTITUTION = re.compile(r"\$\(([^()]*)\)")
_FOLDER = re.compile(r"(?:^|[/=}])([A-Za-z][\w.-]{3,})/?$")
COMMON = GENERIC | frozenset("raw processed interim external datasets scripts notebooks home".split())


class HandedOn:
    def __init__(self, graph: SystemGraph) -> None:
        self._graph = graph
        self._folders: dict[str, set[tuple[str, int]]] = {}

    def is_handed(self, write: Access) -> bool:
        """Does the file that makes the write, or any command, take up what was written?"""
        base = posixpath.basename(write.artifact or "")
        path, cell = write.site.path, write.site.cell
        facts = self._graph.modules[path].facts if path in self._graph.modules else None
        if facts is not None and cell is None and any(self._calls_with(facts, write, base)):
            return True
        if facts is not None and cell is not None and any(self._cell_calls(path, write, base)):
            return True
        return any(self._commands_with(path, write, base)) or self._folder_is_handed(write)

    def _calls_with(self, facts: PythonFacts, write: Access, base: str) -> Iterator[Call]:
        lines = range(write.site.line, write.site.end_line + 1)
        return _takers(facts, [call for call in facts.calls if call.line in lines], base)

    def _cell_calls(self, path: str, write: Access, base: str) -> Iterator[Call]:
        module = self._graph.modules[path]
        places = [(call, module.site(call.line)) for call in module.facts.calls]
        here = [call for call, site in places if site.cell == write.site.cell and site.line == write.site.line]
        return _takers(module.facts, here, base)

    def _commands_with(self, path: str, write: Access, base: str) -> Iterator[Command]:
        facts = self._graph.steps.get(path) or (self._graph.modules[path].facts if path in self._graph.modules else None)
        for step in facts.steps if facts is not None else ():
            for command in step.commands:
                at = range(command.line, max((command.line, *command.word_lines)) + 1)
                is_other = write.site.cell is not None or write.site.line not in at
                takes = is_other and bool(command.words) and not _PLAIN.match(command.words[0])
                given = [*command.words[1:], command.stdin] if takes else []
                if is_other and "<<" in command.text:
                    given.extend(_substituted(command.text))
                if any(_ends_in(word, base) for word in given):
                    yield command

    def _folder_is_handed(self, write: Access) -> bool:
        if not self._folders:
            self._folders = _handed_folders(self._graph)
        parts = HOLE.sub("*", write.artifact or "").split("/")[:-1]
        places = (place for part in parts if part.lower() not in COMMON for place in self._folders.get(part, ()))
        return any(path == write.site.path and line != write.site.line for path, line in places)


def _substituted(text: str) -> Iterator[str]:
    """Words of the commands whose output a text takes in: `$(jq .key a.json)` in a here-document."""
    for command in _SUBSTITUTION.findall(text):
        yield from (word.strip("\"'") for word in command.split())


def _ends_in(word: str, base: str) -> bool:
    return word == base or word.endswith(("/" + base, "=" + base, "@" + base))


def _takers(facts: PythonFacts, writes: list[Call], base: str) -> Iterator[Call]:
    """Later calls that take the same variable or the same literal name as a call that writes."""
    if not writes:
        return
    last = max(call.at for call in writes)
    scopes = {call.scope for call in writes}
    own = {arg.id for call in writes for arg in _arguments(call) if isinstance(arg, Name)}
    paths = {assign.target for assign in facts.assigns if assign.target in own and _is_path(facts, assign.value)}
    later = [assign for assign in facts.assigns if assign.at > last]
    paths |= {assign.target for assign in later if isinstance(assign.value, Name) and assign.value.id in paths}
    for call in facts.calls:
        if call in writes or _PLAIN.match(last_name(call.func)):
            continue
        for arg in _arguments(call):
            if (
                isinstance(arg, Const)
                and isinstance(arg.value, str)
                and _ends_in(arg.value, base)
                and not last_name(call.func).startswith("to_")
            ) or (isinstance(arg, Name) and arg.id in paths and call.at > last and (call.scope in scopes or arg.id.isupper())):
                yield call


def _arguments(call: Call) -> Iterator[Value]:
    for arg in (*call.args, *(value for _, value in call.keywords)):
        yield from arg.items if isinstance(arg, Seq) else (arg,)


def _is_path(facts: PythonFacts, value: Value) -> bool:
    if isinstance(value, CallRef):
        return last_name(facts.calls[value.index].func) in ("join", "Path", "format", "joinpath", "with_suffix", "replace")
    return isinstance(value, Fmt | BinOp) or (isinstance(value, Const) and isinstance(value.value, str))


def _handed_folders(graph: SystemGraph) -> dict[str, set[tuple[str, int]]]:
    """Last part of each folder that a command takes as an argument → the places."""
    found: dict[str, set[tuple[str, int]]] = defaultdict(set)
    files = [(path, facts.steps) for path, facts in graph.steps.items()]
    files += [(path, module.facts.steps) for path, module in graph.modules.items() if module.facts.steps]
    for path, steps in files:
        for step in steps:
            for command in step.commands:
                if command.words and not _PLAIN.match(command.words[0]):
                    for word in command.words[1:]:
                        if match := _FOLDER.search(word):
                            found[match[1]].add((path, command.line))
    return found
