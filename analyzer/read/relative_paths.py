"""Paths of the repository as they look from one of its folders."""

from __future__ import annotations

import posixpath


def relative(path: str, folder: str) -> str:
    """`path` as seen from `folder`, both relative to the repository root, "." for the folder itself.

    `posixpath.relpath` alone would ask for the working directory of this process as soon as one of them climbs.
    """
    return posixpath.relpath(posixpath.join("/", path), posixpath.join("/", folder))
