"""Cells that a tool puts into a notebook and replaces at every run: what they say is nobody's code.

Source: papermill and ploomber put the values of a run into a cell tagged `injected-parameters`, in notebooks and in scripts of the
percent format (jupytext).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from analyzer.read.facts import PythonFacts

TAG = "injected-parameters"
ROLE = "injected"
_CELL = re.compile(r"^# (?:%%|\+)(?P<rest>.*)$", re.MULTILINE)


def injected_lines(text: str) -> list[tuple[int, int]]:
    """The first and last line of each such cell of a script in the percent format."""
    if TAG not in text:
        return []
    starts = [(text.count("\n", 0, match.start()) + 1, TAG in match["rest"]) for match in _CELL.finditer(text)]
    ends = [line - 1 for line, _ in starts[1:]] + [text.count("\n") + 1]
    return [(line, end) for (line, is_injected), end in zip(starts, ends, strict=False) if is_injected]


def without_injected(facts: PythonFacts, lines: Sequence[tuple[int, int]]) -> PythonFacts:
    """The facts with the texts of these lines marked."""
    if not lines:
        return facts
    texts = tuple(
        msgspec.structs.replace(text, role=ROLE) if any(first <= text.line <= last for first, last in lines) else text
        for text in facts.texts
    )
    return msgspec.structs.replace(facts, texts=texts)
