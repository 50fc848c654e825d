"""What a repository calls itself: the organisation, its repositories, the words and folders of its names."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from analyzer.graph.system import SystemGraph

WORD = re.compile(r"[a-z]{4,}")
_ANYBODYS = frozenset("data bucket store storage prod production staging models model dataset datasets project features feature".split())
_ADDRESS = re.compile(r"(?:^|[/@.])(?:github|gitlab)\.com[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?(?:[/#?].*)?$", re.IGNORECASE)
_OF_THE_SITE = frozenset("apps marketplace orgs features sponsors settings user users en topics about login".split())
MIN_NAMED = 2
"""Times that prose names repositories of one owner, before it tells whose this one is."""
_MADE_BY_TOOL = re.compile(r"(^|/)(models|definitions|dataform|dbt|snapshots|seeds)/.*\.(sql|py|csv)$|\.sqlx$")
"""Files of which dbt or Dataform makes a table each, under the file's name."""
_TEACHES = re.compile(r"(^|[/_-])(tutorials?|courses?|lessons?|workshops?|exercises?|labs?|examples?|demos?|docs?)([/_-]|$)", re.IGNORECASE)
_SHOWS = re.compile(r"(?:^|[+_-])(?:examples|samples|tutorials|demos)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Own:
    name: str
    repositories: frozenset[str]
    owners: frozenset[str]
    words: frozenset[str]
    folders: frozenset[str]
    schemas: frozenset[str]
    made: frozenset[str]
    """Tables that a file of a tool makes, by its name."""

    @property
    def owner_words(self) -> frozenset[str]:
        return frozenset(word for owner in self.owners for word in WORD.findall(owner))

    def is_of_organisation(self, owner: str) -> bool:
        """Is it the organisation's own name, or a team's of it (`acme-research`)? Lower case."""
        return any(owner == mine or owner.startswith(f"{mine}-") or mine.startswith(f"{owner}-") for mine in self.owners)

    def is_itself(self, owner: str, name: str) -> bool:
        """Is it this repository, as far as its addresses, or its folder's name, tell? Lower case."""
        return f"{owner}/{name}" in self.repositories or self.name == name or self.name.endswith((f"+{name}", f"/{name}"))


def own_names(graph: SystemGraph) -> Own:
    """The names, from the remotes and the packaging; the owner from prose where these say nothing. Ask `graph.once` for it."""
    urls = (*graph.manifest.remotes, *graph.manifest.own_urls)
    pairs = [(match[1].lower(), match[2].lower()) for match in map(_ADDRESS.search, urls) if match is not None]
    named = [graph.name, *(text for pair in pairs for text in pair)]
    named += [text for project in graph.projects.values() for text in (project.name, *project.packages)]
    words = {word for text in named for word in WORD.findall(text.lower())} - _ANYBODYS
    folders = {component.rpartition("/")[2].lower() for component in graph.components}
    made = {path.rpartition("/")[2].partition(".")[0].lower() for path in graph.manifest.files if _MADE_BY_TOOL.search(path)}
    return Own(
        graph.name.lower(),
        frozenset(f"{owner}/{name}" for owner, name in pairs),
        frozenset(owner for owner, _ in pairs) or _owner_in_prose(graph),
        frozenset(words),
        frozenset(folders),
        graph.schemas,
        frozenset(made),
    )


def _owner_in_prose(graph: SystemGraph) -> frozenset[str]:
    """Whose repositories the prose names most, if it names them often enough and nobody else's as often."""
    found = Counter(match[1].lower() for match in map(_ADDRESS.search, graph.manifest.prose_urls) if match is not None)
    (first, times), (_, next_times) = ([*found.most_common(2), ("", 0), ("", 0)])[:2]
    return frozenset({first}) if times >= MIN_NAMED and times > next_times and first not in _OF_THE_SITE else frozenset()


def is_teaching(graph: SystemGraph, path: str) -> bool:
    """Does the file, or the repository, only show how something is done?"""
    root = graph.projects.get("")
    if _SHOWS.search(graph.name) or (root is not None and root.archetype == "tutorial") or _TEACHES.search(path):
        return True
    return path in graph.modules and graph.archetype_of(path) == "tutorial"
