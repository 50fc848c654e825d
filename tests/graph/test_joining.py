from __future__ import annotations

import pytest

from analyzer.graph.joining import is_global, joining_key


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (
            (
                "s3://lake/raw/a b.csv",
                "s3a://lake/raw/a b.csv",
                "s3n://lake//raw/a%20b.csv",
                "https://lake.s3.eu-west-1.amazonaws.com/raw/a%20b.csv",
                "https://lake.s3.amazonaws.com/raw/a%20b.csv?versionId=3",
                "https://s3.eu-west-1.amazonaws.com/lake/raw/a%20b.csv",
                "https://s3-eu-west-1.amazonaws.com/lake/raw/a%20b.csv#x",
            ),
            "s3://lake/raw/a b.csv",
        ),
        (
            (
                "gs://lake/m.pkl",
                "gcs://lake/m.pkl/",
                "https://storage.googleapis.com/lake/m.pkl",
                "https://lake.storage.googleapis.com/m.pkl",
                "https://storage.cloud.google.com/lake/m.pkl?authuser=1",
                "https://storage.googleapis.com/download/storage/v1/b/lake/o/m.pkl?alt=media",
            ),
            "gs://lake/m.pkl",
        ),
        (
            (
                "model:acme/ranker",
                "hf://acme/ranker",
                "hf://acme/ranker@main/config.json",
                "https://huggingface.co/acme/ranker",
                "https://hf.co/acme/ranker/resolve/main/model.safetensors",
                "https://huggingface.co/acme/ranker/tree/main",
                "https://huggingface.co/api/models/acme/ranker",
            ),
            "model:acme/ranker",
        ),
        (
            (
                "dataset:acme/clicks",
                "hf://datasets/acme/clicks/data.csv",
                "https://huggingface.co/datasets/acme/clicks",
                "https://huggingface.co/datasets/acme/clicks/resolve/main/train.csv",
            ),
            "dataset:acme/clicks",
        ),
        (
            (
                "abfss://lake@acct.dfs.core.windows.net/raw/x",
                "wasbs://lake@acct.blob.core.windows.net/raw/x/",
                "https://acct.blob.core.windows.net/lake/raw/x?sv=1",
            ),
            "azure://acct/lake/raw/x",
        ),
        (("dbfs:/mnt/lake/x", "/dbfs/mnt/lake/x/"), "dbfs:/mnt/lake/x"),
        (("https://Data.acme.org/x.csv?dl=1", "http://data.acme.org:80/x.csv"), "https://data.acme.org/x.csv"),
        (("data/raw/a.csv",), "data/raw/a.csv"),
        (("s3://lake/{day}/a.csv", "s3a://lake/{day}/a.csv/"), "s3://lake/{day}/a.csv"),
    ],
)
def test_all_spellings_of_one_thing_have_one_key(spellings: tuple[str, ...], key: str) -> None:
    assert {joining_key(each) for each in spellings} == {key}


def test_different_things_keep_different_keys() -> None:
    keys = [
        joining_key(each)
        for each in (
            "s3://lake/a",
            "gs://lake/a",
            "s3://lake/b",
            "https://huggingface.co/acme/ranker",
            "https://huggingface.co/datasets/acme/ranker",
            "https://huggingface.co/docs/hub",
            "https://mys3.amazonaws-data.com/lake/a",
            "https://data.acme.org/run?id=1",
            "https://data.acme.org/run?id=2",
            "/",
        )
    ]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    "identity",
    [
        "data/x.csv",
        "/data/x.csv",
        "s3://lake/{x}/y",
        "https://localhost/x",
        "http://127.0.0.1:8000/x",
        "users",
        "redis:key",
        "file:///x",
        "s3://my-bucket/x",
        "model:{name}",
    ],
)
def test_what_lives_in_one_place_only_is_not_global(identity: str) -> None:
    assert not is_global(identity)


@pytest.mark.parametrize(
    "identity", ["s3://lake/x", "https://data.acme.org/x.csv", "model:acme/ranker", "model:churn", "hf://datasets/a/b"]
)
def test_what_means_the_same_everywhere_is_global(identity: str) -> None:
    assert is_global(identity)
