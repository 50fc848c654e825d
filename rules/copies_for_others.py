"""Copies that are there for people elsewhere: what a deprecated name still does, and notebooks that fetch the repository (GLU004)."""

from __future__ import annotations

from analyzer.graph.clones import Member
from analyzer.graph.system import Module
from analyzer.read.values import CallRef, Name, Value, last_name

_WARNINGS = frozenset({"DeprecationWarning", "PendingDeprecationWarning", "FutureWarning"})


def is_deprecated(member: Member) -> bool:
    """Does the function warn that it is deprecated: is it kept for those who still call it by this name?"""
    facts = member.module.facts
    if member.is_top or not any(fact.module == "warnings" for fact in facts.imports):
        return False
    return any(
        call.scope == member.unit.scope
        and last_name(call.func) == "warn"
        and any(_warns(member.module, value) for value in (*call.args, *(value for _, value in call.keywords)))
        for call in facts.calls
    )


def _warns(module: Module, value: Value) -> bool:
    if isinstance(value, CallRef):
        value = module.facts.calls[value.index].func
    return isinstance(value, Name) and value.id in _WARNINGS


def is_demonstration(module: Module, repository: str) -> bool:
    """Does the notebook clone the repository that it stands in: is it there to be run where nothing of it is around?"""
    if not module.is_notebook:
        return False
    own = repository.rpartition("+")[2].lower()
    return any(
        command.words[:2] == ("git", "clone")
        and any(word.rstrip("/").rpartition("/")[2].removesuffix(".git").lower() == own for word in command.words[2:] if "/" in word)
        for step in module.facts.steps
        for command in step.commands
    )
