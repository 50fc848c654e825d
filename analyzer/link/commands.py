"""Commands of shell scripts, recipes, stages and CI jobs: which file of the repository they run, and which data they touch."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from analyzer.link.program import Program
from analyzer.read.facts import Command

_PREFIXES = {"sudo", "time", "nohup", "exec", "env", "command", "eval", "nice", "xvfb-run", "then", "do", "!"}
_RUNNERS = frozenset(
    """
    python python2 python3 ipython pypy pypy3 pythonw torchrun accelerate deepspeed streamlit papermill jupyter spark-submit coverage mpirun
    mpiexec srun bash sh zsh source . poetry uv pipenv conda hatch rye pdm micromamba kernprof fastapi uvicorn gunicorn flask chainlit modal
    ray horovodrun caffeinate %run gcloud pytest dagster prefect functions-framework nbconvert hypercorn
    """.split()
)
_SERVERS = {"uvicorn", "gunicorn", "hypercorn", "fastapi", "flask", "functions-framework", "streamlit", "chainlit"}
_CONVERTERS = {"vl2svg", "vl2png", "vl2pdf", "vg2svg", "vg2png", "convert", "magick", "rsvg-convert", "nccopy", "pdftotext", "sox"}
_NO_READERS = frozenset("echo printf test [ mkdir touch git pip export dvc rm chmod ls black ruff flake8 mypy".split())
_FILTERS = frozenset(
    "cat zcat bzcat xzcat head tail sort shuf uniq wc gunzip bunzip2 gzip bzip2 unzip jq cut grep awk sed tsv2json json2tsv".split()
)
_STORES = frozenset("gsutil aws gcloud azcopy s3cmd mc rclone hadoop hdfs".split())
_TRANSFERS = frozenset("cp mv sync rsync copy copyto -get -put".split())
_APPLICATION = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):\w+(?:\(\))?$")
_DATA_SUFFIX = re.compile(
    r"\.(csv|tsv|json|jsonl|ndjson|parquet|pkl|pickle|joblib|npy|npz|h5|hdf5|txt|xml|yaml|yml|gz|bz2|xz|zip|tar|tgz|pt|pth|ckpt|"
    r"bin|model|onnx|"
    r"feather|arrow|xlsx?|db|sqlite3?|md|html|png|svg|log|tfrecord|avro|orc|geojson|shp|tif+|nc|zarr|wav|mp3|jpe?g|lz4|zst|sql|"
    r"safetensors|vocab)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command that runs a file of the repository."""

    path: str
    arguments: tuple[str, ...]
    line: int
    runner: str
    serves: bool = False


@dataclass(frozen=True, slots=True)
class CommandAccess:
    op: str
    kind: str
    artifact: str
    line: int
    tool: str
    append: bool = False


def stripped(words: tuple[str, ...]) -> tuple[str, ...]:
    """A command without environment assignments and wrappers in front of it."""
    position = 0
    while position < len(words) and (words[position] in _PREFIXES or re.match(r"[A-Za-z_]\w*=", words[position])):
        position += 1
    return words[position:]


def invocation(program: Program, command: Command, folder: str) -> Invocation | None:
    """The file of the repository that a command runs from working directory `folder`, None when it runs none."""
    words = stripped(command.words)
    if not words:
        return None
    runner = posixpath.basename(words[0])
    known = runner in _RUNNERS or runner.startswith("python") or words[0] in ("{PYTHON}", "{python}")
    if not known:
        path = _file(program, words[0], folder)
        return Invocation(path, words[1:], command.line, runner) if path else None
    serves = any(posixpath.basename(w) in _SERVERS for w in words[:4])
    for position, word in enumerate(words[1:], 1):
        if word == "-c":
            return None
        if word in ("-m", "--module") and position + 1 < len(words):
            path = _module(program, words[position + 1], folder)
            if path:
                return Invocation(path, _rest(words, position + 2), command.line, runner, serves)
            continue
        if word.endswith((".py", ".ipynb", ".sh")) or (runner in ("bash", "sh", "source", ".") and position == 1):
            path = _file(program, word, folder)
            if path:
                return Invocation(path, _rest(words, position + 1), command.line, runner, serves)
        application = _APPLICATION.match(word) if serves or runner.startswith("python") else None
        if application:
            path = _module(program, application.group(1), folder)
            if path:
                return Invocation(path, (), command.line, runner, True)
    return None


def _rest(words: tuple[str, ...], position: int) -> tuple[str, ...]:
    rest = words[position:]
    return rest[1:] if rest[:1] == ("--",) else rest


def _file(program: Program, word: str, folder: str) -> str | None:
    if "{" in word or not word:
        word = re.sub(r"^\{(?:ROOT|PWD|DIR|REPO_ROOT|PROJECT_ROOT|SCRIPT_DIR|BASE_DIR|GITHUB_WORKSPACE)\}/", "", word)
        if "{" in word:
            return None
    for base in dict.fromkeys((folder, "")):
        path = posixpath.normpath(posixpath.join(base, word))
        if (path in program.files and path.endswith((".py", ".ipynb", ".sh", ".bash"))) or path in program.facts:
            return path
    return None


def _module(program: Program, dotted: str, folder: str) -> str | None:
    importer = posixpath.join(folder, "x.py") if folder else "x.py"
    for name in (f"{dotted}.__main__", dotted):
        for root in dict.fromkeys((folder, *program.roots_for(importer))):
            path = program.locate(root, name)
            if path is not None and not path.endswith("/"):
                return path
    return None


# ---- data --------------------------------------------------------------------------------------------------------------


def accesses(command: Command, folder: str, known: Container[str] = ()) -> Iterator[CommandAccess]:
    """What a command reads and writes: redirections, and the arguments of tools that move or fetch data.

    `known` are paths that are certainly data (files of the repository, declared inputs and outputs): an argument of any other tool that
    names one is read.
    """
    words = stripped(command.words)
    if command.stdin:
        yield CommandAccess("read", "file", _anchored(command.stdin, folder), command.stdin_line or command.line, "<")
    if command.stdout and not command.stdout.startswith(("/dev/", "&")):
        yield CommandAccess("write", "file", _anchored(command.stdout, folder), command.stdout_line or command.line, ">", command.append)
    if not words:
        return
    tool = posixpath.basename(words[0])
    plain = [w for w in words[1:] if not w.startswith("-")]
    lines = dict(zip(command.words, command.word_lines, strict=False))
    moved = list(_moves(tool, words, plain))
    for op, word in moved:
        yield CommandAccess(op, _kind(word), _anchored(word, folder), lines.get(word, command.line), tool)
    if not moved and tool not in _NO_READERS:
        for word in plain:
            if _DATA_SUFFIX.search(word) and (word in known or _anchored(word, folder) in known):
                yield CommandAccess("read", "file", _anchored(word, folder), lines.get(word, command.line), tool)


def _moves(tool: str, words: tuple[str, ...], plain: list[str]) -> Iterator[tuple[str, str]]:
    if tool in ("cp", "mv", "rsync", "ln", "install") and len(plain) >= 2:
        yield from (("read", word) for word in plain[:-1])
        yield "write", plain[-1]
    elif tool in _STORES:
        yield from _storage(words)
    elif tool in _CONVERTERS and len(plain) == 2:
        yield "read", plain[0]
        yield "write", plain[1]
    elif tool in ("wget", "curl"):
        yield from _fetch(tool, words)
    elif tool in _FILTERS:
        yield from (("read", word) for word in plain if _DATA_SUFFIX.search(word))
    elif tool in ("pg_dump", "pg_dumpall") and "-f" in words[:-1]:
        yield "write", words[words.index("-f") + 1]
    elif tool == "tee":
        yield from (("write", word) for word in plain)
    elif tool == "tar" and plain:
        archive = next((w for w in plain if _DATA_SUFFIX.search(w)), "")
        if archive:
            yield ("write" if any("c" in w for w in words[1:2]) else "read"), archive
    elif tool == "rm":
        yield from (("write", word) for word in plain if _DATA_SUFFIX.search(word))


def _storage(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    verb = next((i for i, word in enumerate(words) if word in _TRANSFERS), 0)
    if not verb:
        return
    places = [word for word in words[verb + 1 :] if not word.startswith("-")]
    if len(places) >= 2:
        yield "read", places[0]
        yield "write", places[1]


def _fetch(tool: str, words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    output = {"wget": ("-O", "--output-document"), "curl": ("-o", "--output")}[tool]
    skip = False
    for position, word in enumerate(words[1:], 1):
        if skip:
            skip = False
        elif word in output and position + 1 < len(words):
            if words[position + 1] not in ("-", "/dev/null"):
                yield "write", words[position + 1]
            skip = True
        elif word.startswith("--output-document="):
            yield "write", word.partition("=")[2]
        elif "://" in word:
            yield "read", word.partition("#")[0]
            if tool == "wget" and not any(w.startswith(output) for w in words) and "{" not in word:
                yield "write", posixpath.basename(word.partition("?")[0])


def _kind(word: str) -> str:
    if word.startswith(("s3://", "gs://", "az://", "hdfs://", "abfs://", "wasb://")):
        return "object"
    return "other" if "://" in word else "file"


def _anchored(word: str, folder: str) -> str:
    word = re.sub(r"^\{HOME\}(?=/|$)", "~", word)
    if "://" in word or word.startswith(("/", "~", "{")) or not folder:
        return word
    return posixpath.join(folder, word)
