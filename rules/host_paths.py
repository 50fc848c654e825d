"""Paths on disks of one host that code reads or writes, whatever the code is for: JGL007's last case."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection

from analyzer.graph.system import SystemGraph
from analyzer.model import Access, Site
from analyzer.read.facts import Text
from analyzer.read.values import Attr, CallRef, Const, last_name
from rules.handoffs import TUTORIAL
from rules.personal_homes import STANDARD_MOUNTS, is_placeholder

Places = list[tuple[Site, str]]

_DISK = re.compile(
    r"/(?:mnt|media|nfs|scratch|miniscratch|srv\d*|gpfs\w*|lustre\w*|beegfs|ceph\w*|nas\d*|network|net|storage\d*|ssd\d*|hdd\d*|disks?\d*|raid\d*|"
    r"cluster\w*|projects|data\d+|work\d+|share[sd]?\d*)/([^/\\{}*\s]+)(?=/)"
)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]+(?!(?:Users|Windows|Program|temp|tmp|path|your|my)\b)([^/\\{}*]+)(?=[\\/])", re.I)
_SLASHES = re.compile(r"[/\\]+")
_OPTIONS = frozenset({"add_argument", "option", "Option"})
_EXISTS = frozenset({"exists", "isdir", "is_dir"})
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
        if name.startswith(_defaults(graph, access.site.path)) or _is_asked_for(graph, match[0]) or _is_for_another(graph, access):
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


def _defaults(graph: SystemGraph, path: str) -> tuple[str, ...]:
    """Folders of hosts that options of the file's command line begin with unless they are given."""
    module = graph.modules.get(path)
    calls = module.facts.calls if module is not None else ()
    given = (dict(call.keywords).get("default") for call in calls if last_name(call.func) in _OPTIONS)
    return tuple(
        value.value.rstrip("/") for value in given if isinstance(value, Const) and isinstance(value.value, str) and value.value[1:]
    )


def _is_asked_for(graph: SystemGraph, folder: str) -> bool:
    """Does an `if` with another arm ask whether the host has the folder, or one above it?"""
    return any(folder == asked or folder.startswith(asked + "/") for asked in graph.once(_asked))


def _asked(graph: SystemGraph) -> frozenset[str]:
    """Absolute folders for whose existence an `if` with an `else` asks."""
    found = set()
    for module in graph.living():
        facts = module.facts
        for call in facts.calls:
            if last_name(call.func) not in _EXISTS:
                continue
            inner = call.func.value if isinstance(call.func, Attr) and not call.args else None
            values = facts.calls[inner.index].args if isinstance(inner, CallRef) else call.args
            asked = [value.value for value in values[:1] if isinstance(value, Const) and isinstance(value.value, str)]
            if asked and asked[0].startswith("/") and any(each.kind == "else" and each.parent == call.block for each in facts.blocks):
                found.add(asked[0].rstrip("/"))
    return frozenset(found)


def _is_for_another(graph: SystemGraph, access: Access) -> bool:
    """Is what the file takes from its command line a word of commands that run other programs only?"""
    words = graph.once(_by_word).get(access.artifact or "", frozenset()) if access.via == "config" else frozenset()
    return bool(words) and access.site.path not in words


def _by_word(graph: SystemGraph) -> dict[str, frozenset[str]]:
    """Absolute path among the words of commands → the programs that these run."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, lines in graph.command_lines.items():
        for word in (word for line in lines for word in line.words if word.startswith("/")):
            found[word].add(path)
    return {word: frozenset(paths) for word, paths in found.items()}


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
