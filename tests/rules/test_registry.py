from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rules.registry
from rules.registry import all_rules

RULE = '''
from collections.abc import Iterator
from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Finding, Severity
from rules.base import Rule


class {name}(Rule):
    """A sentence."""

    code, name, severity, confidence, cost = "{code}", "{slug}", Severity.low, Confidence.C, Cost(1)
    source, remedy = "nobody", "Nothing."

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        return iter(())
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in place of rules/; modules of it are forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.setattr(rules.registry, "__file__", str(tmp_path / "registry.py"))
    monkeypatch.setattr(rules, "__path__", [str(tmp_path), *rules.__path__])
    all_rules.cache_clear()
    yield tmp_path
    all_rules.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith("rules."):
            del sys.modules[name]


def test_a_file_that_cannot_be_imported_is_an_error(folder: Path) -> None:
    (folder / "broken_rule.py").write_text("import a_module_that_is_not_there\n")
    with pytest.raises(ModuleNotFoundError, match="a_module_that_is_not_there"):
        all_rules()


def test_two_rules_with_one_code_are_an_error(folder: Path) -> None:
    (folder / "first_rule.py").write_text(RULE.format(name="First", code="SML900", slug="first"))
    (folder / "second_rule.py").write_text(RULE.format(name="Second", code="SML900", slug="second"))
    with pytest.raises(ValueError, match="SML900"):
        all_rules()


def test_rules_come_sorted_by_code_and_only_from_their_own_file(folder: Path) -> None:
    (folder / "b_rule.py").write_text(RULE.format(name="B", code="SML901", slug="b"))
    (folder / "c_rule.py").write_text(RULE.format(name="C", code="SML900", slug="c") + "\nfrom rules.b_rule import B\n")
    (folder / "not_a_rule.py").write_text("TABLE = {}\n")
    assert [rule.code for rule in all_rules()] == ["SML900", "SML901"]
