"""A remedy as the reports show it: sentences, and blocks that can be pasted and therefore keep their lines and their indentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.wording import clipped, plural

_SENTENCE = re.compile(r"[A-Z].*\s.*[.:!?)]$")
"""No line of TOML, YAML or make begins with a capital letter, goes on after a blank and ends like this."""


def pasted(line: str, longest: int) -> str:
    """A line of a block: its indentation as it is (make wants its tab), the rest printable."""
    rest = line.lstrip(" \t")
    return line[: len(line) - len(rest)][:longest] + clipped(rest.rstrip(), longest)


def remedy_parts(text: str, longest: int, most: int) -> tuple[tuple[str, bool], ...]:
    """(sentence or block, whether it is a block) of a remedy, of at most `most` lines."""
    lines = [line for line in text.strip().splitlines() if not line.startswith("```")]
    parts = [("\n".join(block).strip("\n"), is_block) for block, is_block in _runs(lines[:most], longest)]
    if len(lines) > most > 1:
        parts.append((f"{plural(len(lines) - most, 'more line')}: see the JSON report.", False))
    return tuple((part, is_block) for part, is_block in parts if part)


def _runs(lines: list[str], longest: int) -> Iterator[tuple[list[str], bool]]:
    """Sentences one by one; the lines between two of them together. The first line is a sentence."""
    block: list[str] = []
    for number, line in enumerate(lines):
        if number and not _SENTENCE.match(line):
            block.append(pasted(line, longest))
            continue
        yield block, True
        block = []
        yield [clipped(line.strip(), longest)], False
    yield block, True
