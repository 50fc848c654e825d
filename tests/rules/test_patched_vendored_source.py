"""GLU007."""

from __future__ import annotations

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.history.authorship import Commit, History
from analyzer.model import Confidence, Finding, Site
from analyzer.scan import graph_of_texts
from rules.patched_vendored_source import PatchedVendoredSource

BODY = "\nimport re\n\n\ndef split(text):\n    words = re.split(r'\\W', text)\n    words.sort()\n    words = words[:10]\n    return words\n"
CHANGED = "# Modified from https://github.com/acme/words/blob/main/words.py\n" + BODY
COPIED = "# Copied from https://github.com/acme/words/blob/main/words.py\n" + BODY


def check(graph: SystemGraph) -> list[Finding]:
    return list(PatchedVendoredSource().check(graph))


def with_commits(text: str, count: int) -> SystemGraph:
    graph = graph_of_texts({"shop/words.py": text})
    commits = tuple(Commit(f"{n:040}", 1_700_000_000 - n, "author 1", (), ("shop/words.py",), ()) for n in range(count))
    graph.history = History(commits, 1_700_000_000)
    return graph


@pytest.mark.parametrize("path", ["third_party/words.py", "shop/vendor/words.py", "tests/words.py", "tutorials/words.py"])
def test_where_it_may_stand(path: str) -> None:
    assert check(graph_of_texts({path: CHANGED})) == []


def test_a_copy_that_nobody_changed() -> None:
    assert check(graph_of_texts({"shop/words.py": COPIED})) == []
    assert check(with_commits(COPIED, 1)) == []


def test_a_file_of_a_line_or_two() -> None:
    assert check(graph_of_texts({"shop/words.py": "# Modified from https://github.com/acme/words/blob/main/words.py\nWORDS = 3\n"})) == []


def test_a_head_that_says_it() -> None:
    (found,) = check(graph_of_texts({"shop/words.py": CHANGED}))
    assert found.message == "`shop/words.py` was copied from acme/words and changed here"
    assert found.locations == (Site("shop/words.py", 1),)
    assert found.confidence == Confidence.B


def test_a_history_that_says_it() -> None:
    (found,) = check(with_commits(COPIED, 3))
    assert found.confidence == Confidence.C
    assert found.evidence[0].text.endswith("its head does not say that it was changed; 3 commits touch it")


def test_one_finding_for_each_project_copied_from() -> None:
    (found,) = check(graph_of_texts({"shop/words.py": CHANGED, "shop/more.py": CHANGED}))
    assert found.members == len(found.locations) == 2
    assert found.message == "2 files, such as `shop/more.py`, were copied from acme/words and changed here"


BODY = "\n\ndef split(text):\n    words = text.split()\n    words = words[1:]\n    words.sort()\n    first = words[0]\n    return first\n"
SAID = "# Adapted from https://github.com/%s\n"


@pytest.mark.parametrize(
    "text",
    [
        "import re\n\n" + SAID % "acme/words/blob/main/words.py" + "WORDS = {1: 2}\n" + BODY,
        SAID % "acme/words/blob/main/guide.ipynb" + "import re\n" + BODY,
        SAID % "acme/words/blob/main/examples/train.py" + "import re\n" + BODY,
        SAID.replace("github.com", "gist.github.com") % "acme/0123456789" + "import re\n" + BODY,
    ],
)
def test_a_remark_over_a_part_and_pages_that_show_how(text: str) -> None:
    assert list(PatchedVendoredSource().check(graph_of_texts({"shop/__init__.py": "", "shop/keys.py": text}))) == []
    whole = SAID % "acme/words/blob/main/words.py" + "import re\n" + BODY
    assert list(PatchedVendoredSource().check(graph_of_texts({"shop/__init__.py": "", "shop/keys.py": whole})))


def test_a_remark_directly_over_what_is_most_of_the_file() -> None:
    text = "import re\n\n" + SAID % "acme/words/blob/main/words.py" + BODY.lstrip() + "\n\ndef first(text):\n    return split(text)\n"
    assert list(PatchedVendoredSource().check(graph_of_texts({"shop/__init__.py": "", "shop/keys.py": text})))
