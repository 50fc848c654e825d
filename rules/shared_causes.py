"""Things that have a cause in common are told together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping


def by_cause(causes: Mapping[str, Iterable[Hashable]]) -> Iterator[list[str]]:
    """The keys in groups, each sorted: two are in one group when a cause, or a chain of shared causes, links them."""
    group_of = {key: [key] for key in causes}
    first: dict[Hashable, str] = {}
    for key, own_causes in causes.items():
        for cause in own_causes:
            other, own = group_of[first.setdefault(cause, key)], group_of[key]
            if other is not own:
                larger, smaller = (other, own) if len(other) >= len(own) else (own, other)
                larger.extend(smaller)
                group_of.update(dict.fromkeys(smaller, larger))
    groups = {id(group): group for group in group_of.values()}
    yield from sorted(sorted(group) for group in groups.values())
