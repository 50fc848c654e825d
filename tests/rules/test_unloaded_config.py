from __future__ import annotations

import pytest

from analyzer.model import Finding
from analyzer.scan import graph_of_texts
from rules.unloaded_config import UnloadedConfig

LOAD = "import os\n\nimport yaml\n\nprint(yaml.safe_load(open(os.path.join('conf', 'default', 'model.yml'))))\n"
VARIANT = {"conf/default/model.yml": "depth: 3\n", "conf/default/glmnet/model.yml": "depth: 5\n"}


def places(texts: dict[str, str]) -> list[str]:
    return [site.path for finding in UnloadedConfig().check(graph_of_texts(texts)) for site in finding.locations]


def found(texts: dict[str, str]) -> list[Finding]:
    return list(UnloadedConfig().check(graph_of_texts(texts)))


@pytest.mark.parametrize(
    "texts",
    [
        {"config/fi.yaml.tmp": "a: 1\n"},
        {"config/nl.yaml": "a: 1\n", "config/fi.yaml.tmp": "a: 1\n", "README.md": "Copy `fi.yaml.tmp` first.\n"},
        {"config/nl.yaml": "a: 1\n", "config/nl.yaml.example": "a: 1\n", "config/fi.yaml.j2": "a: 1\n"},
        {"pyproject.toml": "[project]\nname = 'a'\n", "pyprojet.toml": "[project]\nname = 'a'\n"},
        {"pyprojet.toml": "[project]\nname = 'a'\n", "README.md": "`pyprojet.toml` is no mistake.\n"},
        {"conf/setup.cgf": "a\n", "project.toml": "a = 1\n"},
        {**VARIANT, "run.py": LOAD.replace("'default'", "'default', 'glmnet'")},
        {**VARIANT, "run.py": LOAD, "README.md": "Set `KIND` to glmnet/model.yml.\n"},
        {**VARIANT, "run.py": LOAD + "print(os.listdir('conf/default'))\n"},
        {**VARIANT, "run.py": LOAD + "PLACE = 'conf/default'\n\n\ndef names():\n    return os.listdir(PLACE)\n"},
        {**VARIANT, "run.py": LOAD, "run.sh": "python run.py glmnet\n"},
        {**VARIANT, "run.py": "print(1)\n"},
        {"conf/default/model.yml": "depth: 3\n", "conf/default/prod/model.yml": "depth: 5\n", "run.py": LOAD},
        {"conf/default/model.yml": "depth: 3\n", "conf/default/glmnet/other.yml": "depth: 5\n", "run.py": LOAD},
    ],
    ids=lambda texts: " ".join(texts),
)
def test_silent(texts: dict[str, str]) -> None:
    assert places(texts) == []


def test_all_of_one_folder_are_one_finding() -> None:
    graph = graph_of_texts({"config/nl.yaml": "a: 1\n", "config/fi.yaml.tmp": "a: 1\n", "config/se.yaml.bak": "a: 1\n"})
    (finding,) = UnloadedConfig().check(graph)
    assert [site.path for site in finding.locations] == ["config/fi.yaml.tmp", "config/se.yaml.bak"]
    assert finding.members == 2
    assert "config/nl.yaml" in finding.evidence[0].text


@pytest.mark.parametrize("name", ["pyprojet.toml", "pyproject.tml", "pypoject.toml", "pyprojectt.toml", "pyprojcet.toml"])
def test_a_slip_of_one_letter(name: str) -> None:
    found = places({name: "[build-system]\nrequires = ['setuptools']\n", "a.py": "print(1)\n"})
    assert found == ([name] if name.endswith(".toml") else [])


def test_variants_of_what_a_command_or_a_neighbour_loads() -> None:
    assert places({**VARIANT, "run.py": "print(1)\n", "run.sh": "python run.py ./conf/default/model.yml\n"}) == [
        "conf/default/glmnet/model.yml"
    ]
    beside = {
        "app/load.py": "import yaml\n\nprint(yaml.safe_load(open('model.yml')))\n",
        "app/model.yml": "a: 3\n",
        "app/wide/model.yml": "a: 5\n",
    }
    assert places(beside) == ["app/wide/model.yml"]
    assert places(beside | {"app/all.py": "import os\n\nprint(os.listdir('.'))\n"}) == []


def test_variants_that_nothing_names() -> None:
    listing = "\n\ndef names(folder):\n    return os.listdir(folder)\n"
    assert places({**VARIANT, "run.py": LOAD}) == ["conf/default/glmnet/model.yml"]
    assert places({**VARIANT, "load.py": "def load():\n" + "".join(f"    {line}\n" for line in LOAD.splitlines()) + listing}) == [
        "conf/default/glmnet/model.yml"
    ], "what another function lists is something else"


STAGES = """\
stages:
  clean:
    cmd: python clean.py ${clean.rows} ${clean.folder}
    outs: [a.csv]
  fit:
    foreach: [low, high]
    do:
      cmd: python fit.py ${item}
      params: ["fit_${item}", depth]
"""
LOCK = "schema: '2.0'\nstages:\n  clean:\n    cmd: python clean.py\n  fit@low:\n    cmd: python fit.py low\n"
PARAMS = "clean:\n  rows: 3\n  folder: data\nfit_low:\n  rate: 1\nfit_high:\n  rate: 2\ndepth: 3\n"
DVC = {"dvc.yaml": STAGES, "dvc.lock": LOCK, "params.yaml": PARAMS, "clean.py": "print(1)\n", "fit.py": "print(2)\n"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"dvc.lock": LOCK.replace("clean", "other").replace("fit", "third")},
        {"dvc.yaml": "stages: {}\n"},
        {"params.yaml": PARAMS + "_shared: &shared\n  low: 1\n"},
        {"params.yaml": PARAMS + "seed: 1\n", "fit.py": "seed = load('params.yaml')['seed']\n"},
        {"params.yaml": PARAMS + "a1: 1\na2: 1\na3: 1\na4: 1\na5: 1\n"},
        {"params.yaml": PARAMS + "seed: 1\n", "dvc.yaml": STAGES.replace(", depth]", "]\n  last:\n    params: [{params.yaml: }]")},
    ],
)
def test_silent_about_stages(more: dict[str, str]) -> None:
    assert found({**DVC, **more}) == []


def test_stages_that_only_the_lock_has() -> None:
    (finding,) = found({**DVC, "dvc.lock": LOCK + "  tune@a:\n    cmd: python tune.py\n  tune@b:\n    cmd: python tune.py\n"})
    assert [str(site) for site in finding.locations] == ["dvc.lock:7", "dvc.lock:9"]
    assert finding.message == "dvc.lock keeps stages that dvc.yaml no longer has: `tune@a`, `tune@b`"


def test_parameters_that_no_stage_asks_for() -> None:
    (finding,) = found({**DVC, "params.yaml": PARAMS.replace("  folder: data\n", "  folder: data\n  model: big\n")})
    assert [str(site) for site in finding.locations] == ["params.yaml:4"]
    assert finding.message == "no stage of dvc.yaml and no code beside it asks for `clean.model` of params.yaml"


LEFT = {"run.py": "import json\n\nprint(json.load(open('conf/model.json')))\n", "conf/model.json": "{}\n"}


@pytest.mark.parametrize(
    "path", ["conf/copyright.json", "conf/model2.json", "data/Untitled-1.json", "tests/a copy.json", "conf/untitled_study.json"]
)
def test_a_name_that_gives_nothing_up(path: str) -> None:
    assert places({**LEFT, path: "{}\n"}) == []


def test_what_its_name_gives_up_but_something_names() -> None:
    assert places({**LEFT, "conf/Untitled-1.json": "{}\n", "load.py": "print(open('conf/Untitled-1.json'))\n"}) == []
    assert places({**LEFT, "conf/Untitled-1.json": "{}\n", "README.md": "# A\n\nSee `conf/Untitled-1.json`.\n"}) == []
    assert places({**LEFT, "conf/a.old.yml": "a: 1\n", "run.sh": "python run.py --config conf/a.old.yml\n"}) == []


@pytest.mark.parametrize(
    "path", ["conf/Untitled-1.json", "conf/model copy.json", "conf/model-Copy1.yaml", "ci.disabled.yml", "conf/model (1).json"]
)
def test_what_its_own_name_gives_up(path: str) -> None:
    assert places({**LEFT, path: "{}\n"}) == [path]
