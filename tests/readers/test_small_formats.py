"""Task runners and schedules: what they run, and on which line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.discover.kinds import kind_of
from analyzer.read.dispatch import read_facts
from analyzer.read.facts import Unreadable
from analyzer.read.step_facts import Step, StepFacts
from analyzer.scan import graph_of_texts

NAMES = ("Procfile", "crontab", "x.service", "justfile", "Jenkinsfile", "package.json", "Taskfile.yml")


def facts(name: str, text: str) -> StepFacts | Unreadable:
    kind = kind_of(name, lambda: b"")
    assert kind is not None
    found, _ = read_facts(kind, name, text.encode())
    assert isinstance(found, StepFacts | Unreadable)
    return found


def steps(name: str, text: str) -> dict[str, Step]:
    found = facts(name, text)
    assert isinstance(found, StepFacts), found
    return {step.name: step for step in found.steps}


def run(step: Step) -> list[tuple[str, int]]:
    return [(" ".join(command.words), command.line) for command in step.commands]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_run_by_an_empty_or_foreign_file(name: str) -> None:
    text = "{}" if name == "package.json" else ""
    assert steps(name, text) == {}
    assert not any(step.commands for step in steps(name, '{"a": 1}' if name == "package.json" else "# python x.py\n").values())


@pytest.mark.parametrize(("name", "text"), [("package.json", "{"), ("Taskfile.yml", "tasks: [")])
def test_a_broken_file_is_told(name: str, text: str) -> None:
    assert isinstance(facts(name, text), Unreadable)


def test_procfile() -> None:
    found = steps("Procfile", "web: gunicorn app:app\nworker: python worker.py --q x\n")
    assert run(found["worker"]) == [("python worker.py --q x", 2)] and found["web"].is_default


def test_crontab() -> None:
    text = "OUT=/data\n# 0 1 * * * python no.py\n0 5 * * 1-5 root python etl.py > $OUT/a.csv\n@daily cd ml && python train.py\n"
    found = steps("crontab", text)
    assert run(found["line 3"]) == [("python etl.py", 3)] and found["line 3"].commands[0].stdout == "/data/a.csv"
    assert run(found["line 4"]) == [("cd ml", 4), ("python train.py", 4)]


def test_systemd() -> None:
    text = "[Service]\nWorkingDirectory=/srv/app\nExecStartPre=-/bin/mkdir x\nExecStart=/usr/bin/python serve.py \\\n  --port 80\n"
    (step,) = steps("x.service", text).values()
    assert (step.cwd, run(step)) == ("/srv/app", [("/bin/mkdir x", 3), ("/usr/bin/python serve.py --port 80", 4)])


def test_justfile() -> None:
    text = """\
data := "data/raw"
default: train

# fits
train seed="1" *args: (prepare data) lint
    @python train.py --seed {{seed}} --data {{ data }} {{args}}

prepare dir:
    #!/usr/bin/env bash
    cp {{dir}}/a.csv work/a.csv
plot:
    #!/usr/bin/env python
    print("x")
"""
    found = steps("justfile", text)
    assert run(found["train"]) == [("python train.py --seed 1 --data data/raw {args}", 6)] and found["train"].after == ("prepare", "lint")
    assert run(found["prepare"]) == [("cp {dir}/a.csv work/a.csv", 10)] and run(found["plot"]) == [] and found["default"].is_default


def test_taskfile() -> None:
    text = """\
version: "3"
vars: {OUT: models}
tasks:
  default: {deps: [train]}
  train:
    dir: ml
    deps: [prepare]
    sources: [data/*.csv]
    generates: ["{{.OUT}}/m.pkl"]
    cmds:
      - python train.py --out {{.OUT}}
      - task: other
  prepare: python prepare.py
"""
    found = steps("Taskfile.yml", text)
    train = found["train"]
    assert run(train) == [("python train.py --out models", 11)] and (train.cwd, train.after) == ("ml", ("prepare",))
    assert ([d.path for d in train.deps], [d.path for d in train.outs]) == (["data/*.csv"], ["models/m.pkl"])
    assert run(found["prepare"]) == [("python prepare.py", 13)] and found["default"].after == ("train",)


def test_package_json() -> None:
    text = '{\n  "scripts": {\n    "build": "webpack",\n    "data": "python tools/data.py && node x.js"\n  }\n}'
    found = steps("package.json", text)
    assert list(found) == ["data"] and run(found["data"])[0] == ("python tools/data.py", 4)


def test_jenkinsfile() -> None:
    text = """\
pipeline {
  stages {
    stage('Train') {
      steps {
        // sh 'python no.py'
        sh '''
          python train.py > $OUT
        '''
        archiveArtifacts artifacts: 'models/*.pkl', fingerprint: true
      }
    }
    stage("Score") {
      steps { sh(script: "python score.py --day ${params.DAY}", returnStdout: true) }
    }
  }
}
"""
    found = steps("Jenkinsfile", text)
    assert run(found["Train"]) == [("python train.py", 7)] and [d.path for d in found["Train"].deps] == ["models/*.pkl"]
    assert run(found["Score"]) == [("python score.py --day {params.DAY}", 13)] and found["Score"].after == ("Train",)


def test_they_make_modules_live() -> None:
    graph = graph_of_texts({"Procfile": "worker: python worker.py", "worker.py": "x = 1", "justfile": "a:\n  python a.py", "a.py": "x = 1"})
    assert {root.path for root in graph.roots if not root.weak} == {"worker.py", "a.py"}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(NAMES),
    st.text(max_size=80) | st.lists(st.sampled_from(["a:", "\tb", "stage('x') {", "sh '''", "}", "{{x}}", "* * * * * a"])).map("\n".join),
)
def test_any_text_gives_facts_or_a_reason(name: str, text: str) -> None:
    found = facts(name, text)
    if isinstance(found, StepFacts):
        assert all(1 <= command.line <= found.lines for step in found.steps for command in step.commands)
