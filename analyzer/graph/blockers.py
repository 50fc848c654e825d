"""What keeps accesses from being resolved: the parameter, option, attribute, expression or call whose value would make most of them known.

An unresolved path is followed to where its value stops being known: through the callers of the function that it is a parameter of, as long
as they agree, to an option that no checked-in command sets, a variable of the environment, an attribute, a library call, or a parameter
that nobody in the repository passes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from analyzer.graph.system import Module
from analyzer.link.domain import Abstract, Alternatives, ConfigNode, FunctionRef, Hole, Pattern, Result, Sym, Unknown
from analyzer.link.effects import Effects
from analyzer.link.raw_accesses import RawAccess
from analyzer.link.where import Where
from analyzer.model import Site
from analyzer.result import Blocker

MOST = 5
MAX_CALLERS = 12
MAX_DEPTH = 3
NAMELESS = frozenset(("", "…", "value", "unknown", "object", "result", "item", "element", "file", "rest", "key", "map", "index"))
"""Hints that name nothing which a person could look for."""

ADVICE = {
    "command-line argument": ("option", "pass it in a checked-in command, or give it a default"),
    "environment": ("environment variable", "give it a default, or set it in a checked-in .env file"),
    "attribute": ("attribute", "set it from a constant or from a checked-in configuration"),
    "configuration key": ("configuration key", "check in the configuration that sets it"),
    "configuration not read": ("configuration", "check in the file that it loads"),
    "key not found": ("key", "check in the configuration that sets it"),
    "loop variable": ("values of", "name them in a checked-in list or by a glob"),
    "element": ("values of", "name them in a checked-in list or by a glob"),
    "subscript": ("values of", "name them in a checked-in list or by a glob"),
    "call result": ("result of", "if that call reads or writes, add an [[io]] row for it"),
}
"""Cause of an `Unknown` → what to call it, and what would make it known."""

Key = tuple[str, Site, str]
"""(in words, site, advice)."""


class Blockers:
    """Counts unresolved accesses by what they wait for."""

    def __init__(self, modules: Mapping[str, Module], effects: Effects) -> None:
        self.modules = modules
        self.effects = effects
        self.evaluator = effects.evaluator
        self.waiting: Counter[Key] = Counter()
        self._first: dict[str, Key] = {}

    def note(self, raw: RawAccess) -> None:
        """Count an access that could not be resolved."""
        module = self.modules[raw.path]
        call = module.facts.calls[raw.call]
        where = Where(raw.path, call.scope, call.at, call.block)
        said = [value for value in raw.values if isinstance(value, Unknown) and value.cause in ("command-line argument", "environment")]
        direct = self.effects.direct.get((raw.path, call.scope), ())
        values = next((e.values for e in direct if e.call == raw.call and e.op == raw.op), raw.values)
        key = self._of_values(said or values, where) or self._of_values(raw.values, where)
        if key is not None:
            self.waiting[key] += 1

    def note_variable(self, name: str, unit: str, site: Site) -> None:
        """Count an access of a command whose path is nothing but variables."""
        hole = re.search(r"\{([^{}]+)\}", name)
        if hole is not None and hole[1] not in NAMELESS:
            key = (f"variable `{hole[1]}` in {unit}", site, "set it where it is checked in, or write the path out")
            self.waiting[self._first.setdefault(f"{unit}\0{hole[1]}", key)] += 1

    def ranked(self) -> tuple[Blocker, ...]:
        """The few that most accesses wait for, first the one with most."""
        ordered = sorted(self.waiting.items(), key=lambda item: (-item[1], item[0][1].path, item[0][1].line, item[0][0]))
        return tuple(Blocker(what, site, count, advice) for (what, site, advice), count in ordered[:MOST])

    def _of_values(self, values: Iterable[Abstract], where: Where, depth: int = 0) -> Key | None:
        for value in values:
            sym = _sym(value)
            key = self._of_parameter(sym, depth) if sym is not None else self._of_value(value, where)
            if key is not None:
                return key
        return None

    def _of_parameter(self, sym: Sym, depth: int) -> Key | None:
        """What the callers of the function agree to wait for, else the parameter."""
        path, index = sym.function
        module = self.modules.get(path)
        if module is None:
            return None
        scope = module.facts.scopes[index]
        callers = self.evaluator.callers.get(sym.function, ())
        if 0 < len(callers) <= MAX_CALLERS and depth < MAX_DEPTH:
            found = {self._of_values(*self._passed(sym, caller), depth + 1) for caller in callers}
            if len(found) == 1 and (only := found.pop()) is not None:
                return only
        known = len(callers)
        advice = (
            f"its {known} callers pass values that are not known" if known > 1
            else "its only caller passes a value that is not known" if known
            else "nothing checked in calls it with a known value"
        )  # fmt: skip
        return f"parameter `{sym.text}` of {scope.qualname or path}", module.site(scope.line), advice

    def _passed(self, sym: Sym, caller: tuple[str, int]) -> tuple[Alternatives, Where]:
        path, index = caller
        call = self.modules[path].facts.calls[index]
        where = Where(path, call.scope, call.at, call.block)
        function = self.evaluator.as_called(FunctionRef(*sym.function), path, index)
        return self.evaluator.bound_value(function, sym.param, call, where), where

    def _of_value(self, value: Abstract, where: Where) -> Key | None:
        module = self.modules[where.path]
        if isinstance(value, Result):
            return self._of_call(value)
        if isinstance(value, ConfigNode):
            return f"configuration key `{value.key or value.path}`", Site(value.path), ADVICE["configuration key"][1]
        if isinstance(value, Pattern):
            hint = next((part.name for part in value.parts if isinstance(part, Hole)), "")
            value = Unknown(hint, "expression")
        if not isinstance(value, Unknown):
            return None
        name = value.hint.partition("[")[0] if value.cause in ("loop variable", "element", "subscript") else value.hint
        if name in NAMELESS:
            return None
        word, advice = ADVICE.get(value.cause, ("expression", "name it in a constant"))
        if value.cause == "call result":
            return self._first.setdefault(name, (f"{word} `{name}`", self._first_site(where), advice))
        place = module.qualname(where.scope).partition("::")[2]
        shown = f"{word} `{name}`" + (f" in {place}" if place else "")
        return shown, self._first_site(where), advice

    def _of_call(self, value: Result) -> Key | None:
        if value.name.startswith("?") or value.path not in self.modules:
            return None
        module = self.modules[value.path]
        line = module.facts.calls[value.call].line if 0 <= value.call < len(module.facts.calls) else 1
        word, advice = ADVICE["call result"]
        # one library function is one question, wherever it is called
        return self._first.setdefault(value.name, (f"{word} `{value.name}`", module.site(line), advice))

    def _first_site(self, where: Where) -> Site:
        """The scope in which the value is missing: accesses of one function that wait for one name are one group."""
        module = self.modules[where.path]
        return module.site(module.facts.scopes[where.scope].line) if where.scope else Site(where.path)


def _sym(value: Abstract) -> Sym | None:
    if isinstance(value, Sym):
        return value
    if isinstance(value, Pattern):
        return next((part.sym for part in value.parts if isinstance(part, Hole) and part.sym is not None), None)
    return None
