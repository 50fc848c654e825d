"""Who runs which file: commands of steps, of `os.system` and subprocess calls, and of prose; with the order they put files in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from analyzer.graph.dataflow import shape
from analyzer.graph.dvc_targets import DvcTargets
from analyzer.graph.step_kinds import kind_named
from analyzer.graph.system import Declaration, ProgramRun
from analyzer.link.command_data import CommandAccess, accesses
from analyzer.link.commandline import CommandLine
from analyzer.link.commands import Invocation, invocation
from analyzer.link.domain import Alternatives
from analyzer.link.paths import normal
from analyzer.link.program import Program
from analyzer.link.ready_made import Bindings, objects
from analyzer.model import Site
from analyzer.read.step_facts import Step, StepFacts

ONE_WORKFLOW = frozenset({"snakemake", "argo", "azureml"})
"""Kinds whose files make up one workflow: the steps of one follow those of another."""
MAX_COMMAND = 4_000
_NAME = re.compile(r"[a-z][a-z0-9_+.-]+:(?!/)")
_PROSE_COMMAND = re.compile(
    r"(?:python3?|bash|sh|torchrun|streamlit run|papermill|jupyter|accelerate launch|uv run|poetry run|make|\./)[^\n`|]*"
)


@dataclass(frozen=True, slots=True)
class StepRun:
    """One step of a declaration or script file, and the files of the repository it runs, in order."""

    path: str
    step: Step
    unit: str
    folder: str
    runs: tuple[Invocation, ...]
    data: tuple[CommandAccess, ...]
    undeclared: tuple[CommandAccess, ...] = ()
    """What its commands say of data when the step's own declarations are not known."""
    mechanism: str = ""
    """The orchestrator whose task it is, "" for the step of a file that is no Python."""


@dataclass(slots=True)
class Invocations:
    dvc: DvcTargets
    runs: list[StepRun] = field(default_factory=list)
    invoked_by: dict[str, list[Site]] = field(default_factory=dict)
    argv: dict[str, list[CommandLine]] = field(default_factory=dict)
    """path → every command that runs it."""
    called: list[StepRun] = field(default_factory=list)
    """What the code of modules runs through the shell, a step a module."""
    program_runs: list[ProgramRun] = field(default_factory=list)
    orders: set[tuple[str, str]] = field(default_factory=set)
    told_orders: set[tuple[str, str]] = field(default_factory=set)
    """Those that only prose tells."""
    prose: dict[str, list[Site]] = field(default_factory=dict)
    told: dict[str, list[CommandLine]] = field(default_factory=dict)
    """path → the commands by which prose tells people to run it; they bind no values."""


def unit_id(path: str, step: Step) -> str:
    return f"{path}::{step.name}" if step.name else path


def step_folder(path: str, facts: StepFacts, step: Step) -> str:
    """Where a step runs: dvc and make in their file's folder, CI and scripts at the repository root unless the file says otherwise."""
    if facts.kind == "shell":
        return ""
    kind = kind_named(facts.kind)
    base = posixpath.dirname(path) if kind.starts_in_own_folder else ""
    if kind.in_container and step.cwd.startswith("/"):
        return base
    folder = posixpath.normpath(posixpath.join(base, step.cwd)) if step.cwd else base
    return "" if folder == "." else folder


def collect(
    program: Program, steps: Mapping[str, StepFacts], prose: Mapping[str, str], shells: Mapping[str, tuple[Step, ...]] | None = None
) -> Invocations:
    """What steps, notebooks and prose run; `shells` holds the shell lines of notebooks, values filled in, when they are not as read."""
    found = Invocations(dvc=DvcTargets(steps, program.files))
    for path, facts in sorted(steps.items()):
        for step in facts.steps:
            _step(program, found, path, facts, step)
    for path, module in sorted(program.facts.items()):
        for step in module.steps if shells is None else shells.get(path, ()):
            folder = posixpath.dirname(path)
            found.runs.append(_run(program, found, path, step, folder, path))
    for path, text in sorted(prose.items()):
        _prose(program, found, path, text)
    return found


def ready_made_names(found: Invocations) -> dict[str, dict[str, Alternatives]]:
    """Script → names that the steps which run it put into it."""
    steps: dict[str, list[tuple[Bindings, str]]] = {}
    for run in found.runs:
        for ran in run.runs if run.step.bindings else ():
            steps.setdefault(ran.path, []).append((run.step.bindings, run.folder))
    return {path: objects(given) for path, given in steps.items()}


def _step(program: Program, found: Invocations, path: str, facts: StepFacts, step: Step) -> None:
    folder = step_folder(path, facts, step)
    run = _run(program, found, path, step, folder, unit_id(path, step))
    found.runs.append(run)
    program.declared_data.update(below(entry.path, folder) for entry in (*step.deps, *step.outs))
    if facts.kind != "docker":
        ran = list(dict.fromkeys(i.path for i in run.runs))
        found.orders.update((a, b) for i, a in enumerate(ran[:40]) for b in ran[i + 1 : 40])


def _run(program: Program, found: Invocations, path: str, step: Step, folder: str, unit: str) -> StepRun:
    runs: list[Invocation] = []
    data: list[CommandAccess] = []
    undeclared: list[CommandAccess] = []
    outs = {below(entry.path, folder, entry.kind) for entry in step.outs} | {entry.path for entry in step.outs}
    made: set[str] = set()  # what the step itself has written is read by its later commands
    known = outs | {entry.path for entry in step.deps}
    for command in step.commands:
        current = working_folder(folder, command.cwd, path)
        ran = invocation(program, command, current)
        if ran is None and current == folder and step.kind in ("shell", "notebook"):
            current = posixpath.dirname(path)
            ran = invocation(program, command, current)
            current = folder if ran is None else current
        if ran is not None:
            runs.append(ran)
            program.run_from.setdefault(ran.path, set()).add(current)
            found.invoked_by.setdefault(ran.path, []).append(Site(path, command.line))
            found.argv.setdefault(ran.path, []).append(CommandLine(ran.runs_in(current), ran.arguments, unit, path, command.line))
        touched = accesses(command, current, _Either(known, program.files) if ran is None else known, outs - made)
        found_here = [access for marked in touched for access in found.dvc.resolved(marked, current)]
        made.update(access.artifact for access in found_here if access.op == "write")
        data.extend(found_here)
        blind = accesses(command, current, program.files if ran is None else ()) if known else ()
        undeclared.extend(access for access in blind if access.kind != "dvc")
    return StepRun(path, step, unit, folder, tuple(runs), tuple(data), tuple(undeclared))


class _Either:
    """Membership in one of two sets, without building their union for every command."""

    def __init__(self, first: Container[str], second: Container[str]) -> None:
        self.first, self.second = first, second

    def __contains__(self, item: object) -> bool:
        return item in self.first or item in self.second


def working_folder(folder: str, cwd: str, path: str) -> str:
    """Where a command runs, relative to the repository root; what a `cd` to an unknown or absolute place hides is taken for the start."""
    if "{" in cwd:
        return posixpath.dirname(path) if re.search(r"dirname|BASH_SOURCE|SCRIPT_DIR|DIR", cwd) else folder
    if not cwd or cwd.startswith(("/", "~")):
        return folder
    joined = posixpath.normpath(posixpath.join(folder, cwd))
    return "" if joined == "." or joined.startswith("..") else joined


def _prose(program: Program, found: Invocations, path: str, text: str) -> None:
    """Commands in README code: a weak root, and an order told to people only when they stand in one code block."""
    from analyzer.read.shell import shell_commands

    block: list[str] = []
    fenced = False
    for number, line in _joined(text.splitlines()[:5000]):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
            block = []
            continue
        for match in _PROSE_COMMAND.findall(line.strip().lstrip("$> ")):
            for command in shell_commands(match, number):
                ran = invocation(program, command, "") or invocation(program, command, posixpath.dirname(path))
                if ran is None:
                    continue
                found.prose.setdefault(ran.path, []).append(Site(path, number))
                found.told.setdefault(ran.path, []).append(CommandLine("", ran.arguments, path, path, number))
                if fenced and "--help" not in ran.arguments:
                    found.told_orders.update((before, ran.path) for before in block if before != ran.path)
                    block.append(ran.path)


def _joined(lines: list[str]) -> Iterator[tuple[int, str]]:
    """(number of the first line, line), lines that a backslash continues taken together."""
    first, held = 0, ""
    for number, line in enumerate(lines, 1):
        if held and line.lstrip().startswith(("```", "~~~")):
            yield first, held
            first, held = 0, ""
        held = f"{held} {line.strip()}" if held else line
        first = first or number
        if line.rstrip().endswith("\\") and len(held) < MAX_COMMAND:
            held = held.rstrip().removesuffix("\\")
            continue
        yield first, held
        first, held = 0, ""
    if held:
        yield first, held


def order_declared(found: Invocations) -> None:
    """Orders that declared outputs and dependencies imply, closed over chains of steps of one file, or of one orchestrator."""
    groups: dict[str, list[StepRun]] = {}
    for run in found.runs:
        if run.step.deps or run.step.outs or run.step.after or run.runs:
            groups.setdefault(run.mechanism or (run.step.kind if run.step.kind in ONE_WORKFLOW else run.path), []).append(run)
    for runs in groups.values():
        if len(runs) > 20_000:
            continue
        makers: dict[str, list[int]] = {}
        names: dict[str, list[int]] = {}
        for index, run in enumerate(runs):
            for key in (run.unit,) if run.mechanism else (unit_id(run.path, run.step), run.step.name):
                names.setdefault(key, []).append(index)
            for out in run.step.outs:
                makers.setdefault(shape(below(out.path, run.folder, out.kind)), []).append(index)
        before: dict[int, set[int]] = {}
        for index, run in enumerate(runs):
            # a step of the same file is meant before one of another file that has the same name
            found_before = {i for name in run.step.after for i in names.get(f"{run.path}::{name}", names.get(name, []))}
            for dep in run.step.deps:
                for path in _ancestry(shape(below(dep.path, run.folder, dep.kind))):
                    found_before.update(makers.get(path, ()))
            before[index] = found_before - {index}
        for index, run in enumerate(runs):
            mine = {i.path for i in run.runs}
            for earlier in _closure(index, before) if mine else ():
                found.orders.update((a.path, b) for a in runs[earlier].runs for b in mine if a.path != b)


def _ancestry(path: str) -> Iterator[str]:
    """The path and the folders above it."""
    while path.strip("*/."):
        yield path
        above = posixpath.dirname(path)
        path = above if above != path else ""


def _closure(start: int, before: Mapping[int, set[int]]) -> Iterator[int]:
    seen: set[int] = set()
    stack = list(before[start])
    while stack and len(seen) < 500:
        current = stack.pop()
        if current not in seen:
            seen.add(current)
            yield current
            stack.extend(before[current])


def declarations(invocations: Invocations, steps: Mapping[str, StepFacts]) -> list[Declaration]:
    """The declared edges of stages, targets, rules, tasks, … and of `.dvc` files."""
    found: list[Declaration] = []
    for run in invocations.runs:
        facts = steps.get(run.path)
        mechanism = run.mechanism or (kind_named(facts.kind).declares if facts is not None else "")
        if not mechanism:
            continue
        ran = tuple(dict.fromkeys(i.path for i in run.runs))
        for op, entries in (("read", run.step.deps), ("write", run.step.outs)):
            for entry in entries:
                site = Site(run.path, entry.line)
                found.append(Declaration(run.unit, op, below(entry.path, run.folder, entry.kind), site, mechanism, ran, entry.kind))
    for path, facts in steps.items():
        for entry in facts.tracked:
            folder = posixpath.dirname(path) if facts.kind == "dvc" else ""
            found.append(
                Declaration(path, "write" if facts.kind == "dvc-file" else "read", below(entry.path, folder), Site(path, entry.line), "dvc")
            )
    return found


def below(path: str, folder: str, kind: str = "file") -> str:
    """A declared path as an identity: relative ones start from the step's folder; tables and names (`dataset:x`) have no folder."""
    if "://" in path or path.startswith(("/", "~", "{")) or kind in ("table", "topic") or _NAME.match(path):
        return path
    return normal(posixpath.join(folder, path) if folder else path)
