"""Source in syntax newer than this interpreter, rewritten by libcst to an older equivalent with the same lines.

Only what the facts need survives: type parameters are dropped (PEP 695), `type X = Y` becomes an assignment, and an f-string becomes a
call that the expression reader takes for an f-string (PEP 701 allows quotes inside that older parsers refuse).
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from analyzer.read.expressions import FORMAT_CALL

MAX_BYTES = 1_000_000
"""libcst parses some 30 kLOC/s: larger files are not tried."""
SECONDS = 10
_NEWER = re.compile(r"^[ \t]*type[ \t]+\w+[ \t]*[=\[]|\b(?:def|class)[ \t]+\w+[ \t]*\[|\b[rR]?[fFtT][rR]?[\"']", re.MULTILINE)
"""Signs of what libcst parses and an older interpreter does not: a type statement, type parameters, an f-string."""
_BOOT = "import sys; sys.path.extend(sys.argv[2:]); from newer_syntax_transformer import main; main(sys.argv[1])"


def older_equivalent(text: str) -> str | None:
    """`text` in older syntax, or None when libcst cannot parse it either, or not in time."""
    if len(text) > MAX_BYTES or not _NEWER.search(text):
        return None
    # In a process of its own: libcst's parser recurses without a limit (what overflows its stack takes the process with it), and takes
    # exponential time for nested patterns. Isolated, so that neither the environment nor the current folder provides a module.
    command = [sys.executable, "-I", "-S", "-c", _BOOT, FORMAT_CALL, *_folders()]
    try:
        done = subprocess.run(
            command,
            input=text.encode("utf-8", "surrogatepass"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "surrogatepass") if done.returncode == 0 else None


def _folders() -> list[str]:
    """Where the rewriting process finds libcst, what libcst needs, and the transformer."""
    specs = [find_spec(name) for name in ("libcst", "yaml", "typing_extensions")]
    found = [str(Path(spec.origin).parent.parent) for spec in specs if spec is not None and spec.origin is not None and spec.parent]
    return [*dict.fromkeys(found), str(Path(__file__).parent)]
