"""Configuration files that nothing loads: copies set aside, names that no tool knows, folders and files that nobody names."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.graph.system import SystemGraph
from analyzer.read.names import NAME

_SET_ASIDE = re.compile(
    r"(?P<base>.+\.(?:ya?ml|toml|ini|cfg|conf|gin|properties))\.(?:tmp|bak|old|orig|backup|disabled|unused|save|deprecated)$", re.IGNORECASE
)
_LEFT_LYING = re.compile(
    r"(^|/)(Untitled[ _-]?\d*|[^/]+ copy( \d+)?|[^/]+-Copy\d+|Copy of [^/]+|[^/]+ \(\d\)|[^/]+\.(?:disabled|bak|old|orig|unused|backup))"
    r"\.(?:ya?ml|json|toml|ini|cfg|conf|gin|properties)$"
)
"""Names that editors and people give to what they mean to throw away."""
_PLACES = re.compile(r"/(tests?|testing|fixtures?|third_?party|vendor(ed)?|node_modules|data|datasets?)/", re.IGNORECASE)
_SUFFIXES = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".gin")
_KNOWN = tuple(
    "pyproject.toml setup.cfg .pre-commit-config.yaml .gitignore .gitattributes .dockerignore .editorconfig pytest.ini MANIFEST.in "
    ".coveragerc .dvcignore .gitlab-ci.yml dvc.yaml".split()
)
"""Files that tools find by their name alone."""
_ENVIRONMENTS = re.compile(
    r"^(dev|develop|development|prod|production|stag|staging|stage|test|tests|testing|local|ci|docker|qa|uat|live|preprod|cloud|aws|gcp|azure|"
    r"base|default|defaults|schema|schemas|templates?|examples?|samples?)$"
)
_SCANS = ("rglob", "walk", "listdir", "scandir", "iterdir", "glob", "iglob")


@dataclass(frozen=True, slots=True)
class Unloaded:
    """Files of one folder that nothing loads, for one reason."""

    folder: str
    files: tuple[str, ...]
    reason: str
    """`aside`, `left`, `misspelt` or `unnamed`."""
    control: str
    """What is loaded in their place: a file beside them, the name that the tool knows, the file that they vary."""


def unloaded_configs(graph: SystemGraph) -> list[Unloaded]:
    """All of them, in the order of their folders."""
    found = [*_set_aside(graph), *_left_lying(graph), *_misspelt(graph), *_unnamed(graph)]
    return sorted(found, key=lambda each: (each.folder, each.files))


def _set_aside(graph: SystemGraph) -> Iterator[Unloaded]:
    """`wiki.yaml.tmp` in a folder of other `.yaml` files, when no document names it."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in sorted(graph.manifest.files):
        if _SET_ASIDE.search(path):
            folders[posixpath.dirname(path)].append(path)
    for folder, files in sorted(folders.items()):
        plain = next((path for path in sorted(graph.configs) if posixpath.dirname(path) == folder), "")
        alone = tuple(path for path in files if not _is_told(graph, path))
        if plain and alone:
            yield Unloaded(folder, alone, "aside", plain)


def _left_lying(graph: SystemGraph) -> Iterator[Unloaded]:
    """`Untitled-1.json`, `model copy.yaml`, `ci.disabled.yml`: configuration that its own name gives up, when nothing names it."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in sorted(graph.manifest.files):
        if _LEFT_LYING.search(path) and not _PLACES.search(f"/{path}") and not _is_told(graph, path):
            folders[posixpath.dirname(path)].append(path)
    words = _literals(graph) if folders else frozenset()
    for folder, files in sorted(folders.items()):
        if alone := tuple(path for path in files if posixpath.basename(path) not in words):
            yield Unloaded(folder, alone, "left", "")


def _literals(graph: SystemGraph) -> frozenset[str]:
    """The file names that strings of code and words of commands end with."""
    found = {posixpath.basename(text.value) for module in graph.modules.values() for text in module.facts.texts}
    commands = (command for facts in graph.steps.values() for step in facts.steps for command in step.commands)
    found.update(posixpath.basename(word) for command in commands for word in command.words)
    return frozenset(found)


def _misspelt(graph: SystemGraph) -> Iterator[Unloaded]:
    """A file one slip away from a name that a tool looks for, when there is no file of that name beside it."""
    files = graph.manifest.files
    for path in sorted(files):
        folder, name = posixpath.split(path)
        if name in _KNOWN or (folder and folder not in graph.projects):
            continue
        meant = next((known for known in _KNOWN if _is_slip(name, known)), "")
        if meant and not _is_told(graph, path) and posixpath.join(folder, meant) not in files:
            yield Unloaded(folder, (path,), "misspelt", meant)


def _unnamed(graph: SystemGraph) -> Iterator[Unloaded]:
    """Sub-folders that hold variants of files which code names beside them, when nothing names the sub-folders and nothing lists them."""
    by_folder: dict[str, list[str]] = defaultdict(list)
    for path in sorted(graph.configs):
        if path.endswith(_SUFFIXES) and not path.startswith("."):
            by_folder[posixpath.dirname(path)].append(path)
    candidates: dict[str, list[str]] = defaultdict(list)
    for folder, files in by_folder.items():
        parent = posixpath.dirname(folder)
        beside = {posixpath.basename(path) for path in by_folder.get(parent, ())}
        if parent and beside and all(posixpath.basename(path) in beside for path in files):
            candidates[parent].extend(files)
    if not candidates:
        return
    words = _words(graph)
    for parent, files in sorted(candidates.items()):
        named = tuple(path for path in files if not _is_named(posixpath.basename(posixpath.dirname(path)), words, graph))
        last = posixpath.basename(parent)
        if len(named) != len(files) or _is_listed(graph, last, parent):
            continue
        varied = {posixpath.basename(path) for path in named}
        control = next((p for p in by_folder[parent] if posixpath.basename(p) in varied and _is_loaded(graph, p, last)), "")
        if control:
            yield Unloaded(parent, named, "unnamed", control)


def _is_told(graph: SystemGraph, path: str) -> bool:
    name = posixpath.basename(path)
    return name in graph.named_in_prose


def _is_named(name: str, words: frozenset[str], graph: SystemGraph) -> bool:
    parts = NAME.findall(name)
    return bool(_ENVIRONMENTS.match(name)) or not parts or name in graph.named_in_prose or all(part in words for part in parts)


def _is_loaded(graph: SystemGraph, path: str, folder: str) -> bool:
    """Whether one function, one module's top or one command names both the folder and the file, or a module beside the file names it."""
    name, parent = posixpath.basename(path), posixpath.dirname(path)
    stem = NAME.findall(posixpath.splitext(name)[0])
    for module in graph.modules.values():
        beside = posixpath.dirname(module.path) == parent and name in module.facts.words
        if beside or any(folder in m.words and all(part in m.words for part in stem) for m in module.facts.mentions):
            return True
    end = f"/{folder}/{name}"
    commands = (command for facts in graph.steps.values() for step in facts.steps for command in step.commands)
    return any(f"/{word}".endswith(end) for command in commands for word in command.words)


def _is_listed(graph: SystemGraph, folder: str, parent: str) -> bool:
    """Whether a function lists files where the folder is named, by it or at its module's top, or where it stands, or completes a path
    that ends with it."""
    for module in graph.modules.values():
        at_top = any(m.scope == 0 and folder in m.words for m in module.facts.mentions) or posixpath.dirname(module.path) == parent
        for mention in module.facts.mentions:
            if any(word.endswith(f"{folder}/*") for word in mention.words):
                return True
            if (at_top or folder in mention.words) and any(chain.rpartition(".")[2] in _SCANS for chain in mention.chains):
                return True
    return False


def _words(graph: SystemGraph) -> frozenset[str]:
    """Every name that code, commands, configuration values and documents mention."""
    found = set(graph.told)
    for module in graph.modules.values():
        for mention in module.facts.mentions:
            found.update(mention.words, mention.names)
    for name in graph.named_in_prose:
        found.update(NAME.findall(name))
    return frozenset(found)


def _is_slip(name: str, known: str) -> bool:
    """Whether one letter is missing, added, changed or swapped, of the same suffix."""
    if (
        name == known
        or name[0] != known[0]
        or posixpath.splitext(name)[1] != posixpath.splitext(known)[1]
        or abs(len(name) - len(known)) > 1
    ):
        return False
    if name.lower() == known.lower() or len(known) < 8:
        return False
    start = next((n for n, (a, b) in enumerate(zip(name, known, strict=False)) if a != b), min(len(name), len(known)))
    a, b = name[start:], known[start:]
    if a[:2] == b[1::-1] and a[2:] == b[2:]:
        return True
    return a[1:] == b[1:] or a[1:] == b or a == b[1:]
