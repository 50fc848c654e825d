"""What the classes of an orchestrator read, write and run: rows of a table (a TOML file beside this one), applied to constructor calls.

A row names classes and says, in templates over their keyword arguments, which artifacts they touch:
`reads = ["object gs://{bucket}/{source_objects}"]`. `{a.b}` is key `b` of the mapping given for `a`, `{a|b}` the first of two arguments
that is given, and ` or ` parts templates of which the first complete one counts. A list gives one artifact an item.
`queries` are arguments that hold SQL, `shell` those that hold a shell text, `words` those whose texts together are one command (a word
with `=` before it stands for itself), `functions` those that name a function to run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, product

from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ClassRef,
    FunctionRef,
    Hole,
    Instance,
    Known,
    Many,
    Part,
    Pattern,
    Result,
    Table,
    concat,
    literal,
)
from analyzer.link.paths import normal
from analyzer.link.pipelines.call_sites import Binding, CallSites
from analyzer.link.pipelines.module import PipelineModule, flat
from analyzer.link.pipelines.task import Data
from analyzer.link.where import Where
from analyzer.read.step_facts import Command
from analyzer.read.values import Attr

MAX_PRODUCT = 64
_KEYS = ("reads", "writes", "queries", "shell", "functions")
_HOLE = re.compile(r"\{([\w.|]+)\}")
_JINJA = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    shell: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    functions: tuple[str, ...] = ()


@cache
def rows(table: str) -> dict[str, Row]:
    """Class name → row, of the shipped table `table`.toml."""
    import tomllib
    from importlib.resources import files

    text = files("analyzer.link.pipelines").joinpath(f"{table}.toml").read_text(encoding="utf-8")
    found: dict[str, Row] = {}
    for entry in tomllib.loads(text)["row"]:
        reads, writes, queries, shell, functions = (tuple(entry.get(key, ())) for key in _KEYS)
        row = Row(reads, writes, queries, shell, tuple(tuple(group.split()) for group in entry.get("words", ())), functions)
        found.update(dict.fromkeys(entry["names"].split(), row))
    return found


class RowSite:
    """One constructor call, for one filling-in of the parameters around it."""

    def __init__(self, module: PipelineModule, sites: CallSites, index: int, binding: Binding) -> None:
        self.module = module
        self.sites = sites
        self.index = index
        self.call = call = module.facts.calls[index]
        self.binding = binding
        self.where = module.where(call)
        outer = binding.outer
        caller = sites.evaluator.program.facts[outer[0]].calls[outer[1]] if outer else None
        self.fixed_line = caller.line if caller is not None else 0
        """Line of the outermost call when the task is made by a function, else 0: arguments stand on their own lines."""

    def values(self, keyword: str) -> list[tuple[Alternatives, int]]:
        """(what it can be, line) of the items of a keyword argument or of a key below it."""
        for option in keyword.split("|"):
            name, *keys = option.split(".")
            given = self.module.argument(self.call, name, int(name) if name.isdigit() else -1)
            if given is None:
                items = [(self.filled(self._given_by_class(name)), self.call.line)]
            elif keys:
                items = [(self.filled(self.module.evaluator.value(given[0], self.where)), given[1])]
            else:
                items = [
                    (self.filled(self.module.evaluator.value(item, self.where)), at)
                    for item, at in self.module.items(given[0], self.where, given[1])
                ]
            for key in keys:
                items = [(tuple(v for base in found for v in self._below(base, key)), at) for found, at in items]
            if any(not (isinstance(v, Known) and v.value is None) for found, _ in items for v in found):
                return [(found, self.fixed_line or at) for found, at in items]
        return []

    def _given_by_class(self, name: str) -> Alternatives:
        """What a project class passes on for `name` in its own `super().__init__(…)`."""
        evaluator = self.module.evaluator
        for cls in evaluator.callee(self.module.path, self.index):
            initial = evaluator.program.symbols(cls.path).children.get(cls.scope, {}).get("__init__") if isinstance(cls, ClassRef) else None
            if initial is None or not isinstance(cls, ClassRef):
                continue
            facts = evaluator.program.facts[cls.path]
            for index in evaluator.program.symbols(cls.path).calls_by_scope.get(initial, ()):
                call = facts.calls[index]
                value = dict(call.keywords).get(name)
                if value is not None and isinstance(call.func, Attr) and call.func.name == "__init__":
                    found = evaluator.value(value, Where(cls.path, call.scope, call.at, call.block))
                    return evaluator.filled(found, FunctionRef(cls.path, initial, Instance(cls)), self.call, self.where)
        return ()

    def _below(self, base: Abstract, key: str) -> Alternatives:
        """`base[key]`; of a list, that of its items."""
        if isinstance(base, Many):
            return tuple(v for item in base.items for v in self._below(item, key))
        if isinstance(base, Result):  # `{inputs.source}`: an argument of the object that stands there
            call = self.module.evaluator.program.facts[base.path].calls[base.call]
            given = self.module.argument(call, key, int(key) if key.isdigit() else -1)
            at = Where(base.path, call.scope, call.at, call.block)
            return self.module.evaluator.value(given[0], at) if given is not None else ()
        if isinstance(base, Pattern):
            return ()
        if isinstance(base, Table) and not any(k == key for k, _ in base.entries):
            return tuple(v for _, item in base.entries if isinstance(item, Result) for v in self._below(item, key)) or base.rest
        return self.module.evaluator.item(base, literal(key), self.where)

    def filled(self, values: Alternatives) -> Alternatives:
        return self.sites.filled(values, self.binding)

    def patterns(self, keyword: str) -> list[tuple[Pattern, int]]:
        return [(self.rendered(p), line) for found, line in self.values(keyword) for p in flat(found)]

    def text(self, keyword: str) -> str:
        """The one text of an argument, "" when it has none of its own."""
        found = self.patterns(keyword)
        return found[0][0].shown if found and found[0][0].has_text else ""

    def rendered(self, pattern: Pattern) -> Pattern:
        """Jinja expressions as holes; `params.x` as what the call's own `params` say."""
        if not any(isinstance(part, str) and "{" in part for part in pattern.parts):
            return pattern
        pieces: list[Pattern] = []
        for part in pattern.parts:
            if isinstance(part, Hole):
                pieces.append(Pattern((part,)))
                continue
            last = 0
            for match in _JINJA.finditer(part):
                pieces.append(literal(part[last : match.start()]))
                pieces.append(self._expression(match.group(1)))
                last = match.end()
            pieces.append(literal(part[last:]))
        return concat(pattern.via, Pattern((), pattern.via, pattern.anchored), *pieces)

    def _expression(self, text: str | None) -> Pattern:
        if not text:
            return Pattern(())
        name = re.split(r"[|(]", text)[0].strip().replace("'", "").replace('"', "")
        if name.startswith("params.") and name.count(".") == 1:
            given = self.module.argument(self.call, "params")
            for base in self.module.evaluator.value(given[0], self.where) if given else ():
                for value in flat(self.filled(self.module.evaluator.item(base, literal(name[7:]), self.where))):
                    return value
        return Pattern((Hole(name if re.fullmatch(r"[\w.\[\]]{1,60}", name) else "expression"),))

    # ---- a row applied ---------------------------------------------------------------------------------------------

    def data(self, row: Row) -> Iterator[Data]:
        for op, templates in (("read", row.reads), ("write", row.writes)):
            for template in templates:
                kind, _, text = template.partition(" ")
                for alternative in text.split(" or "):
                    found = list(self._template(alternative))
                    if found:
                        yield from (Data(op, kind, pattern, line) for pattern, line in found)
                        break
        for keyword in row.queries:
            for pattern, line in self.patterns(keyword):
                yield Data("read", "table", pattern, line, sql=True)

    def _template(self, text: str) -> Iterator[tuple[Pattern, int]]:
        pieces = _HOLE.split(text)
        choices: list[list[tuple[Pattern, int]]] = []
        for number, piece in enumerate(pieces):
            if number % 2 == 0:
                choices.append([(literal(piece), 0)])
                continue
            found = self.patterns(piece)
            if not found:
                return
            choices.append(found)
        for combination in islice(product(*choices), MAX_PRODUCT):
            pattern = _whole([p for p, _ in combination])
            if pattern.has_text:
                yield pattern, max(line for _, line in combination) or self.fixed_line or self.call.line

    def commands(self, row: Row) -> Iterator[Command]:
        from analyzer.read.shell import shell_commands

        for keyword in row.shell:
            for pattern, line in self.patterns(keyword)[:4]:
                text = pattern.shown.strip()
                if re.fullmatch(r"\S+\.(sh|bash|py)", text):
                    yield Command((text,), line)
                elif text:
                    yield from shell_commands(text, line)
        for group in row.words:
            yield from self._command(group)

    def _command(self, group: tuple[str, ...]) -> Iterator[Command]:
        from analyzer.read.shell import shell_commands

        words: list[str] = []
        first = 0
        for keyword in group:
            if keyword.startswith("="):
                words.append(keyword[1:])
                continue
            if "{" in keyword:
                places = list(self._template(keyword))
                words.extend(normal(pattern.shown) for pattern, _ in places[:1])
                first = first or (places[0][1] if places else 0)
                if not places:
                    return
                continue
            found = self.patterns(keyword)
            words.extend(pattern.shown for pattern, _ in found)
            first = first or (found[0][1] if found else 0)
        if not first:
            return
        if len(words) == 1 and re.search(r"\s", words[0]):
            yield from shell_commands(words[0], first)
        elif len(words) >= 3 and words[0].rpartition("/")[2] in ("bash", "sh", "ash", "dash") and _is_inline(words[1]):
            yield from shell_commands(words[2], first)
        else:
            yield Command(tuple(words), first)


def _is_inline(option: str) -> bool:
    """`-c`, `-cx`, `-lc`: the next word is the script."""
    return re.fullmatch(r"-[a-z]*c[a-z]*", option) is not None


def _whole(pieces: list[Pattern]) -> Pattern:
    """The pieces as one text; a piece that is a whole URI itself, or an absolute one, makes what stands before it superfluous."""
    for number in range(len(pieces) - 1, 0, -1):
        first: Part = pieces[number].parts[0] if pieces[number].parts else ""
        if isinstance(first, str) and "://" in first[:12]:
            pieces = pieces[number:]
            break
    return concat("concat", *pieces)
