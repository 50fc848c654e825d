"""HTTP routes that a repository's code serves.

Sources: the routing of Flask, Quart, FastAPI, Starlette, Falcon, aiohttp, Sanic, Bottle and Django, as their documentation gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzer.graph.system import Module
from analyzer.model import Site
from analyzer.read.facts import Call
from analyzer.read.values import Attr, Const, Name

_FRAMEWORKS = frozenset(
    "flask quart fastapi starlette falcon aiohttp sanic bottle django litestar connexion ninja robyn blacksheep".split()
)
_FIRST_ARGUMENT = frozenset(
    "route get post put patch delete head websocket api_route add_route add_api_route add_url_rule path re_path Route Mount".split()
)
_SECOND_ARGUMENT = frozenset({"add_resource"})
_PREFIXES = ("prefix", "url_prefix")
_PARAMETER = re.compile(r"<[^<>]*>|\{[^{}]*\}|\(\?P<[^()]*\)")
MAX_ROUTES = 2_000


@dataclass(frozen=True, slots=True)
class Route:
    segments: tuple[str, ...]
    """`*` for a parameter."""
    site: Site
    unit: str


def routes_of(modules: Iterable[Module]) -> Iterator[Route]:
    """Every route that the modules declare with a literal path, once for each prefix under which a router may be mounted."""
    serving = [module for module in modules if any(entry.module.partition(".")[0] in _FRAMEWORKS for entry in module.facts.imports)]
    prefixes = list(dict.fromkeys(["", *(prefix for module in serving for prefix in _mounted(module))]))[:20]
    left = MAX_ROUTES
    for module in serving:
        for call in module.facts.calls:
            path = _path(call)
            if path is None:
                continue
            for prefix in prefixes:
                left -= 1
                if left < 0:
                    return
                yield Route(segments(prefix + "/" + path), module.site(call.line), module.path)


def _mounted(module: Module) -> Iterator[str]:
    for call in module.facts.calls:
        for name, value in call.keywords:
            if name in _PREFIXES and isinstance(value, Const) and isinstance(value.value, str) and value.value.startswith("/"):
                yield value.value


def _path(call: Call) -> str | None:
    name = call.func.name if isinstance(call.func, Attr) else call.func.id if isinstance(call.func, Name) else ""
    position = 0 if name in _FIRST_ARGUMENT else 1 if name in _SECOND_ARGUMENT else -1
    if not 0 <= position < len(call.args):
        return None
    value = call.args[position]
    if not isinstance(value, Const) or not isinstance(value.value, str):
        return None
    is_django = name in ("path", "re_path")
    return value.value.strip("^$") if value.value.startswith("/") or (is_django and value.value) else None


def segments(path: str) -> tuple[str, ...]:
    """A path's segments, parameters and holes as `*`."""
    plain = _PARAMETER.sub("*", path.partition("?")[0])
    return tuple("*" if "*" in part else part for part in plain.split("/") if part)


def unify(route: tuple[str, ...], asked: tuple[str, ...]) -> bool:
    """Is the path asked for one that the route serves? Both must say at least one word that is the same."""
    if len(route) != len(asked):
        return False
    same = sum(left == right != "*" for left, right in zip(route, asked, strict=True))
    return same > 0 and all(left == right or "*" in (left, right) for left, right in zip(route, asked, strict=True))
