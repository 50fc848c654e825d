"""Paths on disks of one host that code reads or writes, whatever the code is for: JGL007's last case."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection

from analyzer.graph.system import SystemGraph
from analyzer.model import Site
from analyzer.read.facts import Text
from rules.handoffs import TUTORIAL
from rules.personal_homes import STANDARD_MOUNTS, is_placeholder

Places = list[tuple[Site, str]]

_DISK = re.compile(
    r"/(?:mnt|media|nfs|scratch|miniscratch|srv\d*|gpfs\w*|lustre\w*|beegfs|ceph\w*|nas\d*|network|net|storage\d*|ssd\d*|hdd\d*|disks?\d*|raid\d*|"
    r"cluster\w*|projects|data\d+|work\d+|share[sd]?\d*)/([^/\\{}*\s]+)(?=/)"
)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]+(?!(?:Users|Windows|Program|temp|tmp|path|your|my)\b)([^/\\{}*]+)(?=[\\/])", re.I)
_SLASHES = re.compile(r"[/\\]+")
_SILENT = frozenset({"docstring", "regex", "print", "compare", "injected"})


def host_paths(graph: SystemGraph, inside: Collection[str]) -> dict[str, Places]:
    """Folder of a host, with `/` → (place, path) of what accesses it, then of the texts that spell it.

    Args:
        inside: folders that containers of the repository create or promise.
    """
    found: dict[str, Places] = defaultdict(list)
    for access in graph.accesses:
        name = access.artifact or ""
        if access.borrowed or access.temporary or access.kind != "file" or access.via in ("cli-default", "env", "declaration"):
            continue
        match = _DISK.match(name) or _DRIVE.match(name)
        if match is None or is_placeholder(match[1]) or match[1] in STANDARD_MOUNTS or match[0] in inside:
            continue
        places = found[_SLASHES.sub("/", match[0])]
        if _is_own(graph, access.site.path) and access.site not in [site for site, _ in places[-8:]]:
            places.append((access.site, name))
    used = {prefix: places for prefix, places in sorted(found.items()) if places}
    spelled = _spelled(graph, used)
    return {prefix: [*places, *spelled.get(prefix, ())] for prefix, places in used.items()}


def _is_own(graph: SystemGraph, path: str) -> bool:
    module = graph.modules.get(path)
    if TUTORIAL.search(path.rpartition("/")[0]):
        return False
    return path.endswith((".sh", ".bash", ".sql")) if module is None else not module.is_excluded


def _spelled(graph: SystemGraph, prefixes: Collection[str]) -> dict[str, Places]:
    """Texts of code that begin with one of the folders: the constants that the accesses are made of."""
    places: dict[str, Places] = defaultdict(list)
    starts = re.compile("|".join(re.escape(prefix).replace("/", r"[/\\]+") for prefix in sorted(prefixes, reverse=True)))
    for module in graph.living() if prefixes else ():
        for text in module.facts.texts:
            match = starts.match(text.value) if _is_path(text) else None
            if match is not None:
                places[_SLASHES.sub("/", match[0])].append((module.site(text.line), text.value))
    return places


def _is_path(text: Text) -> bool:
    return text.role not in _SILENT and ("/" in text.value or "\\" in text.value) and "\n" not in text.value
