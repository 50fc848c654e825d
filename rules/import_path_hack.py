"""GLU006."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from analyzer.graph.imports import imported_files
from analyzer.graph.path_edits import CHANGED_FOLDER
from analyzer.graph.system import ImportLink, Module, PathEdit, SystemGraph, project_imports
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.import_roots import DoublyNamed, doubly_named

_OWN_BUSINESS = frozenset({"setup.py", "conftest.py", "conf.py", "noxfile.py", "manage.py"})
_LESSONS = re.compile(r"tutorial|course|lesson|homework|cohort|(?:^|[/_+-])week|chapter|workshop|zoomcamp|bootcamp|cookbook", re.IGNORECASE)
_SHOWS = re.compile(r"(?:^|[+_-])(?:examples|samples|tutorials|demos)$", re.IGNORECASE)
"""The name of a repository that holds nothing but examples."""
_IMPORTING = frozenset({"import_module", "__import__", "exec", "eval", "run_module", "run_path", "exec_module"})
_SHOWN = 12
_MAX_LOCATIONS = 100
_MANY = 3


class ImportPathHack(Rule):
    """Code, notebooks or scripts change where Python searches for modules in order to import the repository's own code.

    A path that each file puts together by itself ties it to the folder it lies in, the folder it is started from, or one person's
    machine. It is glue where an installable package would be the interface: a moved file breaks at run time only, two copies of a
    module can be imported under two names, and tools cannot follow the imports.

    Found are `sys.path`, `site.addsitedir` and `PYTHONPATH`, in code, notebooks, shell scripts, recipes and CI jobs, whose folder lies
    in the repository, or is an absolute path that ends in one of its folders; also edits below the imports, which do nothing.
    All places that lead to the code of one project are one
    finding. Absolute paths weigh more, since they name one machine. Tentative are notebooks that change their folder (`os.chdir`) to find
    own code, and modules that are imported under two names, from two roots: each name runs and keeps them anew.

    Exempt: tests and `conftest.py`, documentation and its `conf.py`, `setup.py`, vendored and generated files, what only tests and
    checkers follow, images (what they set is their own installation), folders that the user names, the folder that an installed command
    is started in, what lies outside the repository, git submodules and third-party folders, the examples of a library, tutorials, edits
    in files that import nothing of the repository and whose importers do not, absolute folders that hold nothing the file imports.
    A single relative edit is reported as tentative.

    Known false positives: a path to a third party's code that was copied in without its licence or under another name.
    """

    code = "GLU006"
    name = "import-path-hack"
    severity = Severity.low
    confidence = Confidence.B
    cost = Cost(30, 5, friction=5)
    tentative_in = frozenset({"library", "tutorial"})
    source = "Sculley et al. 2015, §5.1 (glue code) and §5.2 (pipeline jungles)"
    remedy = (
        "Give the code a `pyproject.toml` with a `[build-system]` and a `[project]` table, install it once with `pip install -e .` (in "
        "the image and in CI as well), and delete the edits."
    )
    BAD = (
        {
            "src/shared/__init__.py": "",
            "src/shared/clean.py": "def clean(frame):\n    return frame\n",
            "jobs/train.py": "import sys\n\nsys.path.append('../src')\nfrom shared.clean import clean\n\nclean(None)\n",
            "jobs/score.py": "import sys\n\nsys.path.append('../src')  # GLU006\nfrom shared.clean import clean\n\nclean(None)\n",
        },
        {
            "src/shared/__init__.py": "",
            "run.sh": "export PYTHONPATH=/home/jo/ranker/src  # GLU006\npython jobs/train.py\n",
            "jobs/train.py": "import shared\n\nprint(shared)\n",
        },
    )
    GOOD = (
        {
            "src/shared/__init__.py": "",
            "docs/conf.py": "import sys\n\nsys.path.insert(0, '../src')\n",
            "tests/conftest.py": "import sys\n\nsys.path.insert(0, 'src')\n",
            "plugins.py": "import sys\n\n\ndef load(folder):\n    sys.path.append(folder)\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        projects: dict[tuple[str, bool], list[PathEdit]] = {}
        for edit in graph.path_edits:
            moves = edit.way == CHANGED_FOLDER
            if not _is_exempt(graph, edit) and (not moves or _finds_its_code_there(graph, edit)):
                place = edit.path if _is_started_there(graph, edit) else posixpath.join(edit.folder, "x")
                projects.setdefault((_project(graph, place), moves), []).append(edit)
        for (project, moves), edits in sorted(projects.items()):
            edits.sort(key=lambda edit: (not edit.is_absolute, edit.site))
            yield self._moved(graph, project, edits) if moves else self._finding(graph, project, edits)
        yield from (self._two_names(project, doubles) for project, doubles in sorted(doubly_named(graph).items()))

    def _moved(self, graph: SystemGraph, project: str, edits: list[PathEdit]) -> Finding:
        files = len({edit.path for edit in edits})
        return self.found(
            f"own code is imported after `os.chdir` in {f'{files} notebooks' if files > 1 else f'`{edits[0].path}`'}",
            Subject("working folder", project or "."),
            list(dict.fromkeys(edit.site for edit in edits))[:_MAX_LOCATIONS],
            _evidence(graph, project, edits),
            confidence=Confidence.C,
            items=len(edits),
            members=len(edits),
        )

    def _two_names(self, project: str, doubles: list[DoublyNamed]) -> Finding:
        first = doubles[0]
        names = " and as ".join(f"`{name}`" for name in sorted(first.names))
        more = f" (and {len(doubles) - 1} more)" if len(doubles) > 1 else ""
        return self.found(
            f"`{first.path}`{more} is imported as {names}, from two roots",
            Subject("import roots", project or "."),
            list(dict.fromkeys(site for each in doubles for sites in each.names.values() for site in sites))[:_MAX_LOCATIONS],
            [
                Evidence(f"`{each.path}` as `{name}`, {len(sites)} times", sites[0])
                for each in doubles[:_SHOWN]
                for name, sites in sorted(each.names.items())
            ],
            confidence=Confidence.C,
            items=len(doubles),
            members=len(doubles),
            remedy="Choose one root that imports start from, install what lies below it (`pip install -e .`), and use the one name.",
        )

    def _finding(self, graph: SystemGraph, project: str, edits: list[PathEdit]) -> Finding:
        absolute = [edit for edit in edits if edit.is_absolute]
        files = len({edit.path for edit in edits})
        ways = " and ".join(sorted({f"`{edit.way}`" for edit in edits}))
        place = f"{files} files" if files > 1 else f"`{edits[0].path}`"
        machine = f", {len(absolute)} with an absolute path" if absolute else ""
        is_alone = files == 1 and not absolute
        is_told = any(_is_told(graph, edit) for edit in edits)
        idle = sum(_is_idle(graph, edit) for edit in edits)
        does = f"{ways} is edited for nothing" if idle == len(edits) else f"own code is imported by editing {ways}"
        return self.found(
            f"{does} in {place}{machine}",
            Subject("project", project or "."),
            list(dict.fromkeys(edit.site for edit in edits))[:_MAX_LOCATIONS],
            _evidence(graph, project, edits),
            severity=Severity.medium if absolute or files >= _MANY else self.severity,
            confidence=Confidence.C if is_alone or not is_told else self.confidence,
            items=len(edits),
            members=len(edits),
        )


def _finds_its_code_there(graph: SystemGraph, edit: PathEdit) -> bool:
    """Does a notebook import what lies in the folder that it changes to, and not beside it?"""
    inside = f"{edit.folder}/" if edit.folder else ""
    beside = posixpath.dirname(edit.path) + "/"
    at = (edit.site.cell or 0, edit.site.line)
    return edit.folder != posixpath.dirname(edit.path) and any(
        link.status in ("module", "name")
        and not link.fact.level
        and (link.site.cell or 0, link.site.line) > at
        and link.target.startswith(inside)
        and not link.target.startswith(beside)
        for link in graph.once(_own_imports).get(edit.path, ())
    )


def _is_exempt(graph: SystemGraph, edit: PathEdit) -> bool:
    module = graph.modules.get(edit.path)
    archetype = graph.projects[_project(graph, edit.path)].archetype
    if _SHOWS.search(graph.name) or _LESSONS.search(f"{graph.name}/{edit.path}") or posixpath.basename(edit.path) in _OWN_BUSINESS:
        return True
    folders = set(edit.path.lower().split("/")[:-1])
    if folders & {"test", "tests", "testing", "docs", "doc", "third_party", "vendor", "external"}:
        return True
    is_library = "library" in (archetype, graph.projects[""].archetype) or graph.once(_is_installed)
    if is_library and folders & {"example", "examples", "tutorial", "tutorials"}:
        return True
    if "guides" in folders and module is not None and module.is_notebook:
        return True
    if module is not None and edit.way != "PYTHONPATH":
        if edit.is_absolute:
            if not _asks_for_what_lies_there(graph, module, edit) and not _is_for_importers(graph, edit):
                return True  # a checkout of something else that has the name of a folder of ours
        elif not _imports_own_code_after(graph, edit) and not _is_idle(graph, edit) and not _is_for_importers(graph, edit):
            return True
    if edit.folder and _is_others(graph, edit.folder):
        return True  # a distribution that was copied in is searched where it lies
    if "template" in posixpath.basename(edit.path).lower():
        return True  # others fill it in, and import what is theirs
    if module is not None and edit.way == "sys.path" and _is_searched_anyway(graph, edit):
        return True
    if edit.text == "." and module is not None and module.is_packaged:
        return True  # a command of ours lets its users bring modules of theirs along
    return module is not None and module.is_excluded


def _is_others(graph: SystemGraph, folder: str) -> bool:
    """Is all code below the folder vendored?"""
    inside = [module.is_vendored for path, module in graph.modules.items() if path.startswith(f"{folder}/")]
    return bool(inside) and all(inside)


def _is_searched_anyway(graph: SystemGraph, edit: PathEdit) -> bool:
    """Is it the folder of a program that nobody imports? Python searches that first."""
    facts = graph.modules[edit.path].facts
    is_program = bool(facts.main_line) or any(fact.module.partition(".")[0] == "streamlit" for fact in facts.imports)
    return is_program and edit.folder == posixpath.dirname(edit.path) and edit.path not in graph.once(imported_files)


def _is_installed(graph: SystemGraph) -> bool:
    """Does the root's packaging build a package?"""
    return any(m.is_packaged and not m.project for m in graph.modules.values())


def _imports_own_code_after(graph: SystemGraph, edit: PathEdit) -> bool:
    """Does the file import code of the repository behind the edit, or may what it imports, starts or loads do so?"""
    facts = graph.modules[edit.path].facts
    at = (edit.site.cell or 0, edit.site.line)
    links = graph.once(_own_imports).get(edit.path, ())
    return not _IMPORTING.isdisjoint(facts.dynamic) or any(link.fact.scope or (link.site.cell or 0, link.site.line) > at for link in links)


def _is_idle(graph: SystemGraph, edit: PathEdit) -> bool:
    """Has the file imported the code of the folder already, and imports no more of the repository? Then the edit is a remainder."""
    module = graph.modules.get(edit.path)
    if module is None or edit.is_absolute or edit.way != "sys.path" or _imports_own_code_after(graph, edit):
        return False
    inside = f"{edit.folder}/" if edit.folder else ""
    links = graph.once(_own_imports).get(edit.path, ())
    return any(link.status in ("module", "name") and not link.fact.level and link.target.startswith(inside) for link in links)


def _is_told(graph: SystemGraph, edit: PathEdit) -> bool:
    """Does the file itself use what it adds? What only its importers use is less sure."""
    module = graph.modules.get(edit.path)
    if module is None or edit.way == "PYTHONPATH":
        return True
    if edit.is_absolute:
        return _asks_for_what_lies_there(graph, module, edit)
    return _imports_own_code_after(graph, edit) or _is_idle(graph, edit)


def _asks_for_what_lies_there(graph: SystemGraph, module: Module, edit: PathEdit) -> bool:
    """Does the folder hold something that the file imports, or may import by a name that it puts together? What lies beside the file is
    found without it."""
    if edit.folder == posixpath.dirname(module.path):
        return False
    there = graph.once(_held).get(edit.folder, set())
    asked = {fact.module.partition(".")[0] for fact in module.facts.imports if not fact.level}
    return not _IMPORTING.isdisjoint(module.facts.dynamic) or not there.isdisjoint(asked)


def _is_for_importers(graph: SystemGraph, edit: PathEdit) -> bool:
    """Do modules that import the file ask for what the folder holds, by names that they do not find beside them? So a file of settings
    edits the search of all that use it."""
    there = graph.once(_held).get(edit.folder, set())
    for user in graph.once(_importers).get(edit.path, ()):
        module = graph.modules[user]
        beside = graph.once(_held).get(posixpath.dirname(user), set())
        asked = {fact.module.partition(".")[0] for fact in module.facts.imports if not fact.level}
        if (
            not module.is_excluded
            and edit.folder != posixpath.dirname(user)
            and not (asked & there - beside).isdisjoint(_unknown(graph, user))
        ):
            return True
    return False


def _unknown(graph: SystemGraph, path: str) -> set[str]:
    """First names of the imports of a file that no declared package offers."""
    declared = {name.replace("-", "_") for project in graph.projects.values() for name in project.dependencies}
    return {fact.module.partition(".")[0] for fact in graph.modules[path].facts.imports} - declared


def _importers(graph: SystemGraph) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for user, targets in graph.once(project_imports).items():
        for target in targets:
            found.setdefault(target, []).append(user)
    return found


def _held(graph: SystemGraph) -> dict[str, set[str]]:
    """Folder → the names that `import` finds when the folder is searched."""
    found: dict[str, set[str]] = {}
    for path in graph.modules:
        name = posixpath.basename(path).removesuffix(".py")
        folder = posixpath.dirname(path)
        found.setdefault(folder, set()).add(name)
        while folder:
            folder, _, name = folder.rpartition("/")
            found.setdefault(folder, set()).add(name)
    return found


def _own_imports(graph: SystemGraph) -> dict[str, list[ImportLink]]:
    found: dict[str, list[ImportLink]] = {}
    for link in graph.imports:
        if link.status != "external":
            found.setdefault(link.importer, []).append(link)
    return found


def _project(graph: SystemGraph, path: str) -> str:
    folder = posixpath.dirname(path)
    while folder and folder not in graph.projects:
        folder = posixpath.dirname(folder)
    return folder


def _is_started_there(graph: SystemGraph, edit: PathEdit) -> bool:
    """Is it `.` in a command? Then it is the folder that the command is started in, by custom the root of its project."""
    return edit.text == "." and not edit.folder and edit.path not in graph.modules


def _evidence(graph: SystemGraph, project: str, edits: list[PathEdit]) -> Iterator[Evidence]:
    for edit in edits[:_SHOWN]:
        meant = f"`{edit.folder}`" if edit.folder else "the root of the repository"
        meant = "the folder it is started in" if _is_started_there(graph, edit) else meant
        meant += ", whose code the file has imported above" if _is_idle(graph, edit) else ""
        yield Evidence(f"adds `{edit.text}` to {edit.way}: {meant}" + (" on one machine" if edit.is_absolute else ""), edit.site)
    if len(edits) > _SHOWN:
        yield Evidence(f"and {len(edits) - _SHOWN} places more")
    folders = Counter((project if _is_started_there(graph, edit) else edit.folder) or "." for edit in edits)
    yield Evidence("folders that are added: " + ", ".join(f"`{folder}` ×{number}" for folder, number in folders.most_common(5)))
    packaged = any(module.is_packaged for module in graph.modules.values() if module.project == project)
    yield Evidence(
        "the project can be installed, so the edits are not needed for its package" if packaged else "the project cannot be installed"
    )
