"""CI configuration → one step per job: what its `run`, `script` or `command` entries say.

Source: the workflow syntax of GitHub Actions, GitLab CI, CircleCI, Azure Pipelines, Taskcluster, Travis, Cloud Build. Rather than a schema
for each, one walk looks for the keys under which all of them keep shell text. `Step.cwd` is relative to the repository root.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from analyzer.read import ci_matrix
from analyzer.read.exec_form import exec_commands
from analyzer.read.relative_paths import relative
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Declared, Step, Use
from analyzer.read.step_filling import variants
from analyzer.read.yaml_nodes import command_text, entries, get, last_line, line_of, pairs, text_of

MAX_JOBS = 2_000
MAX_DEPTH = 40
MAX_NODES = 60_000
MAX_PATHS = 200

SHELL_TEXT = frozenset("run script before_script after_script bash sh install before_install after_success commands inlineScript".split())
WORDS = frozenset({"command", "args", "entrypoint"})
JOBS = frozenset({"jobs", "stages", "steps", "job", "phases"})
_VARIABLE = re.compile(r"\{(?:env\.|vars\.)?(\w+)\}")
FOLDER = ("working-directory", "working_directory", "workingDirectory", "dir", "workdir")
NEEDED = ("needs", "dependsOn", "depends_on", "requires", "dependencies")
ARTIFACTS = ("actions/upload-artifact@", "actions/download-artifact@", "actions/upload-pages-artifact@")
"""Both read what other jobs or people get, or got: files that stand there again are no new ones."""
EXPRESSION = re.compile(r"\$\{\{(.{0,300}?)\}\}", re.DOTALL)
NAMED = re.compile(r"[A-Za-z_][\w.-]*")
OTHER_LANGUAGE = re.compile(r"python|pwsh|powershell|cmd|node|perl|Rscript", re.IGNORECASE)
NO_ENVIRONMENT = re.compile(r"[A-Za-z_]\w*")


@dataclass(slots=True)
class Job:
    name: str
    line: int
    end_line: int = 0
    folder: str = ""
    after: tuple[str, ...] = ()
    commands: list[Command] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    deps: list[Declared] = field(default_factory=list)
    outs: list[Declared] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    """Hole → the values that the job's matrix gives it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk is: the job, and what applies there."""

    job: Job | None
    folder: str
    environment: dict[str, str]
    shell: str
    names_jobs: bool = False
    depth: int = 0


class CiJobs:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.jobs: list[Job] = []
        self.outside: Job | None = None
        self.left = MAX_NODES
        self.around: set[int] = set()
        """Ids of the nodes that the walk is inside of: a node may contain itself."""
        self.parameters: dict[str, str] = {}
        self.fill: Callable[[str], str] = without_expressions
        """Expressions of the system in a text as holes."""

    def steps(self) -> Iterator[Step]:
        parameters = tuple(self.parameters.items())
        for job in self.jobs:
            if job.commands or job.uses or job.deps or job.outs:
                deps, outs = tuple(_from(job.folder, job.deps)), tuple(_from(job.folder, job.outs))
                step = Step(
                    "ci", job.name, job.line, max(job.end_line, job.line), deps, outs, tuple(job.commands), job.folder, job.after,
                    parameters=parameters, uses=tuple(job.uses),
                )  # fmt: skip
                yield from variants(step, job.choices) if job.choices else (step,)

    def walk(self, node: Node, place: Place) -> None:
        self.left -= 1
        if self.left < 0 or place.depth > MAX_DEPTH or id(node) in self.around:
            return
        self.around.add(id(node))
        if isinstance(node, SequenceNode):
            for entry in node.value:
                named = text_of(get(entry, "job")) or text_of(get(entry, "stage")) if place.names_jobs else ""
                self.walk(entry, self._in_job(named, entry, line_of(entry), place) if named else deeper(place))
        elif isinstance(node, MappingNode):
            self._mapping(node, applied(node, place, self.fill))
        self.around.discard(id(node))

    def _mapping(self, node: MappingNode, place: Place) -> None:
        for name, key, value in pairs(node):
            if self.special(name, node, value, place):
                continue
            if name in SHELL_TEXT and isinstance(value, ScalarNode | SequenceNode):
                self._shell_text(value, self.in_job(place, node))
            elif name in WORDS and isinstance(value, ScalarNode | SequenceNode):
                if name == next(word for word, _, _ in pairs(node) if word in WORDS):
                    self._words(node, self.in_job(place, node))
            elif name == "uses" and isinstance(value, ScalarNode):
                self._used(node, text_of(value), line_of(value), place)
            elif name in ("artifacts", "persist_to_workspace", "store_artifacts") and isinstance(value, MappingNode):
                self._kept(name, value, place)
            elif name == "with":  # inputs of an action; some take a command, most do not
                self._shell_text(get(value, "command") or get(value, "run"), self.in_job(place, node))
            elif place.names_jobs and name != "steps" and isinstance(value, MappingNode):
                self.walk(value, self._in_job(name, value, line_of(key), place))
            elif isinstance(value, MappingNode | SequenceNode):
                at_top = place.depth == 0 and place.job is None
                if at_top and name not in JOBS and isinstance(value, MappingNode) and _has_script(value):
                    self.walk(value, self._in_job(name, value, line_of(key), place))
                else:
                    self.walk(value, deeper(place, names_jobs=name in ("jobs", "phases") or (name == "stages" and place.job is None)))

    def special(self, name: str, node: MappingNode, value: Node, place: Place) -> bool:  # noqa: ARG002 - for the systems' own readers
        """What only one system's files mean by a key; True when nothing else is to be done with it."""
        return False

    def _used(self, node: MappingNode, used: str, line: int, place: Place) -> None:
        """A reusable workflow or action of this repository takes over; the action that uploads artifacts reads them."""
        inputs = pairs(get(node, "with"))
        arguments = tuple((f"inputs.{name}", self.fill(text_of(value))) for name, _, value in inputs if text_of(value))
        if used.startswith("./"):
            self.place_job(place, node).uses.append(Use(used, line, arguments[:MAX_PATHS]))
        elif used.startswith(ARTIFACTS) and (path := get(get(node, "with"), "path")) is not None:
            self.place_job(place, node).deps.extend(listed(path, self.lines, "", self.fill))

    def _kept(self, name: str, node: MappingNode, place: Place) -> None:
        """What a job leaves behind: GitLab `artifacts: paths`, CircleCI `store_artifacts` and `persist_to_workspace`."""
        paths = get(node, "paths") if name != "store_artifacts" else get(node, "path")
        if paths is None or place.job is None:
            return
        root = text_of(get(node, "root"))
        found = listed(paths, self.lines, "" if root.startswith(("/", "~")) else root, self.fill)
        (place.job.deps if name == "store_artifacts" else place.job.outs).extend(found)

    def _in_job(self, name: str, node: Node, line: int, place: Place) -> Place:
        job = Job(name, line, after=tuple(_needed(node)), choices=ci_matrix.choices(node))
        if len(self.jobs) < MAX_JOBS:
            self.jobs.append(job)
        return Place(job, place.folder, place.environment, place.shell, depth=place.depth + 1)

    def place_job(self, place: Place, node: Node) -> Job:
        """The job of a place: what stands outside every job belongs to one named like the file's whole."""
        if place.job is not None:
            return place.job
        if self.outside is None:
            self.outside = Job("", line_of(node))
            self.jobs.append(self.outside)
        return self.outside

    def in_job(self, place: Place, node: Node) -> Place:
        """The place with a job."""
        return Place(self.place_job(place, node), place.folder, place.environment, place.shell, depth=place.depth)

    def _shell_text(self, value: Node | None, place: Place) -> None:
        if OTHER_LANGUAGE.match(place.shell) or value is None:
            return
        texts = [command_text(scalar, self.lines) for scalar in scalars(value)]
        if not texts:
            return
        # The entries of a list run in one shell, so a `cd` in one holds for the next.
        first = texts[0][1]
        joined: list[str] = []
        for text, line in texts:
            joined.extend([""] * (line - first - len(joined)))
            joined.extend(self.fill(text).split("\n") if line - first >= len(joined) else [])
            if line - first < len(joined) - text.count("\n") - 1:
                self.take(shell_commands(self.fill(text), line, place.environment), place, value)
        self.take(shell_commands("\n".join(joined), first, place.environment), place, value)

    def _words(self, node: MappingNode, place: Place) -> None:
        """`entrypoint`, `command` and `args` of one mapping: text, one list of words, or a list of such lists."""
        values = [get(node, key) for key in ("entrypoint", "command", "args")]
        for value in values[:2]:
            inner = [entry for entry in entries(value) if isinstance(entry, SequenceNode)]
            for words in inner:
                self._exec([entry for entry in entries(words) if isinstance(entry, ScalarNode)], place)
        program, arguments = values[0] or values[1], values[2]
        if isinstance(program, ScalarNode) and not isinstance(arguments, SequenceNode):
            self._shell_text(program, place)
        elif program is not None:
            self._exec([scalar for value in values if value is not None for scalar in scalars(value, nested=False)], place)

    def _exec(self, scalars: list[ScalarNode], place: Place) -> None:
        if scalars:
            texts = [command_text(scalar, self.lines) for scalar in scalars]
            words = [self.fill(text) for text, _ in texts]
            self.take(exec_commands(words, texts[0][1], place.environment, tuple(line for _, line in texts)), place, scalars[-1])

    def take(self, commands: tuple[Command, ...], place: Place, node: Node) -> None:
        job = place.job
        if job is None or not commands:
            return
        if not job.commands:
            job.folder = place.folder
        elif job.folder != place.folder:
            folder = relative(place.folder, job.folder)
            commands = tuple(msgspec.structs.replace(command, cwd=_below(folder, command.cwd)) for command in commands)
        job.commands.extend(commands)
        job.end_line = max(job.end_line, last_line(node))


def _from(folder: str, paths: list[Declared]) -> Iterator[Declared]:
    """Paths of the checkout as paths from the folder in which a job starts."""
    for entry in paths:
        path = relative(entry.path, folder) if folder and not folder.startswith(("/", "{")) else entry.path
        yield Declared(path, entry.line, entry.kind)


def listed(node: Node, lines: list[str], folder: str, fill: Callable[[str], str]) -> Iterator[Declared]:
    """Paths of a list or of the lines of a text; exclusions (`!…`) are left out."""
    for scalar in [node] if isinstance(node, ScalarNode) else [entry for entry in entries(node) if isinstance(entry, ScalarNode)]:
        text, line = command_text(scalar, lines)
        for offset, path in enumerate(text.split("\n")[:MAX_PATHS]):
            path = fill(path.strip())
            if path and not path.startswith(("!", "~", "/", "{")):
                yield Declared(posixpath.normpath(posixpath.join(folder, path)), line + offset)


def applied(node: MappingNode, place: Place, fill: Callable[[str], str]) -> Place:
    """The place with what the mapping sets for everything in it: folder, environment, shell."""
    defaults = get(get(node, "defaults"), "run")
    folder = place.folder
    shell = text_of(get(node, "shell")) or text_of(get(defaults, "shell")) or place.shell
    for source in (defaults, node):
        for key in FOLDER:
            folder = fill(text_of(get(source, key))) or folder
    environment = place.environment
    folder = _VARIABLE.sub(lambda name: environment.get(name[1], name[0]), folder)
    folder = "" if folder.startswith("~") else folder  # where the repository is checked out to
    for key in ("env", "environment", "variables"):
        own = {name: fill(value) for name, value in variables(get(node, key)) if NO_ENVIRONMENT.fullmatch(name)}
        environment = {**environment, **own} if own else environment
    return Place(place.job, posixpath.normpath(folder) if folder else "", environment, shell, place.names_jobs, place.depth)


def variables(node: Node | None) -> Iterator[tuple[str, str]]:
    """(name, value) of a mapping, or of the list of names and values that Azure Pipelines has."""
    for name, _, value in pairs(node)[:500]:
        if isinstance(value, ScalarNode):
            yield name, text_of(value)
    for entry in entries(node)[:500]:
        if get(entry, "name") is not None:
            yield text_of(get(entry, "name")), text_of(get(entry, "value"))


def deeper(place: Place, names_jobs: bool = False) -> Place:
    return Place(place.job, place.folder, place.environment, place.shell, names_jobs, place.depth + 1)


def _below(folder: str, cwd: str) -> str:
    if cwd.startswith(("/", "~", "{")) or folder == ".":
        return cwd
    return posixpath.normpath(f"{folder}/{cwd}") if cwd else folder


def _needed(node: Node) -> Iterator[str]:
    for key in NEEDED:
        needed = get(node, key)
        for entry in [needed, *entries(needed)] if needed is not None else []:
            name = text_of(entry) or text_of(get(entry, "job"))
            if name:
                yield name


def _has_script(node: MappingNode) -> bool:
    return any(name in SHELL_TEXT or name in WORDS for name, _, _ in pairs(node))


def scalars(node: Node, nested: bool = True) -> Iterator[ScalarNode]:
    """The scalars of a script: itself, or its entries (GitLab allows lists in lists)."""
    stack: list[Node] = [node]
    for _ in range(5_000):
        if not stack:
            return
        current = stack.pop()
        if isinstance(current, ScalarNode):
            yield current
        elif nested or current is node:
            stack.extend(reversed(entries(current)))


def without_expressions(text: str) -> str:
    """`${{ inputs.name }}` becomes the hole `{inputs.name}`."""
    if "${{" not in text:
        return text

    def fill(match: re.Match[str]) -> str:
        named = NAMED.search(match[1])
        return "{" + (named[0] if named else "expression") + "}"

    return EXPRESSION.sub(fill, text)
