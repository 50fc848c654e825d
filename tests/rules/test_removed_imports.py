"""DXP007 on imports of what a commit removed together with the package around it."""

from __future__ import annotations

import pytest

from analyzer.history.authorship import Commit, History
from analyzer.model import Confidence, Finding
from analyzer.scan import graph_of_texts
from rules.bit_rotted_entry import BitRottedEntry

GONE = ("tools/io.py", "ranker/data/load.py", "scripts/make_rows.py", "pack/__init__.py", "pack/deep_part.py", "yaml/loader.py", "plain.py")


def found(texts: dict[str, str], changed_later: bool = False) -> list[Finding]:
    graph = graph_of_texts(texts)
    made = Commit("b" * 40, 0, "p1", (), tuple(texts), tuple(texts))
    removing = Commit("a" * 40, 86_400, "p1", (), GONE, ())
    later = (Commit("c" * 40, 2 * 86_400, "p1", (), tuple(texts), ()),) if changed_later else ()
    graph.history = History((*later, removing, made), 86_400, deleted=frozenset(GONE))
    return list(BitRottedEntry().check(graph))


@pytest.mark.parametrize(
    "line",
    [
        "import plain",
        "import deep_part",
        "import yaml.loader",
        "from email.io import x",
        "from tools.other import x",
        "try:\n    from ranker.data.load import x\nexcept ImportError:\n    x = 1",
    ],
)
def test_what_may_come_from_elsewhere(line: str) -> None:
    assert found({"train.py": f"{line}\n", "requirements.txt": "yaml\n"}) == []


def test_what_stands_elsewhere_today() -> None:
    assert found({"train.py": "from ranker.data.load import x\n", "old/ranker/data/load.py": "x = 1\n"}) == []


def test_a_file_that_was_worked_on_later_may_run_with_another_project() -> None:
    assert found({"train.py": "from ranker.data.load import x\n"}, changed_later=True) == []


@pytest.mark.parametrize("line", ["from ranker.data.load import x", "import tools.io", "from make_rows import x"])
def test_what_a_commit_removed(line: str) -> None:
    (finding,) = found({"train.py": f"{line}\n"})
    assert finding.confidence is Confidence.C
    assert "was removed on 1970-01-02 (commit aaaaaaaaaa)" in finding.evidence[0].text
    assert [str(site) for site in finding.locations] == ["train.py:1"]


def test_files_that_miss_the_same_are_one_finding() -> None:
    texts = {"one.py": "from ranker.data.load import x\n", "two.py": "import os\n\nfrom ranker.data.load import y\n"}
    (finding,) = found(texts)
    assert [str(site) for site in finding.locations] == ["one.py:1", "two.py:3"]


@pytest.mark.parametrize(
    "line", ["lab-make-rows @ git+https://a.b/lab/rows.git", "git+https://a.b/lab/make_rows.git@v1", "git+ssh://git@a.b/lab/make-rows"]
)
def test_what_is_installed_from_a_repository_today(line: str) -> None:
    texts = {"train.py": "from make_rows import x\n"}
    assert found({**texts, "requirements.txt": f"{line}\n"}) == []
    assert len(found({**texts, "requirements.txt": "git+https://a.b/make_rows/other.git\n"})) == 1
