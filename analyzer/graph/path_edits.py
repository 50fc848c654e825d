"""Places that change where `import` searches: `sys.path` and `site.addsitedir` in code, `PYTHONPATH` in code, shell, Make and CI.

Source: `sys.path` and `site` of the Python library reference, `PYTHONPATH` of its command line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from analyzer.graph.system import PathEdit
from analyzer.link.domain import Abstract, Many, Pattern
from analyzer.link.evaluate import Evaluator
from analyzer.link.search_paths import additions, placed, settings
from analyzer.link.where import Where
from analyzer.model import Site
from analyzer.read.step_facts import Command, StepFacts
from analyzer.read.values import BinOp, Value, last_name

CHANGED_FOLDER = "os.chdir"
_ABSOLUTE = re.compile(r"(?:/|~|[A-Za-z]:[\\/]|\{HOME\})")
_STARTED = re.compile(r"^(?:\{(?:pwd|PWD|getcwd|cwd|CURDIR)\}|\$\(pwd\)|\$\{?PWD\}?|`pwd`)/?")
_CHECKS = frozenset("pytest py.test tox nox unittest mypy pylint flake8 ruff sphinx-build make mkdocs coverage black isort".split())
_TEST_FILE = re.compile(r"(?:^|/)tests?/.*\.py\Z|(?:^|/)test_\w+\.py\Z")
_CHECKING = re.compile(r"test|lint|check|doc|html|cover|format|style", re.IGNORECASE)
_CHECKER = re.compile(r"(?:run_)?(?:check|test|lint)s?(?:[_-].*)?\.(?:sh|bash)\Z", re.IGNORECASE)
"""A script that only checks."""
_PLACEHOLDER = re.compile(r"path[-_/]to\b|\byour[-_]|<[^<>]*>", re.IGNORECASE)
_PREFIX = re.compile(r"\w+=|-|(?:sudo|env|time|nohup|exec|xvfb-run|poetry|uv|pipenv|pdm|hatch|run|conda|srun)\Z")
_PYTHON = re.compile(
    r"(?:i?python|pypy)[\d.]*\Z|(?:accelerate|torchrun|deepspeed|streamlit|uvicorn|gunicorn|flask|celery|jupyter(?:-\w+)?|papermill|mlflow|dvc"
    r"|snakemake|kedro|prefect|dagster|airflow|luigi|bash|sh|make)\Z|.*\.(?:py|sh)\Z"
)
"""Programs that run Python code, or may."""
_INSTALLERS = frozenset({"pip", "build", "venv", "virtualenv", "twine", "ensurepip", "setup.py"})
_CHOSEN = ("cli-default", "env", "config", "parameter")
"""What the user can name is no property of the code."""
_NOT_OURS = re.compile(
    r"(?:^|/)(?:third_?party|3rd[_-]?party|external|vendor(?:ed)?|extern|submodules?|site-packages|dist-packages)(?:/|$)"
)


def _is_check(command: Command) -> bool:
    return any(posixpath.basename(word) in _CHECKS or _TEST_FILE.search(word) for word in command.words)


def _makes(command: Command) -> bool:
    """Does `make` make something else than tests, checks and documentation?"""
    return command.words[:1] == ("make",) and not any(_CHECKING.search(word) for word in command.words[1:])


def _starts_python(command: Command) -> bool:
    """Does the command run checks or Python code? What installs does not ask where to search."""
    if _is_check(command):
        return True
    program = next((posixpath.basename(word) for word in command.words if not _PREFIX.match(word)), "")
    return _PYTHON.match(program) is not None and not _INSTALLERS & set(command.words[:4])


@dataclass(frozen=True, slots=True)
class _Added:
    line: int
    values: tuple[Abstract, ...]
    way: str


class PathEdits:
    """Asks each place for the folder that it adds. What lies outside the repository for certain is left out."""

    def __init__(self, evaluator: Evaluator, submodules: Iterable[str] = ()) -> None:
        self.evaluator = evaluator
        self.program = evaluator.program
        self.submodules = tuple(submodules)

    def of_code(self, site: Callable[[str, int], Site]) -> Iterator[PathEdit]:
        """Of every module and notebook."""
        for path in self.program.facts:
            seen: set[int] = set()
            for added in self._added(path):
                if added.line in seen:
                    continue
                edit = self._of_values(path, added, site)
                if edit is not None:
                    seen.add(added.line)
                    yield edit

    def of_steps(self, steps: Mapping[str, StepFacts], site: Callable[[str, int], Site]) -> Iterator[PathEdit]:
        """Of shell scripts, recipes and jobs. Images are left out: what they set is their own installation."""
        for path, facts in sorted(steps.items()):
            if facts.kind == "docker" or _CHECKER.match(posixpath.basename(path)):
                continue
            for step in facts.steps:
                checks = {c.line for c in step.commands if _is_check(c)}
                starts = [n for n, command in enumerate(step.commands) if _starts_python(command)]
                others = [n for n in starts if step.commands[n].line not in checks or _makes(step.commands[n])]
                for number, command in enumerate(step.commands):
                    is_for_tests = starts and starts[-1] > number and not (others and others[-1] >= number)
                    if command.line not in checks and not is_for_tests:  # `PYTHONPATH=src pytest`: one that sets and one that runs
                        yield from self._of_command(path, command, command.cwd or step.cwd, site)

    # ---- code --------------------------------------------------------------------------------------------------------

    def _added(self, path: str) -> Iterator[_Added]:
        facts = self.program.facts[path]
        for call, value in additions(facts):
            way = "site.addsitedir" if last_name(call.func) == "addsitedir" else "sys.path"
            yield _Added(call.line, self._value(path, value, call.scope, call.at, call.block), way)
        for call in facts.calls if facts.kind == "notebook" else ():
            if last_name(call.func) == "chdir" and call.args:  # a notebook searches the folder that it works in first
                yield _Added(call.line, self._value(path, call.args[0], call.scope, call.at, call.block), CHANGED_FOLDER)
        for assign in facts.assigns:
            if assign.target == "sys.path" or (assign.target == "sys.path[]" and assign.kind == "append"):
                yield _Added(assign.line, self._value(path, assign.value, assign.scope, assign.at, assign.block), "sys.path")
            elif assign.target in ("os.environ[PYTHONPATH]", "environ[PYTHONPATH]"):
                yield _Added(assign.line, self._value(path, assign.value, assign.scope, assign.at, assign.block), "PYTHONPATH")

    def _value(self, path: str, value: Value, scope: int, at: int, block: int) -> tuple[Abstract, ...]:
        if isinstance(value, BinOp) and value.op == "+":  # `[folder] + sys.path`
            sides = (self._value(path, side, scope, at, block) for side in (value.left, value.right))
            whole = self.evaluator.value(value, Where(path, scope, at, block))
            return (*whole, *(each for side in sides for each in side)) if not isinstance(whole[0], Pattern) else whole
        values = self.evaluator.value(value, Where(path, scope, at, block))
        return tuple(each for known in values for each in (known.items if isinstance(known, Many) else (known,)))

    def _of_values(self, path: str, added: _Added, site: Callable[[str, int], Site]) -> PathEdit | None:
        for value in added.values:
            if not isinstance(value, Pattern) or value.via in _CHOSEN:
                continue
            for text in value.shown.split(":") if added.way == "PYTHONPATH" else [value.shown]:
                found = self._edit(path, text, value.anchored, added.way, site(path, added.line), "")
                if found is not None:
                    return found
        return None

    # ---- commands ----------------------------------------------------------------------------------------------------

    def _of_command(self, path: str, command: Command, folder: str, site: Callable[[str, int], Site]) -> Iterator[PathEdit]:
        for setting in settings(command.words):
            for part in setting[1].strip("\"'").split(":"):
                found = self._edit(path, part.strip(), False, "PYTHONPATH", site(path, command.line), folder)
                if found is not None:
                    yield found
                    return

    # ---- both --------------------------------------------------------------------------------------------------------

    def _edit(self, path: str, text: str, anchored: bool, way: str, site: Site, cwd: str) -> PathEdit | None:
        if (
            _PLACEHOLDER.search(text)
            or (not text and not anchored)
            or text in ("{PYTHONPATH}", "$PYTHONPATH", "${PYTHONPATH}")
            or _NOT_OURS.search(text)
        ):
            return None
        if _ABSOLUTE.match(text):
            folder = self._tail(text)
            return PathEdit(path, site, way, text, folder, True) if folder is not None else None
        text = _STARTED.sub("", text) or "."
        if "{" in text:
            return None
        if text == "." and way == "PYTHONPATH" and not cwd and path not in self.program.facts:
            return PathEdit(path, site, way, text, "", False)  # where the command is started, by custom the root
        folder = placed(self.program, posixpath.join(cwd, "x") if cwd else path, text, anchored)
        if folder is None or any(folder == each or folder.startswith(each + "/") for each in self.submodules) or _NOT_OURS.search(folder):
            return None
        return PathEdit(path, site, way, text, folder, False)

    def _tail(self, text: str) -> str | None:
        """The folder of the repository whose path is the longest end of an absolute one; None when it ends in none."""
        parts = [part for part in re.split(r"[\\/]+", text.rstrip("/\\")) if part and part != "."]
        if ".." in parts or "{" in text.replace("{HOME}", ""):
            return None
        ends = ("/".join(parts[start:]) for start in range(len(parts)))
        return next((end for end in ends if end in self.program.python_folders), None)
