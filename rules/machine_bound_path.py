"""JGL007."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath

from analyzer.graph.imports import imported_files
from analyzer.graph.placement import is_put_aside
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from analyzer.read.facts import Assign, Call, PythonFacts
from analyzer.read.step_facts import Step
from analyzer.read.values import Const, Map, Seq, Value, last_name
from rules.base import Rule
from rules.host_paths import Places, host_paths
from rules.personal_homes import MachinePath, mounted_volumes, personal_homes
from rules.severity import in_context

_SILENT_ROLES = frozenset({"docstring", "regex", "print", "compare", "injected"})
_PIPELINE_ROLES = ("TRAIN", "FEATURE", "SCORE", "SERVE")
_RECORDS = re.compile(r"(.*[-_])?(results?|reports?|logs?|runs?|outputs?|predictions?|histor(y|ies))\Z", re.IGNORECASE)
_CI_FILES = re.compile(r"\.?(taskcluster|gitlab-ci|travis|appveyor|circle|azure-pipelines|cloudbuild|bitbucket-pipelines)\b", re.IGNORECASE)
_MAX_VALUE = 300
_ELSEWHERE = frozenset({"docker", "ci"})
_ASIDE = frozenset({"test", "tests", "testing", "doc", "docs", "documentation", "node_modules", "vendor", "third_party"})
_RUN_RECORDS = frozenset({"wandb", "mlruns", "lightning_logs"})
_RECORD_KEYS = re.compile(r"(^|\.)(prefix|_name_or_path|artifact_uri|artifact_location|executable|program)$")
_INSIDE_KEYS = re.compile(r"(^|\.)(mountpath|working_?dir|workdir|volumes\.\d+\.target)$", re.IGNORECASE)
_VOLUME_KEYS = re.compile(r"(^|\.)volumes\.\d+$")
_CONTAINER_HOME = re.compile(r"(?:^|[\s:=\"'])/home/([\w.-]+)")
_CONTAINER_MOUNT = re.compile(r"(?:^|[\s:=\"'])(/(?:mnt|media|nfs|scratch)/[\w.-]+)")
_SHARED = re.compile(r"[/\\-](common|shared|team|group|data|projects?|work|workspace)$", re.IGNORECASE)
_MOUNTING = re.compile(r"pvolume|volume_?mount|mount_?(pvc|volume|hostpath|secret)|add_volume", re.IGNORECASE)
_MOUNT_KEYWORDS = re.compile(r"(volume_)?mount_?(path|point|dir)s?|pvolumes", re.IGNORECASE)
_IMAGE_KEYWORDS = re.compile(r"(base_|container_|docker_)?image(_uri|_name)?", re.IGNORECASE)
_RUNS_CONTAINER = re.compile(r"(?:.*/)?(?:docker|podman|nvidia-docker|docker-compose|singularity|apptainer|nerdctl)\Z")
_MAX_EVIDENCE = 12
_MAX_PLACES = 60


@dataclass(slots=True)
class _Cluster:
    """All uses of one machine's folder in one file."""

    path: str
    prefix: str
    is_mount: bool
    uses: list[tuple[Site, str]] = field(default_factory=list)


class MachineBoundPath(Rule):
    """A path that exists on one machine only: someone's home folder, or a disk that one host mounts.

    The step runs for its author and for nobody else. It cannot be scheduled, reviewed by running it, or reproduced, and whoever
    tries learns so at run time, often after an expensive beginning: "testing such pipelines often requires expensive end-to-end
    integration tests", and this one cannot even start.

    Found are string literals of code and notebooks, values in configuration, and words of shell, Make and dvc steps that lie in a
    personal home (`/home/ann/…`, `/Users/ann/…`, `C:\\Users\\ann\\…`); with confidence C also those in folders of code that was put
    aside (`archive/`, `old/`), and paths below a mounted disk (`/mnt/x/…`, `/media/…`, `/nfs/…`, `/scratch/…`) in code that trains,
    scores, serves or makes features. All uses of one home in one file are one finding. What other code reads or writes below such a disk,
    a cluster's file system or a drive letter (`D:\\corpus\\…`) is one finding a disk, with confidence C.

    Exempt: users that container images and CI services create, users and folders that this repository's Docker and compose files
    create, placeholders (`/home/user`, `/path/to`, `<you>`), comments, docstrings, messages, comparisons, regular expressions, cells
    that papermill or ploomber inject, volumes that the same file mounts into its containers and what it sets in an image, folders that
    `docker run` mounts something at, constants that nothing reads, defaults of options that must be given or that every checked-in command
    gives, disks that an option names by default or for which an `if` with an `else` asks, accounts of labs, tests, documentation, records
    of past runs (`wandb/`, `results/`, the `prefix:` of an exported conda environment), CI.

    Known false positives: the default of an option that people override; a folder of a shared account.
    """

    code = "JGL007"
    name = "machine-bound-path"
    severity = Severity.medium
    confidence = Confidence.A
    tentative_in = frozenset({"library", "tutorial"})
    cost = Cost(0, 10, friction=10)
    source = "Sculley et al. 2015, §5.2 (pipeline jungles), §8.2 (reproducibility)"
    remedy = (
        "Lift the path into a command-line option, an environment variable or a configuration file that each machine has for itself, "
        "or make it relative to the repository; if the data exist nowhere else, put them where the others can fetch them."
    )
    BAD = (
        {"train.py": 'import pandas as pd\n\nframe = pd.read_csv("/home/ann/data/train.csv")  # JGL007\n'},
        {"conf/data.yaml": "data:\n  train: /Users/ann/Desktop/train.csv  # JGL007\n"},
        {"Makefile": "train:\n\tpython train.py --data /home/ann/train.csv  # JGL007\n", "train.py": "print('training')\n"},
    )
    GOOD = (
        {"train.py": 'import pandas as pd\n\nframe = pd.read_csv("/home/jovyan/work/train.csv")\n'},
        {"train.py": 'DATA = "/path/to/data"\nHOME = "/home/<user>/data"\nURL = "https://example.org/home/ann/train.csv"\n'},
        {
            "Dockerfile": "FROM python:3.11\nRUN useradd -m forecaster\nWORKDIR /home/forecaster\n",
            "train.py": 'import pandas as pd\n\nframe = pd.read_csv("/home/forecaster/train.csv")\n',
        },
        {"tests/test_paths.py": 'def test_home():\n    assert shorten("/home/ann/x") == "~/x"\n'},
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        inside = _container_folders(graph)
        users = (
            graph.docker_users
            | _service_accounts(graph)
            | {folder.removeprefix("/home/") for folder in inside if folder.startswith("/home/")}
        )
        containers = _Containers(graph)
        clusters: dict[tuple[str, str], _Cluster] = {}
        for site, text, has_role in _texts(graph):
            for found in personal_homes(text, users):
                if not containers.holds(site.path, text):
                    _note(clusters, site, found, is_mount=False)
            if has_role:
                for found in mounted_volumes(text):
                    if found.prefix not in inside and not containers.mounts(site.path, found):
                        _note(clusters, site, found, is_mount=True)
        for key in sorted(clusters):
            yield self._finding(graph, clusters[key])
        for prefix, places in host_paths(graph, inside).items():
            left = [(site, path) for site, path in places if (site.path, prefix) not in clusters]
            if left:
                yield self._on_host(graph, prefix, left)

    def _on_host(self, graph: SystemGraph, prefix: str, places: Places) -> Finding:
        sites = list(dict.fromkeys(site for site, _ in places))
        paths = list(dict.fromkeys(site.path for site in sites))
        return self.found(
            f"`{places[0][1][:80]}` exists on one machine only: {len(paths)} file{'s' if len(paths) > 1 else ''} here read or write "
            f"below `{prefix}`, a disk of one host",
            Subject("path", prefix),
            sites[:_MAX_PLACES],
            (Evidence(f"names `{path[:160]}`", site) for site, path in places[:_MAX_EVIDENCE]),
            severity=in_context(graph, self.severity, paths),
            confidence=Confidence.C,
            items=len(paths),
            members=len(sites),
        )

    def _finding(self, graph: SystemGraph, cluster: _Cluster) -> Finding:
        sites = list(dict.fromkeys(site for site, _path in cluster.uses))
        example = cluster.uses[0][1]
        shown = example if len(example) <= 80 else example[:77] + "…"
        more = f" ({len(sites)} places in this file)" if len(sites) > 1 else ""
        what = (
            "on a disk that one host mounts"
            if cluster.is_mount
            else "in a home folder of that machine"
            if _SHARED.search(cluster.prefix)
            else "in one person's home folder"
        )
        return self.found(
            f"`{shown}` exists on one machine only: it lies {what}{more}",
            Subject("path", f"{cluster.path} {cluster.prefix}"),
            sites,
            _evidence(graph, cluster),
            severity=in_context(graph, self.severity, [cluster.path]),
            confidence=Confidence.C if cluster.is_mount or is_put_aside(cluster.path) else Confidence.A,
            items=len(sites),
            members=len(sites),
        )


def _evidence(graph: SystemGraph, cluster: _Cluster) -> Iterator[Evidence]:
    for site, path in cluster.uses[:_MAX_EVIDENCE]:
        yield Evidence(f"names `{path[:160]}`", site)
    left = len(cluster.uses) - _MAX_EVIDENCE
    if left > 0:
        yield Evidence(f"and {left} more below `{cluster.prefix}` in the same file")
    module = graph.modules.get(cluster.path)
    if module is not None and cluster.is_mount:
        for role in _PIPELINE_ROLES:
            if role in module.roles:
                yield module.roles[role]
    if module is not None and module.production:
        yield Evidence("production reaches this file", module.production[0].site)


def _note(clusters: dict[tuple[str, str], _Cluster], site: Site, found: MachinePath, *, is_mount: bool) -> None:
    prefix = found.prefix.replace("\\\\", "\\")
    cluster = clusters.setdefault((site.path, prefix), _Cluster(site.path, prefix, is_mount))
    if (site, found.path) not in cluster.uses[-8:]:
        cluster.uses.append((site, found.path))


# ---- what lies in containers ----------------------------------------------------------------------------------------


class _Containers:
    """What a module says of the containers that it starts: the folders it mounts into them, the texts it hands into them."""

    def __init__(self, graph: SystemGraph) -> None:
        self._graph = graph
        self._known: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def mounts(self, path: str, found: MachinePath) -> bool:
        """Does the module mount a volume at the path, or above it?"""
        return any(f"{found.path}/".startswith(f"{folder}/") for folder in self._of(path)[0])

    def holds(self, path: str, text: str) -> bool:
        """Is the text what the module sets inside of an image that it names?"""
        return text in self._of(path)[1]

    def _of(self, path: str) -> tuple[frozenset[str], frozenset[str]]:
        known = self._known.get(path)
        if known is None:
            module = self._graph.modules.get(path)
            calls = module.facts.calls if module is not None else ()
            mounted = frozenset(folder.rstrip("/") for call in calls for folder in _mounted_at(call) if folder.startswith("/"))
            known = self._known[path] = mounted - {""}, frozenset(text for call in calls for text in _set_inside(call))
        return known


def _mounted_at(call: Call) -> Iterator[str]:
    """Where the call mounts a volume into a container."""
    name = last_name(call.func)
    if _MOUNTING.search(name):
        for value in (*call.args, *(value for _, value in call.keywords)):
            yield from strings(value)
    else:
        for keyword, value in call.keywords:
            if _MOUNT_KEYWORDS.fullmatch(keyword):
                yield from strings(value)


def _set_inside(call: Call) -> Iterator[str]:
    """Texts of the environment and the command that a call gives to an image."""
    if any(_IMAGE_KEYWORDS.fullmatch(keyword) for keyword, _ in call.keywords):
        for keyword, value in call.keywords:
            if not _IMAGE_KEYWORDS.fullmatch(keyword):
                yield from strings(value)


def strings(value: Value) -> Iterator[str]:
    """The texts of a literal, at any depth."""
    if isinstance(value, Const) and isinstance(value.value, str):
        yield value.value
    parts = value.items if isinstance(value, Seq) else (*value.keys, *value.values) if isinstance(value, Map) else ()
    for part in parts:
        yield from strings(part)


# ---- where texts stand ---------------------------------------------------------------------------------------------


def _texts(graph: SystemGraph) -> Iterator[tuple[Site, str, bool]]:
    """(place, text, whether its module has a pipeline role) for code, notebooks, configuration and steps, each file in order."""
    for module in graph.living():
        has_role = any(role in module.roles for role in _PIPELINE_ROLES)
        unread: frozenset[int] | None = None
        for text in module.facts.texts:
            if text.role in _SILENT_ROLES:
                continue
            if "/" in text.value or "\\" in text.value:
                unread = _unread_lines(graph, module) if unread is None else unread
            if not unread or text.line not in unread:
                yield module.site(text.line), text.value, has_role
        for step in module.facts.steps:
            for line, word in _step_texts(step):
                yield module.site(line), word, has_role
    for path, config in graph.configs.items():
        if not _is_aside(path) and not _CI_FILES.match(PurePosixPath(path).name):
            for key, value, line in config.leaves:
                if not isinstance(value, str) or len(value) > _MAX_VALUE or "\n" in value:
                    continue  # prose or a whole script as a value; a setting is short
                if not _RECORD_KEYS.search(key) and not _INSIDE_KEYS.search(key):
                    yield Site(path, line), value.partition(":")[0] if _VOLUME_KEYS.search(key) else value, False
    for path, facts in graph.steps.items():
        for step in facts.steps:
            if step.kind not in _ELSEWHERE and not _is_aside(path):
                for line, word in _step_texts(step):
                    yield Site(path, line), word, False


def _unread_lines(graph: SystemGraph, module: Module) -> frozenset[int]:
    """Lines of texts that have no effect: constants that nothing reads, defaults of options that must be given."""
    facts = module.facts
    given = [frozenset(word.partition("=")[0] for word in line.words) for line in graph.command_lines.get(module.path, ())]
    always = frozenset.intersection(*given) if given else frozenset()
    required = {
        line
        for call in facts.calls
        if last_name(call.func) == "add_argument"
        and (("required", Const(True)) in call.keywords or any(isinstance(arg, Const) and arg.value in always for arg in call.args))
        for line in range(call.line, call.end_line + 1)
    }
    if module.is_notebook or facts.dynamic or module.path in graph.once(imported_files):
        return frozenset(required)
    read = {name for each in facts.mentions for name in (*each.names, *each.words, *(chain.partition(".")[0] for chain in each.chains))}
    return frozenset(
        required
        | {
            assign.line
            for assign in facts.assigns
            if isinstance(assign.value, Const)
            and assign.target.isidentifier()
            and assign.target not in read
            and not _is_class(facts, assign)
        }
    )


def _is_class(facts: PythonFacts, assign: Assign) -> bool:
    return facts.scopes[assign.scope].kind == "class"


def _step_texts(step: Step) -> Iterator[tuple[int, str]]:
    for declared in (*step.deps, *step.outs):
        yield declared.line, declared.path
    if step.cwd:
        yield step.line, step.cwd
    for command in step.commands:
        if command.words and command.words[0] in ("echo", "printf"):
            continue
        lines = command.word_lines or (command.line,) * len(command.words)
        yield from ((line, word) for line, word in zip(lines, command.words, strict=False) if "/" in word or "\\" in word)
        yield command.stdin_line or command.line, command.stdin
        yield command.stdout_line or command.line, command.stdout


def _service_accounts(graph: SystemGraph) -> frozenset[str]:
    """The product's own names: an account that is called like the project (`engine` of pyro-engine) is a service's, not a person's."""
    names = {graph.name, *(project.name for project in graph.projects.values())}
    words = {word for name in names for word in (name.lower(), *re.split(r"[-_.]", name.lower()))}
    return frozenset(words | {package for project in graph.projects.values() for package in project.packages})


def _is_aside(path: str) -> bool:
    """Tests, documentation, editors' settings and records of past runs."""
    folders = PurePosixPath(path).parts[:-1]
    hidden = any(folder.startswith(".") and folder != ".dvc" for folder in folders)
    return hidden or any(folder.lower() in _ASIDE | _RUN_RECORDS or _RECORDS.match(folder) for folder in folders)


def _container_folders(graph: SystemGraph) -> frozenset[str]:
    """Home folders and mounts that this repository's own Docker, compose and Kubernetes files create or promise."""
    found: set[str] = set()
    for facts in graph.steps.values():
        for step in facts.steps:
            if step.kind == "docker":
                found.update(_named_in(text for _line, text in _step_texts(step)))
                found.update(_named_in(text for command in step.commands for text in (command.text, command.cwd)))
            found.update(_named_in(within for within, _ in step.mounts))
            for command in step.commands:
                outside, within = _mounts(command.words)
                found.update(set(_named_in(within)).difference(_named_in(outside)))
    for config in graph.configs.values():
        for key, value, _line in config.leaves:
            if isinstance(value, str) and _INSIDE_KEYS.search(key):
                found.update(_named_in([value]))
            elif isinstance(value, str) and _VOLUME_KEYS.search(key):
                found.update(_named_in([value.partition(":")[2]]))
    return frozenset(found)


def _mounts(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """What a command that starts a container takes from the host, and where it puts that or works inside."""
    if not any(_RUNS_CONTAINER.match(word) for word in words[:4]):
        return [], []
    outside: list[str] = []
    within: list[str] = []
    for before, word in pairwise(("", *words)):
        option, _, given = word.partition("=") if word.startswith("--") else (before, "", word)
        if option in ("-v", "--volume", "-B", "--bind"):
            host, _, inside = given.partition(":")
            outside.append(host)
            within.append(inside)
        elif option == "--mount":
            for part in given.split(","):
                key, _, value = part.partition("=")
                (within if key in ("target", "dst", "destination") else outside).append(value)
        elif option in ("-w", "--workdir", "--pwd"):
            within.append(given)
    return outside, within


def _named_in(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for match in _CONTAINER_HOME.finditer(text[:2000]):
            yield f"/home/{match.group(1)}"
        for match in _CONTAINER_MOUNT.finditer(text[:2000]):
            yield match.group(1)
