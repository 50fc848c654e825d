from __future__ import annotations

import pytest

from analyzer.model import Finding
from analyzer.scan import graph_of_texts
from rules.unparsable_module import UnparsableModule

BROKEN = "import a\n\n\ndef fit(x):\nreturn x\n"


def found(texts: dict[str, str]) -> list[Finding]:
    return list(UnparsableModule().check(graph_of_texts(texts)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("run.py", "x = 1\n"),
        ("run.py", "print 'a'\n"),
        ("run.py", "x = y.cuda(async=True)\n"),
        ("run.py", "if x:\n        y = 1\n\tz = 2\n"),
        ("run.py", "!pip install torch\n"),
        ("run.py", "%matplotlib inline\nx = 1\n"),
        ("run.py", "import os\nrun prepare-data.py\n"),
        ("run.py", "cd data/raw\nx = 1\n"),
        ("others/kit-master/net/fit.py", BROKEN),
        ("run.py", "mail = # your mail\n"),
        ("run.py", "import {{ package }}\n"),
        ("run.txt", BROKEN),
        ("tests/broken.py", BROKEN),
        ("vendor/kit/broken.py", BROKEN),
        ("course/labs/one.py", BROKEN),
        ("templates/one.py", BROKEN),
    ],
)
def test_silent(path: str, text: str) -> None:
    assert found({path: text}) == []


def test_a_file_that_python_cannot_read() -> None:
    (finding,) = found({"src/fit.py": BROKEN, "src/good.py": "x = 1\n"})
    assert [str(site) for site in finding.locations] == ["src/fit.py:5"]
    assert finding.message == "Python cannot read src/fit.py: expected an indented block after function definition on line 4"


def test_a_merge_that_was_not_finished() -> None:
    (finding,) = found({"fit.py": "x = 1\n<<<<<<< HEAD\ny = 2\n=======\ny = 3\n>>>>>>> other\n"})
    assert str(finding.locations[0]) == "fit.py:2"


def test_the_files_of_one_folder_are_one_finding() -> None:
    (finding,) = found({"old/a.py": BROKEN, "old/b.py": BROKEN})
    assert (len(finding.locations), finding.members) == (2, 2)
