"""Which reader reads a file: kind and bytes in, facts out. A pure function of the bytes."""

from __future__ import annotations

import posixpath

import msgspec

from analyzer.discover.decoding import decode
from analyzer.read.facts import Facts, PythonFacts, Unreadable

PYTHON_KINDS = ("python", "notebook")
TASKS = ("taskfile", "package-json", "procfile", "crontab", "systemd")
READ_KINDS = (
    *(
        "python",
        "notebook",
        "shell",
        "make",
        "dvc",
        "dvc-file",
        "dvc-lock",
        "workflow",
        "docker",
        "snakemake",
        "mlproject",
        "justfile",
        "jenkins",
    ),
    *(*TASKS, "config", "sql"),
)


def read_facts(kind: str, path: str, data: bytes) -> tuple[Facts, tuple[tuple[str, str], ...]]:
    """The facts of one file, and (part, reason) of what in it could not be read (notebook cells).

    `path` is only used for its name, suffix and folder. Nothing is raised: what cannot be read is `Unreadable`.
    """
    try:
        return _read(kind, path, data)
    except (RecursionError, MemoryError):
        return Unreadable("nested too deeply to analyse"), ()


def _read(kind: str, path: str, data: bytes) -> tuple[Facts, tuple[tuple[str, str], ...]]:
    if kind == "notebook":
        return _notebook(data)
    decoded = decode(data, python=kind == "python")
    if decoded.reason:
        return Unreadable(decoded.reason), ()
    text = decoded.text
    if kind == "python":
        return _python(text), ()
    return _other(kind, path, text), ()


def _python(text: str) -> Facts:
    from analyzer.read.databricks import databricks_source, is_databricks
    from analyzer.read.injected_cells import injected_lines, without_injected
    from analyzer.read.python import read_python

    if not is_databricks(text):
        facts = read_python(text)
        return without_injected(facts, injected_lines(text)) if isinstance(facts, PythonFacts) else facts
    source, steps = databricks_source(text)
    return read_python(source, steps=steps)


def _notebook(data: bytes) -> tuple[Facts, tuple[tuple[str, str], ...]]:
    from analyzer.read.injected_cells import without_injected
    from analyzer.read.mentions import mentioned_in
    from analyzer.read.notebook import notebook_source
    from analyzer.read.python import read_python

    source = notebook_source(data)
    if isinstance(source, Unreadable):
        return source, ()
    facts = read_python(source.text, "notebook", source.cells, source.steps)
    if isinstance(facts, PythonFacts):
        facts = without_injected(facts, source.injected)
        facts = msgspec.structs.replace(
            facts,
            links=source.links,
            told=tuple(dict.fromkeys((*facts.told, *source.told))),
            unbound=() if source.is_open else facts.unbound,
            mentions=(*facts.mentions, mentioned_in(source.lost)) if source.lost else facts.mentions,
        )
    return facts, tuple((f"cell {index}", reason) for index, reason in source.broken)


def _other(kind: str, path: str, text: str) -> Facts:
    if kind == "shell":
        from analyzer.read.shell import read_shell

        return read_shell(text)
    if kind == "make":
        from analyzer.read.makefile import read_makefile

        return read_makefile(text)
    if kind == "dvc":
        from analyzer.read.dvc import read_dvc

        return read_dvc(text)
    if kind == "dvc-lock":
        from analyzer.read.dvc import read_dvc_lock

        return read_dvc_lock(text)
    if kind == "dvc-file":
        from analyzer.read.dvc import read_dvc_file

        return read_dvc_file(text, path)
    if kind == "workflow":
        from analyzer.read.workflow import read_workflow

        return read_workflow(text, path)
    if kind == "docker":
        if path.lower().endswith((".yml", ".yaml")):
            from analyzer.read.compose import read_compose

            return read_compose(text, path)
        from analyzer.read.dockerfile import read_dockerfile

        return read_dockerfile(text)
    if kind == "sql":
        from analyzer.read.sql import read_sql

        return read_sql(text)
    if kind == "snakemake":
        from analyzer.read.snakemake import read_snakefile

        return read_snakefile(text, path)
    if kind == "justfile":
        from analyzer.read.justfile import read_justfile

        return read_justfile(text)
    if kind == "jenkins":
        from analyzer.read.jenkinsfile import read_jenkinsfile

        return read_jenkinsfile(text)
    if kind in TASKS:
        return _task_runner(kind, text)
    if kind == "mlproject":
        from analyzer.read.mlproject import read_mlproject

        return read_mlproject(text, path)
    from analyzer.read.configuration import read_configuration

    name = posixpath.basename(path)
    return read_configuration(text, ".env" if name.startswith(".env") else posixpath.splitext(name)[1], path)


def _task_runner(kind: str, text: str) -> Facts:
    if kind == "taskfile":
        from analyzer.read.taskfile import read_taskfile

        return read_taskfile(text)
    if kind == "package-json":
        from analyzer.read.package_json import read_package_json

        return read_package_json(text)
    if kind == "procfile":
        from analyzer.read.procfile import read_procfile

        return read_procfile(text)
    if kind == "crontab":
        from analyzer.read.crontab import read_crontab

        return read_crontab(text)
    from analyzer.read.systemd import read_systemd

    return read_systemd(text)
