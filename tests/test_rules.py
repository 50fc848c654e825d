"""What every rule promises: its card, its name, and its own examples, run."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.model import FAMILIES, Confidence
from analyzer.scan import graph_of_texts
from analyzer.settings import OWN_FILE, settings_of
from rules.base import Example, Rule
from rules.registry import all_rules

TOP = Path(__file__).parents[1]
RULES = all_rules()
BAD = [pytest.param(rule, example, id=f"{rule.code}-{number}") for rule in RULES for number, example in enumerate(rule.BAD)]
GOOD = [pytest.param(rule, example, id=f"{rule.code}-{number}") for rule in RULES for number, example in enumerate(rule.GOOD)]


def test_there_are_rules_sorted_by_code() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert len(codes) >= 10


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_card(rule: type[Rule]) -> None:
    file = rule.__module__.rpartition(".")[2]
    assert re.fullmatch(r"[A-Z]{3}\d{3}", rule.code)
    assert rule.code[:3] in FAMILIES
    assert rule.name == file.replace("_", "-")
    assert rule.__name__.lower() == file.replace("_", "")
    assert rule.confidence > Confidence.below
    assert rule.remedy.endswith(".")
    assert rule.source
    card = rule.card()
    assert card.summary.endswith((".", ":")), "the first line of the docstring is a sentence"
    assert "Exempt" in card.story
    assert (TOP / "tests" / "rules" / f"test_{file}.py").is_file()
    assert (rule.BAD and rule.GOOD) or "history" in card.story, "only a rule about history may go without examples: texts have none"
    assert not inspect.isabstract(rule)


@pytest.mark.parametrize(("rule", "example"), GOOD)
def test_good_examples_are_silent(rule: type[Rule], example: Example) -> None:
    assert [(finding.message, finding.locations[0]) for finding in rule().check(_graph(example))] == []


@pytest.mark.parametrize(("rule", "example"), BAD)
def test_bad_examples_are_found_where_they_say(rule: type[Rule], example: Example) -> None:
    findings = list(rule().check(_graph(example)))
    assert sorted((finding.locations[0].path, finding.locations[0].line) for finding in findings) == _marked(rule.code, example)
    for finding in findings:
        assert finding.message
        assert finding.evidence
        assert finding.minutes > 0
        assert finding.rule == rule.code


def _graph(example: Example) -> SystemGraph:
    """The example's system graph, under the example's own mldebt.toml if it has one."""
    return graph_of_texts(example, settings_of(tomllib.loads(example.get(OWN_FILE, "")), OWN_FILE))


def _marked(code: str, example: Example) -> list[tuple[str, int]]:
    return sorted(
        (path, number)
        for path, text in example.items()
        for number, line in enumerate(text.splitlines(), 1)
        if line.rstrip().endswith(f"# {code}")
    )


def test_every_bad_example_marks_a_line() -> None:
    for rule in RULES:
        for example in rule.BAD:
            assert _marked(rule.code, example), f"{rule.code}: no line ends in # {rule.code}"
