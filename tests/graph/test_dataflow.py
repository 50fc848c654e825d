"""Which writer meets which reader: never by name alone, never across projects."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.graph.dataflow import artifacts_of, data_edges, mark_declared, shape
from analyzer.graph.system import Declaration
from analyzer.model import Access, Site
from analyzer.scan import graph_of_texts

PANDAS = "import pandas as pd\n"


def access(op: str, artifact: str | None, path: str = "", **more: bool | str) -> Access:
    path = path or f"{op}r.py"
    return Access(Site(path), op, "file", artifact, "literal", path, **more)  # type: ignore[arg-type]


def levels(written: str, read: str, *, same_project: bool = True) -> list[int]:
    edges = data_edges([access("write", written), access("read", read)], lambda path: "" if same_project else path)
    return [edge.level for edge in edges]


def writes(path: str) -> str:
    return f"{PANDAS}df.to_csv({path})\n"


def reads(path: str) -> str:
    return f"{PANDAS}pd.read_csv({path})\n"


# ---- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("data/a.csv", "data/b.csv"),
        ("one/data/prices.csv", "two/data/prices.csv"),
        ("{root}/prices.csv", "data/prices.csv"),
        ("{root}/data/{name}.csv", "raw/data/prices.csv"),
        ("{root}/data/train.csv", "raw/data/train.csv"),
        ("{path}", "data/prices.csv"),
        ("s3://one/data/prices.csv", "s3://two/data/prices.csv"),
        ("s3://one/data/prices.csv", "data/prices.csv"),
        ("{root}/shop/prices.csv", "raw/market/prices.csv"),
        ("data/{day}/prices.csv", "raw/2024/prices.csv"),
    ],
)
def test_no_edge(written: str, read: str) -> None:
    assert levels(written, read) == []


def test_no_edge_by_tail_between_projects() -> None:
    assert levels("{root}/shop/prices.csv", "data/shop/prices.csv") == [2]
    assert levels("{root}/shop/prices.csv", "data/shop/prices.csv", same_project=False) == []


def test_two_contests_with_the_same_names_share_nothing() -> None:
    texts = {f"{p}/setup.py": "" for p in ("recsys2019", "sigir2021")}
    texts |= {"recsys2019/make.py": writes("'data/train.csv'"), "sigir2021/fit.py": reads("'data/train.csv'")}
    graph = graph_of_texts(texts)
    assert sorted(graph.artifacts) == ["recsys2019/data/train.csv", "sigir2021/data/train.csv"]
    assert graph.data_edges == []


@pytest.mark.parametrize("more", [{"temporary": True}, {"call": "os.remove"}, {"call": "rm"}])
def test_temporary_and_removed_files_hand_nothing_over(more: dict[str, bool | str]) -> None:
    assert data_edges([access("write", "a/prices.csv", **more), access("read", "a/prices.csv")], lambda _: "") == []


def test_tests_hand_nothing_over() -> None:
    graph = graph_of_texts({"tests/test_a.py": writes("'data/a.csv'"), "b.py": reads("'data/a.csv'")})
    assert graph.data_edges == []


def test_unknown_paths_hand_nothing_over() -> None:
    assert data_edges([access("write", None), access("read", None)], lambda _: "") == []


# ---- edges ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read", "level"),
    [
        ("data/a.csv", "data/a.csv", 3),
        ("s3://b/a.csv", "s3://b/a.csv", 3),
        ("model:m", "model:m", 3),
        ("{root}/shop/prices.csv", "data/shop/prices.csv", 2),
        ("{root}/shop/train.csv", "{folder}/shop/train.csv", 2),
    ],
)
def test_edges(written: str, read: str, level: int) -> None:
    assert levels(written, read) == [level]


def test_an_exact_key_joins_projects() -> None:
    assert levels("s3://b/a.csv", "s3://b/a.csv", same_project=False) == [3]


def test_the_clearer_name_is_the_artifact() -> None:
    (edge,) = data_edges([access("write", "{root}/shop/prices.csv"), access("read", "data/shop/prices.csv")], lambda _: "")
    assert edge.artifact == "data/shop/prices.csv"


def test_a_unit_that_reads_twice_is_one_edge() -> None:
    found = data_edges([access("write", "a/b.csv"), access("read", "a/b.csv"), access("read", "a/b.csv")], lambda _: "")
    assert len(found) == 1


def test_many_sites_of_one_name_stay_bounded() -> None:
    many = [access(op, f"d{n}/results.json", f"{op}{n}.py") for n in range(2_000) for op in ("write", "read")]
    start = time.perf_counter()
    assert len(data_edges(many, lambda _: "")) <= 2_000
    assert time.perf_counter() - start < 5


# ---- artifacts --------------------------------------------------------------------------------------------------------


def test_holes_of_other_names_are_one_artifact() -> None:
    found = artifacts_of([access("write", "out/{run}/m.pt"), access("read", "out/{name}/m.pt"), access("read", "out/x.pt")], [])
    assert [(a.id, len(a.writers), len(a.readers)) for a in found.values()] == [("out/x.pt", 0, 1), ("out/{run}/m.pt", 1, 1)]


@pytest.mark.parametrize(("ops", "klass"), [(("read",), "RAW"), (("write", "read"), "INTERMEDIATE"), (("write",), "")])
def test_the_class_that_only_the_flow_tells(ops: tuple[str, ...], klass: str) -> None:
    (found,) = artifacts_of([access(op, "data/a.csv") for op in ops], []).values()
    assert found.klass == klass


def test_declarations_belong_to_their_artifact() -> None:
    declared = Declaration("dvc.yaml::a", "write", "out/{x}/m.pt", Site("dvc.yaml", 3), "dvc")
    (found,) = artifacts_of([access("write", "out/{run}/m.pt")], [declared]).values()
    assert found.declared_by == (Site("dvc.yaml", 3),)


# ---- declared ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "artifact", "is_declared"),
    [
        ("write", "out/a.csv", True),
        ("write", "out/deep/a.csv", True),
        ("read", "out/a.csv", False),
        ("write", "outside/a.csv", False),
        ("write", "other/a.csv", False),
    ],
)
def test_an_access_is_declared_by_a_step_that_runs_it(op: str, artifact: str, is_declared: bool) -> None:
    step = Declaration("dvc.yaml::a", "write", "out", Site("dvc.yaml"), "dvc", ("a.py",))
    (found,) = mark_declared([access(op, artifact, "a.py")], [step])
    assert found.declared is is_declared
    (elsewhere,) = mark_declared([access(op, artifact, "b.py")], [step])
    assert not elsewhere.declared


# ---- properties -------------------------------------------------------------------------------------------------------

IDENTITIES = st.lists(st.sampled_from(["data", "shop", "{x}", "a.csv", "prices.csv", "v{n}", ".."]), min_size=1, max_size=4).map("/".join)


@given(IDENTITIES, IDENTITIES)
def test_meeting_is_symmetric(first: str, second: str) -> None:
    assert levels(first, second) == levels(second, first)


@given(st.lists(st.sampled_from(["a", "{x}", "*", "**", "/", ".", "{run.name}"]), max_size=10).map("".join))
def test_a_shape_is_its_own(text: str) -> None:
    assert shape(shape(text)) == shape(text)
    assert "{" not in shape(text)


@given(st.permutations(["a.csv", "b.csv", "{x}/shop/a.csv", "d/shop/a.csv"]))
def test_the_order_of_accesses_changes_no_pair(names: list[str]) -> None:
    found = [access(op, name, f"{op}{name}") for name, op in itertools.product(names, ("write", "read"))]
    pairs = {(e.writer.artifact, e.reader.artifact, e.level) for e in data_edges(found, lambda _: "")}
    assert pairs == {
        *((n, n, 3) for n in ("a.csv", "b.csv", "d/shop/a.csv")), ("{x}/shop/a.csv", "{x}/shop/a.csv", 2),
        ("{x}/shop/a.csv", "d/shop/a.csv", 2), ("d/shop/a.csv", "{x}/shop/a.csv", 2),
    }  # fmt: skip


def test_one_uri_in_two_spellings_is_one_artifact_shown_as_it_is_written() -> None:
    assert levels("s3a://lake/a.csv", "https://lake.s3.eu-west-1.amazonaws.com/a.csv") == [3]
    assert levels("s3://lake/a.csv", "gs://lake/a.csv") == []
    found = artifacts_of([access("write", "gs://lake/a.csv"), access("read", "https://storage.googleapis.com/lake/a.csv")], [])
    assert [(name, len(each.writers), len(each.readers)) for name, each in found.items()] == [("gs://lake/a.csv", 1, 1)]
