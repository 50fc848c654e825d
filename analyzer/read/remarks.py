"""Comments that present the code they stand at: as a switch to be turned by hand, or as something that is meant to fail."""

from __future__ import annotations

import re

MAX_COMMENT = 300
_BY_HAND = re.compile(
    r"@param\b|\bset (?:this|it)\b|\bset (?:this |it )?(?:to|as) [`'\"]?(?:true|false|[01])\b[^\n]{0,80}\b(?:to|if|for|when)\b"
    r"|\bcan be (?:enabled|disabled|set|changed|turned on|switched on|toggled)\b|\b(?:enable|toggle|change|flip|switch|turn) (?:this|it)\b"
    r"|\btoggle (?:to|for|whether)\b",
    re.IGNORECASE,
)
_MEANT_TO_FAIL = re.compile(
    r"\b(?:will|should|must|is (?:supposed|going|meant|expected) to) (?:fail|crash|break|raise|error)"
    r"|\b(?:fails?|crash(?:es)?|raises?) (?:here|on purpose|deliberately|intentionally)\b|\b(?:deliberate|intentional)(?:ly)?\b",
    re.IGNORECASE,
)
_KINDS = (("by hand", _BY_HAND), ("meant to fail", _MEANT_TO_FAIL))


def remarks(text: str) -> tuple[tuple[str, int], ...]:
    """(`by hand` or `meant to fail`, line of the code that the comment stands at or above), in the order of lines. Never raises."""
    if not any(said.search(text) for _, said in _KINDS):
        return ()
    found: list[tuple[str, int]] = []
    waiting: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        comment = line.partition("#")[2][:MAX_COMMENT]
        if comment:
            waiting += [kind for kind, said in _KINDS if said.search(comment)]
        if line.lstrip().startswith("#"):
            continue
        if line.strip():
            found += [(kind, number) for kind in waiting]
        waiting = []
    return tuple(dict.fromkeys(found))
