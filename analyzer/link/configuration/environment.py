"""Environment variables: what checked-in files set, and what the code takes when nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.link.domain import Abstract, Alternatives, Hole, Known, Pattern, capped

if TYPE_CHECKING:
    from analyzer.link.asking import Asking


def variable(evaluator: Asking, name: str, default: Alternatives) -> Alternatives:
    """The values of a variable: those that the repository's own files set, then `default`; a hole of its name when there are none."""
    found: list[Abstract] = list(evaluator.environment.get(name, ()))
    for value in default:
        if isinstance(value, Pattern):
            if value.parts:
                found.append(Pattern(value.parts, "env", value.anchored, value.temporary))
        elif not (isinstance(value, Known) and value.value is None):
            found.append(value)
    return capped(found) if found else (Pattern((Hole(name),), "env"),)
