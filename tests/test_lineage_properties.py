"""What code is called and how it is laid out changes nothing that is said of it; nor do processes and hashes."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.graph.dataflow import shape
from analyzer.scan import graph_of_texts
from analyzer.settings import Settings
from rules.checking import check
from rules.registry import all_rules
from rules.weighing import weigh
from tests.lineage_programs import FEATURES, Program, notebook_of, program_of, programs
from tests.source_changes import Change, Changed, renamed, reordered, spread, statement_lines, unparsed

TOP = Path(__file__).resolve().parents[1]
Told = Counter[tuple[object, ...]]
CHANCES = st.randoms(use_true_random=False)
PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def told(texts: Mapping[str, str], place: Callable[[str, int | None, int], object]) -> Told:
    """Accesses and findings of a repository; `place` maps (path, cell, line) to what must stay the same."""
    graph = graph_of_texts(texts)
    found: Told = Counter()
    for access in graph.accesses:
        site = access.site
        artifact = shape(access.artifact) if access.artifact is not None else None
        where = place(site.path, site.cell, site.line)
        found["access", site.path, where, access.op, access.kind, artifact, access.unit, access.borrowed] += 1
    for finding in weigh(check(graph, all_rules(), Settings()), graph):
        statements = {(site.path, place(site.path, site.cell, site.line)) for site in finding.locations}
        found["finding", finding.rule, finding.fingerprint, finding.severity, finding.confidence, len(statements)] += 1
    return found


def assert_unchanged(texts: Mapping[str, str], change: Change, chance: random.Random) -> None:
    old = {path: Changed(text, statement_lines(text)) for path, text in texts.items() if path.endswith(".py")}
    new = {path: change(each.text, chance) for path, each in old.items()}
    before = told(texts, lambda path, _, line: old[path].lines[line] if path in old else line)
    after = told(
        {**texts, **{path: each.text for path, each in new.items()}}, lambda path, _, line: new[path].lines[line] if path in new else line
    )
    assert before == after, "\n\n".join(each.text for each in new.values())


def test_every_feature_of_the_programs_is_seen() -> None:
    """Else the properties would hold of nothing."""
    for feature in FEATURES:
        found = graph_of_texts(program_of([feature], lambda pool: pool[0]).texts()).accesses
        assert sum(access.artifact is not None for access in found) >= 2, feature.__name__


@PROPERTY
@given(programs(), CHANCES)
@pytest.mark.parametrize("change", [unparsed, spread], ids=["unparsed", "spread"])
def test_layout_changes_nothing(change: Change, program: Program, chance: random.Random) -> None:
    assert_unchanged(program.texts(), change, chance)


@PROPERTY
@given(programs(), CHANCES)
def test_names_of_local_variables_change_nothing(program: Program, chance: random.Random) -> None:
    assert_unchanged(program.texts(), renamed, chance)


@PROPERTY
@given(programs(), CHANCES)
def test_the_order_of_functions_changes_nothing(program: Program, chance: random.Random) -> None:
    assert_unchanged(program.texts(), reordered, chance)


@PROPERTY
@given(programs(), CHANCES)
def test_splitting_cells_changes_nothing(program: Program, chance: random.Random) -> None:
    """A notebook of one cell, and the same statements in cells cut at random."""
    statements = program.notebook()
    cells: list[list[str]] = [[]]
    for statement in statements:
        if cells[-1] and chance.random() < 0.5:
            cells.append([])
        cells[-1].append(statement)
    one, many = ["\n".join(statements)], ["\n".join(cell) for cell in cells]
    assert _in_cells(one, program.files) == _in_cells(many, program.files)


def _in_cells(cells: list[str], files: Mapping[str, str]) -> Told:
    firsts = [sum(cell.count("\n") + 1 for cell in cells[:number]) for number in range(len(cells))]
    return told({"a.ipynb": notebook_of(cells), **files}, lambda _, cell, line: line + (firsts[cell] if cell is not None else 0))


def test_processes_and_hashes_change_no_byte(repository: Callable[..., Path]) -> None:
    """The JSON report is the same whatever the number of reading processes and the order of sets, but for the seconds it took."""
    program = program_of(FEATURES, lambda pool: pool[-1])
    root = repository({**program.texts(), "a.ipynb": notebook_of(program.notebook())})
    reports = {_report(root, jobs, seed) for jobs, seed in (("1", "0"), ("1", "1"), ("2", "0"), ("2", "1"))}
    assert len(reports) == 1


def _report(root: Path, jobs: str, seed: str) -> str:
    command = [sys.executable, "-m", "mldebt", "scan", str(root), "--json", "-", "--jobs", jobs, "--fail-on", "never", "--no-history"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, cwd=TOP, env=environment, capture_output=True, text=True, timeout=300, check=True)
    return "\n".join(line for line in done.stdout.splitlines() if '"seconds"' not in line)
