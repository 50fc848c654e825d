"""DXP007 on commands that run what a commit removed."""

from __future__ import annotations

import pytest

from analyzer.history.authorship import Commit, History
from analyzer.model import Confidence, Finding
from analyzer.scan import graph_of_texts
from rules.bit_rotted_entry import BitRottedEntry


def found(texts: dict[str, str], deleted: tuple[str, ...]) -> list[Finding]:
    graph = graph_of_texts(texts)
    graph.history = History((Commit("a" * 40, 86_400, "p1", (), deleted, ()),), 86_400, deleted=frozenset(deleted))
    return list(BitRottedEntry().check(graph))


def make(command: str) -> dict[str, str]:
    return {"Makefile": f"old:\n\t{command}\n", "src/train.py": "print(1)\n"}


@pytest.mark.parametrize(
    "command",
    [
        "python src/train.py",
        "echo python src/old.py",
        "rm src/old.py",
        "python -m src.old src/old.py",
        "python {{ src }}/old.py",
        "python $(WHERE)/deep/old.py",
        "cd elsewhere && python src/old.py",
        "curl -o src/old.py http://a.b/old.py; python src/old.py",
        "cp template.txt src/old.py && python src/old.py",
        "test -f src/old.py && python src/old.py",
        "python /opt/src/old.py",
        "kubectl apply -f deploy/secrets.yaml",
    ],
)
def test_what_may_be_there_when_it_runs(command: str) -> None:
    assert found(make(command), ("src/old.py", "deploy/secrets.yaml")) == []


def test_what_stands_elsewhere_today_or_was_never_there() -> None:
    assert found({**make("python src/old.py"), "lib/old.py": "print(1)\n"}, ("src/old.py",)) == []
    assert found(make("python src/never.py"), ("src/old.py",)) == []
    assert found({"tests/run.sh": "python src/old.py\n"}, ("src/old.py",)) == []


@pytest.mark.parametrize(
    "more",
    [{".gitignore": "/out/*\n"}, {"deep/.gitignore": "*.py\n", ".gitignore": "vendor/\n"}, {"go.mod": "module x\n"}],
)
def test_what_each_checkout_makes_anew(more: dict[str, str]) -> None:
    gone = "vendor/kit/make.sh" if ".gitignore" not in more else "out/make.sh" if "/out" in more[".gitignore"] else "vendor/make.sh"
    texts = {"Makefile": f"old:\n\tbash {gone}\n"}
    assert found({**texts, **more}, (gone,)) == []
    assert len(found({**texts, ".gitignore": "*.log\n!*.sh\n"}, (gone,))) == 1
    assert len(found({**texts, ".gitignore": "*a" * 40 + "b\n" + "[\n!\n\\\n"}, (gone,))) == 1, "hostile patterns say nothing"


@pytest.mark.parametrize(
    "command",
    [
        "python src/old.py --fast",
        "cd src && python3.9 old.py",
        "./src/old.py",
        "poetry run python src/old.py",
        "@PYTHONPATH=. python src/old.py > log.txt",
        "pip install -r src/old.txt",
        "kubectl -n there apply -f src/old.yaml",
    ],
)
def test_a_command_that_runs_what_was_removed(command: str) -> None:
    (finding,) = found(make(command), ("src/old.py", "src/old.txt", "src/old.yaml"))
    assert finding.confidence is Confidence.C
    assert "on 1970-01-02 (commit aaaaaaaaaa)" in finding.evidence[0].text
    assert [str(site) for site in finding.locations] == ["Makefile:2"]


def test_scripts_that_miss_the_same_file_are_one_finding() -> None:
    text = '#!/bin/sh\nkubectl apply -f $(dirname "$0")/../deploy/app.yaml\n'
    (finding,) = found({"bin/deploy.sh": text, "bin/publish.sh": text}, ("deploy/app.yaml",))
    assert [str(site) for site in finding.locations] == ["bin/deploy.sh:2", "bin/publish.sh:2"]
