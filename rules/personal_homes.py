"""Paths of one machine in a text: personal home folders and mounted volumes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONTAINER_USERS = _words(
    """
    airflow jovyan ubuntu ec2-user user app appuser vscode runner circleci hadoop spark notebook sagemaker-user vertex codespace
    gitpod root azureuser build-user builder chronos coder dask docker glue_user gradle jenkins jupyter kubernetes mamba mambauser
    model-server node nobody nonroot pi pyodide ray rstudio sagemaker travis web_user yarnapp zeppelin labs lab student students
    micromamba site cdsw onyxia studio-lab-user opc admin debian centos fedora paperspace jupyterhub mlflow prefect dagster superset
    triton-server openvino flink www-data webapp linuxbrew
    """
)
"""Users that a container image, a disk image or a CI service creates: their home is the same for everybody (RULES.md A5)."""

STANDARD_MOUNTS = _words("models model azureml batch secrets config configs workspace kaggle cdrom")
"""Mount points that a platform promises (KServe's /mnt/models, Azure ML's /mnt/azureml …)."""

_PLACEHOLDERS = re.compile(
    r"(me|you|user\d?|users|username|user[-_]?name|login|name|xx+|yy+|zz+|abc|foo|bar|baz|some(one|body|user|name)|example\w*|"
    r"your?[-_]?\w*|my[-_]?(user|name|username|home|dir|folder|path|account)|the[-_]?user|path|to|dir|folder|a|b|u|x|"
    r"[\w.-]*[-_]labs?|"
    r"test|tester|guest|dummy|anonymous|public|shared|default|all users|alice|bob|john[-_.]?doe|jane[-_.]?doe|j?doe|\d+|_+|-+)\Z",
    re.IGNORECASE,
)
_HOLE = re.compile(r"[<>{}$*%\[\]@…?|]|\.\.\.")
_PATH_PLACEHOLDER = re.compile(r"path[-_/\\]to([-_/\\]|\b)|/\.\.\./|<[^<>]*>|\byour[-_]", re.IGNORECASE)
_BEFORE = r"(?<![\w./\\})\]*%~-])(?:file://)?"
_ROOTS = r"((?:/home\d*|/Users|/mnt/[a-z]/Users)/|[A-Za-z]:(?:/|\\{1,2})Users(?:/|\\{1,2}))"
_HOME = re.compile(_BEFORE + _ROOTS + r"([^/\\\s\"'`:;,()&=]+)(?=([/\\]|\Z|[\s\"'`:;,]))")
_MOUNT = re.compile(_BEFORE + r"/(mnt|media|nfs|scratch)/([\w.-]+)(?=/)")
MAX_HITS = 64


@dataclass(frozen=True, slots=True)
class MachinePath:
    """A path in a text: the prefix that binds it to one machine, and how it goes on (as far as it is shown)."""

    prefix: str
    path: str


def personal_homes(text: str, container_users: Collection[str] = ()) -> Iterator[MachinePath]:
    """The paths in `text` that lie in one person's home; users of containers and placeholders are nobody's home."""
    if "home" not in text and "Users" not in text:
        return  # most texts, and much faster than the expression
    for count, match in enumerate(_HOME.finditer(text)):
        if count >= MAX_HITS:
            return
        root, user, after = match.groups()
        if after not in ("/", "\\") and len(text) != match.end(2):
            continue
        if user.lower() in CONTAINER_USERS or user in container_users or user.lower() in container_users or is_placeholder(user):
            continue
        path = _path_at(text, match.start(1))
        if not _PATH_PLACEHOLDER.search(path):
            yield MachinePath(root + user, path)


def mounted_volumes(text: str) -> Iterator[MachinePath]:
    """The paths in `text` below a volume that a named host mounts (`/mnt/x/…`, `/media/…`, `/nfs/…`, `/scratch/…`)."""
    for count, match in enumerate(_MOUNT.finditer(text)):
        if count >= MAX_HITS:
            return
        root, volume = match.groups()
        path = _path_at(text, match.start(1) - 1)
        if volume not in STANDARD_MOUNTS and not is_placeholder(volume) and not _PATH_PLACEHOLDER.search(path):
            yield MachinePath(f"/{root}/{volume}", path)


def is_placeholder(name: str) -> bool:
    return bool(_HOLE.search(name) or _PLACEHOLDERS.match(name))


def _path_at(text: str, start: int) -> str:
    """The path that begins at `start`: the whole text when it is one path, spaces and all, else up to the next delimiter."""
    if start == 0 and "\n" not in text and not re.search(r"[\"'`;|&<>=]", text):
        return text[:300]
    return re.split(r"[\s\"'`;,|&<>]", text[start : start + 300], maxsplit=1)[0]
