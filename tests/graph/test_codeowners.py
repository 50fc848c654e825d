"""CODEOWNERS: who owns what, and that findings tell it."""

from __future__ import annotations

import pytest

from analyzer.graph.codeowners import CodeOwners
from analyzer.scan import graph_of_texts
from analyzer.settings import Settings
from rules.checking import check
from rules.machine_bound_path import MachineBoundPath

TEXT = "# owners\n* @org/all\n/serving/ @org/serve @ann\n*.sql @org/data\n[section]\ntraining/**/old @org/nobody\n"


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", ("@org/all",)),
        ("serving/app.py", ("@org/serve", "@ann")),
        ("other/serving/app.py", ("@org/all",)),
        ("queries/a.sql", ("@org/data",)),
        ("training/a/old/x.py", ("@org/nobody",)),
    ],
)
def test_the_last_rule_that_matches_decides(path: str, owners: tuple[str, ...]) -> None:
    assert CodeOwners(TEXT).of(path) == owners


def test_nobody_owns_without_rules() -> None:
    assert CodeOwners("").of("a.py") == ()
    assert CodeOwners("# nothing\n/docs/\n").of("docs/a.md") == ()


@pytest.mark.parametrize(("codeowners", "expected"), [("/train.py @org/ml\n", ("@org/ml",)), ("/other.py @org/ml\n", ())])
def test_a_finding_names_the_owners_of_its_places(codeowners: str, expected: tuple[str, ...]) -> None:
    graph = graph_of_texts({"train.py": 'import pandas as pd\n\nframe = pd.read_csv("/home/ann/x.csv")\n', "CODEOWNERS": codeowners})
    (finding,) = check(graph, [MachineBoundPath], Settings())
    assert finding.owners == expected
