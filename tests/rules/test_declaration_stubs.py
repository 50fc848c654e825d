"""Stubs parse in the format they are for, whatever the names."""

from __future__ import annotations

import tomllib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rules.declaration_stubs import contract, dvc_stages, make_rules

TEXT = st.text(min_size=1, max_size=20)


@given(TEXT, TEXT, TEXT)
def test_contracts_are_toml(artifact, producer, consumer):
    (entry,) = tomllib.loads(contract(artifact.replace("{", "").replace("*", ""), producer, [consumer]))["contract"]
    assert entry["producer"] == producer
    assert entry["consumers"] == [consumer]


@given(st.lists(st.tuples(TEXT, st.lists(TEXT, max_size=2), st.lists(TEXT, max_size=2)), min_size=1, max_size=3))
def test_dvc_stages_are_yaml(steps):
    stages = yaml.safe_load(dvc_stages(steps))["stages"]
    assert len(stages) == len(steps)
    assert [stage["deps"][0] for stage in stages.values()] == [path for path, _, _ in steps]


def test_names_that_yaml_would_read_as_values_are_quoted():
    stages = yaml.safe_load(dvc_stages([("0.py", [], []), ("00.py", [], []), ("on.py", [], [])]))["stages"]
    assert list(stages) == ["0", "00", "on"]


def test_holes_become_the_folder_that_can_be_named():
    text = dvc_stages([("a.py", ["data/{year}/x.csv"], ["s3://b/k", "{unknown}/y"])])
    assert yaml.safe_load(text)["stages"]["a"] == {"cmd": "python a.py", "deps": ["a.py", "data"]}


@pytest.mark.parametrize(
    ("step", "rule"),
    [
        (("a.py", ["x.csv"], ["y.csv"]), "y.csv: a.py x.csv\n\tpython a.py"),
        (("a.py", [], ["y.csv", "z.csv"]), "y.csv z.csv &: a.py\n\tpython a.py"),
        (
            ("my nb.ipynb", ["x.csv"], []),
            ".PHONY: my_nb\nmy_nb: my\\ nb.ipynb x.csv\n\tjupyter nbconvert --to notebook --execute --inplace 'my nb.ipynb'",
        ),
        (("run.sh", ["a$b"], []), ".PHONY: run\nrun: run.sh a$$b\n\tbash run.sh"),
    ],
)
def test_make_rules(step, rule):
    assert make_rules([step]) == rule
