"""DXP002, guarded: the value that every call gives is inlined, the arms that it never selects go, and with them the parameter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

import libcst as cst
from libcst.metadata import PositionProvider

from analyzer.graph.flags import Arm as UnselectedArm
from analyzer.graph.flags import Flag, flags
from analyzer.graph.system import SystemGraph
from analyzer.model import Finding
from mldebt.fixing.dead_arms import Arm, DropArm
from mldebt.fixing.model import Fix, NotFixableError, Target
from mldebt.fixing.syntax_edit import edited

Listed = TypeVar("Listed", cst.Param, cst.Arg)


def inline_flag(graph: SystemGraph, finding: Finding) -> Fix:
    """Never safe: somebody outside the repository may ask for the other value. Raises NotFixableError."""
    targets = [target for flag in _flags_of(graph, finding) for target in _targets(flag)]
    return Fix(finding, tuple(targets), False, "callers outside the repository may ask for the other value", "inline a flag")


def _targets(flag: Flag) -> Iterator[Target]:
    """Raises NotFixableError when a test gives the flag: a test is never edited, and without the flag it would fail."""
    module, function = flag.module, flag.module.facts.scopes[flag.function]
    given = next((setting.site for setting in flag.settings if setting.in_test and not setting.is_default), None)
    if given is not None:
        raise NotFixableError(f"a test gives `{flag.param.name}` ({given}): take it out there first")
    for arm in _outermost(flag):
        site = module.site(arm.branch.line)
        change = DropArm([Arm(arm.branch.kind, site.line, arm.branch.test_text, arm.taken, ())])
        yield Target(site.path, site.line, change, site.cell)
    for site in dict.fromkeys(setting.site for setting in flag.settings if not setting.is_default):
        yield Target(site.path, site.line, _Removal(flag.param.name, site.line, ""), site.cell)
    definition = module.site(function.line)
    yield Target(definition.path, definition.line, _Removal(flag.param.name, definition.line, function.name), definition.cell)


def _flags_of(graph: SystemGraph, finding: Finding) -> list[Flag]:
    """The flag that a finding is about, or those of a function with an arm at one of its places."""
    places = {(site.path, site.cell, site.line) for site in finding.locations}
    found = []
    for flag in flags(graph):
        function = flag.module.qualname(flag.function)
        arms = [flag.module.site(arm.branch.line) for arm in flag.arms]
        is_here = any((site.path, site.cell, site.line) in places for site in arms)
        if finding.subject.id in (f"{function}::{flag.param.name}", function) and is_here:
            found.append(flag)
    if not found:
        raise NotFixableError("the flag is not where it was found")
    return found


def _outermost(flag: Flag) -> list[UnselectedArm]:
    kept: list[UnselectedArm] = []
    for arm in sorted(flag.arms, key=lambda arm: (arm.span[0], -arm.span[1])):
        if not kept or arm.span[0] > kept[-1].span[1]:
            kept.append(arm)
    return kept


class _Removal:
    """The change that takes the parameter out of a definition, or (without a `function`) its keyword out of the calls on a line."""

    def __init__(self, name: str, line: int, function: str) -> None:
        self.name, self.line, self.function = name, line, function

    def __call__(self, text: str) -> str:
        remover = _Remover(self)
        after = edited(text, remover)
        if not remover.done:
            raise NotFixableError(
                f"`{self.name}` is not given by keyword here" if not self.function else "the function is not where it was found"
            )
        return after


class _Remover(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, removal: _Removal) -> None:
        super().__init__()
        self._removal = removal
        self.done = False

    def _is_here(self, node: cst.CSTNode) -> bool:
        return bool(self.get_metadata(PositionProvider, node).start.line == self._removal.line)

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        if updated_node.name.value != self._removal.function or not self._is_here(original_node):
            return updated_node
        if _names(updated_node.body, self._removal.name):
            raise NotFixableError(f"`{self._removal.name}` is also used otherwise")
        self.done = True
        given = updated_node.params
        params, kwonly = (_without(each, self._removal.name) for each in (given.params, given.kwonly_params))
        star = given.star_arg
        if given.kwonly_params and not kwonly and isinstance(star, cst.ParamStar):
            star = cst.MaybeSentinel.DEFAULT
            params = [*params[:-1], params[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)] if params else params
        return updated_node.with_changes(params=given.with_changes(params=params, kwonly_params=kwonly, star_arg=star))

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        if self._removal.function or not self._is_here(original_node):
            return updated_node
        args = _without(updated_node.args, self._removal.name)
        if len(args) == len(updated_node.args):
            return updated_node
        self.done = True
        return updated_node.with_changes(args=args)


def _without(listed: Sequence[Listed], name: str) -> list[Listed]:
    """Without the one of this name; the last one ends as the last one did."""
    kept = [each for each in listed if not _is_named(each, name)]
    if kept and len(kept) < len(listed):
        kept[-1] = kept[-1].with_changes(comma=listed[-1].comma)
    return kept


def _is_named(each: cst.Param | cst.Arg, name: str) -> bool:
    node = each.name if isinstance(each, cst.Param) else each.keyword
    return node is not None and node.value == name


def _names(body: cst.CSTNode, name: str) -> bool:
    found: list[bool] = []

    class Names(cst.CSTVisitor):
        def visit_Name(self, node: cst.Name) -> None:
            found.append(node.value == name)

    body.visit(Names())
    return any(found)
