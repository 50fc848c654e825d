import pytest

from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.dispatch import read_facts
from analyzer.read.step_facts import Step, StepFacts
from analyzer.scan import graph_of_texts

TEXT = """\
title: demo
vars:
  name: ner
  lang: en
env: {gpu: GPU_ID}
directories: [assets, corpus]
assets:
  - dest: assets/train.json
    url: https://example.org/${vars.name}/train.json
  - dest: assets/words
    git: {repo: "https://github.com/o/r", branch: main, path: words}
workflows:
  all: [convert, train]
commands:
  - name: convert
    script:
      - "python scripts/convert.py ${vars.lang} assets/train.json corpus/train.spacy"
    deps: [assets/train.json, scripts/convert.py]
    outputs:
      - corpus/train.spacy
  - name: train
    script: ["python -m spacy train configs/c.cfg --gpu-id ${env.gpu}"]
    deps: [corpus/train.spacy]
    outputs_no_cache: ["training/${vars.name}/model-best"]
"""


def steps(text: str, path: str = "project.yml") -> dict[str, Step]:
    facts, _ = read_facts("config", path, text.encode())
    assert isinstance(facts, ConfigFacts)
    return {step.name: step for step in facts.declared.steps} if isinstance(facts.declared, StepFacts) else {}


@pytest.mark.parametrize(
    ("text", "path"), [("", "project.yml"), ("name: x", "project.yml"), ("commands: [a]", "project.yml"), (TEXT, "other.yml")]
)
def test_no_project(text: str, path: str) -> None:
    assert steps(text, path) == {}


def test_commands_and_assets() -> None:
    found = steps(TEXT)
    train, convert, asset = found["train"], found["convert"], found["asset assets/train.json"]
    assert [(d.path, d.line) for d in convert.outs] == [("corpus/train.spacy", 20)]
    assert convert.commands[0].words[:3] == ("python", "scripts/convert.py", "en") and convert.commands[0].line == 17
    assert train.after == ("convert",) and [d.path for d in train.outs] == ["training/ner/model-best"]
    assert ([d.path for d in asset.deps], [d.path for d in asset.outs]) == (["https://example.org/ner/train.json"], ["assets/train.json"])
    assert [d.path for d in found["asset assets/words"].deps] == ["https://github.com/o/r/words"]


def test_edges_are_declared() -> None:
    graph = graph_of_texts({"nlp/project.yml": TEXT, "nlp/scripts/convert.py": ""})
    written = {(d.artifact, d.mechanism) for d in graph.declarations if d.op == "write"}
    assert ("nlp/corpus/train.spacy", "spacy") in written
    assert {edge.target for edge in graph.edges if edge.kind == "invokes"} == {"nlp/scripts/convert.py"}
