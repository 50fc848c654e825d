"""Definitions that are there for tests: helpers, stand-ins, and what a faster version is compared with."""

from __future__ import annotations

import re

from analyzer.graph.system import SystemGraph
from analyzer.read.values import CallRef, last_name

_FOR_TESTS = re.compile(r"(^|_)(TESTS?|mock|fake|stub|fixtures?|dummy)(_|$)|^(test|mock|fake|stub|dummy)|Mock|Fake|Stub|Dummy")
_ORACLE = re.compile(r"(^|_)(naive|slow|ref|reference|python|numpy|golden|oracle|expected|brute_?force)(_|$)", re.IGNORECASE)
_EXPECTED = re.compile(r"(expected|expect|reference|ref|truth|ground_truth|gt|golden|oracle|baseline)(_|$)")


def is_for_tests(graph: SystemGraph, name: str) -> bool:
    """Whether tests are meant to use a definition that they mention: its name says so, or they take from it what they expect."""
    last = name.rpartition(".")[2]
    return says_for_tests(name) or _ORACLE.search(last) is not None or last in graph.once(_oracles)


def says_for_tests(name: str) -> bool:
    """Whether the name says that it is a helper or a stand-in of tests."""
    return _FOR_TESTS.search(name) is not None


def _oracles(graph: SystemGraph) -> frozenset[str]:
    """Functions by which tests make what they expect: `expected = slow_sum(values)`."""
    found: set[str] = set()
    for module in graph.modules.values():
        for assign in module.facts.assigns if module.is_test else ():
            if isinstance(assign.value, CallRef) and _EXPECTED.match(assign.target):
                found.add(last_name(module.facts.calls[assign.value.index].func))
    return frozenset(found)
