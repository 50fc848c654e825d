"""UDC004: code relies on a name that its owner keeps private."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from analyzer.graph.agreed_parts import is_agreed
from analyzer.graph.pins import is_pinned
from analyzer.graph.private_members import MemberUse, member_uses
from analyzer.graph.private_uses import PrivateUse, private_uses
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.consumers import are_apart

MIN_USERS = 3
"""Modules that use a private name of another part of their own package, before it counts as an interface nobody declared."""
MIN_MEMBERS = 2
"""Members of one class that a file beside it reads, before it steers the object from outside."""
MAX_LISTED = 40
MAX_SHOWN = 8


class PrivateSymbolAcrossBoundary(Rule):
    """Code uses a name of another component, or of a library, that its owner marks as private.

    The underscore says that the owner may rename, change or drop the name without telling anybody; its user is then an undeclared
    consumer of an interface that does not exist (Sculley et al. 2015, section 2.3: "hidden tight coupling"). What breaks, breaks at
    the owner's next change, far from it.

    Four cases, told apart: a component uses private names of another one (firm); several modules beside a package share a private name
    of a module (tentative: an interface that nobody declared); a project uses private names of a third-party library (tentative, a
    pinning risk: any release may change them), also by overriding them or through an object whose class is known; a file sets a private
    member of objects of another file's class (`engine._states = {}`), or reads it from another folder, or several of them (tentative).

    Exempt: tests; what a subclass uses of its base; what files of a library use of one another's objects, and what they set where the
    owner makes the user its part or names it in a comment; libraries pinned to one version (`==`, a lock file);
    the package of the owner, modules beside it; the standard library;
    imports under `try` or a test of a version; underscored names that are documented (`_asdict`, `_meta`, torch's base classes).

    Known false positives: components of one team whose underscore means "not for the documentation"; a library that documents an
    underscored name.
    """

    code = "UDC004"
    name = "private-symbol-across-boundary"
    severity = Severity.medium
    confidence = Confidence.B
    tentative_in = frozenset({"library", "tutorial"})
    cost = Cost(base=15, per_item=5, friction=5)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, section 2.3 (Undeclared Consumers)"
    remedy = (
        "Make the name public where it is defined (drop the underscore, keep an alias for a release), or move it to code that both import."
    )
    BAD = (
        {
            "ranking/__init__.py": "",
            "ranking/encode.py": "def _bucket(value):\n    return int(value) % 7\n",
            "billing/__init__.py": "",
            "billing/features.py": "from ranking.encode import _bucket  # UDC004\n\nprint(_bucket(3))\n",
        },
    )
    GOOD = (
        {
            "ranking/__init__.py": "",
            "ranking/_hash.py": "def _bucket(value):\n    return int(value) % 7\n",
            "ranking/encode.py": "from ranking._hash import _bucket\n\n\ndef bucket(value):\n    return _bucket(value)\n",
            "billing/__init__.py": "",
            "billing/features.py": "from ranking.encode import bucket\n\nprint(bucket(3))\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        across: dict[tuple[str, str], list[PrivateUse]] = defaultdict(list)
        inside: dict[str, list[PrivateUse]] = defaultdict(list)
        foreign: dict[str, list[PrivateUse]] = defaultdict(list)
        for use in private_uses(graph):
            user = graph.modules[use.site.path]
            if not use.owner:
                if not is_pinned(graph, use.site.path, use.package):
                    foreign[use.package].append(use)
            elif user.component == graph.modules[use.owner].component:
                continue
            elif _is_one_package(user, graph.modules[use.owner]):
                continue  # a package's own business
            elif not are_apart(graph, user.component, graph.modules[use.owner].component):
                inside[use.owner].append(use)
            else:
                across[user.component, use.package].append(use)
        steered: dict[str, list[MemberUse]] = defaultdict(list)
        for member in member_uses(graph):
            if not member.owner:
                if not is_pinned(graph, member.site.path, member.package):
                    foreign[member.package].append(PrivateUse(member.site, member.said, member.package))
            elif not _is_kin(graph, member) or (member.way == "sets" and not is_agreed(graph, member.owner, member.site.path)):
                steered[member.owner].append(member)
        for (component, package), uses in sorted(across.items()):
            yield self._across(component, package, uses)
        for owner, uses in sorted(inside.items()):
            if _is_shared(uses, owner):
                yield self._shared(owner, uses)
        for owner, members in sorted(steered.items()):
            if _is_steered(members, owner):
                yield self._steered(owner, members)
        for package, uses in sorted(foreign.items()):
            if any(graph.archetype_of(use.site.path) != "tutorial" for use in uses):
                yield self._pinned(package, uses)

    def _across(self, component: str, package: str, uses: Sequence[PrivateUse]) -> Finding:
        return self._of(
            f"`{component}` uses {_names(uses)} of `{package}`, which {_keeps(uses)} private",
            Subject("component", f"{component} -> {package}"),
            uses,
            self.confidence,
        )

    def _shared(self, owner: str, uses: Sequence[PrivateUse]) -> Finding:
        users = len({use.site.path for use in uses})
        return self._of(
            f"{_names(uses)} of {owner} {'is' if len(_distinct(uses)) == 1 else 'are'} marked private and used by {users} other modules",
            Subject("module", owner),
            uses,
            Confidence.C,
        )

    def _steered(self, owner: str, members: Sequence[MemberUse]) -> Finding:
        names = sorted({member.name for member in members})
        more = f" and {len(names) - 1} more private members" if names[1:] else ""
        users = sorted({member.site.path for member in members})
        done = "set" if any(member.way == "sets" for member in members) else "used"
        sites = dict.fromkeys([*(member.site for member in members), *(m.defined for m in members if m.defined is not None)])
        return self.found(
            f"`{names[0]}`{more} of {owner} {'are' if more else 'is'} {done} by {users[0]}"
            + (f" and {len(users) - 1} other files" if users[1:] else ""),
            Subject("members", owner),
            list(sites)[:MAX_LISTED],
            [
                *(Evidence(f"{member.way} `{member.said}`", member.site) for member in members[:MAX_LISTED]),
                *(Evidence(f"`{m.name}` is defined here", m.defined) for m in members[:MAX_SHOWN] if m.defined is not None),
            ],
            confidence=Confidence.C,
            remedy="Give the class a public method or property for what its users need, and let them go through it.",
            items=len(names),
            members=len(names),
        )

    def _pinned(self, package: str, uses: Sequence[PrivateUse]) -> Finding:
        return self._of(
            f"Pinning risk: the project uses {_names(uses)} of `{package}`, which any release may change",
            Subject("package", package),
            uses,
            Confidence.C,
            severity=Severity.low,
            remedy=f"Use what `{package}` documents; until then pin its exact version, and keep the private use in one module with a test.",
        )

    def _of(
        self,
        message: str,
        subject: Subject,
        uses: Sequence[PrivateUse],
        confidence: Confidence,
        severity: Severity | None = None,
        remedy: str | None = None,
    ) -> Finding:
        return self.found(
            message,
            subject,
            list(dict.fromkeys(use.site for use in uses))[:MAX_LISTED],
            [Evidence(f"uses `{use.name}`" + (f", defined in {use.owner}" if use.owner else ""), use.site) for use in uses[:MAX_LISTED]],
            confidence=confidence,
            severity=severity,
            remedy=remedy,
            items=len(_distinct(uses)),
            members=len(_distinct(uses)),
        )


def _is_one_package(user: Module, owner: Module) -> bool:
    """Are both part of the same top-level package? Then the boundary between them is only a folder."""
    if user.project != owner.project or not user.name or not owner.name:
        return False
    return _root(user) == _root(owner) and user.name.partition(".")[0] == owner.name.partition(".")[0]


def _root(module: Module) -> str:
    """Folder that holds the top-level package of the module."""
    path = PurePosixPath(module.path)
    depth = module.name.count(".") + (path.name == "__init__.py")
    return str(path.parents[min(depth, len(path.parents) - 1)])


def _is_kin(graph: SystemGraph, member: MemberUse) -> bool:
    """Are both files part of one package that is made for others? Its authors have agreed on more than they show."""
    user, owner = graph.modules[member.site.path], graph.modules[member.owner]
    return graph.archetype_of(user.path) in ("library", "tutorial") and _is_one_package(user, owner)


def _is_steered(members: Sequence[MemberUse], owner: str) -> bool:
    """Is one set from outside, read from another folder, or are several read by one file?"""
    beside: dict[str, set[str]] = defaultdict(set)
    for member in members:
        if member.way == "sets" or PurePosixPath(member.site.path).parent != PurePosixPath(owner).parent:
            return True
        beside[member.site.path].add(member.name)
    return any(len(names) >= MIN_MEMBERS for names in beside.values())


def _is_shared(uses: Sequence[PrivateUse], owner: str) -> bool:
    users = {use.site.path for use in uses}
    return len(users) >= MIN_USERS and len({PurePosixPath(user).parent for user in users} - {PurePosixPath(owner).parent}) > 1


def _distinct(uses: Sequence[PrivateUse]) -> list[str]:
    return sorted({use.name.rpartition(".")[2] for use in uses})


def _names(uses: Sequence[PrivateUse]) -> str:
    names = _distinct(uses)
    return f"`{names[0]}`" + (f" and {len(names) - 1} more names" if len(names) > 1 else "")


def _keeps(uses: Sequence[PrivateUse]) -> str:
    return "it keeps" if len({use.owner for use in uses}) == 1 else "its modules keep"
