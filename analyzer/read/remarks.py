"""Comments that present the code they stand at: as a switch to be turned by hand or a parameter, or as something that is meant to fail."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"#(.{1,300})")
"""What stands behind the first sign of a line, its beginning."""
_BY_HAND = re.compile(
    r"@param\b|\bset (?:this|it)\b|\bset (?:this |it )?(?:to|as) [`'\"]?(?:true|false|[01])\b[^\n]{0,80}\b(?:to|if|for|when)\b"
    r"|\bcan be (?:enabled|disabled|set|changed|turned on|switched on|toggled)\b|\b(?:enable|toggle|change|flip|switch|turn) (?:this|it)\b"
    r"|\btoggle (?:to|for|whether)\b|\b(?:edit|adjust|modify|configure) (?:this|these|here|below|the following)\b"
    r"|\buser[- ](?:settings|options|parameters|inputs?|config\w*|defined)\b",
    re.IGNORECASE,
)
_MEANT_TO_FAIL = re.compile(
    r"\b(?:will|should|must|is (?:supposed|going|meant|expected) to) (?:fail|crash|break|raise|error)"
    r"|\b(?:fails?|crash(?:es)?|raises?) (?:here|on purpose|deliberately|intentionally)\b|\b(?:deliberate|intentional)(?:ly)?\b",
    re.IGNORECASE,
)
_CELL = re.compile(r"^# ?(?:%%|\+(?=\s)|-(?=\s*$))(?P<parameters>.*[\"']parameters[\"'])?")
"""A mark of the percent or light format; papermill replaces the cell that is tagged `parameters`."""
_KINDS = (("by hand", _BY_HAND), ("meant to fail", _MEANT_TO_FAIL))

_NEEDED = (
    (
        "@param",
        "set ",
        "can be ",
        "enable ",
        "toggle ",
        "change ",
        "flip ",
        "switch ",
        "turn ",
        "edit ",
        "adjust ",
        "modify ",
        "configure ",
        "user",
    ),
    ("fail", "crash", "break", "raise", "error", "deliberate", "intentional"),
)
"""What a comment of each kind holds; much faster to look for."""


def remarks(text: str) -> tuple[tuple[str, int], ...]:
    """(`by hand` or `meant to fail`, line of the code that the comment stands at or above), in the order of lines. Never raises."""
    comments = "\n".join(_COMMENT.findall(text))
    lowered = comments.lower()
    is_notebook = "parameters" in lowered and ("%%" in text or "# +" in text)
    if not is_notebook and not any(
        any(word in lowered for word in words) and said.search(comments) for words, (_, said) in zip(_NEEDED, _KINDS, strict=True)
    ):
        return ()  # most files, told from a fraction of their text
    found: list[tuple[str, int]] = []
    waiting: list[str] = []
    is_replaced = False
    for number, line in enumerate(text.split("\n"), 1):
        if comment := _COMMENT.search(line):
            waiting += [kind for kind, said in _KINDS if said.search(comment[1])]
        if line.lstrip().startswith("#"):
            if is_notebook and (cell := _CELL.match(line)):
                is_replaced = cell["parameters"] is not None
            continue
        if line.strip():
            found += [("by hand", number)] if is_replaced else []
            found += [(kind, number) for kind in waiting]
        waiting = []
    return tuple(dict.fromkeys(found))
