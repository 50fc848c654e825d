"""Which repository of the workspace an address, an import name, a distribution or a command belongs to; silent when two may claim it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from analyzer.model import Edge, Link, Site
from analyzer.read.requirements import normalised
from analyzer.workspace.hosting import Address, Remote, imported_path, remote_of
from analyzer.workspace.outline import GENERIC, Outline

Key = TypeVar("Key")
MIN_NAME = 4
"""A shorter name is too common to prove anything."""


@dataclass(frozen=True, slots=True)
class Found:
    """A link and the edges of the system graph that it consists of."""

    link: Link
    edges: tuple[Edge, ...] = ()


class Directory:
    def __init__(self, outlines: Iterable[Outline]) -> None:
        self.outlines = tuple(outlines)
        self._by_address = _index((address, outline) for outline in self.outlines for address in outline.addresses)
        self._by_folder = _index((outline.folder.lower(), outline) for outline in self.outlines)
        self.by_package = _index((package, outline) for outline in self.outlines for package in outline.packages)
        self.by_distribution = _index((name, outline) for outline in self.outlines for name in distributions(outline))
        self.by_command = _index((each.name, outline) for outline in self.outlines for _, each in outline.manifest.commands)
        self.by_name = _index((name, outline) for outline in self.outlines for name in service_names(outline))

    def at(self, address: Address) -> Outline | None:
        """The repository that is known under the address, by what it says of itself or by its folder's name."""
        found = self._by_address.get(address, [])
        if len(found) != 1:
            joined = [f"{address.owner}{mark}{address.name}" for mark in ("+", "__", "_", "-", "--", ".", "@", "~")]
            called = [outline for name in joined for outline in self._by_folder.get(name, ())]
            beside = [outline for outline in self._by_folder.get(address.name, ()) if outline.parent.lower() == address.owner]
            found = called or beside or []
        return found[0] if len(found) == 1 else None

    def of_url(self, url: str, *, is_import: bool = False) -> tuple[Outline, Remote] | None:
        """The repository that a URL names, and what of it. `is_import` reads what follows `owner/name` as a path."""
        remote = imported_path(url) if is_import else remote_of(url)
        outline = self.at(remote.address) if remote is not None else None
        return (outline, remote) if outline is not None and remote is not None else None


def _index(pairs: Iterable[tuple[Key, Outline]]) -> dict[Key, list[Outline]]:
    found: dict[Key, list[Outline]] = {}
    for key, outline in pairs:
        known = found.setdefault(key, [])
        if outline not in known:
            known.append(outline)
    return found


def distributions(outline: Outline) -> dict[str, Site]:
    """Distributions that the repository publishes, in PEP 503 form; by its packages where setup.py computes the name."""
    found = {normalised(name): Site(path, line) for name, path, line in outline.manifest.distributions}
    if not found or (any(path == "setup.py" for path in outline.manifest.files) and "setup.py" not in {s.path for s in found.values()}):
        for package in outline.packages:
            found.setdefault(normalised(package), Site(_package_path(outline, package)))
    return {name: site for name, site in found.items() if len(name) >= MIN_NAME and name.replace("-", "_") not in GENERIC}


def _package_path(outline: Outline, package: str) -> str:
    return outline.modules.get(package) or next(path for name, path in outline.modules.items() if name.startswith(package + "."))


def service_names(outline: Outline) -> set[str]:
    """Names that the repository's services are called by: its own, its distributions', and those of its projects' folders."""
    names = {normalised(address.name) for address in outline.addresses} | set(distributions(outline))
    names.add(normalised(outline.folder.rpartition("+")[2]))
    names |= {normalised(name) for name, _, _ in outline.manifest.distributions}
    return {name for name in names if len(name) >= MIN_NAME and name.replace("-", "_") not in GENERIC}
