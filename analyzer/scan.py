"""One scan: discover, read, link, graph. The whole run fits one screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from analyzer.discover.classify import HEAD, classify, is_in_cells
from analyzer.discover.discovery import Discovery, SourceFile, UnreadableFileError, read_file
from analyzer.discover.kinds import kind_of
from analyzer.graph.build import build
from analyzer.graph.inputs import Inputs
from analyzer.graph.system import NOT_ASKED_FOR, SystemGraph
from analyzer.read.addresses import comment_addresses
from analyzer.read.configuration_facts import ConfigFacts, ContractFacts
from analyzer.read.dispatch import PYTHON_KINDS, READ_KINDS, read_facts
from analyzer.read.facts import Facts, PythonFacts, Unreadable
from analyzer.read.prose import ProseFacts, file_names, read_prose
from analyzer.read.provenance import HEAD as ORIGIN_HEAD
from analyzer.read.provenance import MARK as TAKEN_MARK
from analyzer.read.provenance import origin, taken
from analyzer.read.sql_facts import SqlFacts
from analyzer.read.step_facts import StepFacts
from analyzer.result import NotAnalysed

if TYPE_CHECKING:
    from analyzer.settings import Settings

MAX_UNREAD = 200_000
"""Bytes of a file that gave no facts, kept for the names it mentions."""

_HOOK_LABEL = re.compile(
    r"^[ \t]*(?:-[ \t]*)?"
    r"(?:(?:repos?|rev|id|name|description|language\w*|types\w*|stages|minimum\w*|default\w*|fail_fast)[ \t]*:.*|[\w-]+[ \t]*:)",
    re.MULTILINE,
)
"""What names the parts of a hook of pre-commit: no command."""
_TEMPLATE_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|\$\{.*?\}", re.DOTALL)
"""What a template evaluates."""

Progress = Callable[[str, int, int], None]
ReadResult = tuple[Facts | None, tuple[tuple[str, str], ...], str, str]
"""Facts (None for files kept as text), parts that could not be read, what surrounds the file, and its text when it is kept."""


def scan_graph(
    root: Path,
    settings: Settings,
    progress: Progress | None = None,
    jobs: int = 0,
    pool: PoolReader | None = None,
    *,
    names: bool = False,
) -> SystemGraph:
    """The system graph of the repository at `root`.

    `jobs` is the number of reading processes, 0 for as many as pay. `pool` reads files in other processes (see mldebt.reading); without it
    everything is read here. `names` keeps the names of the people of the history, who are numbers otherwise. Raises DiscoverError when the
    folder cannot be listed.
    """
    from concurrent.futures import ThreadPoolExecutor

    from analyzer.discover.listing import discover
    from analyzer.discover.vendored_trees import whole_repositories
    from analyzer.graph.churn import gone_names
    from analyzer.graph.experiment_flags import lines_to_date
    from analyzer.history.brought_in import brought_in
    from analyzer.history.line_ages import line_ages
    from analyzer.history.log import start_history
    from analyzer.history.vanished import when_vanished

    discovery = discover(root, settings.limits)
    history = start_history(root, discovery.top, names=names) if settings.history and discovery.is_git else None
    inputs = _read_all(root, discovery, settings, progress, jobs, pool)
    if progress is not None:
        progress("linking", 0, 1)
    if history is not None and (copies := whole_repositories(inputs.files, inputs.packaging, inputs.name, inputs.remotes)):
        inputs.brought_in = brought_in(history.result()[0], copies, inputs.files)
    graph = build(inputs, settings)
    graph.commit = discovery.commit
    graph.skipped = discovery.skipped
    graph.notes.extend(discovery.notes)
    if history is not None:
        with ThreadPoolExecutor(1) as beside:  # git looks for the vanished while the history is parsed
            vanished = beside.submit(when_vanished, root, gone_names(graph))
            graph.history, graph.history_gap = history.result()
            graph.vanished = vanished.result()
        graph.line_ages = line_ages(root, lines_to_date(graph))
    elif not settings.history:
        graph.history_gap = NOT_ASKED_FOR
    graph.coverage = replace(graph.coverage, history=graph.history_gap)
    return graph


PoolReader = Callable[[Path, list[SourceFile], int, Progress | None], Mapping[str, ReadResult]]


def _read_all(
    root: Path, discovery: Discovery, settings: Settings, progress: Progress | None, jobs: int, pool: PoolReader | None
) -> Inputs:
    from analyzer.graph.globs import matches

    inputs = Inputs(root.resolve().name, files=discovery.paths, submodules=discovery.submodules)
    inputs.remotes = discovery.remotes
    inputs.tracked = discovery.paths if discovery.is_git else frozenset()
    inputs.not_analysed.extend(discovery.not_analysed)
    files = [f for f in discovery.files if not (settings.exclude and matches(f.path, settings.exclude))]
    results: Mapping[str, ReadResult] = pool(root, files, jobs, progress) if pool is not None else {}
    for number, file in enumerate(files):
        if progress is not None and not results and number % 50 == 0:
            progress("reading", number, len(files))
        result = results.get(file.path) or read_one(root, file.path, file.kind)
        take(inputs, file.path, file.kind, result)
    return inputs


def read_one(root: Path, path: str, kind: str) -> ReadResult:
    """One file of the scanned tree to what the graph needs of it. Never raises."""
    try:
        data = read_file(root, path)
    except UnreadableFileError as error:
        return Unreadable(str(error)), (), "", ""
    return read_bytes(path, kind, data)


def read_bytes(path: str, kind: str, data: bytes) -> ReadResult:
    """As `read_one`, of bytes at hand."""
    if kind not in READ_KINDS:
        text = data.decode("utf-8", "replace")
        if kind == "packaging":
            facts, _ = read_facts("config", path, data) if path.endswith((".toml", ".cfg", ".yml", ".yaml", ".json")) else (None, ())
            return (facts if isinstance(facts, ConfigFacts) else None), (), "", text
        if kind == "prose":
            return read_prose(path, text), (), "", text
        if kind == "template":
            return None, (), "", "\n".join(_TEMPLATE_CODE.findall(text[:MAX_UNREAD]))
        if kind == "foreign":
            return None, (), "", "\n".join(file_names(text))
        if kind == "hooks":
            return None, (), "", _HOOK_LABEL.sub("", text[:MAX_UNREAD])
        return None, (), "", text if kind in ("owners", "packaging", "terraform", "ignored") else ""
    facts, broken = read_facts(kind, path, data)
    if isinstance(facts, Unreadable):
        return facts, broken, "", data[:MAX_UNREAD].decode("utf-8", "replace") if kind in ("python", "config") else ""
    if isinstance(facts, ConfigFacts) and b"//" in data:
        facts = msgspec.structs.replace(facts, links=comment_addresses(data.decode("utf-8", "replace")))
    around = ""
    if kind in (*PYTHON_KINDS, "sql"):
        head = data[: HEAD * 2].decode("utf-8", "replace")[:HEAD]
        found = classify(path, head if kind == "python" else "")
        if isinstance(facts, PythonFacts) and kind == "python" and b"http" in data[:ORIGIN_HEAD]:
            stem = path.rpartition("/")[2].removesuffix(".py")
            facts = msgspec.structs.replace(facts, origin=origin(data[: ORIGIN_HEAD * 2].decode("utf-8", "replace"), stem))
        if isinstance(facts, PythonFacts) and kind == "python" and TAKEN_MARK.encode() in data:
            facts = msgspec.structs.replace(facts, taken=taken(data.decode("utf-8", "replace")))
        around = next((name for name in ("vendored", "generated", "test", "docs") if getattr(found, name)), "")
        around = around or ("cells" if kind == "python" and is_in_cells(head) else "")
    text = data.decode("utf-8", "replace") if kind in ("docker", "workflow") else ""
    return facts, broken, around, text


def take(inputs: Inputs, path: str, kind: str, result: ReadResult) -> None:
    facts, broken, around, text = result
    for part, reason in broken:
        inputs.not_analysed.append(NotAnalysed(f"{path} {part}", reason))
    if isinstance(facts, Unreadable):
        inputs.not_analysed.append(NotAnalysed(path, facts.reason))
        if text:
            inputs.unread[path] = text
            inputs.foreign[path] = tuple(file_names(text)) if kind == "python" else ()
        return
    if isinstance(facts, ProseFacts):
        inputs.prose[path], inputs.said[path] = text, facts
        return
    if isinstance(facts, PythonFacts):
        inputs.python[path] = facts
        if around:
            inputs.surroundings[path] = around
    elif isinstance(facts, StepFacts):
        inputs.steps[path] = facts
    elif isinstance(facts, SqlFacts):
        inputs.sql[path] = facts
        if around:
            inputs.surroundings[path] = around
    elif isinstance(facts, ConfigFacts):
        inputs.configs[path] = facts
        if isinstance(facts.declared, StepFacts):
            inputs.steps[path] = facts.declared
        elif isinstance(facts.declared, ContractFacts):
            inputs.contracts[path] = facts.declared
        elif facts.declared is not None:
            inputs.catalogs[path] = facts.declared
    inputs.lines += facts.lines if facts is not None else 0
    if kind == "packaging":
        inputs.packaging[path] = text
    elif kind == "terraform":
        inputs.terraform[path] = text
    elif kind == "foreign":
        inputs.foreign[path] = tuple(text.split("\n"))
    elif kind == "ignored":
        inputs.ignored[path] = text
    elif kind in ("template", "hooks") and text:
        inputs.unread[path] = text
    elif kind == "owners":
        inputs.codeowners += text + "\n"
    elif kind in ("docker", "workflow") and text:
        from analyzer.read.images import images

        inputs.images[path] = images(kind, text)
        if kind == "docker":
            from analyzer.read.dockerfile import docker_users

            inputs.docker_users |= docker_users(text)


def graph_of_texts(texts: Mapping[str, str], settings: Settings | None = None) -> SystemGraph:
    """The system graph of a repository given as path → text, as the tests and the rules' examples use it. No disk, no git."""
    if settings is None:
        from analyzer.settings import Settings as Defaults

        settings = Defaults()
    inputs = Inputs("example", files=frozenset(texts))
    for path in sorted(texts):
        data = texts[path].encode("utf-8", "surrogatepass")
        kind = kind_of(path, lambda data=data: data[:256])  # type: ignore[misc]
        if kind is not None:
            take(inputs, path, kind, read_bytes(path, kind, data))
    return build(inputs, settings)
