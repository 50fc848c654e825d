"""Makefiles that include others: one set of variables and one place to run, however many files they are.

Source: GNU make manual, "Including Other Makefiles": an included file is read in place, so its variables hold for all, and its recipes run
where make was started, in the folder of the file that includes it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

import msgspec

from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.relative_paths import relative
from analyzer.read.step_facts import Command, Declared, Step, StepFacts
from analyzer.read.step_filling import filled, filled_step

MAX_INCLUDES = 200
HOLE = re.compile(r"\{([A-Za-z_][\w.-]*)\}")


def with_includes(files: Mapping[str, StepFacts], configs: Mapping[str, ConfigFacts]) -> dict[str, StepFacts]:
    """The same files; in Makefiles the holes of variables that an included or including file sets are filled in.

    An included file (`.env` files count) that no one starts by itself runs in the folder of the file that includes it.
    """
    makefiles = {path: facts for path, facts in files.items() if facts.kind == "make"}
    including: dict[str, str] = {}
    for path, facts in makefiles.items():
        for included in _included(path, facts, makefiles):
            including.setdefault(included, path)
    found = dict(files)
    for path, facts in makefiles.items():
        if facts.includes or path in including:
            top = _top(path, including)
            values = _variables(top, makefiles, configs)
            steps = tuple(_filled(step, values) for step in facts.steps)
            found[path] = _moved(path, msgspec.structs.replace(facts, steps=steps), top)
    return found


def _included(path: str, facts: StepFacts, known: Mapping[str, object]) -> Iterator[str]:
    """The files that a Makefile includes; make looks in the folder where it was started, which is the file's own."""
    for name in facts.includes[:MAX_INCLUDES]:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if place in known and place != path:
            yield place


def _top(path: str, including: Mapping[str, str]) -> str:
    for _ in range(MAX_INCLUDES):
        above = including.get(path)
        if above is None or above == path:
            break
        path = above
    return path


def _variables(top: str, makefiles: Mapping[str, StepFacts], configs: Mapping[str, ConfigFacts]) -> dict[str, str]:
    """What the file and all that it includes set; the file's own word comes first."""
    found: dict[str, str] = {}
    queue, seen = [top], {top}
    while queue and len(seen) < MAX_INCLUDES:
        path = queue.pop(0)
        for name, value in makefiles[path].variables:
            found.setdefault(name, value)
        for settings in _included(path, makefiles[path], configs):
            for name, leaf, _ in configs[settings].leaves:
                if leaf is not None:
                    found.setdefault(name, str(leaf))
        for included in _included(path, makefiles[path], makefiles):
            if included not in seen:
                seen.add(included)
                queue.append(included)
    return found


def _filled(step: Step, values: Mapping[str, str]) -> Step:
    """As `filled_step`, but a list that stands for a whole word or path becomes several."""
    step = msgspec.structs.replace(
        step,
        deps=tuple(_split(step.deps, values)),
        outs=tuple(_split(step.outs, values)),
        commands=tuple(_spread(command, values) for command in step.commands),
    )
    return filled_step(step, values)


def _split(paths: tuple[Declared, ...], values: Mapping[str, str]) -> Iterator[Declared]:
    for entry in paths:
        whole = HOLE.fullmatch(entry.path)
        names = values.get(whole[1], "").split() if whole else []
        if len(names) > 1:
            yield from (Declared(filled(name, values), entry.line, entry.kind) for name in names)
        else:
            yield entry


def _spread(command: Command, values: Mapping[str, str]) -> Command:
    words: list[str] = []
    lines: list[int] = []
    for word, line in zip(command.words, command.word_lines or (command.line,) * len(command.words), strict=False):
        whole = HOLE.fullmatch(word)
        parts = values.get(whole[1], "").split() if whole else []
        words.extend(parts or [word])
        lines.extend([line] * max(len(parts), 1))
    if len(words) == len(command.words):
        return command
    return msgspec.structs.replace(command, words=tuple(words), word_lines=tuple(lines) if command.word_lines else ())


def _moved(path: str, facts: StepFacts, top: str) -> StepFacts:
    """An included file's recipes run in the folder of the file at the top, unless it is a Makefile that stands for itself."""
    own, started = posixpath.dirname(path), posixpath.dirname(top)
    if own == started or posixpath.basename(path).lower() in ("makefile", "gnumakefile"):
        return facts
    up = relative(started, own)
    steps = (msgspec.structs.replace(step, cwd=posixpath.normpath(posixpath.join(up, step.cwd))) for step in facts.steps)
    return msgspec.structs.replace(facts, steps=tuple(steps))
