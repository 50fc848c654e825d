""".gitmodules → its submodules. Source: https://git-scm.com/docs/gitmodules"""

from __future__ import annotations

import re

import msgspec

MAX_SUBMODULES = 1_000
_SECTION = re.compile(r'\s*\[\s*submodule\s+"')
_KEY = re.compile(r"\s*(path|url)\s*=\s*(.*?)\s*$")


class Submodule(msgspec.Struct, frozen=True, array_like=True, gc=False):
    path: str
    url: str
    line: int


def submodules(text: str) -> tuple[Submodule, ...]:
    """The submodules that a .gitmodules file declares with a path and a url; what is not complete is left out."""
    found: list[Submodule] = []
    path = url = ""
    line = 0
    for number, each in enumerate([*text.splitlines(), '[submodule "'], 1):
        if _SECTION.match(each):
            if path and url:
                found.append(Submodule(path, url, line))
            path, url, line = "", "", number
            continue
        match = _KEY.match(each)
        if match and match[1] == "path":
            path = match[2].strip('"').strip("/").removeprefix("./")
        elif match:
            url, line = match[2].strip('"'), number
    return tuple(found[:MAX_SUBMODULES])
