import pytest

from analyzer.discover.kinds import kind_of, left_out_as


def kind(path: str, first: bytes = b"") -> str | None:
    return kind_of(path, lambda: first)


@pytest.mark.parametrize(
    "path",
    [
        "package-lock.json",
        "poetry.lock",
        "uv.lock",
        "tsconfig.json",
        "map.geojson",
        "notes/list.txt",
        "a/.ipynb_checkpoints/x-checkpoint.ipynb",
        "stubs/x.pyi",
        "Makefile.am",
        "Makefile.in",
        ".pre-commit-hooks.yaml",
        "data.csv",
        "LICENSE",
        ".vscode/settings.json",
        "mldebt.toml",
    ],
)
def test_of_no_interest(path: str) -> None:
    assert kind(path) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/b.py", "python"),
        ("setup.py", "packaging"),
        ("x.ipynb", "notebook"),
        ("run.SH", "shell"),
        ("train.sbatch", "shell"),
        ("Makefile", "make"),
        ("Makefile.manual", "make"),
        ("rules.mk", "make"),
        ("sub/dvc.yaml", "dvc"),
        ("data/raw.csv.dvc", "dvc-file"),
        ("data/dvc.lock", "dvc-lock"),
        (".github/workflows/ci.yml", "workflow"),
        (".github/actions/x/action.yml", "workflow"),
        (".gitlab-ci.yml", "workflow"),
        ("ci/deploy.gitlab-ci.yml", "workflow"),
        (".circleci/config.yml", "workflow"),
        ("azure-pipelines.yml", "workflow"),
        (".taskcluster.yml", "workflow"),
        ("taskcluster/ci/kind.yml", "workflow"),
        ("Dockerfile", "docker"),
        ("Dockerfile.gpu", "docker"),
        ("train.dockerfile", "docker"),
        ("docker-compose.prod.yml", "docker"),
        ("compose.yaml", "docker"),
        ("q/x.sql", "sql"),
        ("conf/base.yaml", "config"),
        ("params.json", "config"),
        (".env", "config"),
        ("prod.env", "config"),
        (".env.example", "config"),
        ("README.md", "prose"),
        ("README", "prose"),
        ("INSTALL.txt", "prose"),
        ("docs/x.txt", "prose"),
        ("requirements.txt", "packaging"),
        ("requirements-dev.txt", "packaging"),
        ("requirements/base.txt", "packaging"),
        ("docs/requirements.txt", "packaging"),
        ("environment.yml", "packaging"),
        ("pyproject.toml", "packaging"),
        ("MLproject", "mlproject"),
        (".github/CODEOWNERS", "owners"),
        ("Snakefile", "snakemake"),
        ("rules/x.smk", "snakemake"),
    ],
)
def test_kind_by_name(path: str, expected: str) -> None:
    assert kind(path) == expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (b"#!/usr/bin/env python3\n", "python"),
        (b"#!/usr/bin/python3.11 -u\n", "python"),
        (b"#!/usr/bin/env -S python -u\n", "python"),
        (b"#! /bin/bash\n", "shell"),
        (b"#!/bin/sh -e\n", "shell"),
        (b"#!/usr/bin/perl\n", None),
        (b"#!/usr/bin/env pythonic\n", None),
        (b"\x7fELF", None),
        (b"", None),
    ],
)
def test_scripts_without_extension_by_their_first_line(first: bytes, expected: str | None) -> None:
    assert kind("bin/utility", first) == expected


def test_names_with_an_extension_are_not_opened() -> None:
    def fail() -> bytes:
        raise AssertionError("opened")

    assert kind_of("model.bin", fail) is None and kind_of("x.py", fail) == "python"


@pytest.mark.parametrize(
    ("path", "word"), [("a.csv", "data"), ("a.csv.gz", "data"), ("a.tar.gz", "binary"), ("a.png", "binary"), ("a.c", "other")]
)
def test_what_is_left_out_is_counted_by_its_sort(path: str, word: str) -> None:
    assert left_out_as(path) == word
