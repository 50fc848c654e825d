"""What an implicit pipeline lacks, to paste: stages of dvc.yaml or rules of a Makefile, new ones and what is added to those there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from analyzer.graph.system import SystemGraph
from rules.declaration_stubs import declarable, dvc_stages, make_rules, stage_entries
from rules.handoffs import Handoff, Handoffs

MAX_STEPS = 12
MAX_INPUTS = 12
_FILES = {"make": "Makefile", "dvc": "dvc.yaml"}
_NO_INPUTS = ("LOG", "CONFIG", "REPORT")
Steps = list[tuple[str, Sequence[str], Sequence[str]]]


def pipeline_stub(handoffs: Handoffs, pipeline: Sequence[Handoff], *, make: bool) -> str:
    """What to add to the Makefile or to dvc.yaml so that these hand-offs are declared; "" when no step of them can be declared there."""
    ends = [(handoff.producer.path, handoff.artifact, handoff.consumer.path) for handoff in pipeline]
    return steps_stub(handoffs, list(dict.fromkeys(path for before, _, after in ends for path in (before, after))), ends, make=make)


def steps_stub(handoffs: Handoffs, paths: Sequence[str], ends: Sequence[tuple[str, str, str]], *, make: bool) -> str:
    """Stages or rules for the steps at `paths`; `ends` are (writer, artifact, reader) of what they hand to each other.

    A new stage names all files that its step reads, or it would be misdeclared from the start; a stage that is there gets what it lacks.
    """
    graph = handoffs.graph
    inputs = graph.once(_inputs)
    new: Steps = []
    there: list[str] = []
    for path in paths[:MAX_STEPS]:
        if path not in graph.modules and not path.endswith((".sh", ".bash")):
            continue
        reads = [artifact for _, artifact, after in ends if after == path]
        writes = [artifact for before, artifact, _ in ends if before == path]
        stage = _stage_of(handoffs, path, "make" if make else "dvc")
        if stage:
            there.append(stage_entries("make" if make else "dvc", stage, [stage], declarable(reads), declarable(writes)))
        else:
            new.append((path, [*reads, *(name for name in inputs.get(path, ()) if name not in writes)], writes))
    if not new and not there:
        return ""
    if make:
        return "\n\n".join([*([make_rules(new)] if new else []), *there])
    return "\n".join(["stages:", *(block.removeprefix("stages:\n") for block in ([dvc_stages(new)] if new else []) + there)])


def _stage_of(handoffs: Handoffs, path: str, mechanism: str) -> str:
    """The stage of the file at the top of the repository that runs the step, "" when none does."""
    unit = handoffs.graph.units.get(path)
    declaration = handoffs.declaration_of(unit) if unit is not None else None
    if declaration is None or declaration.mechanism != mechanism or path not in declaration.runs:
        return ""
    file, _, stage = declaration.unit.partition("::")
    return stage if file == _FILES[mechanism] else ""


def _inputs(graph: SystemGraph) -> Mapping[str, tuple[str, ...]]:
    """Path → the files of the repository that its own code surely reads."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for access in graph.accesses:
        if access.op != "read" or access.kind != "file" or access.via == "declaration" or access.klass in _NO_INPUTS or not access.is_exact:
            continue
        name = access.artifact or ""
        if not (access.borrowed or access.temporary or access.guarded or name.startswith(("/", "~")) or "://" in name):
            found[access.unit].setdefault(name)
    return {path: tuple(names)[:MAX_INPUTS] for path, names in found.items()}
