"""Identities: what they cover, when they are vague."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.artifact_names import IdentitySet, is_distinctive, unify

SEGMENT = st.text("abc*", min_size=1, max_size=3)


@pytest.mark.parametrize("identity", ["data/raw/y.csv", "other/interim", "interim", "data/interim2", "", "{base}"])
def test_not_covered(identity):
    assert not IdentitySet(["data/interim", "models/m.pkl"]).covers(identity)


@pytest.mark.parametrize(
    "identity",
    [
        "data/interim",
        "data/interim/",
        "./data/interim/x.csv",
        "data/interim/{year}/x.csv",
        "data",
        "{root}/m.pkl",
        "models/{name}.pkl",
        "models/*.pkl",
    ],
)
def test_covered(identity):
    assert IdentitySet(["data/interim/", "models/m.pkl"]).covers(identity)


@pytest.mark.parametrize("identity", ["data/2024/train.csv", "data/{y}/train.csv", "data/2024/train.csv/part-0"])
def test_covered_by_a_pattern(identity):
    assert IdentitySet(["data/{year}/train.csv"]).covers(identity)


@pytest.mark.parametrize("identity", ["{out}/model.pt", "{d}/data/train.csv", "{a}/{b}.csv", "train.csv", "data/{name}.csv", ""])
def test_vague(identity):
    assert not is_distinctive(identity)


@pytest.mark.parametrize("identity", ["data/train.csv", "s3://bucket/key.csv", "{base}/interim/customers.parquet", "customer_orders.csv"])
def test_distinctive(identity):
    assert is_distinctive(identity)


@given(st.lists(SEGMENT, max_size=4), st.lists(SEGMENT, max_size=4))
def test_unify_is_symmetric_and_reflexive(one, other):
    assert unify(tuple(one), tuple(other)) == unify(tuple(other), tuple(one))
    assert one == ["*"] or unify(tuple(one), tuple(one))
