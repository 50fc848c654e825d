"""Who is who: commits name people by e-mail and spelling; facts about people need one identity for each, and no robots.

git has applied `.mailmap` already. Beyond it two spellings are one person when they share an e-mail address, the local part of one
(unless it is generic), or the normalised name; a login such as `jdoe` belongs to Jane Doe when no other person could have it.
Merging one pair too many hides a split between people; merging one too few invents one. So this merges rather too much.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

Person = tuple[str, str]
"""(name, e-mail address) as a commit gives them."""

_ROBOT = re.compile(
    r"\[bot\]|(^|[\s._+-])bot($|[\s@._+-])|dependabot|renovate|github[ -]?actions|pre-commit-ci|greenkeeper|mergify|allcontributors|imgbot"
    r"|snyk|semantic-release|codecov|copybara|^jenkins|travis[ -]?ci|circleci|azure[ -]pipelines|gitlab[ -]ci|weblate|crowdin|transifex"
    r"|translatewiki|bumpversion|release[ -]manager|deepsource|lgtm[ -]com|sourcery|pyup|restyled|sweep[ -]ai|github[ -]merge[ -]queue"
    r"|noreply@anthropic\.com|copilot|cursoragent|devin[ -]ai|^codex|^aider\b|google-labs-jules|gemini[ -]code"
    r"|^claude($|[ -](code|opus|sonnet|\d))",
    re.IGNORECASE,
)
_NOBODYS = re.compile(r"^(?:nobody|no-?reply|do-?not-?reply)$")
_SYNC = re.compile(r"\b(?:sync|mirror|import|export)", re.IGNORECASE)
"""What a collective address does when it has a name of several words."""
_MACHINE = re.compile(r"(?:^|@)[^@.]*$|\.(?:internal|local|localdomain|lan)$|@(?:[\w-]+\.)*(?:example\.(?:com|org|net)|localhost)$")
_CAMEL_ROBOT = re.compile(r"[a-z]Bot\b")
_NOREPLY = re.compile(r"^(?:\d+\+)?([^@]+)@users\.noreply\.")
_GENERIC = frozenset(
    {"info", "admin", "root", "dev", "devs", "github", "git", "gitlab", "noreply", "no-reply", "donotreply", "me", "mail", "email", "hello"}
    | {"contact", "user", "users", "ubuntu", "debian", "vagrant", "jovyan", "unknown", "name", "your", "yourname", "you", "test", "example"}
    | {"support", "team", "developer", "developers", "anonymous", "nobody", "none", "null", "office", "work", "code", "opensource", "oss"}
    | {"docker", "ec2user", "ec2-user", "administrator", "localhost", "data", "science", "research", "main", "master"}
)
_MIN_HANDLE = 3
_MIN_SHORT_LOGIN = 5


def is_robot(person: Person) -> bool:
    """A bot, a CI service, an import tool, a coding assistant or a login that a machine came with: nobody who can own code."""
    name, mail = person
    named_so = _ROBOT.search(name) or _ROBOT.search(mail) or _CAMEL_ROBOT.search(name)
    return bool(named_so) or _is_nobodys(name.strip(), mail.strip().lower())


def _is_nobodys(name: str, mail: str) -> bool:
    """Is it the address of an organisation's export, or a login of a machine that nobody gave a name? A person's name makes it theirs."""
    words = _words(name)
    if _NOBODYS.match(mail.partition("@")[0]) and (len(words) < 2 or _SYNC.search(name)):
        return True
    return "".join(words) in _GENERIC and _MACHINE.search(mail) is not None


def identities(people: Iterable[Person]) -> dict[Person, str]:
    """Each human of `people`, given in order of appearance, with `author 1`, `author 2` … in that order; robots are left out.

    The labels say nothing about the person: names and addresses do not leave the history unless they are asked for by name.
    """
    humans = [person for person in dict.fromkeys(people) if not is_robot(person)]
    groups = _Groups(len(humans))
    owner: dict[str, int] = {}
    for index, person in enumerate(humans):
        for handle in _handles(person):
            groups.join(owner.setdefault(handle, index), index)
    _join_short_logins(humans, groups)
    numbers: dict[int, str] = {}
    return {person: numbers.setdefault(groups.top(index), f"author {len(numbers) + 1}") for index, person in enumerate(humans)}


def _handles(person: Person) -> Iterator[str]:
    """What says that two spellings are one person; names and local parts share one space, so `jane.doe@` is Jane Doe."""
    name, mail = person[0].strip(), person[1].strip().lower()
    if "@" in mail:
        yield f"<{mail}>"
    for text in (name, _local_part(mail)):
        words = _words(text)
        joined = "".join(words)
        if len(joined) >= _MIN_HANDLE and joined not in _GENERIC and text.lower() not in _GENERIC:
            yield joined
            if len(words) > 1:
                yield "".join(sorted(words))


def _join_short_logins(humans: list[Person], groups: _Groups) -> None:
    """`vviers` and Vincent Viers, when exactly one person's name abbreviates to the login."""
    abbreviated: dict[str, set[int]] = defaultdict(set)
    for index, (name, _) in enumerate(humans):
        words = _words(name)
        if len(words) >= 2:
            abbreviated[words[0][0] + words[-1]].add(groups.top(index))
            abbreviated[words[0] + words[-1][0]].add(groups.top(index))
    for index, (name, mail) in enumerate(humans):
        for login in {"".join(_words(text)) for text in (name, _local_part(mail.lower())) if len(_words(text)) == 1}:
            owners = {groups.top(owner) for owner in abbreviated.get(login, ())}
            if len(login) >= _MIN_SHORT_LOGIN and len(owners) == 1:
                groups.join(owners.pop(), index)


def _local_part(mail: str) -> str:
    match = _NOREPLY.match(mail)
    return match[1] if match else mail.partition("@")[0].partition("+")[0]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))


class _Groups:
    """Union-find over positions; the top of a group is its first member."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def top(self, index: int) -> int:
        while self._above[index] != index:
            self._above[index] = self._above[self._above[index]]
            index = self._above[index]
        return index

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.top(one), self.top(other)))
        self._above[second] = first
