"""The names of one module, by scope: definitions, assignments and imports, as look-ups."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property

from analyzer.read.facts import LOCAL_KINDS, Assign, Import, PythonFacts, Scope


class Symbols:
    """Indexes over one module's facts; built once, when the module is first asked."""

    def __init__(self, path: str, facts: PythonFacts) -> None:
        self.path = path
        self.facts = facts
        self.children: dict[int, dict[str, int]] = {}
        """scope → name → scope index of the function or class defined there (the last one wins, as at run time)."""
        for index, scope in enumerate(facts.scopes):
            if index:
                self.children.setdefault(scope.parent, {})[scope.name] = index
        self.assigns: dict[int, dict[str, list[Assign]]] = {}
        for assign in facts.assigns:
            self.assigns.setdefault(assign.scope, {}).setdefault(assign.target, []).append(assign)
        self.grown: dict[int, dict[str, list[Assign]]] = {}
        """scope → container → what is put into it later (`c.append(x)`, `c[k] = x`): assignments to `c[]` and `c[key]`."""
        for assign in facts.assigns:
            if assign.target.endswith("]"):
                self.grown.setdefault(assign.scope, {}).setdefault(assign.target.partition("[")[0], []).append(assign)
        self.imports: dict[int, dict[str, list[Import]]] = {}
        self.stars: list[Import] = []
        for entry in facts.imports:
            if entry.name == "*":
                self.stars.append(entry)
                continue
            bound = entry.bound or entry.module.partition(".")[0]
            self.imports.setdefault(entry.scope, {}).setdefault(bound, []).append(entry)
        self._other_arm = _other_arms(facts)
        self._parameters: dict[int, frozenset[str]] = {}
        self._arounds: dict[int, tuple[set[int], set[int]]] = {}
        self.calls_by_scope: dict[int, list[int]] = {}
        for index, call in enumerate(facts.calls):
            self.calls_by_scope.setdefault(call.scope, []).append(index)
        self.calls = [
            (index, facts.calls[index])
            for scope in sorted(self.calls_by_scope, key=lambda scope: facts.scopes[scope].qualname)
            for index in self.calls_by_scope[scope]
        ]
        """(index, call) of every call, function by function in the order of their names: where a bound leaves some out, or one answer
        depends on another, the order in which functions are written must not matter."""

    @cached_property
    def _moments(self) -> list[tuple[int, int]]:
        return sorted([*((a.line, a.at) for a in self.facts.assigns), *((c.line, c.at) for c in self.facts.calls)])

    def moment(self, line: int) -> int:
        """When a line begins, as `Assign.at`: for what stands on it and is neither an assignment nor a call."""
        before = bisect_left(self._moments, (line, -1))
        return self._moments[before - 1][1] + 1 if before else 0

    def has_parameter(self, scope: int, name: str) -> bool:
        found = self._parameters.get(scope)
        if found is None:
            found = self._parameters[scope] = frozenset(param.name for param in self.facts.scopes[scope].params)
        return name in found

    def scope_at(self, line: int) -> int:
        """The innermost function around a line, 0 for the module."""
        scopes = enumerate(self.facts.scopes)
        return max((i for i, s in scopes if i and s.kind == "function" and s.line < line <= s.end_line), default=0)

    def globals_rebound(self) -> set[str]:
        """Names that some function of the module declares `global`."""
        return {a.target for scope, names in self.assigns.items() if scope for group in names.values() for a in group if a.kind == "global"}

    def defined(self) -> set[str]:
        """Names that exist in the module after its import, star imports not counted."""
        names = set(self.children.get(0, ()))
        names.update(
            name
            for name, group in self.assigns.get(0, {}).items()
            if "." not in name and "[" not in name and any(a.kind not in LOCAL_KINDS for a in group)
        )
        names.update(self.imports.get(0, ()))
        names.update(self.globals_rebound())
        return names

    def reaching(self, scope: int, name: str, at: int, block: int) -> list[Assign]:
        """The assignments of `name` in `scope` that may reach a use at `at` (`Assign.at`) in `block` of the same scope, newest first.

        Backwards from the use to the first assignment whose block encloses the use; loops are not followed round. What the other arm
        of an `if` around the use assigns does not reach it.
        """
        found = self.assigns.get(scope, {}).get(name)
        if not found:
            return []
        around, other = self._around(block)
        reaching: list[Assign] = []
        for assign in reversed(found):
            if assign.kind == "comprehension":
                if assign.block in around:
                    return [*reaching, assign]
                continue
            if assign.at >= at or assign.kind in ("global", "declared"):
                continue
            if assign.kind == "narrow" and assign.block not in around:
                continue  # what a test says holds in its own suite
            if other and self._is_below(assign.block, other):
                continue
            reaching.append(assign)
            if assign.block in around:
                break
            if len(reaching) >= 6:
                break
        return reaching

    def _around(self, block: int) -> tuple[set[int], set[int]]:
        """The blocks that hold a block, itself among them, and the other arms of those that are arms."""
        found = self._arounds.get(block)
        if found is None:
            around = set()
            current = block
            while current >= 0:
                around.add(current)
                current = self.facts.blocks[current].parent
            found = self._arounds[block] = around, {self._other_arm[b] for b in around if b in self._other_arm}
        return found

    def _is_below(self, block: int, ancestors: set[int]) -> bool:
        while block >= 0:
            if block in ancestors:
                return True
            block = self.facts.blocks[block].parent
        return False


def class_around(scopes: Sequence[Scope], index: int) -> int:
    """The scope of the innermost class that holds scope `index`, or is it; 0 outside of classes."""
    while index > 0 and scopes[index].kind != "class":
        index = scopes[index].parent
    return max(index, 0)


def tried_blocks(facts: PythonFacts) -> frozenset[int]:
    """The blocks that stand in a `try`."""
    inside: set[int] = set()
    for index, block in enumerate(facts.blocks):  # a block's parent stands before it
        if block.kind == "try" or block.parent in inside:
            inside.add(index)
    return frozenset(inside)


def _other_arms(facts: PythonFacts) -> dict[int, int]:
    """The two arms of each `if` that has both, each with the other: an `else` belongs to the suite before it at its level."""
    before: dict[int, int] = {}
    found: dict[int, int] = {}
    for index, block in enumerate(facts.blocks):
        last = before.get(block.parent)
        if block.kind == "else" and last is not None and facts.blocks[last].kind == "if":
            found[index], found[last] = last, index
        before[block.parent] = index
    return found
