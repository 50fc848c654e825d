"""Programs whose first word names the module that does the work: `import_module("pkg.commands." + sys.argv[1])` and the like."""

from __future__ import annotations

from analyzer.link.domain import Hole, Pattern
from analyzer.link.evaluate import Evaluator
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import last_name

_IMPORTING = frozenset({"import_module", "__import__", "run_module"})
MAX_NEAR = 40


class Dispatchers:
    """Which packages the words of a command choose a module from; `plain` must know no command lines, so that words stay open."""

    def __init__(self, plain: Evaluator) -> None:
        self.plain = plain
        self.program = plain.program
        self._own: dict[str, tuple[str, ...]] = {}

    def chosen(self, script: str, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
        """The module that the first word names, and the words behind it; None when the script does not choose by name."""
        if script not in self.program.facts or not words or words[0].startswith("-") or "{" in words[0]:
            return None
        name = words[0].replace("-", "_")
        for near in self.plain.command_lines.near(script, 2)[:MAX_NEAR]:
            for package in self._packages(near):
                path = self.program.submodule(package, name)
                if path is not None and not path.endswith("/") and path != script:
                    return path, words[1:]
        return None

    def _packages(self, path: str) -> tuple[str, ...]:
        done = self._own.get(path)
        if done is None:
            calls = self.program.facts[path].calls
            done = self._own[path] = tuple(dict.fromkeys(p for call in calls if _imports(call) for p in self._package(path, call)))
        return done

    def _package(self, path: str, call: Call) -> list[str]:
        where = Where(path, call.scope, call.at, call.block)
        found = []
        for value in self.plain.value(call.args[0], where):
            prefix = value.parts[0] if isinstance(value, Pattern) and len(value.parts) == 2 and isinstance(value.parts[1], Hole) else None
            if not isinstance(prefix, str) or not prefix.endswith("."):
                continue
            dotted = prefix.strip(".")
            if prefix.startswith("."):
                dotted = ".".join(part for part in (self._base(call, where), dotted) if part)
            target = self.program.target(path, dotted) if dotted else None
            if target is not None and target.status == "module":
                found.append(target.path)
        return found

    def _base(self, call: Call, where: Where) -> str:
        """The package that a relative name starts from."""
        value = dict(call.keywords).get("package") or (call.args[1] if len(call.args) > 1 else None)
        known = self.plain.value(value, where) if value is not None else ()
        return next((v.text for v in known if isinstance(v, Pattern) and v.text), "")


def _imports(call: Call) -> bool:
    name = last_name(call.func)
    return name in _IMPORTING and bool(call.args)
