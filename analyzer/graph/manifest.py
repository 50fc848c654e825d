"""What a repository's packaging, git and container files say to the outside: what it offers, what it asks other repositories for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from posixpath import basename

from analyzer.read.addresses import addresses
from analyzer.read.commands_offered import OfferedCommand, offered_commands
from analyzer.read.gitmodules import Submodule, submodules
from analyzer.read.images import Image
from analyzer.read.requirements import Requirement, requirements

_OWN_URL = re.compile(
    r"""(?:^|[\s,(])["']?(?:url|homepage|repository|source|source[ _-]?code|code|github|documentation|__url__|download_url)["']?\s*[:=]\s*["']?(https?://[^\s"',)]+)""",
    re.IGNORECASE | re.MULTILINE,
)
_URL_TABLE = re.compile(r"^\[(?:project\.urls|tool\.poetry\.urls)\]$([^\[]*)", re.MULTILINE)
_PROJECT_NAME = re.compile(r"""^\[(?:project|tool\.poetry)\]\s*$(?:(?!^\[).)*?^name\s*=\s*["']([\w.-]+)["']""", re.MULTILINE | re.DOTALL)
MAX_MENTIONS = 2_000


@dataclass(frozen=True, slots=True)
class Manifest:
    remotes: tuple[str, ...] = ()
    """URLs of the git remotes, without credentials."""
    own_urls: tuple[str, ...] = ()
    """URLs under which the packaging says that the project is found."""
    prose_urls: tuple[str, ...] = ()
    """URLs that READMEs and other prose name."""
    requirements: tuple[tuple[str, Requirement], ...] = ()
    """(path, requirement) of every packaging file."""
    commands: tuple[tuple[str, OfferedCommand], ...] = ()
    submodules: tuple[tuple[str, Submodule], ...] = ()
    images: tuple[tuple[str, Image], ...] = ()
    distributions: tuple[tuple[str, str, int], ...] = ()
    """(name as written, path, line) of the distributions that packaging files build."""
    files: frozenset[str] = field(default=frozenset())
    """Every listed file."""


def manifest_of(
    files: frozenset[str],
    packaging: Mapping[str, str],
    prose: Mapping[str, str],
    images: Mapping[str, tuple[Image, ...]],
    remotes: Iterable[str],
) -> Manifest:
    """The manifest from the texts of packaging files and prose; pure."""
    ordered = sorted(packaging.items())
    told = dict.fromkeys(url.rstrip(".,;:!?*") for _, text in sorted(prose.items()) for url in addresses(text))
    return Manifest(
        remotes=tuple(remotes),
        own_urls=tuple(dict.fromkeys(url for path, text in ordered for url in _own_urls(path, text))),
        prose_urls=tuple(told)[:MAX_MENTIONS],
        requirements=tuple((path, each) for path, text in ordered for each in requirements(path, text)),
        commands=tuple((path, each) for path, text in ordered for each in offered_commands(path, text)),
        submodules=tuple((path, each) for path, text in ordered if basename(path) == ".gitmodules" for each in submodules(text)),
        images=tuple((path, each) for path, found in sorted(images.items()) for each in found),
        distributions=tuple(each for path, text in ordered for each in _distributions(path, text)),
        files=files,
    )


def _own_urls(path: str, text: str) -> list[str]:
    name = basename(path)
    if name in ("setup.py", "setup.cfg"):
        return _OWN_URL.findall(text)
    if name == "pyproject.toml":
        tables = "".join(_URL_TABLE.findall(text))
        stated = [url for url in _OWN_URL.findall(text) if "git+" not in url]
        return [*re.findall(r"""["'](https?://[^"']+)["']""", tables), *stated]
    return []


def _distributions(path: str, text: str) -> list[tuple[str, str, int]]:
    """The distribution's name where a packaging file says it literally."""
    name = basename(path)
    if name == "setup.py":
        match = re.search(r"""\bname\s*=\s*["']([\w.-]+)["']""", text)
    elif name == "setup.cfg":
        match = re.search(r"^\[metadata\][^\[]*?^name\s*=\s*([\w.-]+)", text, re.MULTILINE | re.DOTALL)
    elif name == "pyproject.toml":
        match = _PROJECT_NAME.search(text)
    else:
        match = None
    return [(match[1], path, text.count("\n", 0, match.start(1)) + 1)] if match else []
