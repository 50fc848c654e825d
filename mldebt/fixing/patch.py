"""Unified diffs of bytes that `git apply` and `patch -p1` take."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

_CONTEXT = 3
_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def unified(path: str, before: bytes | None, after: bytes) -> bytes:
    """The patch from `before` (None: there is no such file) to `after` of the file `path`, relative to the top of the work tree."""
    if before == after:
        return b""
    old, new = _lines(before or b""), _lines(after)
    head = f"diff --git {_name('a/', path)} {_name('b/', path)}\n"
    if before is None:
        head += "new file mode 100644\n"
    source = "/dev/null" if before is None else _name("a/", path) + _tab(path)
    head += f"--- {source}\n+++ {_name('b/', path)}{_tab(path)}\n"
    return head.encode("utf-8", "surrogateescape") + b"".join(_hunks(old, new))


def _hunks(old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n".encode()
        for tag, start, end, start_new, end_new in group:
            if tag == "equal":
                yield from (_line(b" ", line) for line in old[start:end])
            else:
                yield from (_line(b"-", line) for line in old[start:end])
                yield from (_line(b"+", line) for line in new[start_new:end_new])


def _range(start: int, end: int) -> str:
    length = end - start
    first = start if length == 0 else start + 1
    return f"{first}" if length == 1 else f"{first},{length}"


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + b"\n\\ No newline at end of file\n"


def _lines(data: bytes) -> list[bytes]:
    """As git counts them: only a line feed ends a line."""
    lines = data.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _name(side: str, path: str) -> str:
    """The name as git writes it: in quotes when it holds a control character, a quote or a backslash."""
    if not any(letter in _ESCAPES or ord(letter) < 32 or ord(letter) == 127 for letter in path):
        return side + path
    quoted = "".join(
        _ESCAPES.get(letter) or (f"\\{ord(letter):03o}" if ord(letter) < 32 or ord(letter) == 127 else letter) for letter in path
    )
    return f'"{side}{quoted}"'


def _tab(path: str) -> str:
    """A tab ends a name with spaces."""
    return "\t" if " " in path and not path.startswith('"') else ""
