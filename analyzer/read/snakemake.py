"""Snakefile → one step per rule: its inputs are deps, its outputs outs, what it runs its commands. Nothing of it is executed.

Source: https://snakemake.readthedocs.io, "Writing Workflows" (rules, grammar), "Modularization". A Snakefile is Python with rule blocks:
the blocks are found by their indentation and the arguments in them parsed as those of a call. Wildcards are holes (`{sample}`), values of
the configuration the holes `{config.key}`; functions and lambdas say nothing.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from analyzer.read.names import NAME
from analyzer.read.python_literals import FIELD, Literals
from analyzer.read.relative_paths import relative
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Declared, Step, StepFacts
from analyzer.read.suppression import suppressions

MAX_RULES = 3_000
MAX_BLOCK = 2_000
MAX_STATEMENT = 60
MAX_PATHS = 300
MAX_TEXT = 50_000

RULE = re.compile(
    r"^([ \t]*)(?:(?:rule|checkpoint)(?:[ \t]+(\w+))?"
    r"|use[ \t]+rule[ \t]+(\w+)(?:[ \t]+from[ \t]+\w+)?(?:[ \t]+as[ \t]+(\w+))?[ \t]+with)[ \t]*:"
)
DIRECTIVE = re.compile(r"^(include|configfile|workdir)[ \t]*:[ \t]*(.*)$")
KEY = re.compile(r"^([ \t]+)(\w+)[ \t]*:(.*)$")
ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*\s*=[^=]")
WILDCARD = re.compile(r"\{([A-Za-z_]\w*)\s*,[^{}]*\}")
PLACE = re.compile(r"\{([A-Za-z_]\w*)((?:\.\w+|\[[^\]{}]*\])*)(?::\w+)?\}")
IMPORT = re.compile(r"\s*(from\s+[\w.]+\s+import\b|import\s+\w)")
CALLED = re.compile(r"\.([A-Za-z_]\w*)\(")
DECLARING = ("output", "log", "benchmark")
SCRIPTS = {".py": "python", ".ipynb": "papermill", ".r": "Rscript", ".rmd": "Rscript", ".sh": "bash", ".jl": "julia"}

Named = list[tuple[str, str, int]]
"""(keyword or "", path, line)"""


@dataclass(slots=True)
class _Rule:
    name: str
    line: int
    end_line: int
    parts: dict[str, tuple[str, int]] = field(default_factory=dict)
    """key → (text of the arguments, its first line)"""


def read_snakefile(text: str, path: str) -> StepFacts:
    """The rules as steps. Never raises; a block that cannot be parsed says nothing.

    `includes` are the included files and `configured` the configuration files, both relative to the repository root. Paths of a step are
    relative to its `cwd`: where the workflow is started by convention, the folder above `workflow/`, else that of the Snakefile.
    """
    reader = _Snakefile(text.split("\n"), path)
    reader.read()
    found = suppressions(text, python=True)
    steps = tuple(reader.steps())
    return StepFacts(
        "snakemake", len(reader.lines), steps, (), tuple(reader.includes), found, configured=tuple(reader.configured),
        names=tuple(_names(reader.lines)),
    )  # fmt: skip


def _names(lines: list[str]) -> Iterator[tuple[str, int]]:
    """(name, line) of what import statements bring, and of what is called as part of something (`module.function(`)."""
    inside = False
    for number, line in enumerate(lines, 1):
        code = line.partition("#")[0]
        if inside or IMPORT.match(code):
            inside = ")" not in code and (inside or "(" in code)
            found = NAME.findall(code)
        else:
            found = CALLED.findall(code) if "(" in code else []
        for name in found:
            yield name, number


def started_in(path: str) -> str:
    """The folder in which the workflow of a rule file is started."""
    folder = posixpath.dirname(path)
    parts = folder.split("/")
    if "workflow" in parts:
        return "/".join(parts[: parts.index("workflow")])
    return posixpath.dirname(folder) if parts[-1] in ("rules", "snakefiles", "snakemake_rules") else folder


class _Snakefile:
    def __init__(self, lines: list[str], path: str) -> None:
        self.lines = lines
        self.folder = posixpath.dirname(path)
        self.start = started_in(path)
        self.rules: list[_Rule] = []
        self.literals = Literals()
        self.includes: list[str] = []
        self.configured: list[str] = []

    def read(self) -> None:
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            rule, directive = RULE.match(line), DIRECTIVE.match(line)
            if rule and len(self.rules) < MAX_RULES:
                at = self._rule(rule, at)
            elif directive:
                at = self._directive(directive, at)
            elif ASSIGNMENT.match(line):
                at = self._assignment(at)
            else:
                at += 1

    def _assignment(self, at: int) -> int:
        """A statement at the top: its constants may be used in rules."""
        for end in range(at + 1, min(at + 1 + MAX_STATEMENT, len(self.lines) + 1)):
            try:
                tree = ast.parse("\n".join(self.lines[at:end]))
            except (SyntaxError, ValueError):
                continue
            for statement in tree.body:
                if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                    self.literals.assign(statement.targets[0].id, statement.value)
            return end
        return at + 1

    def _directive(self, match: re.Match[str], at: int) -> int:
        text, end = match[2], at + 1
        if not text.strip() and end < len(self.lines):
            text, end = self.lines[end], end + 1
        call = _arguments(text)
        for value in [path for argument in call.args for path in self.literals.texts(argument)] if call else []:
            if match[1] == "include":
                self.includes.append(posixpath.normpath(posixpath.join(self.folder, value)))
            elif match[1] == "configfile":
                self.configured.append(posixpath.normpath(posixpath.join(self.start, value)))
            elif not value.startswith(("/", "{")):
                self.start = posixpath.normpath(posixpath.join(self.start, value))
        return end

    def _rule(self, match: re.Match[str], at: int) -> int:
        outer = len(match[1].expandtabs())
        rule = _Rule(match[2] or match[4] or match[3] or f"rule_{at + 1}", at + 1, at + 1)
        self.rules.append(rule)
        end, inner, key = at + 1, 0, ""
        while end < min(len(self.lines), at + MAX_BLOCK):
            line = self.lines[end]
            indent = len(line) - len(line.lstrip())
            if line.strip() and not line.lstrip().startswith("#"):
                indent = len(line[:indent].expandtabs())
                if indent <= outer:
                    break
                inner = inner or indent
                begun = KEY.match(line) if indent == inner else None
                if begun:
                    key = begun[2]
                    rule.parts[key] = (begun[3], end + 1)
                rule.end_line = end + 1
            if key and (not line.strip() or indent != inner or not KEY.match(line)):
                text, first = rule.parts[key]
                rule.parts[key] = (f"{text}\n{line}", first)
            end += 1
        return end

    # ---- steps -----------------------------------------------------------------------------------------------------------

    def steps(self) -> Iterator[Step]:
        for rule in self.rules:  # of all rules first: any may name another's outputs
            outputs = self._paths(rule, "output")
            self.literals.rules[rule.name] = [(name, path) for name, path, _ in outputs]
        cwd = relative(self.start, self.folder)
        for index, rule in enumerate(self.rules):
            deps = self._paths(rule, "input")
            outs = [entry for key in DECLARING for entry in self._paths(rule, key)]
            commands = tuple(self._commands(rule))
            after = tuple(dict.fromkeys(name for name in self._named_rules(rule) if name != rule.name))
            yield Step(
                "snakemake", rule.name, rule.line, rule.end_line, _declared(deps), _declared(outs), commands, "" if cwd == "." else cwd,
                after, index == 0, bindings=tuple(self._bindings(rule)),
            )  # fmt: skip

    def _paths(self, rule: _Rule, key: str) -> Named:
        text, line = rule.parts.get(key, ("", 0))
        call = _arguments(text)
        found: Named = []
        if call is not None:
            named = [("", argument) for argument in call.args] + [(keyword.arg or "", keyword.value) for keyword in call.keywords]
            for name, value in named:
                found += [
                    (name, WILDCARD.sub(r"{\1}", path), line + value.lineno - 1) for path in self.literals.texts(value, key != "params")
                ]
        return found[:MAX_PATHS]

    def _bindings(self, rule: _Rule) -> Iterator[tuple[str, str]]:
        """What a script or notebook of the rule finds as `snakemake`: by name, and by position as far as that is certain."""
        if not rule.parts.keys() & {"script", "notebook"}:
            return
        yield "snakemake.rule", rule.name
        for key in ("input", "output", "log", "params"):
            position: int | None = 0
            call = _arguments(rule.parts.get(key, ("", 0))[0])
            arguments = [("", value) for value in call.args] + [(word.arg or "", word.value) for word in call.keywords] if call else []
            for name, value in arguments[:MAX_PATHS]:
                texts = [WILDCARD.sub(r"{\1}", text) for text in self.literals.texts(value, key != "params")]
                for offset, text in enumerate(texts):
                    if name:
                        yield f"snakemake.{key}.{name}", text
                    if position is not None:
                        yield f"snakemake.{key}.{position + offset}", text
                is_counted = texts and not (isinstance(value, ast.Call) and len(texts) == 1 and _is_list(value))
                position = position + len(texts) if is_counted and position is not None else None
        for wildcard in dict.fromkeys(FIELD.findall(rule.parts.get("output", ("", 0))[0])):
            yield f"snakemake.wildcards.{wildcard}", "{" + wildcard + "}"

    def _named_rules(self, rule: _Rule) -> Iterator[str]:
        yield from re.findall(r"\b(?:rules|checkpoints)\.(\w+)\b", rule.parts.get("input", ("", 0))[0])

    def _commands(self, rule: _Rule) -> Iterator[Command]:
        for key in ("script", "notebook"):
            text, line = rule.parts.get(key, ("", 0))
            call = _arguments(text)
            for argument in call.args[:1] if call else []:
                for path in self.literals.texts(argument)[:4]:
                    yield self._script(path, line + argument.lineno - 1)
        text, line = rule.parts.get("shell", ("", 0))
        call = _arguments(text)
        for argument in call.args[:1] if call else []:
            yield from self._shell(rule, argument, line)
        text, line = rule.parts.get("run", ("", 0))
        for call in _shell_calls(text):
            yield from self._shell(rule, call.args[0], line)

    def _script(self, path: str, line: int) -> Command:
        """A script stands where the rule file says, whatever the working directory is."""
        is_local = "://" not in path and not path.startswith(("/", "{"))
        seen = relative(posixpath.normpath(posixpath.join(self.folder, path)), self.start) if is_local else path
        runner = SCRIPTS.get(posixpath.splitext(path)[1].lower(), "python")
        return Command((runner, seen), line, text=f"{runner} {seen}")

    def _shell(self, rule: _Rule, argument: ast.expr, line: int) -> Iterator[Command]:
        for text in self.literals.texts(argument, is_path=False)[:2]:
            yield from shell_commands(self._substituted(rule, text)[:MAX_TEXT], line + argument.lineno - 1)

    def _substituted(self, rule: _Rule, text: str) -> str:
        """`{input}`, `{output.x}`, `{params.y}`, … as the rule has them; `{wildcards.sample}` is the wildcard `{sample}`."""
        known = {"input": self._paths(rule, "input"), "output": self._paths(rule, "output"), "log": self._paths(rule, "log")}
        known["params"] = self._paths(rule, "params")

        def fill(match: re.Match[str]) -> str:
            name, rest = match[1], match[2]
            if name == "wildcards":
                return "{" + rest.lstrip(".") + "}"
            if name == "config":
                return "{config." + re.sub(r"[\[\]\"']+", ".", rest).strip(".") + "}"
            if name not in known:
                values = self.literals.values.get(name, [])
                return values[0] if len(values) == 1 else match[0]
            return _chosen(known[name], rest) or "{" + name + re.sub(r"[\[\]\"']", "", rest) + "}"

        doubled = text.replace("{{", "\0").replace("}}", "\1")
        return PLACE.sub(fill, doubled).replace("\0", "{").replace("\1", "}")


def _chosen(paths: Named, rest: str) -> str:
    """All paths, the one at a position, or those with a keyword."""
    selector = rest.strip(".[]\"'")
    if not selector:
        return " ".join(path for _, path, _ in paths)
    if selector.isdigit():
        return paths[int(selector)][1] if int(selector) < len(paths) else ""
    return " ".join(path for name, path, _ in paths if name == selector)


def _is_list(call: ast.Call) -> bool:
    """A call that gives as many paths as its arguments have values, which may not be known."""
    return isinstance(call.func, ast.Name) and call.func.id in ("expand", "collect", "unpack", "multiext", "glob_wildcards")


def _declared(paths: Named) -> tuple[Declared, ...]:
    return tuple(Declared(path, line) for _, path, line in paths if path.strip("{}/. "))


def _arguments(text: str) -> ast.Call | None:
    """The arguments of a rule's part as those of a call, whose first line is 1; None when they are no Python."""
    if not text.strip() or len(text) > MAX_TEXT:
        return None
    try:
        tree = ast.parse(f"_({text}\n)", mode="eval")
    except (SyntaxError, ValueError):
        return None
    return tree.body if isinstance(tree.body, ast.Call) else None


def _shell_calls(text: str) -> Iterator[ast.Call]:
    """Calls of `shell("…")` in the Python of a `run` part; its lines are counted from the part's first."""
    if "shell(" not in text or len(text) > MAX_TEXT:
        return
    try:
        tree = ast.parse("if 1:" + text)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "shell" and node.args:
            yield node
