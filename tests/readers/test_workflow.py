import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.facts import Unreadable
from analyzer.read.step_facts import Step, StepFacts
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


# ---- matrices, parameters, templates ----------------------------------------------------------------------------------------


def commands_of(facts: StepFacts, name: str) -> list[str]:
    return [" ".join(command.words) for step in facts.steps if step.name == name for command in step.commands]


def test_a_matrix_that_no_command_uses_makes_no_variants() -> None:
    text = "jobs:\n  t:\n    strategy: {matrix: {python: ['3.9', '3.10'], os: ['${{ fromJSON(x) }}']}}\n    steps: [{run: pytest}]\n"
    assert commands_of(read_workflow(text), "t") == ["pytest"]
    computed = text.replace("pytest", "'python train.py ${{ matrix.os }} ${{ matrix.gone }}'")
    assert commands_of(read_workflow(computed), "t") == ["python train.py {matrix.os} {matrix.gone}"]


def test_a_matrix_of_github() -> None:
    text = """\
jobs:
  fit:
    strategy:
      matrix:
        set: [small, big]
        model: [{name: a}, {name: b}]
        include: [{set: huge, extra: x}]
    steps: [{run: 'python train.py data/${{ matrix.set }}.csv ${{ matrix.model.name }}'}]
"""
    assert sorted(commands_of(read_workflow(text), "fit")) == [
        f"python train.py data/{s}.csv {m}" for s in ("big", "huge", "small") for m in "ab"
    ]


def test_a_matrix_of_gitlab() -> None:
    text = "fit:\n  parallel: {matrix: [{SET: [a, b]}]}\n  script: python train.py data/$SET.csv\n"
    assert commands_of(read_workflow(text), "fit") == ["python train.py data/a.csv", "python train.py data/b.csv"]


def test_artifacts_that_are_fetched_are_read() -> None:
    fetched = "      - {uses: actions/download-artifact@v4, with: {name: d, path: in/data}}\n      - {uses: actions/download-artifact@v4}\n"
    text = "jobs:\n  a:\n    steps:\n" + fetched
    (step,) = read_workflow(text).steps
    assert [(d.path, d.line) for d in step.deps] == [("in/data", 4)]


CIRCLE = """\
version: 2.1
parameters: {where: {default: data}}
commands:
  fit:
    parameters: {what: {type: string, default: small}, model: {type: string}}
    steps:
      - run: python train.py << pipeline.parameters.where >>/<< parameters.what >>.csv << parameters.model >>
jobs:
  train:
    parameters: {kind: {type: string, default: tree}}
    working_directory: ~/repo
    steps:
      - checkout
      - fit: {model: << parameters.kind >>}
      - when: {condition: x, steps: [{fit: {what: big, model: b}}]}
  test:
    steps: [{run: {name: t, command: python test.py, working_directory: src}}]
workflows:
  all:
    jobs:
      - train: {name: first}
      - train: {kind: forest, requires: [first]}
      - test: {requires: [first]}
"""


def test_commands_and_parameters_of_circleci() -> None:
    facts = read_workflow(CIRCLE)
    both = "python train.py data/big.csv b"
    assert commands_of(facts, "train") == ["python train.py data/small.csv tree", both, "python train.py data/small.csv forest", both]
    assert {step.name: (step.cwd, step.after) for step in facts.steps} == {"train": ("", ("train",)), "test": ("src", ("train",))}
    assert {command.line for step in facts.steps for command in step.commands} == {7, 17}


def test_a_command_of_circleci_that_calls_itself_ends() -> None:
    text = "version: 2.1\ncommands: {a: {steps: [a, {run: ls}, a]}}\njobs: {j: {steps: [a]}}\nworkflows: {w: {jobs: [j]}}\n"
    assert set(commands_of(read_workflow(text), "j")) == {"ls"}


AZURE = """\
parameters:
  - {name: set, type: string, default: small}
variables:
  - {name: model, value: out/m.pkl}
  - group: secrets
stages:
  - stage: train
    jobs:
      - job: fit
        strategy: {matrix: {one: {seed: '1'}, two: {seed: '2'}}}
        steps:
          - checkout: self
          - bash: python train.py data/${{ parameters.set }}.csv $(seed) > $(pwd)/log.txt
          - task: PythonScript@0
            inputs: {scriptSource: filePath, scriptPath: src/eval.py, arguments: --out m.json, workingDirectory: sub}
          - task: PythonScript@0
            inputs: {scriptSource: inline, script: print(1)}
          - task: AzureCLI@2
            inputs: {scriptType: bash, inlineScript: az storage blob upload -f $(model)}
          - template: templates/publish.yml
            parameters: {from: $(model)}
          - template: x.yml@other
"""


def test_a_pipeline_of_azure() -> None:
    facts = read_workflow(AZURE, "ci/azure-pipelines.yml")
    first, second = facts.steps
    assert [" ".join(c.words) for c in first.commands if c.words != ("pwd",)] == [
        "python train.py data/{parameters.set}.csv 1", "python src/eval.py --out m.json", "az storage blob upload -f out/m.pkl",
    ]  # fmt: skip
    assert [c.words[-1] for c in second.commands if "train.py" in c.words] == ["2"]
    assert [c.cwd for c in first.commands if "src/eval.py" in c.words] == ["sub"]
    assert [(use.target, use.arguments) for use in first.uses] == [("./ci/templates/publish.yml", (("parameters.from", "out/m.pkl"),))]
    assert first.parameters == (("parameters.set", "small"),)


def test_a_working_directory_may_stand_in_the_environment():
    text = (
        "on: push\nenv:\n  PROJECT: bank\njobs:\n  train:\n    steps:\n    - working-directory: ${{ env.PROJECT }}\n"
        "      run: python main.py\n    - working-directory: ${{ env.OTHER }}\n      run: python main.py\n"
    )
    facts = read_workflow(text, ".github/workflows/train.yml")
    [step] = facts.steps
    assert (step.cwd, [command.cwd for command in step.commands]) == ("bank", ["", "../{env.OTHER}"])
