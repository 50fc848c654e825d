from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import dedent

import pytest

from analyzer.model import Edge, Link
from analyzer.scan import graph_of_texts
from analyzer.workspace.links import links_between
from analyzer.workspace.outline import outline_of

Repositories = Mapping[str, Mapping[str, str]]


@pytest.fixture
def linked() -> Callable[..., tuple[tuple[Link, ...], tuple[Edge, ...]]]:
    """Links and edges of repositories given as name → path → text; `urls` are addresses that the user gives for some."""

    def link(repositories: Repositories, urls: Mapping[str, str] | None = None) -> tuple[tuple[Link, ...], tuple[Edge, ...]]:
        outlines = [
            outline_of(
                graph_of_texts({path: dedent(text).lstrip() for path, text in files.items()}),
                name,
                name,
                urls=(urls[name],) if urls and name in urls else (),
            )
            for name, files in repositories.items()
        ]
        return links_between(outlines)

    return link


@pytest.fixture
def told(linked: Callable[..., tuple[tuple[Link, ...], tuple[Edge, ...]]]) -> Callable[..., list[tuple[str, str, str, str, bool]]]:
    """(producer, consumer, kind, what, declared) of each link."""

    def tell(repositories: Repositories, urls: Mapping[str, str] | None = None) -> list[tuple[str, str, str, str, bool]]:
        return [(each.producer, each.consumer, each.kind, each.what, each.declared) for each in linked(repositories, urls)[0]]

    return tell
