from __future__ import annotations

import pytest

from analyzer.read.facts import PythonFacts
from analyzer.read.python import read_python


def unread(text: str) -> tuple[tuple[int, int], ...]:
    facts = read_python("import sys\n\n" + text)
    assert isinstance(facts, PythonFacts)
    return facts.unread_argv


@pytest.mark.parametrize(
    "text",
    [
        "if len(sys.argv) != 3:\n    sys.exit(1)\nrun(sys.argv[1], sys.argv[2])\n",
        "if len(sys.argv) == 3:\n    run(*sys.argv[1:])\n",
        "if len(sys.argv) == 3:\n    run(sys.argv)\n",
        "if len(sys.argv) == 3:\n    run(sys.argv[n])\n",
        "if len(sys.argv) == 3:\n    run(sys.argv[-1])\n",
        "if len(sys.argv) == 3:\n    run(sys.argv[1], sys.argv.pop())\n",
        "if len(sys.argv) > 2:\n    run(sys.argv[1])\n",
        "if len(sys.argv) == count:\n    run(sys.argv[1])\n",
        "run(sys.argv[1])\n",
    ],
)
def test_every_argument_is_read_or_cannot_be_told(text: str) -> None:
    assert unread(text) == ()


@pytest.mark.parametrize(
    ("test", "positions"),
    [("!= 4", (2, 3)), ("== 3", (2,)), ("not in (2, 4)", (2, 3)), ("< 3", (2,)), ("!= 2 and len(sys.argv) != 4", (2, 3))],
)
def test_an_argument_that_is_counted_and_never_read(test: str, positions: tuple[int, ...]) -> None:
    text = f"if len(sys.argv) {test}:\n    sys.exit(1)\nrun(sys.argv[0], sys.argv[1])\n"
    assert unread(text) == tuple((position, 3) for position in positions)
