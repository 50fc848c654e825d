"""Requirements of packaging files: which distributions a project asks for, from where, on which line.

Sources: PEP 508 (requirement strings), PEP 621 and 735 (pyproject.toml), pip's requirements file format and VCS URLs, and what Poetry,
uv, Pipenv, setuptools (setup.cfg, setup.py) and conda document for their files. setup.py is searched, never run.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from posixpath import basename

import msgspec

MAX_REQUIREMENTS = 5_000
_NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)$", re.DOTALL)
_DIRECT = re.compile(r"(?:-e\s+|--editable[ =])?((?:git|hg|svn|bzr)\+\S+|https?://\S+)")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_SETUP_LISTS = re.compile(r"(install_requires|extras_require|requires|tests_require|dependency_links)\s*=\s*[\[{(]([^\]})]*)", re.DOTALL)
_QUOTED = re.compile(r"""["']([^"'\n]+)["']""")
_CONDA_ENTRY = re.compile(r"\s*-\s*[\"']?(?:[\w-]+::)?([^\"'#]+)")


class Requirement(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`name` is in PEP 503 normal form, "" when only `url` is known; `version` is what follows the name."""

    name: str
    line: int
    version: str = ""
    url: str = ""
    ref: str = ""
    """The branch, tag or commit that stands beside the address; one inside it is part of `url`."""


def requirements(path: str, text: str) -> tuple[Requirement, ...]:
    """The requirements of a packaging file, by its name; () for a file that holds none or is broken."""
    name = basename(path).lower()
    try:
        if name == "pyproject.toml":
            found = _pyproject(tomllib.loads(text), text)
        elif name == "pipfile":
            found = _tables(tomllib.loads(text), text, ("packages", "dev-packages"))
        elif name == "setup.py":
            found = _setup_py(text)
        elif name == "setup.cfg":
            found = _setup_cfg(text)
        elif name.endswith((".yml", ".yaml")):
            found = _listed(text, _CONDA_ENTRY)
        elif name.endswith((".txt", ".in")):
            found = _listed(text, re.compile(r"\s*([^#\s].*)"))
        else:
            return ()
        return tuple(found)[:MAX_REQUIREMENTS]
    except (tomllib.TOMLDecodeError, configparser.Error, RecursionError):
        return ()


def requirement(text: str, line: int) -> Requirement | None:
    """One requirement as pip takes it (`name==1`, `name @ url`, `git+https://…#egg=name`); None for an option or anything else."""
    text = text.strip().rstrip("\\").strip()
    direct = _DIRECT.match(text)
    if direct:
        egg = _EGG.search(text)
        return Requirement(normalised(egg[1]) if egg else "", line, "", direct[1])
    match = _NAMED.match(text)
    if match is None or text.startswith("-"):
        return None
    version = match[2].strip()
    if version and version[0] not in "=<>!~;@(#,":
        return None
    url = version[1:].partition(";")[0].strip() if version.startswith("@") else ""
    return Requirement(normalised(match[1]), line, "" if url else version.partition(";")[0].partition("#")[0].strip(), url)


@lru_cache(4096)
def normalised(name: str) -> str:
    """PEP 503 normal form of a distribution's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _listed(text: str, entry: re.Pattern[str]) -> Iterator[Requirement]:
    for number, line in enumerate(text.splitlines(), 1):
        match = entry.match(line)
        found = requirement(re.sub(r"\s+#.*$", "", match[1]), number) if match else None
        if found is not None:
            yield found


def _pyproject(data: dict[str, object], text: str) -> Iterator[Requirement]:
    project, tool = _table(data.get("project")), _table(data.get("tool"))
    lists: list[object] = [project.get("dependencies"), *_table(project.get("optional-dependencies")).values()]
    lists += [*_table(data.get("dependency-groups")).values(), *_table(_table(tool.get("pdm")).get("dev-dependencies")).values()]
    lists.append(_table(tool.get("uv")).get("dev-dependencies"))
    sources = _table(_table(tool.get("uv")).get("sources"))
    urls = {normalised(name): _source(_table(source)) for name, source in sources.items()}
    for entries in lists:
        for entry in entries if isinstance(entries, list) else ():
            found = requirement(entry, _line_of(text, entry, r"[\"']", r"[\"']")) if isinstance(entry, str) else None
            if found is not None:
                url, ref = (found.url, "") if found.url else urls.get(found.name, ("", ""))
                yield msgspec.structs.replace(found, url=url, ref=ref)
    poetry = _table(tool.get("poetry"))
    yield from _tables(poetry, text, ("dependencies", "dev-dependencies"))
    for group in _table(poetry.get("group")).values():
        yield from _tables(_table(group), text, ("dependencies",))


def _tables(data: dict[str, object], text: str, names: Iterable[str]) -> Iterator[Requirement]:
    """Poetry's and Pipenv's form: `name = "version"` or `name = { git = "…" }`."""
    for table in names:
        for name, value in _table(data.get(table)).items():
            if name.lower() == "python":
                continue
            options = _table(value)
            url, ref = _source(options)
            version = value if isinstance(value, str) else str(options.get("version", ""))
            yield Requirement(normalised(name), _line_of(text, name, r"^\s*[\"']?"), version, url, ref)


def _source(options: dict[str, object]) -> tuple[str, str]:
    """The address, and what of it is asked for, of `{ git = "…", tag = "…" }` or `{ url = "…" }`."""
    ref = options.get("rev") or options.get("tag") or options.get("branch") or options.get("ref") or ""
    return str(options.get("git") or options.get("url") or ""), str(ref)


def _setup_py(text: str) -> Iterator[Requirement]:
    for match in _SETUP_LISTS.finditer(text):
        for quoted in _QUOTED.finditer(match[2]):
            line = text.count("\n", 0, match.start(2) + quoted.start()) + 1
            found = requirement(quoted[1], line)
            if found is not None:
                yield found


def _setup_cfg(text: str) -> Iterator[Requirement]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    options = parser["options"] if parser.has_section("options") else {}
    extras = list(parser["options.extras_require"].values()) if parser.has_section("options.extras_require") else []
    for block in (options.get("install_requires", ""), *extras):
        for entry in block.splitlines():
            found = requirement(entry, _line_of(text, entry.strip())) if entry.strip() else None
            if found is not None:
                yield found


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _line_of(text: str, entry: str, before: str = "", behind: str = "") -> int:
    """The line on which `entry` is written; 1 when it is written otherwise (escapes, a dotted key)."""
    match = re.search(before + re.escape(entry) + behind, text, re.MULTILINE)
    return text.count("\n", 0, match.end() - 1) + 1 if match else 1
