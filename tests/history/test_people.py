"""What is promised about people: no report names or ranks anybody, and what the history cannot tell is said to be unknown.

The history of the tests is made of people with names that stand nowhere else, so a leak of any of them, in any format, is found by text.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analyzer.history.log import start_history
from analyzer.model import Finding
from analyzer.result import MetricRow, ScanResult
from rules.metrics.registry import all_measures
from rules.registry import all_rules

PEOPLE = ("Quillfeather", "Ostrobrand", "Vexmoor", "Zyndale", "Wrenlock", "Jastrop")
ANN, BOB, CEM, DEE, EVE, FAY = (f"{name} Test <{name.lower()}@people.example>" for name in PEOPLE)
FIT = """\
import joblib
from sklearn.svm import SVC

model = SVC()
model.fit([[0]], [1])
joblib.dump(model, "../service/churn_svc.joblib")
"""
SERVE = """\
import joblib
from fastapi import FastAPI
from service.rows import rows

app = FastAPI()
model = joblib.load("service/churn_svc.joblib")


@app.get("/score")
def score(age: int):
    return float(model.predict(rows(age))[0])
"""
ROWS = "def rows(age):\n    return [[age]]\n"


def _tell(story: Callable[..., Path], told: Any) -> Path:
    """Three people train and are gone, two serve, one wrote `service/core`: every rule about ownership has something to say."""
    first = {"service/__init__.py": "", "service/rows.py": ROWS, "service/core/__init__.py": "", "pyproject.toml": ""}
    commits = [told(DEE, 0, first), told(ANN, 1, {"model/fit.py": FIT}), told(DEE, 1, {"service/app.py": SERVE})]
    for n in range(60):
        commits.append(told((ANN, BOB, CEM)[n % 3], 2 + n, {"model/fit.py": f"{FIT}# {n}\n"}, f"Train\n\nReviewed-by: {PEOPLE[0]}"))
    for n in range(60):
        commits.append(told((DEE, EVE)[n % 2], 500 + n, {"service/app.py": f"{SERVE}# {n}\n"}, f"Serve\n\nCo-authored-by: {EVE}"))
    core = f"from service.core import inner\n{SERVE}"
    for n in range(30):
        commits.append(told(FAY, 570, {"service/core/inner.py": f"x = {n}\n", "service/app.py": f"{core}# {n}\n"}))
    return story(*commits)


@pytest.fixture
def repository(story: Callable[..., Path], told: Any) -> Path:
    return _tell(story, told)


def test_the_history_gives_the_rules_about_people_something_to_say(repository: Path, mldebt: Any) -> None:
    report = json.loads(mldebt("scan", repository, "--json", "-").out)
    assert {finding["rule"] for finding in report["findings"]} >= {"OWN001", "OWN002", "OWN005", "OWN007"}
    assert "M-BUS" in {metric["code"] for metric in report["metrics"]}


def test_no_report_names_anybody(repository: Path, mldebt: Any, tmp_path: Path) -> None:
    files = [tmp_path / "report.json", tmp_path / "report.html"]
    outcome = mldebt("scan", repository, "--all", "--json", files[0], "--html", files[1])
    texts = [outcome.out, outcome.err, *(file.read_text(encoding="utf-8") for file in files)]
    assert all(texts[index] for index in (0, 2, 3))
    for text in texts:
        assert [name for name in PEOPLE if name.lower() in text.lower()] == []
        assert "people.example" not in text


def test_names_are_told_to_who_asks_for_them(repository: Path, mldebt: Any) -> None:
    report = json.loads(mldebt("scan", repository, "--names", "--json", "-").out)
    told = {f["rule"]: " ".join(piece["text"] for piece in f["evidence"]) for f in report["findings"]}
    assert "they are Quillfeather Test, Ostrobrand Test, Vexmoor Test" in told["OWN005"]
    assert "that person is Jastrop Test" in told["OWN007"]
    assert "Quillfeather Test 3" in told["OWN001"] and "author 1" not in told["OWN001"]
    assert "people.example" not in json.dumps(report)


def test_named_people_stand_in_the_order_in_which_they_appeared(story: Callable[..., Path], told: Any) -> None:
    commits = [told(ANN, 0, {"a.py": "1"}), *(told(BOB, 1 + n, {"a.py": f"{n}"}) for n in range(9))]
    root = story(*commits)
    history, _ = start_history(root, names=True).result()
    assert history is not None
    assert history.named(history.touches(["a.py"])) == "Quillfeather Test, Ostrobrand Test"
    assert history.called("author 2") == "Ostrobrand Test"
    unasked, _ = start_history(root).result()
    assert unasked is not None and unasked.named(["author 1"]) == "" and unasked.called("author 2") == "author 2"


def test_no_question_names_anybody(repository: Path, mldebt: Any) -> None:
    asked = (["explain", "service/app.py:6", "--repo", repository], ["explain", "service/churn_svc.joblib", "--repo", repository])
    for words in (*asked, ["explain", "OWN007"], ["graph", repository]):
        outcome = mldebt(*words)
        assert outcome.code == 0 and outcome.out
        assert [name for name in PEOPLE if name.lower() in (outcome.out + outcome.err).lower()] == []


def test_people_are_listed_in_the_order_they_appeared_never_by_how_much_they_did(repository: Path, mldebt: Any) -> None:
    out = mldebt("scan", repository, "--all").out
    lists = [[int(number) for number in re.findall(r"author (\d+)", line)] for line in out.splitlines() if "author " in line]
    assert any(len(numbers) > 1 for numbers in lists)
    assert all(numbers == sorted(numbers) for numbers in lists)


def test_no_noun_of_a_report_holds_a_person() -> None:
    """`Finding.owners` is what CODEOWNERS says; nothing else that a report gets could carry an author."""
    for noun in (Finding, MetricRow, ScanResult):
        assert not [name for name in noun.__annotations__ if re.search(r"author|person|people|mail|committer", name)]


def test_no_rule_asks_the_history_for_names() -> None:
    for thing in (*all_rules(), *all_measures()):
        source = inspect.getsource(inspect.getmodule(thing))  # type: ignore[arg-type]
        assert not re.search(r"\bhistory\.names\b|\.history\.names\b", source), f"{thing} looks at names"


def test_imported_history_is_not_judged_and_the_reason_is_told(story: Callable[..., Path], told: Any, mldebt: Any) -> None:
    everything = {"model/fit.py": FIT, "service/app.py": SERVE, "service/__init__.py": "", "service/rows.py": ROWS}
    later = [
        told((ANN, DEE)[n % 2], n + 1, {("model/fit.py", "service/app.py")[n % 2]: (FIT, SERVE)[n % 2] + f"# {n}\n"}) for n in range(120)
    ]
    report = json.loads(mldebt("scan", story(told(ANN, 0, everything), *later), "--json", "-").out)
    assert not {finding["rule"] for finding in report["findings"]} & {"OWN001", "OWN005", "OWN007"}
    assert [note for note in report["notes"] if note.startswith("OWN001: ") and "imported" in note]
    (bus,) = [metric for metric in report["metrics"] if metric["code"] == "M-BUS"]
    assert bus["rows"] == [] and "imported" in bus["note"]


def test_squashed_history_is_not_judged_and_the_reason_is_told(story: Callable[..., Path], told: Any, mldebt: Any) -> None:
    commits = [told(ANN, 0, {"model/fit.py": FIT}), told(DEE, 1, {"service/app.py": SERVE}), told(DEE, 1, {"service/rows.py": ROWS})]
    for n in range(60):
        commits.append(told((ANN, BOB)[n % 2], 2 + n, {"model/fit.py": f"{FIT}# {n}\n"}, f"Train (#{n})"))
        commits.append(told((DEE, EVE)[n % 2], 500 + n, {"service/app.py": f"{SERVE}# {n}\n"}, f"Serve (#{n})"))
    report = json.loads(mldebt("scan", story(*commits), "--json", "-").out)
    assert not {finding["rule"] for finding in report["findings"]} & {"OWN001", "OWN005", "OWN007"}
    assert [note for note in report["notes"] if note.startswith("OWN001: ") and "squashed" in note]
