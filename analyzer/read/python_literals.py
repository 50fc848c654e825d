"""Texts that Python expressions of a Snakefile stand for, without running them: literals, joins, `expand`, what wraps a path."""

from __future__ import annotations

import ast
import posixpath
import re
from dataclasses import dataclass, field
from itertools import islice, product

MAX_VALUES = 64
MAX_TEXT = 2_000
MAX_DEPTH = 12
FIELD = re.compile(r"\{([A-Za-z_]\w*)\}")
WRAPPERS = frozenset(
    "temp temporary protected directory ancient touch report pipe service ensure local repeat flatten str Path PurePath sorted list".split()
)
"""Functions that give their first argument back."""


@dataclass(slots=True)
class Literals:
    """Constants of the file and outputs of its rules, as far as they are known."""

    values: dict[str, list[str]] = field(default_factory=dict)
    rules: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """rule → (keyword, path) of its outputs."""

    def assign(self, name: str, value: ast.expr) -> None:
        found = self.texts(value, is_path=False)
        if found and all(FIELD.sub("", text) for text in found):
            self.values[name] = found
        else:
            self.values.pop(name, None)

    def texts(self, node: ast.expr, is_path: bool = True, depth: int = 0) -> list[str]:
        """The texts that `node` may be, or hold as a list; [] when nothing is known. `is_path`: a number is none."""
        if depth > MAX_DEPTH:
            return []
        if isinstance(node, ast.Constant):
            is_text = isinstance(node.value, str) or (
                not is_path and isinstance(node.value, int | float) and not isinstance(node.value, bool)
            )
            return [str(node.value)[:MAX_TEXT]] if is_text else []
        if isinstance(node, ast.Name):
            return self.values.get(node.id, [])
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [text for item in node.elts[:MAX_VALUES] for text in self.texts(item, is_path, depth + 1)][:MAX_VALUES]
        if isinstance(node, ast.JoinedStr):
            return self._joined([self._part(part, depth) for part in node.values])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Div):
            return self._operation(node, depth)
        if isinstance(node, ast.IfExp):
            return [*self.texts(node.body, is_path, depth + 1), *self.texts(node.orelse, is_path, depth + 1)][:MAX_VALUES]
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        return self._reference(node, depth)

    def _part(self, part: ast.expr, depth: int) -> list[str]:
        if not isinstance(part, ast.FormattedValue):
            return self.texts(part, False, depth + 1)
        known = self.texts(part.value, False, depth + 1)
        return known or ["{" + re.sub(r"\W+", "_", ast.unparse(part.value))[:40] + "}"]

    def _joined(self, parts: list[list[str]], between: str = "") -> list[str]:
        if not parts or not all(parts):
            return []
        return [between.join(chosen)[:MAX_TEXT] for chosen in islice(product(*parts), MAX_VALUES)]

    def _operation(self, node: ast.BinOp, depth: int) -> list[str]:
        left, right = self.texts(node.left, False, depth + 1), self.texts(node.right, False, depth + 1)
        if isinstance(node.op, ast.Div):
            return self._joined([left or ["{base}"], right], "/") if right else []
        if isinstance(node.left, ast.List) or isinstance(node.right, ast.List) or len(left) > 1 or len(right) > 1:
            return [*left, *right][:MAX_VALUES]
        name = re.sub(r"\W+", "_", ast.unparse(node.left))[:40]
        return self._joined([left or ["{" + name + "}"], right]) if right else []

    def _call(self, node: ast.Call, depth: int) -> list[str]:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        if name in ("expand", "collect") and node.args:
            return self._expanded(node, depth)
        if name == "multiext" and node.args:
            prefix = self.texts(node.args[0], True, depth + 1)
            endings = [text for argument in node.args[1:] for text in self.texts(argument, True, depth + 1)]
            return self._joined([prefix, endings])
        if name in ("join", "joinpath") and node.args:
            parts = [self.texts(argument, False, depth + 1) or ["{" + f"part{i}" + "}"] for i, argument in enumerate(node.args)]
            return [posixpath.normpath(text) for text in self._joined(parts, "/")]
        if name == "get" and isinstance(node.func, ast.Attribute) and _key(node.func.value) and node.args:
            default = self.texts(node.args[1], False, depth + 1) if len(node.args) > 1 else []
            key = self.texts(node.args[0], False, depth + 1)
            return ["{" + f"{_key(node.func.value)}.{key[0]}" + "}"] if len(key) == 1 and not default else default
        is_remote = name == "remote" or name in ("storage", "http", "s3", "gs")
        return self.texts(node.args[0], True, depth + 1) if node.args and (name in WRAPPERS or is_remote) else []

    def _expanded(self, node: ast.Call, depth: int) -> list[str]:
        """`expand("{a}_{{b}}", a=[…])`: every combination of the known values; other fields stay holes."""
        chosen = {keyword.arg: self.texts(keyword.value, False, depth + 1) for keyword in node.keywords if keyword.arg}
        found: list[str] = []
        for pattern in self.texts(node.args[0], True, depth + 1):
            text = pattern.replace("{{", "\0").replace("}}", "\1")
            names = [name for name in dict.fromkeys(FIELD.findall(text)) if chosen.get(name)]
            for values in islice(product(*(chosen[name] for name in names)), MAX_VALUES):
                known = dict(zip(names, values, strict=True))
                filled = FIELD.sub(lambda match, known=known: known.get(match[1], match[0]), text)  # type: ignore[misc]
                found.append(filled.replace("\0", "{").replace("\1", "}"))
        return list(dict.fromkeys(found))[:MAX_VALUES]

    def _reference(self, node: ast.expr, depth: int) -> list[str]:
        """`config["a"]["b"]`, `rules.x.output`, `rules.x.output.name`, `rules.x.output[0]`."""
        key = _key(node)
        if key.startswith("config."):
            return ["{" + key + "}"]
        parts = key.split(".")
        if len(parts) in (3, 4) and parts[0] == "rules" and parts[2] == "output":
            outputs = self.rules.get(parts[1], [])
            if len(parts) == 3:
                return [path for _, path in outputs]
            if parts[3].isdigit():
                return [path for _, path in outputs[int(parts[3]) : int(parts[3]) + 1]]
            return [path for name, path in outputs if name == parts[3]]
        if isinstance(node, ast.Subscript) and depth < MAX_DEPTH:
            position = node.slice.value if isinstance(node.slice, ast.Constant) else None
            values = self.texts(node.value, False, depth + 1)
            return values[position : position + 1] if isinstance(position, int) and 0 <= position < MAX_VALUES else []
        return []


def _key(node: ast.expr) -> str:
    """Attributes and constant subscripts as one dotted key, "" for anything else."""
    parts: list[str] = []
    for _ in range(MAX_DEPTH):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str | int):
            parts.append(str(node.slice.value))
            node = node.value
        elif isinstance(node, ast.Name):
            return ".".join([node.id, *reversed(parts)])
        else:
            return ""
    return ""
