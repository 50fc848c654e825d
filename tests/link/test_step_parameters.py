from analyzer.link.step_parameters import with_arguments
from analyzer.read.step_facts import Command, Declared, Step, StepFacts, Use
from analyzer.scan import graph_of_texts


def facts(*steps: Step) -> StepFacts:
    return StepFacts("tekton", 9, steps)


def task(*defaults: tuple[str, str]) -> Step:
    return Step("tekton", "t", 1, commands=(Command(("cp", "{params.a}", "{params.b}/x"), 2),), parameters=defaults, template="task/t")


def words(files: dict[str, StepFacts], path: str) -> list[tuple[str, ...]]:
    return [command.words for step in with_arguments(files)[path].steps for command in step.commands]


def test_without_callers_defaults_count_and_the_rest_stays_open() -> None:
    assert words({"t": facts(task(("params.a", "in.csv"), ("params.b", "{params.b}")))}, "t") == [("cp", "in.csv", "{params.b}/x")]


def test_every_way_to_call_it_counts_once() -> None:
    def caller(value: str) -> Step:
        return Step("tekton", "p", 1, uses=(Use("task/t", 1, (("params.b", value),)),))

    files = {"t": facts(task(("params.a", "in"), ("params.b", "{params.b}"))), "p": facts(caller("one"), caller("two"), caller("one"))}
    assert words(files, "t") == [("cp", "in", "one/x"), ("cp", "in", "two/x")]


def test_values_are_handed_on_and_circles_end() -> None:
    run = Step("tekton", "r", 1, uses=(Use("pipeline/p", 1, (("params.out", "gs://b"),)),))
    pipeline = Step(
        "tekton", "p", 1, parameters=(("params.out", "{params.out}"),), template="pipeline/p",
        uses=(Use("task/t", 1, (("params.b", "{params.out}/runs"),)), Use("pipeline/p", 1, ())),
    )  # fmt: skip
    files = {"t": facts(task(("params.a", "in"), ("params.b", ""))), "p": facts(pipeline), "r": facts(run)}
    assert ("cp", "in", "gs://b/runs/x") in words(files, "t")


def test_what_is_declared_is_filled_in_too() -> None:
    step = Step("tekton", "t", 1, outs=(Declared("{d}/o", 3),), cwd="{d}", parameters=(("d", "data"),))
    (found,) = with_arguments({"t": facts(step)})["t"].steps
    assert (found.outs, found.cwd) == ((Declared("data/o", 3),), "data")


def test_a_reusable_workflow_and_a_composite_action() -> None:
    texts = {
        ".github/workflows/all.yml": """\
on: push
jobs:
  first:
    uses: ./.github/workflows/train.yml
    with: {config: conf/a.yaml}
  second:
    steps:
      - uses: ./.github/actions/fetch
        with:
          file: raw.csv
""",
        ".github/workflows/train.yml": """\
on:
  workflow_call:
    inputs:
      config: {type: string}
      folder: {type: string, default: out}
jobs:
  train:
    steps:
      - run: cp ${{ inputs.config }} ${{ inputs.folder }}/used.yaml
""",
        ".github/actions/fetch/action.yml": """\
inputs:
  file: {required: true}
runs:
  using: composite
  steps:
    - run: cp data/${{ inputs.file }} work/${{ inputs.file }}
      shell: bash
""",
    }
    found = {(a.site.path, a.op, a.artifact) for a in graph_of_texts(texts).accesses}
    assert found == {
        (".github/workflows/train.yml", "read", "conf/a.yaml"),
        (".github/workflows/train.yml", "write", "out/used.yaml"),
        (".github/actions/fetch/action.yml", "read", "data/raw.csv"),
        (".github/actions/fetch/action.yml", "write", "work/raw.csv"),
    }
