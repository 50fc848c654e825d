"""papermill: what `-p name value` gives to the variable `name` of a notebook.

Source: https://papermill.readthedocs.io/en/latest/usage-parameterize.html. A cell with the values is put behind the one that is tagged
`parameters`; so they take the place of what the notebook assigns to the name first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.link.commandline.command_lines import given
from analyzer.link.domain import Abstract, Alternatives, capped
from analyzer.read.facts import Assign

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_GIVING = frozenset({"-p", "--parameters", "-r", "--parameters_raw"})


def notebook_parameter(evaluator: Asking, path: str, assign: Assign) -> Alternatives:
    """What command lines pass for a variable of a notebook at its first assignment; () when none does, or it is another assignment."""
    lines = evaluator.command_lines.argv.get(path, ())
    if assign.scope or not lines or evaluator.program.symbols(path).assigns.get(0, {}).get(assign.target, [None])[0] is not assign:
        return ()
    found: list[Abstract] = []
    for line in lines:
        found.extend(given(word, line) for word in _passed(line.words, assign.target))
    return capped(found)


def _passed(words: tuple[str, ...], name: str) -> Iterator[str]:
    for at, word in enumerate(words[:-2]):
        if word in _GIVING and words[at + 1] == name:
            yield words[at + 2]
