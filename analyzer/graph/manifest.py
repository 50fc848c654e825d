"""What a repository's packaging, git and container files say to the outside: what it offers, what it asks other repositories for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import basename, dirname

from analyzer.discover.walk import ignore_rules
from analyzer.read.commands_offered import OfferedCommand, offered_commands
from analyzer.read.gitmodules import Submodule, submodules
from analyzer.read.images import Image
from analyzer.read.prose import ProseFacts
from analyzer.read.requirements import Requirement, normalised, requirements

_OWN_URL = re.compile(
    r"""(?:^|[\s,(])["']?(?:url|homepage|repository|source|source[ _-]?code|code|github|documentation|__url__|download_url)["']?\s*[:=]\s*["']?(https?://[^\s"',)]+)""",
    re.IGNORECASE | re.MULTILINE,
)
_URL_TABLE = re.compile(r"^\[(?:project\.urls|tool\.poetry\.urls)\]$([^\[]*)", re.MULTILINE)
_PROJECT_NAME = re.compile(r"""^\[(?:project|tool\.poetry)\]\s*$(?:(?!^\[).)*?^name\s*=\s*["']([\w.-]+)["']""", re.MULTILINE | re.DOTALL)
MAX_MENTIONS = 2_000
_INSTALL = re.compile(r"\b(?:pip3?|conda|mamba|pipx|uv|poetry)\s+(?:install|add)\s+([^\n`|&;#]+)")
_REPOSITORY = re.compile(r"(?:git\+|github\.com/)\S*?/([\w.-]+?)(?:\.git)?(?:[@#][^\s'\"]*)?['\")]*$")
_DISTRIBUTION = re.compile(r"[\"']?([A-Za-z][\w.-]*)(?:\[[\w,-]*\])?(?:[=<>~!]=?[\w.*]*)?[\"']?$")
_INDEX = re.compile(r"\bpypi\.(?:org|python\.org)/(?:project|pypi|simple)/([\w.-]+)")
_PACKAGING = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})
_LEAST_PINNED = 5
_TOOL = re.compile(
    r"$|(pytest|flake8|sphinx|types-|mkdocs|jupyter|nb|mypy)|(black|isort|ruff|pylint|coverage|pre-commit|tox|twine|build|bandit)$"
)
_LOCAL = frozenset({"-e", "--editable", "-r", "--requirement", "-c", "--constraint"})


_SETS_UP = re.compile(r"\bsetup\w*\s*\(")
_ANYBODYS = re.compile(r"(src|source|app|code|projects?|package|main|models?|ml|pipelines?|api|backend|my[-_]?(app|project|package))$")


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
    no_setups: frozenset[str] = field(default=frozenset())
    """Folders whose setup.py sets up no distribution: a program that prepares something else."""
    files: frozenset[str] = field(default=frozenset())
    """Every listed file."""
    of_others: frozenset[str] = field(default=frozenset())
    """Folders whose README says that they were taken from another project."""
    installed: frozenset[str] = field(default=frozenset())
    """Normalised names of the distributions that prose tells people to install, or points to on the package index."""

    ignored: tuple[tuple[str, str], ...] = ()
    """(folder, text) of the .gitignore files, the outer ones first."""

    def ignores(self, path: str) -> bool:
        """Whether version control ignores what stands at the path."""
        answer: bool | None = None
        for folder, text in self.ignored:
            if not folder or path.startswith(f"{folder}/"):
                below = path[len(folder) + 1 :] if folder else path
                try:
                    said = ignore_rules(text).check_file(below).include
                except ValueError:  # a pattern that git would ignore too
                    continue
                answer = answer if said is None else said
        return bool(answer)

    def told_to_install(self, projects: Iterable[str]) -> frozenset[str]:
        """Those of the projects whose distribution prose tells people to install by its name or from its repository."""
        built = {dirname(path) for name, path, _line in self.distributions if normalised(name) in self.installed and not is_anybodys(name)}
        return frozenset(root for root in projects if root in built)

    def pinned(self, projects: Iterable[str]) -> frozenset[str]:
        """Those of the projects whose packaging asks for exact versions: nothing could be installed beside them, they are run."""
        asked: dict[str, list[str]] = defaultdict(list)
        for path, each in self.requirements:
            if basename(path) in _PACKAGING and not _TOOL.match(each.name):
                asked[dirname(path)].append(each.version.strip())
        return frozenset(root for root in projects if _are_exact(asked.get(root, ())))


def _are_exact(versions: Collection[str]) -> bool:
    exact = sum(version.startswith("==") for version in versions)
    return exact >= _LEAST_PINNED and 2 * exact > sum(map(bool, versions))


def is_anybodys(name: str) -> bool:
    """Whether a distribution bears a name that no index would give to one project: it is there to be installed in place."""
    return _ANYBODYS.match(name.lower()) is not None


def manifest_of(
    files: frozenset[str],
    packaging: Mapping[str, str],
    prose: Mapping[str, str],
    said: Mapping[str, ProseFacts],
    images: Mapping[str, tuple[Image, ...]],
    remotes: Iterable[str],
    ignored: Mapping[str, str],
) -> Manifest:
    """The manifest from the texts of packaging files and prose, and what was read from the latter; pure."""
    ordered = sorted(packaging.items())
    told = dict.fromkeys(url.rstrip(".,;:!?*") for _, facts in sorted(said.items()) for url in facts.addresses)
    return Manifest(
        remotes=tuple(remotes),
        own_urls=tuple(dict.fromkeys(url for path, text in ordered for url in _own_urls(path, text))),
        prose_urls=tuple(told)[:MAX_MENTIONS],
        requirements=tuple((path, each) for path, text in ordered for each in requirements(path, text)),
        commands=tuple((path, each) for path, text in ordered for each in offered_commands(path, text)),
        submodules=tuple((path, each) for path, text in ordered if basename(path) == ".gitmodules" for each in submodules(text)),
        images=tuple((path, each) for path, found in sorted(images.items()) for each in found),
        distributions=tuple(each for path, text in ordered for each in _distributions(path, text)),
        no_setups=frozenset(dirname(path) for path, text in ordered if basename(path) == "setup.py" and not _SETS_UP.search(text)),
        files=files,
        of_others=frozenset(dirname(path) for path, facts in said.items() if facts.is_of_others),
        ignored=tuple((dirname(path), text) for path, text in sorted(ignored.items(), key=lambda each: (each[0].count("/"), each[0]))),
        installed=frozenset(name for text in prose.values() for name in _installed(text)),
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
        match = re.search(r"""\bname\s*=\s*["']([\w.-]+)["']""", text) or _named_constant(text)
    elif name == "setup.cfg":
        match = re.search(r"^\[metadata\][^\[]*?^name\s*=\s*([\w.-]+)", text, re.MULTILINE | re.DOTALL)
    elif name == "pyproject.toml":
        match = _PROJECT_NAME.search(text)
    else:
        match = None
    return [(match[1], path, text.count("\n", 0, match.start(1)) + 1)] if match else []


def _named_constant(text: str) -> re.Match[str] | None:
    """Where the constant stands that `setup(name=NAME)` names."""
    used = re.search(r"\bname\s*=\s*([A-Za-z_]\w*)\s*[,)]", text)
    return re.search(rf"""^{used[1]}\s*=\s*["']([\w.-]+)["']""", text, re.MULTILINE) if used else None


def _installed(text: str) -> Iterator[str]:
    for match in _INDEX.finditer(text):
        yield normalised(match[1])
    for match in _INSTALL.finditer(text):
        before = ""
        for word in match[1].split():
            if before not in _LOCAL and (found := _REPOSITORY.search(word) or _DISTRIBUTION.match(word)):
                yield normalised(found[1])
            before = word
