"""What import-linter's contracts do not say."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

from rules.registry import all_rules

TOP = Path(__file__).resolve().parents[1]
RULE_FILES = {Path(inspect.getfile(rule)).stem for rule in all_rules()}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_there_are_rules() -> None:
    assert len(RULE_FILES) >= 10


@pytest.mark.parametrize("name", sorted(RULE_FILES))
def test_no_rule_imports_another(name: str) -> None:
    others = {f"rules.{other}" for other in RULE_FILES - {name}}
    assert not imported(TOP / "rules" / f"{name}.py") & others


@pytest.mark.parametrize("path", sorted((TOP / "rules").glob("*.py")), ids=lambda path: path.stem)
def test_rules_read_no_file_and_start_nothing(path: Path) -> None:
    assert not imported(path) & {"subprocess", "os", "socket", "urllib.request", "analyzer.discover.git"}


def test_only_the_front_door_prints() -> None:
    for folder in ("analyzer", "rules", "reports"):
        for path in (TOP / folder).rglob("*.py"):
            calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
            assert "print" not in {call.id for call in calls if isinstance(call, ast.Name)}, path


def test_only_discovery_opens_files_and_starts_programs() -> None:
    openers = {"subprocess", "os", "shutil", "tempfile", "socket"}
    # libcst can overflow the stack: its parser gets a process of its own, which sees a text and nothing else
    own_process = TOP / "analyzer" / "read" / "newer_syntax.py"
    for stage in ("read", "link", "graph"):
        for path in (TOP / "analyzer" / stage).rglob("*.py"):
            assert path == own_process or not imported(path) & openers, path


def test_no_package_under_tests() -> None:
    assert not [path for path in (TOP / "tests").rglob("__init__.py") if "repos" not in path.parts]


def test_no_drawer_for_everything() -> None:
    for folder in ("mldebt", "analyzer", "rules", "reports"):
        assert not [path for path in (TOP / folder).rglob("*.py") if path.stem in {"utils", "common", "helpers", "misc"}]
