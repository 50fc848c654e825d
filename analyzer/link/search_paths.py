"""Folders that code, commands and settings add to where `import` searches.

Source: `sys.path` and `site.addsitedir` of the Python library reference; `PYTHONPATH` of its command line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from analyzer.link.domain import Many, Pattern
from analyzer.link.where import Where
from analyzer.read.values import Attr, Name, Value, last_name

if TYPE_CHECKING:
    from analyzer.link.asking import Asking
    from analyzer.link.program import Program
    from analyzer.read.facts import Call, PythonFacts
    from analyzer.read.step_facts import StepFacts

MAX_FOLDERS = 12
MAX_HOPS = 2
_ADDING = {"insert": 1, "append": 0, "extend": 0, "addsitedir": 0}
_SETTING = re.compile(r"PYTHONPATH=(.*)", re.DOTALL)
_HERE = re.compile(r"^(?:\$\(pwd\)|\$\{?PWD\}?|\{(?:pwd|PWD)\}|`pwd`|\.)(?:/|$)")


def added_by_code(evaluator: Asking) -> dict[str, tuple[str, ...]]:
    """Module → folders of the repository that it, or a module that it imports, adds to `sys.path`."""
    program = evaluator.program
    found = {path: folders for path in program.facts if (folders := tuple(_added(evaluator, path)))}
    for _ in range(MAX_HOPS if found else 0):
        for path, facts in program.facts.items():
            targets = (program.import_target(path, entry) for entry in facts.imports)
            more = [folder for target in targets if target.path in found and target.path != path for folder in found[target.path]]
            if more:
                found[path] = tuple(dict.fromkeys([*found.get(path, ()), *more]))[:MAX_FOLDERS]
    return found


def _added(evaluator: Asking, path: str) -> Iterator[str]:
    for call, value in additions(evaluator.program.facts[path]):
        yield from _folders(evaluator, path, call, value)


def additions(facts: PythonFacts) -> Iterator[tuple[Call, Value]]:
    """(call, folder) of every call that adds to `sys.path`."""
    for call in facts.calls:
        at = _ADDING.get(last_name(call.func))
        if at is not None and len(call.args) > at and _is_search_path(call.func):
            yield call, call.args[at]


def _is_search_path(func: Value) -> bool:
    if isinstance(func, Name):
        return func.id == "addsitedir"
    inner = func.value if isinstance(func, Attr) else None
    if isinstance(func, Attr) and func.name == "addsitedir":
        return inner == Name("site")
    return inner == Attr(Name("sys"), "path")


def _folders(evaluator: Asking, path: str, call: Call, value: Value) -> Iterator[str]:
    for known in evaluator.value(value, Where(path, call.scope, call.at, call.block)):
        for each in known.items if isinstance(known, Many) else (known,):
            if isinstance(each, Pattern) and each.text:
                folder = placed(evaluator.program, path, each.text, each.anchored)
                if folder is not None:
                    yield folder


def placed(program: Program, path: str, text: str, anchored: bool) -> str | None:
    """The folder that a text names in a module; None when the repository has none. What is not anchored starts where the file runs."""
    if text.startswith(("/", "~")):
        return None
    bases = [""] if anchored else [posixpath.dirname(path), program.layout.project_of(path).root, ""]
    for base in bases:
        folder = posixpath.normpath(posixpath.join(base, text))
        folder = "" if folder == "." else folder
        if folder in program.python_folders or not folder:
            return folder
    return None


def added_by_settings(program: Program, steps: Mapping[str, StepFacts]) -> tuple[str, ...]:
    """Folders of the repository that `PYTHONPATH` names in commands, Dockerfiles and the like."""
    found: dict[str, None] = {}
    for path, facts in sorted(steps.items()):
        values = [(value, "") for name, value in facts.environment if name == "PYTHONPATH"]
        for step in facts.steps:
            values.extend((match[1], command.cwd or step.cwd) for command in step.commands for match in settings(command.words))
        for value, folder in values:
            for part in value.strip("\"'").split(":"):
                bases = dict.fromkeys((folder, posixpath.dirname(path), ""))
                found.update(dict.fromkeys(place for base in bases if (place := _below(program, base, part.strip())) is not None))
    return tuple(found)[:MAX_FOLDERS]


def settings(words: Iterable[str]) -> Iterator[re.Match[str]]:
    """The assignments of PYTHONPATH among the first words of a command, each with its value as group 1."""
    for word in list(words)[:8]:
        if match := _SETTING.match(word):
            yield match


def _below(program: Program, base: str, part: str) -> str | None:
    part = _HERE.sub("", part)
    if not part or part.startswith(("/", "~")) or "$" in part or "{" in part:
        return None
    folder = posixpath.normpath(posixpath.join(base, part))
    return folder if folder in program.python_folders else None
