"""What a file says of where its code was taken from."""

from __future__ import annotations

import msgspec


class Origin(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where the head of a file says that it was taken from."""

    upstream: str
    """`owner/repository`."""
    address: str
    line: int
    changed: bool
    """Does it say that it was changed since?"""


class Taken(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A remark that code was copied out of a package and changed."""

    package: str
    """The package, or the repository that it comes from, in lower case with underscores."""
    text: str
    line: int
