"""Where a file says that it was taken from: its head names a file of somebody else's repository, a gist or a package (RULES.md §0.3)."""

from __future__ import annotations

import re

from analyzer.read.provenance_facts import Origin, Taken

HEAD = 4000
_BODY = re.compile(r"^(?:async def|def|class|@)\b", re.MULTILINE)
_TAKEN = re.compile(
    r"\b(?P<how>(?:(?:copied|adapted|taken|borrowed|modified|ported|forked|extracted|vendored|derived|based|copy|fork|version)"
    r"(?:,?\s+(?:and|&|then|with)\s+(?:\w+\s+)?)?)+(?:modifications?|changes)?)\s*(?:\w+\s+){0,3}?(?:from|of|on)\b:?(?!\s+(?:our|my)\b)"
    r"[^\n]{0,60}(?:\n[^\n\w]{0,8}[^\n]{0,20}?)?"
    r"(?P<url>https?://(?:www\.)?(?:raw\.)?(?P<host>github\.com|githubusercontent\.com|gist\.github\.com|gitlab\.com|bitbucket\.org)"
    r"/(?P<owner>[\w.-]+)/(?P<repository>[\w.-]+?)(?:\.git)?(?P<path>/[^\s)>\"'`]*)?)(?=[\s)>\"'`,;]|$)",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(adapted|modified|modifications?|changed|changes|patched|fixed|fix(?:es)?|simplified|extended|stripped|tweaked|edited|removed|ported)\b",
    re.IGNORECASE,
)
_UNCHANGED = re.compile(
    r"\b(verbatim|unmodified|unchanged|without (?:any )?(?:changes|modifications?)|no (?:changes|modifications?))\b", re.IGNORECASE
)
_PART = re.compile(
    r"\b(?:some|part(?:s|ly)?|portions?|pieces?|several|many|bits|certain)\b[^.\n]{0,40}$|\binspired\b|\bbased (?:loosely )?on ideas\b",
    re.IGNORECASE,
)
"""What says that only some of it was taken, or the idea."""
_LISTED = re.compile(r"^[\s#*/\"']*(?:\d+[.)]|[-•])\s[^\n]*https?://", re.MULTILINE)
"""An entry of a list of addresses: of several sources none is the file's origin."""
_FILE = re.compile(r"/(?:blob|tree|raw|src|-)/|\.\w{1,5}(?:#L\d+\S*)?$")
_AROUND = 300
_HOLDER = re.compile(
    r"^\W*copyright\b[ \t]*(?:\(c\)|©)?[\d\s,–-]*(?:by[ \t]+)?(?:the[ \t]+)?([A-Za-z][\w.&-]*(?:[ \t]+[A-Za-z][\w.&-]*)?)",
    re.IGNORECASE | re.MULTILINE,
)
_LICENCE_HEAD = 1500


def origin(text: str, stem: str) -> Origin | None:
    """What the head of a Python file (what stands before its first function or class) says, None when it says nothing of the kind.

    A remark over a part of the file, and an entry of a list of sources, say nothing of the whole. The address must lead to a file or
    folder of the other repository, or to a repository of the file's own name (`stem`): a link to a project that gave an idea is no copy.
    """
    if "http" not in text[:HEAD]:
        return None
    body = _BODY.search(text, 0, HEAD)
    head = text[: body.start() if body is not None else HEAD]
    for match in _TAKEN.finditer(head):
        path = match["path"] or ""
        whole = match["repository"].lower().replace("-", "_") == stem.lower().strip("_")
        if not (whole or _FILE.search(path) or match["host"].startswith("gist")):
            continue
        before = head[max(0, match.start() - 80) : match.start()]
        if _PART.search(before) or _LISTED.search(head[: match.start()]):
            continue
        around = head[max(0, match.start() - 80) : match.end() + _AROUND]
        changed = _CHANGED.search(around) is not None and _UNCHANGED.search(around) is None
        upstream = f"{match['owner']}/{match['repository']}"
        return Origin(upstream, match["url"].rstrip(".,"), text.count("\n", 0, match.start()) + 1, changed)
    return None


def holder(text: str) -> str:
    """Who holds the copyright by the head of a Python file, in lower case: the first two words of the name; "" when it does not say."""
    head = text[:_LICENCE_HEAD]
    match = _HOLDER.search(head) if "opyright" in head or "OPYRIGHT" in head else None
    return match[1].lower().rstrip(".") if match else ""


MARK = "ed from"
"""What every such remark holds: one search for it is far faster than a pattern over the whole text."""
_COPIED = re.compile(
    r"\b(?:copied|adapted|modified|borrowed)\b(?:[^\n.]{0,30}ed)?[ ]from\b[ \t:]*(?:the[ \t]+)?(?:\n[ \t#]*)?"
    r"[(`~:\w '\"\[<]{0,12}?(?:https?://(?:www\.|raw\.)?github(?:usercontent)?\.com/[\w.-]+/(?P<repository>[\w-]+)"
    r"|\b(?P<package>[A-Za-z]\w{2,})(?=[./`]\w|'s\b|`? (?:package|library|source))(?!\.(?:com|org|io|net)\b))",
    re.IGNORECASE,
)
_DIFFERS = re.compile(
    r"\b(?:adapted|modified|modifications?|except|chang(?:e|ed|es)|patched|fix(?:ed)?|but|simplified|extended|with \w+ ?->)", re.IGNORECASE
)
_AT_SECOND_HAND = re.compile(r"\b(?:which|that|itself)\s+(?:(?:is|was|were|itself)\s+)*\Z", re.IGNORECASE)
"""`…, which was adapted from pandas`: that is told of the source, not of the code here."""
_LEAD = 30
_NEAR = 160
_MAX_TAKEN = 50


def taken(text: str) -> tuple[Taken, ...]:
    """The remarks anywhere in a Python file that say that code was copied out of a package and changed, in the order of their lines.

    A remark names the package, or its repository; whether the project has that package is for others to tell.
    """
    found: list[Taken] = []
    at, end = text.find(MARK), 0
    while at >= 0 and len(found) < _MAX_TAKEN:
        match = _COPIED.search(text, max(end, text.rfind("\n", 0, at)), at + _NEAR)
        around = text[match.start() : match.end() + _NEAR] if match is not None else ""
        before = text[max(0, match.start() - _LEAD) : match.start()] if match is not None else ""
        if match is not None and _DIFFERS.search(around) and not _UNCHANGED.search(around) and not _AT_SECOND_HAND.search(before):
            name = (match["repository"] or match["package"]).lower().replace("-", "_")
            found.append(Taken(name, " ".join(match[0].split()), text.count("\n", 0, match.start()) + 1))
        end = match.end() if match is not None else end
        at = text.find(MARK, max(at + 1, end))
    return tuple(found)
