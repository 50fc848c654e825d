"""Tasks that Python code declares for an orchestrator, as steps of the graph: identities anchored, commands followed to what they run."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from analyzer.graph.identity import class_of, identity
from analyzer.graph.invocations import Invocations, StepRun, working_folder
from analyzer.graph.system import Module
from analyzer.link.command_data import CommandAccess, accesses
from analyzer.link.commandline import CommandLine
from analyzer.link.commands import Invocation, invocation
from analyzer.link.pipelines.task import Asked, Data, Task
from analyzer.link.program import Program
from analyzer.model import Access
from analyzer.read.step_facts import Command, Declared, Step


def add_tasks(program: Program, found: Invocations, tasks: Iterable[Task], modules: Mapping[str, Module]) -> None:
    """Note every task as a step that the invocations know: what it runs, with which words, and what it declares."""
    for task in tasks:
        found.runs.append(_step_run(program, found, task, modules[task.path]))


def asked_accesses(program: Program, asked: Iterable[Asked], modules: Mapping[str, Module]) -> Iterator[Access]:
    """What code asks an orchestrator's catalog for by name."""
    for entry in asked:
        for name, kind in names_of(program, entry.path, entry.data, entry.data.op):
            site = modules[entry.path].site(entry.line, entry.end_line)
            yield Access(site, entry.data.op, kind, name, "wrapper", entry.path, entry.call, class_of(name, "", kind))


def _step_run(program: Program, found: Invocations, task: Task, module: Module) -> StepRun:
    runs: list[Invocation] = []
    data: list[CommandAccess] = []
    for command in task.commands:
        ran, folder = _ran(program, command, task.path)
        if ran is not None:
            runs.append(ran)
            found.invoked_by.setdefault(ran.path, []).append(module.site(command.line))
            found.argv.setdefault(ran.path, []).append(CommandLine(ran.runs_in(folder), ran.arguments, task.id, task.path, command.line))
        data.extend(accesses(command, folder, program.files if ran is None else ()))
    for path, line in task.runs:
        runs.append(Invocation(path, (), line, task.mechanism))
    runs.extend(_scripts(program, task))
    deps = tuple(_declared(program, task, "read"))
    outs = tuple(_declared(program, task, "write"))
    step = Step(task.mechanism, task.name, task.line, task.end_line, deps, outs, tuple(task.commands), after=tuple(task.after))
    return StepRun(task.path, step, task.id, "", tuple(dict.fromkeys(runs)), tuple(dict.fromkeys(data)), mechanism=task.mechanism)


def _ran(program: Program, command: Command, path: str) -> tuple[Invocation | None, str]:
    """What a command of a task runs, and from which folder: the repository's root, or that of the file that declares the task."""
    for start in dict.fromkeys(("", posixpath.dirname(path))):
        folder = working_folder(start, command.cwd, path)
        ran = invocation(program, command, folder)
        if ran is not None:
            return ran, folder
    return None, ""


def _scripts(program: Program, task: Task) -> Iterator[Invocation]:
    """Files of the repository that a task's queries are written in (`sql="queries/load.sql"`)."""
    for data in task.data:
        text = data.value.shown
        if data.sql and text.endswith(".sql") and not any(c.isspace() for c in text):
            for folder in dict.fromkeys((posixpath.dirname(task.path), "")):
                path = posixpath.normpath(posixpath.join(folder, text))
                if path in program.files:
                    yield Invocation(path, (), data.line, task.mechanism)
                    break


def _declared(program: Program, task: Task, op: str) -> Iterator[Declared]:
    seen: set[tuple[str, int]] = set()
    for data in task.data:
        if data.op == op or data.sql:
            for name, kind in names_of(program, task.path, data, op):
                if (name, data.line) not in seen:
                    seen.add((name, data.line))
                    yield Declared(name, data.line, kind)


def names_of(program: Program, path: str, data: Data, op: str) -> list[tuple[str, str]]:
    """(identity, kind) of what a task names; of a query what it reads or writes (`op`)."""
    if data.sql:
        from analyzer.read.sql import looks_like_sql, table_uses

        text = data.value.shown
        uses = table_uses(text) if looks_like_sql(text) else ()
        return list(dict.fromkeys((use.name, use.kind) for use in uses if use.op == op))
    name = identity(data.value, path, program, data.kind)
    return [(name, data.kind)] if name else []
