"""Copies that stand inside of copies (GLU004)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.graph.clones import ClonePair, Member, SharedBlock


def outermost(pairs: Sequence[ClonePair]) -> Iterator[ClonePair]:
    """Without the pairs of functions nested in functions that are a pair themselves."""
    paired = {frozenset({pair.a.id, pair.b.id}) for pair in pairs if not isinstance(pair, SharedBlock)}
    for pair in pairs:
        around = {frozenset({a, b}) for a in _outer_ids(pair.a) for b in _outer_ids(pair.b)} - {frozenset({pair.a.id, pair.b.id})}
        if not around & paired:
            yield pair


def _outer_ids(member: Member) -> list[str]:
    scopes = member.module.facts.scopes
    found, scope = [member.id], scopes[member.unit.scope].parent
    while scope > 0:
        found.append(member.module.qualname(scope))
        scope = scopes[scope].parent
    return found
