"""Hydra's composition: the defaults list, config groups, packages and overrides.

Source: hydra.cc, "The Defaults List", "Packages" and "Override grammar".

Pure look-up: the files of one configuration folder and the words of one command line in, one tree out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from analyzer.link.configuration.made_in_code import from_words
from analyzer.link.configuration.trees import Tree, below, merged, tree_of
from analyzer.read.configuration_facts import ConfigFacts

MAX_FILES = 200
_OVERRIDE = re.compile(r"(\+{0,2}|~)([A-Za-z_][\w./@-]*)=(.*)$", re.DOTALL)
_CHOICE = re.compile(r"\$\{([\w./]+)\}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a defaults list."""

    group: str
    """Path below the configuration folder, "" for a file named directly."""
    options: tuple[str, ...]
    package: str | None = None
    override: bool = False


@dataclass(slots=True)
class Composition:
    """What a composition needs to remember: which option each group has, and which files were used."""

    folder: str
    facts: Mapping[str, ConfigFacts]
    choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    files: set[tuple[str, str]] = field(default_factory=set)
    """(path, package) of every file that went in."""


def compose(
    facts: Mapping[str, ConfigFacts], folder: str, name: str, words: tuple[str, ...], self_first: bool
) -> tuple[Tree, set[tuple[str, str]]]:
    """The composed configuration, and the files in it with their packages.

    `words` are overrides as they stand on a command line; `self_first` says that a primary file without `_self_` comes before its defaults
    (Hydra up to 1.1).
    """
    composition = Composition(folder, facts)
    values = []
    added = []
    for word in words[:200]:
        match = _OVERRIDE.match(word)
        if match is None or ("," in match[3] and not match[3].lstrip().startswith(("[", "{", "'", '"'))):
            continue  # no override, or a sweep over several values
        group = match[2].partition("@")[0].strip("/")
        if _is_group(composition, group) and not match[3].startswith("{"):
            options = tuple(option.strip() for option in match[3].strip("[]").split(",") if option.strip() not in ("", "null"))
            composition.choices[match[2].strip("/")] = options
            if match[1].startswith("+"):
                package = match[2].partition("@")[2] or None
                added.append(Entry(group, options, package))
        else:
            values.append(word)
    tree = _of_file(composition, name, "", "", self_first)
    for entry in added:
        tree = merged(tree, _of_entry(composition, entry, "", ""))
    return merged(tree, from_words(values)), composition.files


def file_of(facts: Mapping[str, ConfigFacts], folder: str, name: str) -> str:
    """The file of a configuration name below a folder, "" when there is none."""
    plain = posixpath.normpath(posixpath.join(folder, name))
    candidates = (plain,) if name.endswith((".yaml", ".yml")) else (plain + ".yaml", plain + ".yml")
    return next((path for path in candidates if path in facts), "")


def _is_group(composition: Composition, group: str) -> bool:
    prefix = posixpath.join(composition.folder, group) + "/"
    return group not in ("", ".") and any(path.startswith(prefix) for path in composition.facts)


def _of_file(composition: Composition, name: str, group: str, package: str, self_first: bool, is_told: bool = False) -> Tree:
    """The tree of one file with what its defaults list brings, in place; {} when it is not there or there is no end to them.

    `package` is where its content goes, unless the file has a `# @package` line; that one does not count when `is_told`.
    """
    path = file_of(composition.facts, composition.folder, posixpath.join(group, name))
    facts = composition.facts.get(path)
    own_group = posixpath.dirname(posixpath.join(group, name.removesuffix(".yaml")))
    where = package if facts is None or is_told or not facts.package else _package(facts.package, own_group, posixpath.basename(path))
    if facts is None or (path, where) in composition.files or len(composition.files) >= MAX_FILES:
        return {}
    composition.files.add((path, where))
    own = dict(tree_of(facts, path))
    own.pop("defaults", None)
    entries = entries_of(facts)
    for entry in entries:
        if entry.override:
            composition.choices.setdefault(_group(entry, own_group), entry.options)
    entries = [entry for entry in entries if not entry.override]
    if not any(_is_self(entry) for entry in entries):
        entries.insert(0 if self_first else len(entries), Entry("", ("_self_",)))
    # what stands last may choose for what stands before it, as experiments do
    trees = [below(where, own) if _is_self(entry) else _of_entry(composition, entry, own_group, where) for entry in reversed(entries)]
    result: Tree = {}
    for tree in reversed(trees):
        result = merged(result, tree)
    return result


def _is_self(entry: Entry) -> bool:
    return not entry.group and entry.options == ("_self_",)


def _group(entry: Entry, own_group: str) -> str:
    """The group of a line, from the configuration folder."""
    if entry.group.startswith("/"):
        return entry.group.strip("/")
    return posixpath.normpath(posixpath.join(own_group, entry.group)).strip("./") if entry.group else own_group


def _of_entry(composition: Composition, entry: Entry, own_group: str, parent: str) -> Tree:
    group = _group(entry, own_group)
    package = _placed(entry, parent)
    keys = [group if entry.package is None else f"{group}@{entry.package}", group]
    options = (
        next((composition.choices[key] for key in keys if key in composition.choices), entry.options) if entry.group else entry.options
    )
    if entry.group:
        composition.choices.setdefault(group, options)
    result: Tree = {}
    for option in options[:20]:
        option = _CHOICE.sub(lambda match: (composition.choices.get(match[1].replace(".", "/"), ("",)) or ("",))[0], option)
        base = "" if not entry.group and option.startswith("/") else group
        result = merged(result, _of_file(composition, option.strip("/"), base, package, False, entry.package is not None))
    return result


def _package(header: str, group: str, file: str) -> str:
    """Where the content of a file goes by its `# @package` line."""
    if header.startswith("_global_"):
        return header[len("_global_") :].strip(".")
    return header.replace("_group_", group.replace("/", ".")).replace("_name_", file.rpartition(".")[0])


def _placed(entry: Entry, parent: str) -> str:
    """Where a line of a defaults list puts what it brings: the package it names or the group, below the package of its own file."""
    if entry.package is not None and entry.package.startswith("_global_"):
        return entry.package[len("_global_") :].strip(".")
    if entry.package is None and entry.group.startswith("/"):
        return entry.group.strip("/").replace("/", ".")
    inner = entry.group.replace("/", ".") if entry.package is None else entry.package.removeprefix("_here_").strip(".")
    return f"{parent}.{inner}".strip(".")


def entries_of(facts: ConfigFacts) -> list[Entry]:
    """The defaults list of a file, in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for key, value, _ in facts.leaves:
        if key.startswith("defaults."):
            position, _, rest = key[len("defaults.") :].partition(".")
            found.setdefault(position, []).append((rest, value if isinstance(value, str) else ""))
    return [entry for items in found.values() if (entry := _entry(items)) is not None]


def _entry(items: list[tuple[str, str]]) -> Entry | None:
    key = items[0][0]
    options = tuple(value.removesuffix(".yaml") for _, value in items if value and value != "null")
    if not key:
        name, _, package = options[0].partition("@") if options else ("", "", "")
        return Entry("", (name,), package or None) if name else None
    group = re.sub(r"\.\d+$", "", key) if len(items) > 1 or re.search(r"\.0$", key) else key
    words = group.split()
    name, at, package = words[-1].partition("@")
    return Entry(name, options, package if at else None, "override" in words[:-1])


def option_files(facts: Mapping[str, ConfigFacts], folder: str) -> list[tuple[str, str, str]]:
    """(group, option, path) of every file in a group below the folder."""
    prefix = folder + "/" if folder else ""
    found = []
    for path in sorted(facts):
        if path.startswith(prefix) and path.endswith((".yaml", ".yml")) and "/" in path[len(prefix) :]:
            group, _, file = path[len(prefix) :].rpartition("/")
            found.append((group, file.rpartition(".")[0], path))
    return found
