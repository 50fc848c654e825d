"""What the repositories of a workspace use of each other, as the HTML page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.model import Link
from reports.budget import Budget
from reports.wording import clipped, elided, plural

LINK_BYTES = 60_000
MOST_LINKS = 300
_ROW_MARKUP = 330


@dataclass(frozen=True, slots=True)
class LinkRow:
    producer: str
    consumer: str
    kind: str
    what: str
    via: str
    place: str
    origin: str
    places: str
    """ "" for one place."""
    declared: str
    level: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkRows:
    rows: tuple[LinkRow, ...]
    cut: int


def link_rows(links: Iterable[Link]) -> LinkRows:
    """Undeclared links first, by the repositories they lie between; bounded."""
    waiting = sorted(links, key=lambda link: (link.declared, link.producer, link.consumer, link.kind, link.what))
    budget = Budget(LINK_BYTES)
    shown: list[LinkRow] = []
    for link in waiting[:MOST_LINKS]:
        row = _row(link)
        if not budget.spend((row.producer, row.consumer, row.what, row.via, row.place, row.origin, *row.missing), _ROW_MARKUP):
            break
        shown.append(row)
    return LinkRows(tuple(shown), len(waiting) - len(shown))


def _row(link: Link) -> LinkRow:
    return LinkRow(
        producer=elided(link.producer, 60),
        consumer=elided(link.consumer, 60),
        kind=clipped(link.kind, 20),
        what=elided(link.what, 120),
        via=clipped(link.via, 160),
        place=elided(str(link.site), 90),
        origin=elided(str(link.origin), 90) if link.origin is not None else "",
        places=plural(link.places, "place") if link.places > 1 else "",
        declared="declared" if link.declared else "undeclared",
        level=f"M{link.level}",
        missing=tuple(elided(name, 100) for name in link.missing[:6]),
    )
