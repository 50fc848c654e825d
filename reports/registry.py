"""The formats there are: every class in this folder that derives from `Format`."""

from __future__ import annotations

import ast
from functools import cache
from importlib import import_module
from inspect import isabstract
from pkgutil import ModuleInfo, iter_modules

import reports
from reports.base import Format


@cache
def formats() -> dict[str, type[Format]]:
    """Format name → class, sorted by name. Raises ValueError when two formats claim one name."""
    found: dict[str, type[Format]] = {}
    for info in iter_modules(reports.__path__):
        if not _mentions_format(info):
            continue
        module = import_module(f"{reports.__name__}.{info.name}")
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Format) and not isabstract(kind) and kind.__module__ == module.__name__:
                if kind.name in found:
                    raise ValueError(f"two formats are called {kind.name!r}: {found[kind.name].__module__} and {kind.__module__}")
                found[kind.name] = kind
    return dict(sorted(found.items()))


def _mentions_format(info: ModuleInfo) -> bool:
    # Read, not imported: a helper such as the pydantic schema would make every start of the command slow.
    spec = info.module_finder.find_spec(f"{reports.__name__}.{info.name}", None)
    source = getattr(spec.loader, "get_source", lambda _: None)(spec.name) if spec else None
    if source is None:
        return True
    classes = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
    return any(isinstance(base, ast.Name) and base.id == Format.__name__ for node in classes for base in node.bases)
