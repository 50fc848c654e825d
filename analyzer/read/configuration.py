"""YAML, TOML, JSON, INI, gin and .env files → flat leaves: dotted key, value, line."""

from __future__ import annotations

import datetime
import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from yaml.nodes import MappingNode, Node, SequenceNode

from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.declared import declared
from analyzer.read.facts import Unreadable
from analyzer.read.gin import gin_leaves
from analyzer.read.surrogates import printable
from analyzer.read.yaml_nodes import YamlError, compose, entries, is_template, line_of, pairs, scalars, value_of

MAX_LEAVES = 5_000
MAX_NODES = 50_000
MAX_DEPTH = 100
MAX_TEXT = 4_000
MAX_PLACED = 1 << 18
"""JSON beyond this size gets no lines: they cost a second parse."""

TABLE = re.compile(r"\s*\[\[?\s*([^\[\]#]+?)\s*\]\]?\s*(?:#.*)?$")
TOML_KEY = re.compile(r"\s*((?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')(?:\s*\.\s*(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*'))*)\s*=")
INI_SECTION = re.compile(r"\s*\[([^\]\n]+)\]\s*(?:[#;].*)?$")
INI_KEY = re.compile(r"([^\s=:#;\[][^=:\n]*?)\s*[=:]\s*(.*)$")
ENV_KEY = re.compile(r"\s*(?:export\s+)?([A-Za-z_][\w.]*)\s*=\s*(.*)$")
PACKAGE = re.compile(r"^#[ \t]*@package:?[ \t]+([\w.]{1,200})[ \t]*$", re.MULTILINE)
"""Hydra's package directive (hydra.cc, "Packages")."""
_GENERATED = re.compile(r"(?:[#;][^\n]*\n|[ \t]*\n){0,10}?[#;][^\n]*\b(?:auto-?)?generated\b", re.IGNORECASE)
NUMBER = re.compile(r"[-+]?\d{1,18}")
DECIMAL = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?")

Leaf = tuple[str, str | int | float | bool | None, int]


def read_configuration(text: str, suffix: str, path: str = "") -> ConfigFacts | Unreadable:
    """The leaves of a configuration file; `suffix` (`.yaml`, `.toml`, `.json`, `.ini`, `.cfg`, `.env`, `.gin`, …) says how it is written.

    At most 5,000 leaves are kept. Of several YAML documents each counts, under the same keys. Broken text and templates are Unreadable.
    With a `path`, what YAML declares besides is read too (`analyzer.read.declared`).
    """
    suffix = suffix.lower()
    kind = READERS.get(suffix, "env" if suffix.startswith(".env") else "ini")
    lines = text.count("\n") + 1
    try:
        documents = _documents(text) if kind == "yaml" else []
        others = {"json": _json, "toml": _toml, "env": _env, "ini": _ini, "gin": gin_leaves}
        leaves = _yaml(documents) if kind == "yaml" else others[kind](text)
        bounded = (leaf for leaf, _ in zip(leaves, range(MAX_LEAVES), strict=False))
        # an empty value at the very end stands, for the YAML parser, on a line that is not there
        kept = tuple((printable(key), _printable(value), min(line, lines)) for key, value, line in bounded)
        package = PACKAGE.search(text[:2_000]) if kind == "yaml" else None
        put = package[1] if package is not None else ""
        return ConfigFacts(
            kind, lines, kept, declared(documents, path, text) if path else None, put, (), _GENERATED.match(text) is not None
        )
    except YamlError as error:
        return Unreadable(str(error))
    except json.JSONDecodeError as error:
        if not text.strip() or _is_json_lines(text):
            return ConfigFacts("json", lines)
        return Unreadable(f"is no valid JSON (line {error.lineno}: {error.msg})")
    except tomllib.TOMLDecodeError as error:
        return Unreadable(f"is no valid TOML ({error})")
    except RecursionError:
        return Unreadable("is nested too deeply")
    except ValueError as error:
        return Unreadable(f"holds a value that cannot be read ({str(error)[:100]})")


READERS = {
    ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml", ".env": "env", ".envrc": "env", ".properties": "ini", ".gin": "gin",
}  # fmt: skip


def _documents(text: str) -> list[Node]:
    documents = compose(text)
    if "{{" in text and any(is_template(document, MAX_NODES) for document in documents):
        raise YamlError("is a template (Jinja or Helm), not YAML")
    return documents


def _yaml(documents: list[Node]) -> Iterator[Leaf]:
    for document in documents:
        for path, scalar in scalars(document, MAX_NODES):
            value = value_of(scalar)
            yield ".".join(path), _bounded(value), line_of(scalar)


def _json(text: str) -> Iterator[Leaf]:
    value = json.loads(text)
    root = None
    if len(text) <= MAX_PLACED:
        try:
            root = next(iter(compose(text)), None)
        except YamlError:  # tabs, for instance; then there are no lines
            root = None
    yield from _leaves(value, root, 1)


def _is_json_lines(text: str) -> bool:
    """Records, one a line: data, which sets nothing."""
    lines = [line for line in text.split("\n", 20)[:20] if line.strip()]
    try:
        return len(lines) > 1 and all(isinstance(json.loads(line), dict | list) for line in lines[:3])
    except (ValueError, RecursionError):
        return False


def _leaves(value: object, node: Node | None, line: int) -> Iterator[Leaf]:
    """The leaves of a JSON or TOML value; `node` is the same value as YAML sees it, for the lines."""
    stack: list[tuple[tuple[str, ...], object, Node | None, int]] = [((), value, node, line)]
    for _ in range(MAX_NODES):
        if not stack:
            return
        path, current, place, line = stack.pop()
        line = line_of(place) if place is not None else line
        if isinstance(current, dict) and len(path) < MAX_DEPTH:
            places = {name: child for name, _, child in pairs(place)} if isinstance(place, MappingNode) else {}
            children = [((*path, str(key)), item, places.get(key), line) for key, item in list(current.items())[:MAX_NODES]]
            stack.extend(reversed(children))
        elif isinstance(current, list) and len(path) < MAX_DEPTH:
            nodes = entries(place) if isinstance(place, SequenceNode) and len(place.value) == len(current) else [None] * len(current)
            items = zip(current[:MAX_NODES], nodes, strict=False)
            stack.extend(reversed([((*path, str(index)), item, child, line) for index, (item, child) in enumerate(items)]))
        else:
            yield ".".join(path), _bounded(current), line


def _printable(value: str | int | float | bool | None) -> str | int | float | bool | None:
    return printable(value) if isinstance(value, str) else value


def _bounded(value: object) -> str | int | float | bool | None:
    if isinstance(value, bool | float) or value is None:
        return value
    if isinstance(value, int):
        return value if -(1 << 63) <= value < 1 << 63 else str(value)[:MAX_TEXT]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)[:MAX_TEXT]


def _toml(text: str) -> Iterator[Leaf]:
    table: dict[str, Any] = tomllib.loads(text)
    lines = _toml_lines(text)
    for key, value, _ in _leaves(table, None, 1):
        parts = key.split(".")
        candidates = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        yield key, value, next((lines[name] for name in candidates if name in lines), 1)


def _toml_lines(text: str) -> dict[str, int]:
    """Line of every key that stands on a line of its own, under its dotted path; arrays of tables are numbered."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.split("\n"), 1):
        if match := TABLE.match(line):
            prefix = _dotted(match[1])
            if line.lstrip().startswith("[["):
                counts[prefix] = counts.get(prefix, -1) + 1
                prefix = f"{prefix}.{counts[prefix]}"
            found.setdefault(prefix, number)
        elif match := TOML_KEY.match(line):
            name = _dotted(match[1])
            found.setdefault(f"{prefix}.{name}" if prefix else name, number)
    return found


def _dotted(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", name))


def _ini(text: str) -> Iterator[Leaf]:
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        if match := INI_SECTION.match(line):
            section = match[1].strip()
        elif match := INI_KEY.match(line):
            key = match[1].strip()
            yield (f"{section}.{key}" if section else key), _typed(match[2].strip()), number


def _env(text: str) -> Iterator[Leaf]:
    for number, line in enumerate(text.split("\n"), 1):
        if (match := ENV_KEY.match(line)) and not line.lstrip().startswith("#"):
            value = match[2].strip()
            quoted = re.match(r"([\"'])(.*?)\1", value)
            yield match[1], quoted[2][:MAX_TEXT] if quoted else _typed(re.sub(r"\s+#.*", "", value)), number


def _typed(text: str) -> str | int | float | bool | None:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if NUMBER.fullmatch(text):
        return int(text)
    if DECIMAL.fullmatch(text) and len(text) < 40:
        return float(text)
    return text[:MAX_TEXT]
