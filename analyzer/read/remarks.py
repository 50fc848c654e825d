"""Comments that present the code they stand at: a switch to be turned by hand or a parameter, meant to fail, or taken from elsewhere."""

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
_WAYS = ("dapted ", "opied ", "orted ", "aken ", "orrowed ")
_HOW = r"\b(?:adapted|copied|ported|taken|borrowed)\s+(?:\w+\s+){0,2}?from\b"
_CODE_SITE = r"https?://(?:github\.com/\S+/blob/\S+\.(?:py|ipynb)\b|gist\.github\.com/|(?:www\.)?kaggle\.com/)\S*"
_TAKEN = re.compile(
    _HOW + r":?[^\S\n]+(?:\S+[^\S\n]+){0,4}?<?https?://|^\s*(?:source:?\s*)?" + _CODE_SITE + r"\s*$", re.IGNORECASE | re.MULTILINE
)
_SOURCE = re.compile(r"^[^\S\n]*source\b[^\S\n]*:?\s*<?" + _CODE_SITE, re.IGNORECASE | re.MULTILINE)
"""A section or line of a docstring."""
_BEGINS = ("def ", "class ", "@", "async def ")
_DOCSTRING = re.compile(r'(?:"""|\'\'\')\s*(?:\w+\s+){0,4}?' + _HOW + r"\s+\S", re.IGNORECASE)
_KINDS = (("by hand", _BY_HAND), ("meant to fail", _MEANT_TO_FAIL), ("taken", _TAKEN))
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
    ("http",),
)
"""What a comment of each kind holds; much faster to look for."""
_POINTS = re.compile(r"^[ \t]*#[^\n`]*`([A-Z]\w*)\.\w", re.MULTILINE)


def pointed_to(text: str) -> tuple[str, ...]:
    """Classes of which comments on lines of their own name a member in backquotes, each once. Never raises."""
    return tuple(dict.fromkeys(_POINTS.findall(text)))


def remarks(text: str) -> tuple[tuple[str, int], ...]:
    """(`by hand`, `meant to fail` or `taken`, line of the code that the comment stands at or above), in the order of lines.

    `taken` as well of a docstring that begins so, at its line. Never raises.
    """
    may_be = any(word in text for word in _WAYS)
    found = [("taken", text.count("\n", 0, match.start()) + 1) for match in _DOCSTRING.finditer(text)] if may_be else []
    if "http" in text and "ource" in text:
        found += [("taken", text.count("\n", 0, match.start()) + 1) for match in _SOURCE.finditer(text)]
    comments = "\n".join(_COMMENT.findall(text))
    lowered = comments.lower()
    is_notebook = "parameters" in lowered and ("%%" in text or "# +" in text)
    if not is_notebook and not any(
        any(word in lowered for word in words) and said.search(comments) for words, (_, said) in zip(_NEEDED, _KINDS, strict=True)
    ):
        return tuple(found)  # most files, told from a fraction of their text
    waiting: list[str] = []
    is_replaced = is_apart = False
    for number, line in enumerate(text.split("\n"), 1):
        if comment := _COMMENT.search(line):
            is_apart = is_apart and bool(waiting)
            waiting += [kind for kind, said in _KINDS if said.search(comment[1])]
        if line.lstrip().startswith("#"):
            if is_notebook and (cell := _CELL.match(line)):
                is_replaced = cell["parameters"] is not None
            continue
        if not line.strip():
            waiting, is_apart = [kind for kind in waiting if kind == "taken"], True
            continue
        found += [("by hand", number)] if is_replaced else []
        is_near = not is_apart or line.lstrip().startswith(_BEGINS)
        found += [(kind, number) for kind in waiting if is_near or kind != "taken"]
        waiting, is_apart = [], False
    return tuple(sorted(dict.fromkeys(found), key=lambda remark: remark[1]))
