"""Answers about an artifact, a unit or a line."""

from __future__ import annotations

import json

from analyzer.graph.lineage import artifacts_named, flow_of, lineage_of
from analyzer.model import Finding, Site
from analyzer.scan import graph_of_texts
from reports.asked_json import flow_json, line_json, lineage_json
from reports.asked_text import SHOWN_USES, flow_text, line_text, lineage_text
from reports.terminal import Screen

TEXTS = {
    "make.py": "import pandas as pd\nOUT = 'data/clean.parquet'\nframe.to_parquet(OUT)\nopen(unknown)\n",
    "train.py": "import pandas as pd\nframe = pd.read_parquet('data/clean.parquet')\nmodel.fit(frame)\n",
    "dvc.yaml": "stages:\n  make:\n    cmd: python make.py\n    outs: [data/clean.parquet]\n",
}


def answer(texts: dict[str, str], asked: str, width: int | None = None, color: bool = False) -> str:
    graph = graph_of_texts(texts)
    screen = Screen(width=width, color=color)
    for artifact in artifacts_named(graph, asked):
        lineage_text(screen, lineage_of(graph, artifact), graph.units)
    return screen.text()


def test_an_answer_says_who_how_and_what_is_declared() -> None:
    assert answer(TEXTS, "clean.parquet") == (
        "data/clean.parquet\n"
        "  file · intermediate · written in 1 place · read in 1 place · 1 of 2 not declared\n"
        "Written by\n"
        "  make.py:3 · script of (root)\n"
        "      frame.to_parquet, from a constant · declared\n"
        "Read by\n"
        "  train.py:2 · module of (root)\n"
        "      pandas.read_parquet, named literally · not declared\n"
        "Declared\n"
        "  dvc.yaml:4 · dvc.yaml::make writes it (dvc)\n"
        "Not resolved, in the same places\n"
        "  make.py:4 reads {unknown} (builtins.open)\n"
    )


def test_what_nobody_does_is_said() -> None:
    text = answer({"a.py": "open('x.csv')\n"}, "x.csv")
    assert "Written by\n  nobody that could be seen\n" in text
    assert "nobody seen to write it · read in 1 place · declared nowhere" in text
    assert "Declared\n  nowhere: no pipeline, catalog or contract names it\n" in text
    assert "Not resolved" not in text and "May be" not in text


def test_wrappers_and_their_calls_are_told_apart() -> None:
    wrapper = "def load(path):\n    return open(path)\n\ndef fixed():\n    return load('x.csv')\n"
    text = answer({"lib.py": wrapper, "main.py": "import lib\nlib.fixed()\n"}, "x.csv")
    assert "Read by\n  lib.py:5 · " in text
    assert "Through functions\n  lib.py:2 reads what its callers name\n  main.py:2 calls a function that reads it\n" in text


def test_a_long_list_is_cut_and_says_so() -> None:
    text = answer({"a.py": "open('x.csv')\n" * (SHOWN_USES + 7)}, "x.csv")
    assert text.count("  a.py:") == SHOWN_USES and "… and 7 more: --json has them all" in text


def test_names_cannot_steer_the_terminal() -> None:
    text = answer({"a.py": "open('x\\x1b[31m.csv')\n"}, "*.csv")
    assert "\x1b" not in text and "x\\x1b[31m.csv" in text
    assert "\x1b[1m" in answer({"a.py": "open('x.csv')\n"}, "x.csv", color=True)


def test_prose_is_wrapped_at_the_width() -> None:
    assert max(len(line) for line in answer(TEXTS, "clean.parquet", width=50).splitlines()) <= 50


def test_the_answer_as_json() -> None:
    graph = graph_of_texts(TEXTS)
    lineage = lineage_of(graph, graph.artifacts["data/clean.parquet"])
    body = json.loads(lineage_json("clean.parquet", [lineage], [], graph.units))
    (artifact,) = body["artifacts"]
    (writer,) = artifact["writers"]
    assert (body["asked"], body["others"], artifact["id"]) == ("clean.parquet", [], "data/clean.parquet")
    assert (writer["path"], writer["line"], writer["via"], writer["declared"], writer["level"]) == ("make.py", 3, "constant", True, 3)
    assert artifact["declared"] == [
        {"path": "dvc.yaml", "line": 4, "op": "write", "artifact": "data/clean.parquet", "unit": "dvc.yaml::make", "mechanism": "dvc"}
    ]
    assert [entry["expression"] for entry in artifact["unresolved"]] == ["{unknown}"]


def test_the_flow_of_a_unit() -> None:
    graph = graph_of_texts(TEXTS)
    flow = flow_of(graph, "make.py")
    assert flow is not None
    screen = Screen()
    flow_text(screen, "make.py", flow, graph.units)
    assert screen.text() == (
        "make.py\n  script of (root)\nWrites\n  data/clean.parquet at make.py:3, frame.to_parquet, from a constant\n"
        "Reads\n  nothing that could be seen\nNot resolved\n  make.py:4 reads {unknown} (builtins.open)\n"
    )
    assert [entry["artifact"] for entry in json.loads(flow_json("make.py", flow))["writes"]] == ["data/clean.parquet"]


def test_a_line_and_the_findings_about_it(make_finding) -> None:
    graph = graph_of_texts(TEXTS)
    finding: Finding = make_finding(path="make.py", line=3).hidden_by("agreed")
    accesses = [access for access in graph.accesses if access.site == Site("make.py", 3, 3)]
    screen = Screen()
    line_text(screen, Site("make.py", 3), accesses, [finding], "", {})
    assert "  - writes data/clean.parquet: frame.to_parquet, from a constant\n" in screen.text()
    assert "  - UDC001 message · suppressed: agreed\n    mldebt explain UDC001 tells why\n" in screen.text()
    body = json.loads(line_json(Site("make.py", 3), accesses, [finding], ""))
    assert (body["line"], body["accesses"][0]["artifact"], body["findings"][0]["reason"]) == (3, "data/clean.parquet", "agreed")


def test_a_line_without_anything() -> None:
    screen = Screen()
    line_text(screen, Site("tests/a.py", 3), [], [], "rules pass over this file: it is a test", {})
    assert "this line reads and writes nothing that mldebt knows" in screen.text()
    assert "none: rules pass over this file: it is a test" in screen.text()
