"""Container images that Dockerfiles, compose files and CI configurations name, and which of them they build.

Sources: the Dockerfile and Compose references, docker/build-push-action and docker/metadata-action, Docker's `--tag`. Searched line by
line: the files differ too much, and what a name has to be is clear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import msgspec

MAX_IMAGES = 500
_REFERENCE = r"[\w.-]+(?::\d+)?(?:/[\w.-]+|/\$\{\{?[^{}]*\}\}?)+"
_FROM = re.compile(rf"\s*FROM\s+(?:--\S+\s+)*({_REFERENCE})", re.IGNORECASE)
_IMAGE_KEY = re.compile(rf"(\s*)(?:-\s+)?(image|images|tags)\s*:\s*[\"']?({_REFERENCE})?")
_BLOCK_ENTRY = re.compile(rf"(\s*)(?:-\s+)?[\"']?(?:type=\S*value=)?({_REFERENCE})")
_TAG = re.compile(rf"(?:\s-t|\s--tag|docker\s+push|docker\s+tag\s+\S+)[\s=]+[\"']?({_REFERENCE})")
_BUILDS = re.compile(
    r"build-push-action|docker/metadata-action|docker\s+(?:buildx\s+)?build|docker\s+push|podman\s+build|buildah|kaniko|buildkit"
)
_OWN = re.compile(r"\$\{\{\s*(?:github\.repository|env\.IMAGE_NAME)\s*\}\}|\$GITHUB_REPOSITORY|\$\{GITHUB_REPOSITORY\}", re.IGNORECASE)
OWN_NAME = "{repository}"
"""Stands for `owner/name` of the repository itself in an image's name."""
_BUILD_KEY = re.compile(r"(\s*)build\s*:")


class Image(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`name` without tag and digest, with OWN_NAME where the CI puts the repository's own."""

    name: str
    line: int
    is_built: bool


def image_name(reference: str) -> str:
    """An image reference without tag, digest and the registry that is the default, in lower case; "" when its name is not all known."""
    name = _OWN.sub(OWN_NAME, reference.strip()).partition("@")[0].lower()
    head, slash, tail = name.rpartition("/")
    name = head + slash + tail.partition(":")[0]
    if "$" in name or not tail:
        return ""
    for default in ("docker.io/library/", "docker.io/", "index.docker.io/", "registry.hub.docker.com/"):
        name = name.removeprefix(default)
    return name


def images(kind: str, text: str) -> tuple[Image, ...]:
    """The images with an owner (`owner/name`, `registry/owner/name`) that a file of kind `docker` or `workflow` names."""
    found = _workflow(text) if kind == "workflow" else _docker(text)
    return tuple(islice((image for image in found if image.name), MAX_IMAGES))


def _docker(text: str) -> Iterator[Image]:
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        match = _FROM.match(line)
        if match:
            yield Image(image_name(match[1]), number, False)
            continue
        key = _IMAGE_KEY.match(line)
        if key and key[2] == "image" and key[3]:
            yield Image(image_name(key[3]), number, _is_built_beside(lines, number - 1, len(key[1])))


def _is_built_beside(lines: list[str], index: int, indent: int) -> bool:
    """Has the compose service whose `image:` stands in line `index` a `build:` too?"""
    for step in (-1, 1):
        position = index + step
        while 0 <= position < len(lines) and abs(position - index) < 200:
            line = lines[position]
            depth = len(line) - len(line.lstrip())
            if line.strip() and depth < indent:
                break
            build = _BUILD_KEY.match(line)
            if build and len(build[1]) == indent:
                return True
            position += step
    return False


def _workflow(text: str) -> Iterator[Image]:
    builds = _BUILDS.search(text) is not None
    block = -1
    for number, line in enumerate(text.split("\n"), 1):
        for tagged in _TAG.finditer(line):
            yield Image(image_name(tagged[1]), number, builds)
        key = _IMAGE_KEY.match(line)
        if key:
            block = len(key[1]) if not key[3] and key[2] in ("images", "tags") else -1
            if key[3]:
                # `image:` says where a job runs, unless it is an entry of a matrix of images
                yield Image(image_name(key[3]), number, builds and (key[2] != "image" or line.lstrip().startswith("-")))
            continue
        entry = _BLOCK_ENTRY.match(line) if block >= 0 else None
        if entry and len(entry[1]) > block:
            yield Image(image_name(entry[2]), number, builds)
        elif line.strip() and len(line) - len(line.lstrip()) <= block:
            block = -1
