"""Console scripts that packaging files install: command name → module.

Sources: PEP 621 `[project.scripts]`, Poetry `[tool.poetry.scripts]`, setuptools `console_scripts` (setup.cfg, setup.py, also as one text)
and `scripts`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from posixpath import basename

import msgspec

_ENTRY = re.compile(r"""([\w.-]+)\s*=\s*([A-Za-z_][\w.]*)\s*(?::\s*([A-Za-z_][\w.]*))?""")
_SETUP_SCRIPTS = re.compile(r"""["']?console_scripts["']?\]?\s*[:=]?\s*(\[[^\]]*\]|[^\[\]]*)""")

_COMMENT = re.compile(r"^[ \t]*[;#].*$", re.MULTILINE)
"""In an INI file; blanks take its place, so that lines and columns stay."""
_SCRIPT_FILES = re.compile(r"""\bscripts\s*=\s*\[([^\]]*)\]""")


class OfferedCommand(msgspec.Struct, frozen=True, array_like=True, gc=False):
    name: str
    module: str
    """Dotted; "" for a script that is installed as a file."""
    line: int
    function: str = ""
    """What of the module setup.py or setup.cfg starts; "" when another file says it."""


def offered_commands(path: str, text: str) -> tuple[OfferedCommand, ...]:
    """The console scripts of a packaging file; () for a file that has none or is broken."""
    name = basename(path).lower()
    try:
        if name == "pyproject.toml":
            return tuple(_pyproject(tomllib.loads(text), text))
        if name in ("setup.py", "setup.cfg"):
            return tuple(_setuptools(_COMMENT.sub(lambda match: " " * len(match[0]), text) if name == "setup.cfg" else text))
    except (tomllib.TOMLDecodeError, RecursionError):
        pass
    return ()


def _pyproject(data: dict[str, object], text: str) -> Iterator[OfferedCommand]:
    project, tool = _table(data.get("project")), _table(data.get("tool"))
    for scripts in (project.get("scripts"), project.get("gui-scripts"), _table(tool.get("poetry")).get("scripts")):
        for name, target in _table(scripts).items():
            if isinstance(target, str):
                match = re.search(rf"^\s*[\"']?{re.escape(name)}[\"']?\s*=", text, re.MULTILINE)
                line = text.count("\n", 0, match.end()) + 1 if match else 1
                yield OfferedCommand(name, target.partition(":")[0].strip(), line)


def _setuptools(text: str) -> Iterator[OfferedCommand]:
    for match in _SCRIPT_FILES.finditer(text):
        for quoted in re.finditer(r"""["']([^"'\n]+)["']""", match[1]):
            yield OfferedCommand(basename(quoted[1]), "", text.count("\n", 0, match.start(1) + quoted.start()) + 1)
    for block in _SETUP_SCRIPTS.finditer(text):
        for entry in _ENTRY.finditer(block[1][:20_000]):
            if ":" in entry[0]:
                yield OfferedCommand(entry[1], entry[2], text.count("\n", 0, block.start(1) + entry.start()) + 1, entry[3] or "")


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
