from __future__ import annotations

from analyzer.graph.churn import busiest, last_change
from analyzer.graph.system import Module, SystemGraph
from analyzer.history.authorship import Commit, History
from analyzer.model import Severity
from analyzer.read.facts import PythonFacts
from rules.severity import in_context

DAY = 86_400
NOW = 1_700_000_000


def commit(number: int, days_ago: int, *files: str) -> Commit:
    return Commit(f"{number:040x}", NOW - days_ago * DAY, "author 1", (), files, ())


def graph(*commits: Commit) -> SystemGraph:
    paths = ("a.py", "b.py", "c.py", "d.py", "e.py")
    made = SystemGraph(modules={path: Module(path, path[:-3], PythonFacts("python", 1), "", "") for path in paths})
    made.history = History(commits, NOW) if commits else None
    return made


def test_without_history_nothing_is_busy() -> None:
    assert busiest(graph()) == frozenset()
    assert last_change(graph(), "a.py") == ""


def test_few_or_old_commits_make_no_file_busy() -> None:
    assert busiest(graph(commit(1, 0, "a.py"), commit(2, 1, "a.py"))) == frozenset()
    assert busiest(graph(*(commit(number, 0 if number == 0 else 300, "a.py") for number in range(9)))) == frozenset()


def test_when_all_change_alike_none_is_busy() -> None:
    assert busiest(graph(*(commit(number, 1, "a.py", "b.py", "c.py", "d.py", "e.py") for number in range(9)))) == frozenset()


def test_the_file_that_changes_most_is_busy_and_weighs_more() -> None:
    made = graph(*(commit(number, 1, "a.py") for number in range(4)), commit(9, 2, "b.py"))
    assert busiest(made) == {"a.py"}
    assert in_context(made, Severity.low, ["a.py"]) == Severity.medium
    assert in_context(made, Severity.low, ["b.py"]) == Severity.low
    assert in_context(made, Severity.high, ["a.py"]) == Severity.high
    assert last_change(made, "b.py") == "2023-11-12"
