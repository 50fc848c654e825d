"""YAML text → nodes with their lines, and what readers ask of nodes. Values are never constructed, tags never looked up.

The C loader composes recursively without a guard, so a deeply nested text would end the process; such text is refused first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_DEPTH = 100
MAX_DOCUMENTS = 1_000
SUSPICIOUS_BRACKETS = 100
NESTED_LINE = re.compile(r"(?:[-?:][ \t]+){20}")
DEEP_INDENTATION = re.compile(r"^[ \t]{300}", re.MULTILINE)
OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
TEMPLATE = re.compile(r"^[ \t]*(?:-[ \t]+)?(?:[\w./-]+:[ \t]+)?(?:\{%|\{\{(?!\}))", re.MULTILINE)
ESCAPE = re.compile(r"\\")
NUMBER = re.compile(r"[-+]?\d[\d_]*")

try:
    _LOADER: type = yaml.CSafeLoader
except AttributeError:  # PyYAML built without libyaml
    _LOADER = yaml.SafeLoader


class YamlError(ValueError):
    """The text is no YAML that can be read; the message is a reason for the user."""


def compose(text: str) -> list[Node]:
    """The root node of every document that is not empty. Raises YamlError."""
    try:
        if _may_be_deep(text) and _depth(text) > MAX_DEPTH:
            raise YamlError(f"is nested more than {MAX_DEPTH} levels deep")
        documents: list[Node] = []
        for document in yaml.compose_all(text, Loader=_LOADER):
            if document is not None:
                documents.append(document)
            if len(documents) > MAX_DOCUMENTS:
                raise YamlError(f"holds more than {MAX_DOCUMENTS} documents")
        return documents
    except yaml.MarkedYAMLError as error:
        raise YamlError(_in_words(error, text)) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise YamlError(f"is no valid YAML ({str(error).splitlines()[0] if str(error) else 'unreadable'})") from None
    except RecursionError:
        raise YamlError("is nested too deeply") from None


def _in_words(error: yaml.MarkedYAMLError, text: str) -> str:
    if TEMPLATE.search(text):
        return "is a template (Jinja or Helm), not YAML"
    if "nesting depth" in str(error.problem):  # newer parsers stop by themselves
        return f"is nested more than {MAX_DEPTH} levels deep"
    line = min(error.problem_mark.line, text.count("\n")) + 1 if error.problem_mark else 1
    return f"is no valid YAML (line {line}: {error.problem or error.context or 'unreadable'})"


def _may_be_deep(text: str) -> bool:
    brackets = text.count("[") + text.count("{")
    return brackets > SUSPICIOUS_BRACKETS or NESTED_LINE.search(text) is not None or DEEP_INDENTATION.search(text) is not None


def _depth(text: str) -> int:
    """The deepest nesting, from the parser's events, which need no recursion; stops soon beyond the limit."""
    depth = deepest = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, OPENING):
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MAX_DEPTH:
                break
        elif isinstance(event, CLOSING):
            depth -= 1
    return deepest


def line_of(node: Node) -> int:
    """The 1-based line on which the node begins."""
    return int(node.start_mark.line) + 1


def last_line(node: Node) -> int:
    """The 1-based line on which the node's own text ends; the mark of a block collection is already at what follows it."""
    for _ in range(MAX_DEPTH):  # a node may contain itself
        if not isinstance(node, MappingNode | SequenceNode) or not node.value or node.flow_style:
            break
        node = node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]
    in_block = isinstance(node, ScalarNode) and node.style in ("|", ">")
    return max(int(node.end_mark.line) + (not in_block), line_of(node))


def pairs(node: Node | None) -> list[tuple[str, Node, Node]]:
    """(key, key node, value node) of a mapping; keys merged with `<<` come last, unless the mapping has them itself. [] for other nodes."""
    if not isinstance(node, MappingNode):
        return []
    found: list[tuple[str, Node, Node]] = []
    merged: list[Node] = []
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            continue
        if key.value == "<<" and not key.style:
            merged.extend(value.value if isinstance(value, SequenceNode) else [value])
        else:
            found.append((key.value, key, value))
    if merged:
        known = {name for name, _, _ in found}
        for other in merged[:20]:
            for key, value in other.value if isinstance(other, MappingNode) else []:
                if isinstance(key, ScalarNode) and key.value not in known and key.value != "<<":
                    known.add(key.value)
                    found.append((key.value, key, value))
    return found


def entries(node: Node | None) -> list[Node]:
    """The nodes of a sequence; [] for other nodes."""
    return list(node.value) if isinstance(node, SequenceNode) else []


def get(node: Node | None, key: str) -> Node | None:
    """The value of `key` in a mapping, None when it has no such key or is no mapping."""
    return next((value for name, _, value in pairs(node) if name == key), None)


def text_of(node: Node | None) -> str:
    """The text of a scalar as it is written, "" for other nodes and for null."""
    return str(node.value) if isinstance(node, ScalarNode) and not node.tag.endswith(":null") else ""


def value_of(node: ScalarNode) -> str | int | float | bool | None:
    """A scalar as the value that its resolved tag says; what does not fit its tag stays text."""
    kind = node.tag.rpartition(":")[2]
    text = str(node.value)
    try:
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() in ("yes", "true", "on")
        if kind == "int":
            return _integer(text)
        if kind == "float":
            return float(text.replace("_", "").replace(".inf", "inf").replace(".Inf", "inf").replace(".nan", "nan").replace(".NaN", "nan"))
    except (ValueError, OverflowError):
        return text
    return text


def _integer(text: str) -> int | str:
    plain = text.replace("_", "")
    if NUMBER.fullmatch(text) and (plain.lstrip("+-") == "0" or not plain.lstrip("+-").startswith("0")):
        return int(plain) if len(plain) < 19 else text
    return int(plain, 0) if plain.lower().startswith(("0x", "0b")) and len(plain) < 18 else text


def command_text(node: ScalarNode, lines: list[str]) -> tuple[str, int]:
    """The text of a scalar such that its lines are those of the file, and the first of them: shell text in a block keeps its place.

    Where YAML folds lines into one, the text has the shell's own line continuation instead. `lines` are the lines of the file.
    """
    start, end = node.start_mark.line, node.end_mark.line
    if node.style == "|":
        return str(node.value), start + 2
    if node.style == ">":
        return _folded(lines[start + 1 : max(end, start + 1) + 1]), start + 2
    if start == end or (node.style == '"' and ESCAPE.search(str(node.value))):
        return str(node.value), start + 1
    raw = lines[start : end + 1]
    raw[-1] = raw[-1][: node.end_mark.column]
    raw[0] = raw[0][node.start_mark.column :]
    if node.style in ("'", '"'):
        raw[0], raw[-1] = raw[0][1:], raw[-1][:-1]
        if any("\\" in line for line in raw[:-1]) or "''" in "".join(raw):
            return str(node.value), start + 1
    return _folded([line.strip() for line in raw]), start + 1


def _folded(raw: list[str]) -> str:
    indent = next((len(line) - len(line.lstrip(" ")) for line in raw if line.strip()), 0)
    kept: list[str] = []
    for line in raw:
        if line.strip() and len(line) - len(line.lstrip(" ")) < indent:
            break
        kept.append(line[indent:].rstrip())
    joined: list[str] = []
    for index, line in enumerate(kept):
        following = kept[index + 1] if index + 1 < len(kept) else ""
        is_folded = line and following and not line.startswith((" ", "\t")) and not following.startswith((" ", "\t"))
        joined.append(line.rstrip("\\").rstrip() + " \\" if is_folded else line)
    return "\n".join(joined)


def is_template(node: Node, limit: int) -> bool:
    """Whether a value is an unquoted `{{ … }}`, which YAML takes for a mapping whose key is a mapping."""
    stack = [node]
    while stack and limit > 0:
        limit -= 1
        current = stack.pop()
        if isinstance(current, MappingNode):
            if current.flow_style and any(isinstance(key, MappingNode) for key, _ in current.value):
                return True
            stack.extend(value for _, value in current.value[:limit])
        elif isinstance(current, SequenceNode):
            stack.extend(current.value[:limit])
    return False


def scalars(node: Node, limit: int) -> Iterator[tuple[tuple[str, ...], ScalarNode]]:
    """Every scalar below `node` with the keys that lead to it (positions for sequences), in order; at most `limit` nodes are looked at.

    Anchored nodes that are used again are walked again, so a text of few bytes can mean many scalars: the limit ends that.
    """
    stack: list[tuple[tuple[str, ...], Node]] = [((), node)]
    while stack and limit > 0:
        limit -= 1
        path, current = stack.pop()
        if isinstance(current, ScalarNode):
            yield path, current
        elif len(path) < MAX_DEPTH:
            children: list[tuple[tuple[str, ...], Node]]
            if isinstance(current, MappingNode):
                children = [((*path, key), value) for key, _, value in pairs(current)[:limit]]
            else:
                children = [((*path, str(index)), value) for index, value in enumerate(entries(current)[:limit])]
            stack.extend(reversed(children))
