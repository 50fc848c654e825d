import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.facts import Step, StepFacts, Unreadable
from analyzer.read.workflow import read_workflow


def steps(text: str) -> dict[str, Step]:
    facts = read_workflow(text)
    assert isinstance(facts, StepFacts), facts
    return {step.name: step for step in facts.steps}


def run(step: Step) -> list[tuple[tuple[str, ...], int]]:
    return [(command.words, command.line) for command in step.commands]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "on: push",
        "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          script: return 1\n          args: --x",
        "jobs:\n  a:\n    steps:\n      - shell: python\n        run: print('x')",
        "image: python:3.11\nvariables: {A: b}",
        "jobs: {a: {uses: o/r/.github/workflows/x.yml@v1}}",
    ],
)
def test_nothing_is_run(text: str) -> None:
    assert steps(text) == {}


def test_broken_yaml_says_where() -> None:
    facts = read_workflow("jobs:\n  a: [\n")
    assert isinstance(facts, Unreadable) and "line 3" in facts.reason


def test_github_actions() -> None:
    text = """\
env: {DATA: data/x.csv}
jobs:
  build:
    runs-on: ubuntu
    steps:
      - run: pip install .
  train:
    needs: [build]
    defaults:
      run:
        working-directory: ml
    steps:
      - name: Train
        env:
          OUT: models
        run: |
          # comment
          python train.py --data $DATA \\
            --name ${{ inputs.model_name }} > $OUT/log.txt

          cd sub
          dvc push
      - run: >-
          python eval.py
          --x 1
      - run: python other.py
        working-directory: ml/tools
"""
    found = steps(text)
    assert run(found["build"]) == [(("pip", "install", "."), 6)] and found["build"].line == 3
    train = found["train"]
    assert (train.kind, train.cwd, train.after, train.line, train.end_line) == ("ci", "ml", ("build",), 7, 26)
    assert run(train) == [
        (("python", "train.py", "--data", "data/x.csv", "--name", "{inputs.model_name}"), 18),
        (("cd", "sub"), 21),
        (("dvc", "push"), 22),
        (("python", "eval.py", "--x", "1"), 24),
        (("python", "other.py"), 26),
    ]
    assert (train.commands[0].stdout, train.commands[0].stdout_line) == ("models/log.txt", 19)
    assert [command.cwd for command in train.commands] == ["", "", "sub", "", "tools"]


def test_a_composite_action_has_no_job() -> None:
    assert run(steps("runs:\n  using: composite\n  steps:\n    - run: python a.py\n      shell: bash\n")[""]) == [(("python", "a.py"), 4)]


def test_gitlab() -> None:
    text = """\
include: /ci/more.yml
variables: {D: data}
train:
  stage: build
  needs: ["prepare", {job: other}]
  before_script:
    - cd ml
  script:
    - python train.py $D
    - |
      python a.py
      python b.py
"""
    facts = read_workflow(text)
    assert isinstance(facts, StepFacts) and facts.includes == ("ci/more.yml",)
    (step,) = facts.steps
    assert step.name == "train" and step.after == ("prepare", "other") and step.line == 3
    assert run(step)[1:] == [(("python", "train.py", "data"), 9), (("python", "a.py"), 11), (("python", "b.py"), 12)]


def test_the_entries_of_a_script_share_a_shell() -> None:
    (step,) = steps("a:\n  script:\n    - cd ml\n    - python t.py\n").values()
    assert [command.cwd for command in step.commands] == ["", "ml"]


def test_circleci() -> None:
    text = """\
jobs:
  build:
    working_directory: ml
    steps:
      - checkout
      - run: make data
      - run:
          name: Train
          command: |
            python train.py
"""
    step = steps(text)["build"]
    assert run(step) == [(("make", "data"), 6), (("python", "train.py"), 10)] and step.cwd == "ml"


def test_azure_pipelines() -> None:
    text = """\
stages:
- stage: Train
  jobs:
  - job: Fit
    dependsOn: Prepare
    steps:
    - script: python train.py
      workingDirectory: ml
    - bash: |
        python a.py
    - task: X@1
"""
    step = steps(text)["Fit"]
    assert [words for words, _ in run(step)] == [("python", "train.py"), ("python", "a.py")]
    assert [line for _, line in run(step)] == [7, 10] and step.after == ("Prepare",) and step.cwd == "ml"


def test_taskcluster_and_cloud_build_give_words() -> None:
    text = (
        "tasks:\n  - payload:\n      command:\n        - - sh\n          - -c\n          - cd x && python a.py\n        - [python, b.py]\n"
    )
    assert run(steps(text)[""]) == [(("cd", "x"), 6), (("python", "a.py"), 6), (("python", "b.py"), 7)]
    cloud = "steps:\n- name: gcr.io/x\n  entrypoint: bash\n  args: ['-c', 'python a.py']\n  dir: ml\n- name: y\n  args: [a]\n"
    assert run(steps(cloud)[""]) == [(("python", "a.py"), 4)]


def test_travis() -> None:
    assert run(steps("language: python\ninstall:\n  - pip install .\nscript: pytest\n")[""]) == [
        (("pip", "install", "."), 3),
        (("pytest",), 4),
    ]


@pytest.mark.parametrize("text", ["a: &a [*a]", "jobs: &j {a: *j}", "- " * 3_000, "jobs: {" * 3_000, "a: &x {script: [&y [*y]]}"])
def test_hostile_yaml_ends(text: str) -> None:
    read_workflow(text)


PIECES = [
    "jobs:",
    "  a:",
    "    steps:",
    "    - run: x ${{ y }}",
    "      command: [a, [b]]",
    "      working-directory: /x",
    "script: [a, [b]]",
    "needs: [{job: a}]",
]


@settings(max_examples=200)
@given(st.text(max_size=80) | st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=10).map("\n".join))
def test_any_text_gives_facts_or_a_reason(text: str) -> None:
    facts = read_workflow(text)
    if isinstance(facts, StepFacts):
        assert all(1 <= command.line <= facts.lines for step in facts.steps for command in step.commands)


def test_artifacts_are_paths_of_the_checkout() -> None:
    text = """\
jobs:
  build:
    defaults: {run: {working-directory: ml}}
    steps:
      - run: python train.py
      - uses: actions/upload-artifact@v4
        with:
          name: model
          path: |
            ml/out/model.pkl
            !ml/out/tmp
      - uses: ./.github/actions/send
        with: {file: "${{ inputs.name }}.csv"}
"""
    step = steps(text)["build"]
    assert (step.cwd, [(d.path, d.line) for d in step.deps]) == ("ml", [("out/model.pkl", 10)])
    assert [(u.target, u.arguments) for u in step.uses] == [("./.github/actions/send", (("inputs.file", "{inputs.name}.csv"),))]


def test_artifacts_of_other_services() -> None:
    gitlab = steps("train:\n  script: [python t.py]\n  artifacts:\n    paths:\n      - models/\n      - out/*.csv\n")["train"]
    assert [(d.path, d.line) for d in gitlab.outs] == [("models", 5), ("out/*.csv", 6)]
    circle = "jobs:\n  a:\n    steps:\n      - run: make\n      - persist_to_workspace: {root: data, paths: [raw]}\n"
    circle += "      - store_artifacts: {path: plots}\n"
    step = steps(circle)["a"]
    assert ([d.path for d in step.outs], [d.path for d in step.deps]) == (["data/raw"], ["plots"])
