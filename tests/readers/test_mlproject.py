import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.facts import Unreadable
from analyzer.read.mlproject import read_mlproject
from analyzer.read.step_facts import StepFacts
from analyzer.scan import graph_of_texts

TEXT = """\
name: demo
python_env: python_env.yaml
entry_points:
  main:
    parameters:
      data: path
      alpha: {type: float, default: 0.5}
    command: "python train.py {data} --alpha {alpha}"
  check:
    command: "python check.py"
"""


@pytest.mark.parametrize("text", ["", "name: x", "entry_points: [a]", "entry_points: {main: {parameters: {a: path}}}"])
def test_nothing_is_run(text: str) -> None:
    facts = read_mlproject(text, "MLproject")
    assert isinstance(facts, StepFacts) and facts.steps == ()


def test_broken_yaml_is_told() -> None:
    assert isinstance(read_mlproject("entry_points: {", "MLproject"), Unreadable)


def test_entry_points() -> None:
    facts = read_mlproject(TEXT, "ml/MLproject")
    assert isinstance(facts, StepFacts)
    main, check = facts.steps
    assert (main.name, main.line, main.is_default, check.is_default) == ("main", 4, True, False)
    assert main.parameters == (("data", "{data}"), ("alpha", "0.5")) and main.template == "mlproject/ml/main"
    assert main.commands[0].words == ("python", "train.py", "{data}", "--alpha", "{alpha}") and main.commands[0].line == 8


def test_a_run_hands_over_values() -> None:
    script = "import argparse\np = argparse.ArgumentParser()\np.add_argument('data')\np.add_argument('--alpha')\n"
    script += "a = p.parse_args()\nopen(a.data)\n"
    texts = {"ml/MLproject": TEXT, "ml/train.py": script, "ml/check.py": "", "run.sh": "mlflow run ml -P data=in/x.csv\n"}
    graph = graph_of_texts(texts)
    assert ("ml/train.py", "in/x.csv") in {(a.site.path, (a.artifact or "").removeprefix("ml/")) for a in graph.accesses}
    assert {edge.target for edge in graph.edges if edge.kind == "invokes" and edge.source == "ml/MLproject::main"} == {"ml/train.py"}


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_any_text_gives_facts_or_a_reason(text: str) -> None:
    assert isinstance(read_mlproject("entry_points:\n  main:\n    command: " + text, "MLproject"), StepFacts | Unreadable)
