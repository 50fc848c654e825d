import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.dvc import read_dvc, read_dvc_file
from analyzer.read.facts import Unreadable
from analyzer.read.step_facts import Declared, Step, StepFacts


def read(text: str) -> StepFacts:
    facts = read_dvc(text)
    assert isinstance(facts, StepFacts), facts
    return facts


def places(declared: tuple[Declared, ...]) -> list[tuple[str, int]]:
    return [(entry.path, entry.line) for entry in declared]


def words(step: Step) -> list[tuple[str, ...]]:
    return [command.words for command in step.commands]


@pytest.mark.parametrize("text", ["", "# nothing", "stages:", "stages: []", "a: 1", "- a", "stages: {a: }", "text"])
def test_no_data(text: str) -> None:
    facts = read(text)
    assert facts.tracked == () and all(step.deps == step.outs == step.commands == () for step in facts.steps)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("stages:\n  a: [", "is no valid YAML (line 2: "),
        ("stages:\n\tb: c", "is no valid YAML (line 2: "),
        ("- " * 5_000, "nested more than"),
        ("[" * 5_000, "nested more than"),
    ],
)
def test_what_is_no_yaml_says_where(text: str, reason: str) -> None:
    facts = read_dvc(text)
    assert isinstance(facts, Unreadable) and reason in facts.reason


def test_a_stage() -> None:
    text = """\
stages:
  prepare:
    cmd: python src/prepare.py data/raw.csv
    deps:
      - data/raw.csv
      - src/prepare.py
    params:
      - seed
      - split
      - other.yaml:
          - a
    outs:
      - data/prepared
      - data/big:
          cache: false
    metrics:
      - eval.json:
          cache: false
  train:
    cmd:
      - python a.py
      - python b.py > log.txt
"""
    prepare, train = read(text).steps
    assert (prepare.kind, prepare.name, prepare.line, prepare.end_line) == ("dvc", "prepare", 2, 18)
    assert [(d.path, d.line, d.kind) for d in prepare.deps] == [
        ("data/raw.csv", 5, "file"),
        ("src/prepare.py", 6, "file"),
        ("params.yaml", 8, "params"),
        ("other.yaml", 10, "params"),
    ]
    assert [(d.path, d.line, d.kind) for d in prepare.outs] == [
        ("data/prepared", 13, "file"),
        ("data/big", 14, "file"),
        ("eval.json", 17, "metrics"),
    ]
    assert words(prepare) == [("python", "src/prepare.py", "data/raw.csv")] and prepare.commands[0].line == 3
    assert [(c.words[1], c.line, c.stdout) for c in train.commands] == [("a.py", 21, ""), ("b.py", 22, "log.txt")]


@pytest.mark.parametrize(
    ("cmd", "lines"),
    [
        ("|\n      python a.py\n      python b.py", [4, 5]),
        (">-\n      python a.py\n      --x 1\n\n      python b.py", [4, 7]),
        (">\n      python a.py \\\n      --x 1 &&\n      python b.py", [4, 6]),
        ("python a.py\n      --x 1 &&\n      python b.py", [3, 5]),
        ("'python a.py\n      && python b.py'", [3, 4]),
        ('"python a.py\n      && python b.py"', [3, 4]),
        ('"python a.py;\\npython b.py"', [3, 4]),
    ],
)
def test_commands_stand_on_their_lines(cmd: str, lines: list[int]) -> None:
    (step,) = read(f"stages:\n  a:\n    cmd: {cmd}\n").steps
    assert [(command.words[:2], command.line) for command in step.commands] == [
        (("python", "a.py"), lines[0]),
        (("python", "b.py"), lines[1]),
    ]
    if "--x" in cmd:
        assert step.commands[0].words == ("python", "a.py", "--x", "1")


def test_variables_are_filled_in_and_others_are_holes() -> None:
    text = (
        "vars:\n  - d: {raw: data/raw}\n  - params.yaml\n"
        "stages:\n  a:\n    cmd: python a.py ${d.raw} ${model.name}\n    deps: ['${d.raw}/x.csv']\n"
    )
    (step,) = read(text).steps
    assert words(step) == [("python", "a.py", "data/raw", "{model.name}")] and step.deps[0].path == "data/raw/x.csv"


def test_the_working_folder() -> None:
    (step,) = read("stages:\n  a:\n    wdir: src\n    cmd: x\n    outs: [../data/y]\n").steps
    assert step.cwd == "src" and step.outs[0].path == "../data/y"


@pytest.mark.parametrize(
    ("each", "item", "expected"),
    [
        ("[us, uk]", "${item}", {"a@us": "us", "a@uk": "uk"}),
        ("{us: 1, uk: 2}", "${key}-${item}", {"a@us": "us-1", "a@uk": "uk-2"}),
        ("[{n: x}, {n: y}]", "${item.n}", {"a@0": "x", "a@1": "y"}),
        ("${regions}", "${item}", {"a@p": "p", "a@q": "q"}),
        ("${unknown}", "${item}", {"a": "{item}"}),
    ],
)
def test_foreach(each: str, item: str, expected: dict[str, str]) -> None:
    text = (
        f"vars:\n  - regions: [p, q]\nstages:\n  a:\n    foreach: {each}\n    do:\n      cmd: run {item}\n"
        f"      outs:\n        - out/{item}.csv\n"
    )
    found = read(text).steps
    assert {step.name: step.commands[0].words[1] for step in found} == expected
    assert {step.outs[0].path for step in found} == {f"out/{value}.csv" for value in expected.values()}
    assert {step.outs[0].line for step in found} == {9}


def test_matrix() -> None:
    text = "stages:\n  a:\n    matrix:\n      m: [x, y]\n      n: [1, 2]\n    cmd: run ${item.m} ${item.n}\n"
    assert {step.name: step.commands[0].words[1:] for step in read(text).steps} == {
        "a@x-1": ("x", "1"), "a@x-2": ("x", "2"), "a@y-1": ("y", "1"), "a@y-2": ("y", "2"),
    }  # fmt: skip


def test_a_huge_matrix_stays_one_step_with_holes() -> None:
    axes = "".join(f"      k{i}: [{', '.join(map(str, range(50)))}]\n" for i in range(8))
    (step,) = read(f"stages:\n  a:\n    matrix:\n{axes}    cmd: run ${{item.k1}}\n").steps
    assert words(step) == [("run", "{item.k1}")]


def test_what_is_declared_at_the_top() -> None:
    text = """\
artifacts:
  model:
    path: model.pkl
    type: model
metrics:
  - eval/metrics.json
plots:
  - ROC:
      x: fpr
      y:
        eval/roc.json: tpr
  - eval/importance.png
params:
  - more.yaml
"""
    assert [(entry.path, entry.line, entry.kind) for entry in read(text).tracked] == [
        ("model.pkl", 3, "artifacts"),
        ("eval/metrics.json", 6, "metrics"),
        ("eval/roc.json", 11, "plots"),
        ("eval/importance.png", 12, "plots"),
        ("more.yaml", 14, "params"),
    ]


def test_a_dvc_file_tracks_data_without_a_step() -> None:
    facts = read_dvc_file("outs:\n- md5: ab\n  size: 3\n  path: raw.csv\n", "data/raw.csv.dvc")
    assert isinstance(facts, StepFacts)
    assert facts.steps == () and places(facts.tracked) == [("data/raw.csv", 4)]


@pytest.mark.parametrize(
    ("text", "dep"),
    [
        (
            "deps:\n- path: a/x.csv\n  repo:\n    url: https://example.org/o/r.git\nouts:\n- path: x.csv\n",
            "https://example.org/o/r/a/x.csv",
        ),
        ("deps:\n- path: s3://bucket/x.csv\n  etag: x\nouts:\n- path: x.csv\n", "s3://bucket/x.csv"),
    ],
)
def test_an_import_is_a_step(text: str, dep: str) -> None:
    facts = read_dvc_file(text, "data/x.csv.dvc")
    assert isinstance(facts, StepFacts)
    (step,) = facts.steps
    assert places(step.deps) == [(dep, 2)] and step.deps[0].kind == "dataset"
    assert [entry.path for entry in step.outs] == ["x.csv"] and [entry.path for entry in facts.tracked] == ["data/x.csv"]


def test_an_old_stage_file_has_its_command() -> None:
    facts = read_dvc_file("cmd: python a.py\nwdir: ..\ndeps:\n- path: a.py\nouts:\n- path: m.pkl\n", "stages/train.dvc")
    assert isinstance(facts, StepFacts)
    (step,) = facts.steps
    assert words(step) == [("python", "a.py")] and step.cwd == ".." and places(facts.tracked) == [("m.pkl", 6)]


@pytest.mark.parametrize(
    "text", ["a: &a [*a]\n", "stages: &s\n  a: *s\n", "vars: [&v {a: *v}]\n", "stages: {a: {foreach: &x [*x], do: {cmd: x}}}"]
)
def test_a_text_that_contains_itself_ends(text: str) -> None:
    read_dvc(text)
    read_dvc_file(text, "a.dvc")


def test_repeated_anchors_stay_bounded() -> None:
    levels = "\n".join(f"  - v{i}: &v{i} [" + ", ".join([f"*v{i - 1}"] * 9 if i else ["x"] * 9) + "]" for i in range(12))
    read_dvc(f"vars:\n{levels}\nstages: {{a: {{cmd: x}}}}\n")


PIECES = [
    "stages:",
    "  a:",
    "    cmd: x ${y}",
    "    deps: [a]",
    "    foreach: [1]",
    "    do: {}",
    "    matrix: {a: [1]}",
    "vars: [{y: 1}]",
    "plots: [a: {y: {b: c}}]",
]


@settings(max_examples=200)
@given(st.text(max_size=80) | st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=10).map("\n".join))
def test_any_text_gives_facts_or_a_reason(text: str) -> None:
    for facts in (read_dvc(text), read_dvc_file(text, "a/b.dvc")):
        assert isinstance(facts, StepFacts) or facts.reason
