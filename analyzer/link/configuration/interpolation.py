"""`${…}` and `%(…)s` in the values of a configuration.

Sources: OmegaConf's manual ("Variable interpolation", "Resolvers"), Hydra's ("Resolvers provided by Hydra"), configparser's
("Interpolation of values"), and the `${VAR:-default}` of shells that Compose and many loaders understand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice, product

from analyzer.link.domain import Alternatives, Hole, Pattern, Unknown, as_pattern, capped, concat, literal

MAX_NESTING = 12
_PERCENT = re.compile(r"%\(([^()]{1,100})\)s")
_RESOLVER = re.compile(r"([A-Za-z_][\w.]*):(.*)$", re.DOTALL)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")

Lookup = Callable[[str], Alternatives]
Environment = Callable[[str, Alternatives], Alternatives]


def is_interpolated(text: str, kind: str) -> bool:
    return "${" in text or (kind == "ini" and "%(" in text)


def interpolated(text: str, kind: str, lookup: Lookup, environment: Environment, depth: int = 0) -> Alternatives:
    """What `text` becomes; `lookup` gives the value at a key of the same tree (relative ones begin with a dot), () for none.

    `environment` gives a variable, with what is meant when it is not set. What nothing tells is a hole named after the key.
    """
    if depth > MAX_NESTING:
        return (Unknown("…", "recursive definition"),)
    if kind == "ini" and "%(" in text:
        text = _PERCENT.sub(r"${\1}", text)
    groups: list[Alternatives] = []
    for piece, is_reference in _pieces(text):
        if is_reference:
            inner = _inner(piece, kind, lookup, environment, depth)
            groups.append(_resolved(inner, kind, lookup, environment, depth) if inner is not None else (_hole(piece),))
        elif piece:
            groups.append((literal(piece, "config"),))
    if len(groups) == 1:
        return groups[0]
    combinations = islice(product(*(group[:3] for group in groups)), 6)
    return capped([concat("config", *(as_pattern(value) for value in combination)) for combination in combinations])


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Plain text, and what stands between `${` and its own `}`."""
    start = 0
    while (opening := text.find("${", start)) >= 0:
        closing = _closing(text, opening + 2)
        if closing < 0:
            break
        if opening > start:
            yield text[start:opening], False
        yield text[opening + 2 : closing], True
        start = closing + 1
    yield text[start:], False


def _closing(text: str, position: int) -> int:
    depth = 1
    for index in range(position, len(text)):
        if text[index] == "{":
            depth += 1
        elif text[index] == "}":
            depth -= 1
            if not depth:
                return index
    return -1


def _inner(expression: str, kind: str, lookup: Lookup, environment: Environment, depth: int) -> str | None:
    """The expression with what is nested in its key put in; None when that is not known. Arguments of resolvers are left for later."""
    if "${" not in expression or _RESOLVER.match(expression):
        return expression
    values = interpolated(expression, kind, lookup, environment, depth + 1)
    return values[0].text if len(values) == 1 and isinstance(values[0], Pattern) else None


def _hole(expression: str) -> Pattern:
    return Pattern((Hole(re.sub(r"[${}/\\\\]", "", expression).strip(". ") or "value"),), "config")


def _resolved(expression: str, kind: str, lookup: Lookup, environment: Environment, depth: int) -> Alternatives:
    name, dash, default = expression.partition(":-")
    if dash and re.fullmatch(r"\w+", name):  # as shells write it
        return environment(name, interpolated(default, kind, lookup, environment, depth + 1))
    resolver = _RESOLVER.match(expression)
    if resolver is not None and kind == "ini":
        return lookup(expression.replace(":", ".", 1)) or (_hole(expression),)
    if resolver is not None:
        arguments = _arguments(resolver[2])
        return _by_resolver(
            resolver[1], arguments, lambda text: interpolated(text, kind, lookup, environment, depth + 1), lookup, environment
        )
    found = lookup(expression.strip())
    if found:
        return found
    return environment(expression, ()) if _VARIABLE.fullmatch(expression) else (_hole(expression),)


def _by_resolver(
    name: str, arguments: list[str], inner: Callable[[str], Alternatives], lookup: Lookup, environment: Environment
) -> Alternatives:
    if name in ("oc.env", "env") and arguments:
        return environment(arguments[0], inner(arguments[1]) if len(arguments) > 1 and arguments[1] != "null" else ())
    if name == "oc.select" and arguments:
        return lookup(arguments[0]) or (inner(arguments[1]) if len(arguments) > 1 else (_hole(arguments[0]),))
    if name in ("oc.decode", "oc.create") and arguments:
        return inner(arguments[0])
    if name == "hydra" and arguments == ["runtime.cwd"]:
        return (Pattern((".",), "config"),)
    return (_hole(f"{name}:{','.join(arguments)}"[:60]),)


def _arguments(text: str) -> list[str]:
    """The arguments of a resolver, quotes taken off."""
    found: list[str] = []
    depth = 0
    current = ""
    for letter in text:
        depth += (letter in "{[(") - (letter in "}])")
        if letter == "," and not depth:
            found.append(current)
            current = ""
        else:
            current += letter
    found.append(current)
    return [re.sub(r"^(['\"])(.*)\1$", r"\2", argument.strip()) for argument in found]
