"""Addresses of repositories on hosting services, and of files in them.

Sources: the URL forms that GitHub (raw, blob, releases, archives, API, Pages), GitLab, Bitbucket, jsDelivr and Colab document; pip's
VCS URLs (`git+https://…@ref#egg=…`); git's own (`git@host:owner/name.git`, `ssh://`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

_CANONICAL = re.compile(r"(?:git\+)?(?:https?|ssh|git)://(?:[^@/\s]*@)?(?P<host>[\w.-]+)(?::\d+)?/(?P<rest>[^\s?#]*)", re.IGNORECASE)
_SCP = re.compile(r"(?:git\+)?(?:ssh://)?[\w.-]+@(?P<host>[\w.-]+):(?P<rest>[^\s?#]*)")
_HOSTS = frozenset({"github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com", "dagshub.com"})
_INDIRECT = frozenset("api.github.com codeload.github.com colab.research.google.com nbviewer.org nbviewer.jupyter.org mybinder.org".split())
_FILES = frozenset({"raw", "blob", "tree", "blame", "edit", "src"})
_OWNER_PAGES = frozenset("orgs apps features marketplace sponsors topics settings users about login notifications search".split())
_NAME = re.compile(r"[\w.-]+$")
_COMMIT_LENGTH = 40


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """`owner/name`, in lower case: hosting services do not tell cases apart."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class Remote:
    """What a URL names of a repository."""

    address: Address
    path: str = ""
    """A file or folder in the repository's tree, "" for the repository as a whole."""
    revision: str = ""
    asset: str = ""
    """A file of a release: published beside the tree, not in it."""

    @property
    def is_pinned(self) -> bool:
        """Does the URL name one state of the repository, not whatever its branch holds today?"""
        return len(self.revision) == _COMMIT_LENGTH or bool(re.match(r"v?\d+(\.\d+)+", self.revision)) or bool(self.asset and self.revision)


def remote_of(text: str) -> Remote | None:
    """The repository, and the file in it, that a URL names; None for a URL of anything else."""
    text = text.strip()
    match = _CANONICAL.match(text) or _SCP.match(text)
    if match is None:
        return None
    host = match["host"].lower().removeprefix("www.")
    parts = [unquote(part) for part in match["rest"].split("/") if part]
    if host in ("raw.githubusercontent.com", "media.githubusercontent.com", "rawgit.com", "cdn.rawgit.com"):
        return _raw(parts[1:] if parts[:1] == ["media"] else parts)
    if host == "cdn.jsdelivr.net" and parts[:1] == ["gh"] and len(parts) > 2:
        name, _, revision = parts[2].partition("@")
        return _remote(parts[1], name, "/".join(parts[3:]), revision)
    if host in _INDIRECT:
        return _indirect(host, parts)
    if host.endswith(".github.io") and parts:
        return None  # a page, built from the repository but not a file of it
    return _hosted(parts, fragment=text.partition("#")[2]) if host in _HOSTS or match.re is _SCP else None


def _remote(owner: str, name: str, path: str = "", revision: str = "", asset: str = "") -> Remote | None:
    name = name.removesuffix(".git")
    if not _NAME.match(owner) or not _NAME.match(name) or owner.lower() in _OWNER_PAGES:
        return None
    return Remote(Address(owner.lower(), name.lower()), path.rstrip("/"), revision, asset)


def _raw(parts: list[str]) -> Remote | None:
    if len(parts) < 4:
        return None
    if parts[2] == "refs" and len(parts) > 5:
        return _remote(parts[0], parts[1], "/".join(parts[5:]), parts[4])
    return _remote(parts[0], parts[1], "/".join(parts[3:]), parts[2])


def _indirect(host: str, parts: list[str]) -> Remote | None:
    if host == "api.github.com":
        if parts[:1] != ["repos"] or len(parts) < 3:
            return None
        if parts[3:4] == ["contents"]:
            return _remote(parts[1], parts[2], "/".join(parts[4:]))
        return _remote(parts[1], parts[2]) if parts[3:4] in (["zipball"], ["tarball"], ["releases"]) else None
    if host == "codeload.github.com":
        return _remote(parts[0], parts[1]) if len(parts) > 1 else None
    marker = "gh" if host == "mybinder.org" else "github"
    return _hosted(parts[parts.index(marker) + 1 :]) if marker in parts else None


def _hosted(parts: list[str], fragment: str = "") -> Remote | None:
    """`owner/name` and what follows on the hosting service's own pages; an unknown page names the repository only."""
    if len(parts) < 2:
        return None
    if "-" in parts[2:]:  # GitLab: group/subgroup/name/-/raw/ref/path
        dash = parts.index("-", 2)
        return _tail(parts[0], parts[dash - 1], parts[dash + 1 :])
    name, _, revision = parts[1].partition("@")
    if len(parts) == 2:
        return _remote(parts[0], name, _subdirectory(fragment), revision)
    if name.endswith(".git"):  # dvc and pip put a path behind the address
        return _remote(parts[0], name, "/".join(parts[2:]), revision)
    return _tail(parts[0], name, parts[2:])


def _tail(owner: str, name: str, rest: list[str]) -> Remote | None:
    if rest[:1] and rest[0] in _FILES and len(rest) > 2:
        if rest[1:3] == ["refs", "heads"] and len(rest) > 4:
            rest = [rest[0], *rest[3:]]
        return _remote(owner, name, "/".join(rest[2:]), rest[1])
    if rest[:2] == ["releases", "download"] and len(rest) > 3:
        return _remote(owner, name, revision=rest[2], asset="/".join(rest[3:]))
    if rest[:3] == ["releases", "latest", "download"] and len(rest) > 3:
        return _remote(owner, name, asset="/".join(rest[3:]))
    if rest[:1] in (["archive"], ["tarball"], ["zipball"], ["releases"]):
        return _remote(owner, name, revision=re.sub(r"\.(zip|tar\.gz)$", "", rest[-1]) if len(rest) > 1 else "")
    return _remote(owner, name)


def _subdirectory(fragment: str) -> str:
    match = re.search(r"(?:^|&)subdirectory=([^&]+)", fragment)
    return match[1].strip("/") if match else ""


def imported_path(text: str) -> Remote | None:
    """As `remote_of`, of the form `repository URL/path` that stands for a DVC import: whatever follows the name is a path."""
    match = _CANONICAL.match(text) or _SCP.match(text)
    if match is None:
        return None
    parts = [part for part in match["rest"].split("/") if part]
    host = match["host"].lower()
    if len(parts) < 2 or (host not in _HOSTS and match.re is not _SCP):
        return None
    return _remote(parts[0], parts[1], "/".join(parts[2:]))
