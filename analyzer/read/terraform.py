"""Names of what Terraform files provision or read: buckets, data sets, files."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_TEXT = 200_000
MAX_NAMES = 20_000
_QUOTED = re.compile(r'"((?:\$\{[^{}"]*(?:"[^"]*"[^{}"]*)*\}|[^"\\\n$]|\$(?!\{)|\\.){1,200})"')
_HOLE = re.compile(r"\$\{[^{}]*\}")


def provisioned_names(texts: Iterable[str]) -> frozenset[str]:
    """The literals in quotes, `*` for each interpolation (`${var.prefix}-raw` is `*-raw`); nothing that is all unknown."""
    found: set[str] = set()
    for text in texts:
        found.update(_HOLE.sub("*", name) for name in _QUOTED.findall(text[:MAX_TEXT]))
        if len(found) > MAX_NAMES:
            break
    return frozenset(name for name in found if len(name.replace("*", "")) > 2)
