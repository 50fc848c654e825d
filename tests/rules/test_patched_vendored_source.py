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


# ---- parts, folders, replacements ---------------------------------------------------------------------------------------------

LINES = """\
    words = text.split()
    words.sort()
    words = words[:10]
    a = words[0]
    b = words[1]
    c = a + b
    d = c + a
    return d
"""
PART = "import wordlib\n\n\ndef first(text):\n    return wordlib.first(text)\n\n\n# %s\ndef split(text):\n" + LINES
REMARK = "Adapted from https://github.com/acme/wordlib/blob/main/wordlib/split.py"


@pytest.mark.parametrize(
    "text",
    [
        PART % "Copied from https://github.com/acme/wordlib/blob/main/wordlib/split.py",  # nobody says that it was changed
        PART % "Copied from wordlib.split without changes",
        PART % "Adapted from https://github.com/acme/other/blob/main/split.py",  # the project has no such package
        PART % "Adapted from argparse.split",
        PART % "Adapted from the paper",
        (PART % REMARK).replace("\ndef split", "\n\n\n\n\n\ndef split"),
        (PART % "x")
        .replace("    d = c + a\n", f"    # {REMARK}\n    d = c + a\n    e = 1\n    f = 2\n")
        .replace("    b = words[1]\n", "    b = words[1]\n" * 8),
        PART.replace(LINES, "    return text\n") % REMARK,
    ],
)
def test_parts_that_are_no_changed_copy_of_a_package_at_hand(text: str) -> None:
    assert check(graph_of_texts({"shop/words.py": text})) == []


@pytest.mark.parametrize("remark", [REMARK, "Modified from wordlib.split", "Copied from `wordlib.split.split`, except for the last line"])
def test_a_part_copied_out_of_a_package_that_the_project_has(remark: str) -> None:
    (found,) = check(graph_of_texts({"shop/words.py": PART % remark}))
    assert found.message == "`split` is copied out of `wordlib`, which the project has, and changed here"
    assert found.locations == (Site("shop/words.py", 8), Site("shop/words.py", 9))
    assert found.confidence == Confidence.C


def test_a_remark_in_a_docstring_and_a_declared_package() -> None:
    text = f'def split(text):\n    """Splits.\n\n    {REMARK}\n    """\n{LINES}'
    (found,) = check(graph_of_texts({"requirements.txt": "wordlib==1.0\n", "shop/words.py": text}))
    assert found.locations == (Site("shop/words.py", 4), Site("shop/words.py", 1))
    assert check(graph_of_texts({"requirements.txt": "other==1.0\n", "shop/words.py": text})) == []


def vendored(commits: list[tuple[str, ...]]) -> SystemGraph:
    names = [f"third_party/words/{name}.py" for name in "abcd"]
    graph = graph_of_texts(dict.fromkeys([*names, "shop/a.py"], "x = 1\n"))
    made = [Commit(f"{n:040}", 1_700_000_000 - n, "author 1", (), files, ()) for n, files in enumerate(commits)]
    graph.history = History((*made, Commit("f" * 40, 1_600_000_000, "author 1", (), tuple(names), tuple(names))), 1_700_000_000)
    graph.history_gap = ""
    return graph


def test_a_vendored_folder_that_nobody_edited() -> None:
    every = tuple(f"third_party/words/{name}.py" for name in "abcd")
    assert check(vendored([])) == []
    assert check(vendored([("third_party/words/a.py",)])) == []  # one commit
    assert check(vendored([every, every])) == []  # another version of it
    assert check(vendored([(each,) for each in every])) == []  # it has become ours
    assert check(vendored([("shop/a.py",), ("shop/a.py",)])) == []


def test_a_vendored_folder_that_commits_edit() -> None:
    (found,) = check(vendored([("third_party/words/b.py", "shop/a.py"), ("third_party/words/b.py",)]))
    assert found.message == "vendored `third_party` was edited in place: 2 commits changed 1 of its 4 files"
    assert found.locations == (Site("third_party/words/b.py", 1),)
    assert found.evidence[0].text == "2 commits changed it after it came in"


@pytest.mark.parametrize(
    "line", ["wordlib.WIDTH = 3", "wordlib.out = print", "self = Split()", "os.split = split", "wordlib = split", "split.wide = split"]
)
def test_settings_of_a_package(line: str) -> None:
    assert check(graph_of_texts({"shop/a.py": f"import os\nimport wordlib\n\n\ndef split(text):\n    return text\n\n\n{line}\n"})) == []


def test_a_function_of_a_package_that_is_replaced() -> None:
    texts = {
        "shop/a.py": "import wordlib\n\n\ndef split(text):\n    return text\n\n\nwordlib.text.split = split\n",
        "shop/b.py": "import wordlib as w\nfrom shop.a import split\n\nw.text.split = split\n",
    }
    one, two = check(graph_of_texts(texts))
    assert one.message == "`shop/a.py` replaces `wordlib.text.split` of `wordlib` when it runs"
    assert one.locations == (Site("shop/a.py", 8),)
    assert two.locations == (Site("shop/b.py", 4),)


def test_a_method_that_a_class_of_a_package_did_not_have() -> None:
    added = "import wordlib\n\n\ndef shorten(text):\n    return text\n\n\nwordlib.Text.shorten = shorten\n"
    assert check(graph_of_texts({"shop/a.py": added})) == []
    kept = added.replace("wordlib.Text", "before = wordlib.Text.shorten\nwordlib.Text", 1)
    assert len(check(graph_of_texts({"shop/a.py": kept}))) == 1
    assert (
        len(
            check(
                graph_of_texts(
                    {
                        "shop/a.py": added.replace("shorten", "__init__")
                        .replace("def __init__", "def shorten")
                        .replace("= __init__", "= shorten")
                    }
                )
            )
        )
        == 1
    )


def test_a_file_that_goes_on_from_the_module_of_its_name() -> None:
    body = "\n".join(f"VALUE_{n} = n_({n})" for n in range(9))
    text = f'"""Adapted from wordlib.text."""\n\nfrom wordlib{{}} import n_\n\n{body}\n'
    assert len(check(graph_of_texts({"shop/text.py": text.format("")}))) == 1
    assert check(graph_of_texts({"shop/text.py": text.format(".text")})) == []
