"""What kind of file a path is, by its name; scripts without extension by their first line."""

from __future__ import annotations

import re
from collections.abc import Callable
from posixpath import basename, splitext

SHELLS = frozenset({".sh", ".bash", ".zsh", ".ksh", ".sbatch", ".slurm", ".pbs"})
SETTINGS = frozenset({".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".env", ".conf", ".properties", ".gin"})
TEMPLATES = frozenset({".jinja", ".jinja2", ".j2", ".mako", ".tmpl", ".tpl", ".html", ".htm"})
BY_SUFFIX = {
    ".py": "python",
    ".pyw": "python",
    ".ipynb": "notebook",
    ".mk": "make",
    ".mak": "make",
    ".make": "make",
    ".dvc": "dvc-file",
    ".sql": "sql",
    ".hql": "sql",
    ".pgsql": "sql",
    ".psql": "sql",
    ".ddl": "sql",
    ".bqsql": "sql",
    ".smk": "snakemake",
    ".just": "justfile",
    ".crontab": "crontab",
    ".cron": "crontab",
    ".service": "systemd",
    ".jenkinsfile": "jenkins",
    ".dockerfile": "docker",
    ".md": "prose",
    ".rst": "prose",
    ".tf": "terraform",
    **dict.fromkeys((".r", ".rmd", ".qmd", ".jl", ".java", ".kt", ".scala", ".m", ".pl", ".sas", ".do"), "foreign"),
    **dict.fromkeys(SHELLS, "shell"),
    **dict.fromkeys(SETTINGS, "config"),
    **dict.fromkeys(TEMPLATES, "template"),
}
BY_NAME = {
    "makefile": "make",
    "gnumakefile": "make",
    "dvc.yaml": "dvc",
    "dvc.lock": "dvc-lock",
    "dvcfile": "dvc-file",
    "snakefile": "snakemake",
    "containerfile": "docker",
    "codeowners": "owners",
    "pyproject.toml": "packaging",
    "setup.py": "packaging",
    "setup.cfg": "packaging",
    "pipfile": "packaging",
    "mlproject": "mlproject",
    ".gitmodules": "packaging",
    ".gitignore": "ignored",
    ".pre-commit-config.yaml": "hooks",
    ".pre-commit-config.yml": "hooks",
    "procfile": "procfile",
    "crontab": "crontab",
    "justfile": "justfile",
    ".justfile": "justfile",
    "jenkinsfile": "jenkins",
    "package.json": "package-json",
    "taskfile.yml": "taskfile",
    "taskfile.yaml": "taskfile",
    "conda.yaml": "packaging",
    "conda.yml": "packaging",
    ".gitlab-ci.yml": "workflow",
    ".gitlab-ci.yaml": "workflow",
    ".travis.yml": "workflow",
    ".taskcluster.yml": "workflow",
    ".drone.yml": "workflow",
    "bitbucket-pipelines.yml": "workflow",
    "cloudbuild.yaml": "workflow",
    "cloudbuild.yml": "workflow",
    "buildspec.yml": "workflow",
    "buildspec.yaml": "workflow",
    "appveyor.yml": "workflow",
    ".appveyor.yml": "workflow",
}
# Written by tools for tools: their keys configure no code of the repository.
NOT_SETTINGS = re.compile(
    r"package(-lock)?\.json|npm-shrinkwrap\.json|composer\.json|[tj]sconfig[\w.-]*\.json|\.eslintrc.*|\.prettierrc.*|\.pre-commit-[\w-]+\.ya?ml"
    r"|mldebt\.toml|\.?codecov\.ya?ml|\.readthedocs\.ya?ml|\.?yarn.*\.ya?ml|pnpm-[\w-]+\.ya?ml|lerna\.json|angular\.json|.*\.lock(\.\w+)?|.*-lock\.ya?ml"
    r"|.*\.geo\.?json|.*\.schema\.json|.*\.tfstate\.json|\.flake8|\.pylintrc|tox\.ini|pytest\.ini|mypy\.ini|\.coveragerc|\.editorconfig"
)
WORKFLOW = re.compile(
    r"(^|/)\.github/workflows/[^/]+\.ya?ml$|(^|/)action\.ya?ml$|(^|/)\.circleci/[^/]+\.ya?ml$|(^|/)\.gitlab(-ci)?/.+\.ya?ml$|\.gitlab-ci\.ya?ml$"
    r"|(^|/)\.?azure-pipelines?[^/]*\.ya?ml$|(^|/)\.?azure-pipelines/.+\.ya?ml$|(^|/)taskcluster/.+\.ya?ml$|(^|/)\.buildkite/.+\.ya?ml$"
    r"|(^|/)\.woodpecker/.+\.ya?ml$|(^|/)\.?cloudbuild[\w.-]*\.ya?ml$"
)
DOCKER = re.compile(r"dockerfile([.\-_].*)?|.*[.\-_]dockerfile|containerfile\..*|(docker-)?compose[\w.-]*\.ya?ml")
REQUIREMENTS = re.compile(r"(^|/)([\w.-]*[-_.])?(requirements|constraints)[\w.-]*\.(txt|in)$|(^|/)requirements?/[^/]+\.(txt|in)$")
CONDA = re.compile(r"([\w.-]*[-_])?(environment|conda)[\w.-]*\.ya?ml")
EDITORS = re.compile(r"(^|/)\.(ipynb_checkpoints|devcontainer|vscode|idea)/")
MAKE = re.compile(r"(gnu)?makefile\.(?!am$|in$|j2$|jinja2?$|win$|tmpl$)[\w.-]+")
ENVIRONMENT = re.compile(r"\.env(\.[\w.-]+)?|\.envrc|[\w-]+\.env\.[\w-]+")
INTERPRETER = re.compile(rb"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+)*)?(?:\S*/)?(python[\d.]*|pypy[\d.]*|bash|sh|zsh|dash|ksh)\b")

DATA_SUFFIXES = """
    .csv .tsv .parquet .feather .arrow .orc .avro .jsonl .ndjson .geojson .npy .npz .pkl .pickle .h5 .hdf5 .mat .rds .rdata .xls .xlsx
    .ods .xml .svm .libsvm .shp .shx .dbf .prj .cpg .tfrecord .tfrecords .mdb .lmdb .db .sqlite .sqlite3 .nc .zarr .grib .tif .tiff .arff
    .sav
"""
BINARY_SUFFIXES = """
    .png .jpg .jpeg .gif .bmp .ico .webp .svg .eps .pdf .ps .mp3 .mp4 .wav .flac .ogg .avi .mov .mkv .webm .zip .gz .bz2 .xz .7z .tar
    .tgz .rar .whl .egg .jar .so .dll .dylib .a .o .exe .bin .class .pyc .pyo .ttf .otf .woff .woff2 .eot .pt .pth .ckpt .onnx .pb .tflite
    .model .safetensors .joblib .caffemodel .mlmodel .gguf .engine .weights .doc .docx .ppt .pptx .mo .doctree
"""
DATA = frozenset(DATA_SUFFIXES.split())
BINARY = frozenset(BINARY_SUFFIXES.split())


def kind_of(path: str, first_bytes: Callable[[], bytes]) -> str | None:
    """The kind of the file at `path` (POSIX, relative to the root), None when nothing here reads it.

    One of python, notebook, shell, make, dvc, dvc-file, dvc-lock, workflow, docker, sql, config, prose, packaging, owners, snakemake,
    mlproject, procfile, crontab, justfile, jenkins, package-json, taskfile, systemd, terraform, template, foreign, ignored, hooks.
    `first_bytes` gives the start of the file; it is asked only for names without an extension.
    """
    name = basename(path).lower()
    named = BY_NAME.get(name)
    if named is not None:
        return named
    return _by_pattern(path, name) or _by_suffix(path, name, first_bytes)


def _by_pattern(path: str, name: str) -> str | None:
    suffix = splitext(name)[1]
    if suffix in (".yml", ".yaml"):
        if WORKFLOW.search(path):
            return "workflow"
        return "docker" if DOCKER.fullmatch(name) else "packaging" if CONDA.fullmatch(name) else None
    if suffix in (".txt", ".in"):
        in_prose = suffix == ".txt" and (("/" not in path) or path.startswith(("docs/", "doc/")))
        return "packaging" if REQUIREMENTS.search(path.lower()) else "prose" if in_prose else None
    if suffix in BY_SUFFIX:
        return None
    if DOCKER.fullmatch(name):
        return "docker"
    if MAKE.fullmatch(name):
        return "make"
    return "config" if ENVIRONMENT.fullmatch(name) else None


def _by_suffix(path: str, name: str, first_bytes: Callable[[], bytes]) -> str | None:
    suffix = splitext(name)[1]
    if EDITORS.search(path):
        return None
    if suffix:
        kind = BY_SUFFIX.get(suffix)
        return None if kind == "config" and NOT_SETTINGS.fullmatch(name) else kind
    if name == "readme":
        return "prose"
    if name.startswith("."):
        return None
    match = INTERPRETER.match(first_bytes())
    if match is None:
        return None
    return "python" if match[1].startswith((b"python", b"pypy")) else "shell"


def left_out_as(path: str) -> str:
    """The word under which a file that has no kind is counted: `data`, `binary` or `other`."""
    suffix = splitext(path)[1].lower()
    if suffix == ".gz":
        suffix = splitext(splitext(path)[0])[1].lower()
        return "data" if suffix in DATA else "binary"
    return "data" if suffix in DATA else "binary" if suffix in BINARY else "other"
