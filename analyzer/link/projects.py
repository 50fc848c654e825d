"""Projects and their source roots (RULES.md §0.2), read from packaging files; nothing of them is executed."""

from __future__ import annotations

import configparser
import posixpath
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analyzer.read.requirements import normalised

_MARKERS = re.compile(
    r"(?:^|/)(?:pyproject\.toml|setup\.py|setup\.cfg|requirements[^/]*\.txt|environment\.ya?ml|Pipfile|package\.json|dbt_project\.yml"
    r"|MLproject|Dockerfile|dvc\.yaml)$"
)
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~;@\s]|$)")
_SETUP_STRINGS = re.compile(r"(install_requires|extras_require|requires|tests_require|setup_requires)\s*=\s*[\[{]([^\]}]*)", re.DOTALL)
_PACKAGE_DIR = re.compile(r"""package_dir\s*=\s*\{\s*["']{2}\s*:\s*["']([^"']+)["']""")
_SCRIPT = re.compile(r"""["']\s*([\w.-]+)\s*=\s*([\w.]+)\s*:\s*[\w.]+""")
_EXTENSION = re.compile(r"""\w*Extension\(\s*(?:name\s*=\s*)?["']([\w.]+)["']""")
_MADE_EXTENSION = re.compile(r"""make_\w*ext\w*\(\s*name\s*=\s*["'](\w+)["']\s*,\s*module\s*=\s*["']([\w.]+)["']""")
"""A helper that a setup.py defines for its kernels: `make_cuda_ext(name="nms", module="net.ops", …)`."""
_LOCAL = re.compile(r"^\s*(?:-e|--editable)?[ =]*(?:file:(?://)?)?(\.{1,2}(?:/[\w./-]*)?)(?:\[[^\]]*\])?\s*(?:[;#]|$)")
"""`-e ../lib[extra]`, `./lib` in a requirements file."""
_QUOTED = re.compile(r"""["']([^"']+)["']""")
# distributions whose import name is not their own
_IMPORT_NAMES = {
    "scikit-learn": "sklearn", "opencv-python": "cv2", "opencv-python-headless": "cv2", "pillow": "PIL", "pyyaml": "yaml",
    "beautifulsoup4": "bs4", "python-dotenv": "dotenv", "pytorch-lightning": "pytorch_lightning", "attrs": "attr", "gin-config": "gin",
    "protobuf": "google", "tensorflow-gpu": "tensorflow", "apache-airflow": "airflow", "apache-beam": "apache_beam",
    "huggingface-hub": "huggingface_hub", "msgpack-python": "msgpack", "gitpython": "git", "python-dateutil": "dateutil",
}  # fmt: skip


def import_name_of(distribution: str) -> str:
    """The top-level name that a distribution is imported by, as far as it is known to differ from its own."""
    return _IMPORT_NAMES.get(distribution, distribution)


@dataclass(frozen=True, slots=True)
class ProjectLayout:
    """One project as its packaging files describe it."""

    root: str
    name: str = ""
    keywords: tuple[str, ...] = ()
    source_roots: tuple[str, ...] = ("",)
    dependencies: frozenset[str] = frozenset()
    scripts: tuple[str, ...] = ()
    """Modules that console scripts and entry points name."""
    commands: tuple[tuple[str, str], ...] = ()
    """(command, module) of each console script."""
    packaged: bool = False
    """Has metadata that builds a distribution."""
    classifiers: bool = False
    extensions: tuple[str, ...] = ()
    """Dotted names of compiled modules that setup.py builds."""
    local: tuple[str, ...] = ()
    """Folders of other projects of the repository that it depends on by path."""
    broken: tuple[tuple[str, str], ...] = ()
    """(path, reason) of packaging files that could not be read."""

    def depends_on(self, top: str) -> bool:
        """Is the import name `top` one of the declared dependencies?"""
        return normalised(top) in self.dependencies


@dataclass(slots=True)
class Layout:
    projects: dict[str, ProjectLayout] = field(default_factory=lambda: {"": ProjectLayout("")})
    submodules: tuple[str, ...] = ()
    _cache: dict[str, ProjectLayout] = field(default_factory=dict)

    def project_of(self, path: str) -> ProjectLayout:
        """The nearest project at or above the file's folder."""
        found = self._cache.get(path)
        if found is None:
            current = posixpath.dirname(path)
            while current and current not in self.projects:
                current = posixpath.dirname(current)
            found = self._cache[path] = self.projects[current]
        return found


def layout_of(files: Iterable[str], packaging: Mapping[str, str], submodules: tuple[str, ...] = ()) -> Layout:
    """Projects from the listed files; `packaging` maps the path of each packaging file to its text."""
    files = sorted(files)
    roots = {"": ProjectLayout("")}
    python_folders = {posixpath.dirname(path) for path in files if path.endswith((".py", ".ipynb"))}
    for path in files:
        if _MARKERS.search(path):
            root = posixpath.dirname(path)
            if root == "" or any(f == root or f.startswith(root + "/") for f in python_folders):
                roots.setdefault(root, ProjectLayout(root))
    for root in roots:
        roots[root] = _describe(root, {p: t for p, t in packaging.items() if posixpath.dirname(p) == root}, set(files), roots)
    return Layout(roots, submodules)


def _describe(root: str, packaging: Mapping[str, str], files: set[str], roots: Mapping[str, object]) -> ProjectLayout:
    found: list[ProjectLayout] = []
    broken: list[tuple[str, str]] = []
    for path, text in sorted(packaging.items()):
        try:
            found.append(_described(posixpath.basename(path), text))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            broken.append((path, f"not valid TOML: {error}"))
    names = {name for part in found for name in part.dependencies if name}
    name = next((part.name for part in found if part.name), "")
    dependencies = {normalised(_IMPORT_NAMES.get(n, n)) for n in names} | names
    return ProjectLayout(
        root=root,
        name=name,
        keywords=next((part.keywords for part in found if part.keywords), ()),
        source_roots=_source_roots(root, [extra for part in found for extra in part.source_roots], files, roots),
        dependencies=frozenset(dependencies - {normalised(name)}),
        scripts=tuple(script for part in found for script in part.scripts),
        commands=tuple(command for part in found for command in part.commands),
        packaged=any(part.packaged for part in found),
        classifiers=any(part.classifiers for part in found),
        extensions=tuple(extension for part in found for extension in part.extensions),
        local=_local_folders(root, [path for part in found for path in part.local]),
        broken=tuple(broken),
    )


def _local_folders(root: str, named: Iterable[str]) -> tuple[str, ...]:
    folders = [posixpath.normpath(posixpath.join(root, path)) for path in named if not path.startswith(("/", "~"))]
    return tuple(dict.fromkeys("" if folder == "." else folder for folder in folders if not folder.startswith("..")))


def _source_roots(root: str, named: Iterable[str], files: set[str], roots: Mapping[str, object]) -> tuple[str, ...]:
    """Folders that the packaging names, then the usual ones that are neither a package nor a project of their own, then the root."""
    found = [posixpath.normpath(posixpath.join(root, folder)) for folder in named]
    for folder in ("src", "lib", "python", "py"):
        base = posixpath.join(root, folder)
        if posixpath.join(base, "__init__.py") not in files and base not in roots:
            found.append(base)
    return tuple(dict.fromkeys("" if folder == "." else folder.rstrip("/") for folder in [*found, root]))


def _described(file: str, text: str) -> ProjectLayout:
    """What one packaging file says of its project. Raises tomllib.TOMLDecodeError, RecursionError."""
    if file == "pyproject.toml":
        return _pyproject(tomllib.loads(text))
    if file == "setup.py":
        return _setup_py(text)
    if file == "setup.cfg":
        return _setup_cfg(text)
    lines = text.splitlines()
    if file.startswith("requirements") and file.endswith(".txt"):
        names = {_distribution(line) for line in lines if not line.lstrip().startswith(("#", "-"))}
    elif file.startswith("environment"):
        names = {_distribution(line.strip().lstrip("-").strip().strip("\"'")) for line in lines}
    elif file == "Pipfile":
        names = {_distribution(line.partition("=")[0].strip().strip("\"'")) for line in lines if "=" in line}
    else:
        names = set()
    local = [match[1] for line in lines if (match := _LOCAL.match(line))] if file.endswith(".txt") else []
    return ProjectLayout("", source_roots=(), dependencies=frozenset(names), local=tuple(local))


def _setup_py(text: str) -> ProjectLayout:
    match = re.search(r"""\bname\s*=\s*["']([\w.-]+)["']""", text)
    names = {_distribution(quoted) for _, body in _SETUP_STRINGS.findall(text) for quoted in _QUOTED.findall(body)}
    return ProjectLayout(
        root="",
        name=match.group(1) if match else "",
        source_roots=tuple(_PACKAGE_DIR.findall(text)),
        dependencies=frozenset(names),
        scripts=tuple(module for _, module in _SCRIPT.findall(text)),
        commands=tuple(_SCRIPT.findall(text)),
        packaged=True,
        classifiers="classifiers" in text,
        extensions=(*_EXTENSION.findall(text), *(f"{package}.{name}" for name, package in _MADE_EXTENSION.findall(text))),
    )


def _distribution(requirement: str) -> str:
    match = _REQUIREMENT.match(requirement)
    return normalised(match.group(1)) if match else ""


def _as_table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _as_texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _pyproject(data: dict[str, object]) -> ProjectLayout:
    project = _as_table(data.get("project"))
    tool = _as_table(data.get("tool"))
    poetry = _as_table(tool.get("poetry"))
    names = {_distribution(r) for r in _as_texts(project.get("dependencies"))}
    for group in _as_table(project.get("optional-dependencies")).values():
        names |= {_distribution(r) for r in _as_texts(group)}
    names |= {normalised(key) for key in _as_table(poetry.get("dependencies"))}
    for group in _as_table(poetry.get("group")).values():
        names |= {normalised(key) for key in _as_table(_as_table(group).get("dependencies"))}
    commands: list[tuple[str, str]] = []
    for table in (project.get("scripts"), project.get("gui-scripts"), poetry.get("scripts")):
        commands.extend((name, str(target).partition(":")[0].strip()) for name, target in _as_table(table).items())
    scripts = [module for _, module in commands]
    for table in _as_table(project.get("entry-points")).values():
        scripts.extend(str(target).partition(":")[0].strip() for target in _as_table(table).values())
    setuptools = _as_table(tool.get("setuptools"))
    roots = [str(v) for v in _as_table(setuptools.get("package-dir")).values()]
    roots += _as_texts(_as_table(_as_table(setuptools.get("packages")).get("find")).get("where"))
    local = [str(d["path"]) for d in _dependency_tables(poetry, tool) if isinstance(d.get("path"), str)]
    packages = poetry.get("packages")
    roots += [str(p["from"]) for p in packages if isinstance(p, dict) and "from" in p] if isinstance(packages, list) else []
    name = project.get("name") or poetry.get("name")
    return ProjectLayout(
        "",
        name if isinstance(name, str) else "",
        tuple(_as_texts(project.get("keywords")) or _as_texts(poetry.get("keywords"))),
        tuple(roots),
        frozenset(names),
        tuple(scripts),
        tuple(commands),
        bool(project or poetry),
        bool(project.get("classifiers") or poetry.get("classifiers")),
        local=tuple(local),
    )


def _dependency_tables(poetry: dict[str, object], tool: dict[str, object]) -> list[dict[str, object]]:
    """Dependencies that are described by a table: of Poetry, of its groups, and the sources of uv."""
    groups = [_as_table(poetry.get("dependencies")), _as_table(poetry.get("dev-dependencies"))]
    groups += [_as_table(_as_table(group).get("dependencies")) for group in _as_table(poetry.get("group")).values()]
    groups.append(_as_table(_as_table(tool.get("uv")).get("sources")))
    return [_as_table(value) for group in groups for value in group.values()]


def _setup_cfg(text: str) -> ProjectLayout:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return ProjectLayout("", source_roots=(), packaged="[metadata]" in text)
    options = parser["options"] if parser.has_section("options") else {}
    roots = [line.partition("=")[2].strip() for line in options.get("package_dir", "").splitlines() if line.strip().startswith("=")]
    entries = list(parser["options.entry_points"].values()) if parser.has_section("options.entry_points") else []
    lines = [line.partition("=") for entry in entries for line in entry.splitlines() if "=" in line]
    return ProjectLayout(
        root="",
        source_roots=tuple(roots),
        dependencies=frozenset(_distribution(line) for line in options.get("install_requires", "").splitlines()),
        scripts=tuple(target.partition(":")[0].strip() for _, _, target in lines),
        commands=tuple((name.strip(), target.partition(":")[0].strip()) for name, _, target in lines),
        packaged="[metadata]" in text,
    )
