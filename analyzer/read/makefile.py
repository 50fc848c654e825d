"""Makefile → one step per target: prerequisites are its deps, the file it makes its out, the recipe its commands.

Source: GNU make manual, "Writing Rules", "How to Use Variables", "Functions". Nothing is run: `$(shell …)` is a hole, and of a conditional
both arms are kept. Paths are relative to the Makefile's folder. A pattern's `%` and `$*` are the hole `{stem}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from analyzer.read.make_flaws import is_spaced_recipe, shell_flaw
from analyzer.read.make_variables import MakeVariables, raw_words
from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Declared, Flaw, Step, StepFacts
from analyzer.read.suppression import suppressions

MAX_TARGETS = 5_000
MAX_TARGETS_OF_RULE = 200
MAX_PREREQUISITES = 1_000
MAX_RECIPE = 500
MAX_ALL_PREREQUISITES = 60_000
MAX_COMMANDS = 50_000
MAX_FLAWS = 200

ASSIGNMENT = re.compile(
    r"\s*((?:(?:export|override|private|unexport)\s+)*)([^\s:#=+?!$()]+)\s*(:::=|::=|:=|\?=|\+=|!=|=)\s*(.*)", re.DOTALL
)
PUT_ASIDE = re.compile(r"^#+[ \t]*([\w./-]+\.[A-Za-z][\w]*)[ \t]*:(?![=/])", re.MULTILINE)
DEFINE = re.compile(r"\s*(?:(?:export|override)\s+)*define\s+([^\s=:+?]+)\s*(=|:=|::=|\+=|\?=)?\s*$")
INCLUDE = re.compile(r"\s*(?:-include|sinclude|include)\s+(.+)", re.DOTALL)
CONDITIONAL = re.compile(r"\s*(ifeq|ifneq|ifdef|ifndef|else|endif)\b")
DIRECTIVE = re.compile(r"\s*(export|unexport|vpath|undefine|override|load|-load)(\s|$)")
COMMENT = re.compile(r"(?<!\\)#.*", re.DOTALL)
PREFIX = re.compile(r"^[@+\- \t]+")
FILE_LIKE = re.compile(r"/|\.\w+$|%|\{stem\}")
SPECIAL = re.compile(r"\.[A-Z_]+")


@dataclass(slots=True)
class _Rule:
    """A target with everything that the file says about it in one or several places."""

    name: str
    line: int
    end_line: int
    deps: dict[str, int] = field(default_factory=dict)
    order_only: dict[str, int] = field(default_factory=dict)
    recipe: list[tuple[str, int]] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)


def read_makefile(text: str) -> StepFacts:
    """The targets as steps, in the order of the file. Never raises; lines that are no Makefile are passed over."""
    reader = _Reader(text)
    reader.read()
    steps, includes = reader.steps(), tuple(reader.includes)
    return StepFacts(
        "make",
        text.count("\n") + 1,
        steps,
        (),
        includes,
        suppressions(text, python=False),
        variables=tuple(reader.variables.known()),
        flaws=tuple(reader.flaws[:MAX_FLAWS]),
        put_aside=tuple(dict.fromkeys(PUT_ASIDE.findall(text)))[:MAX_TARGETS],
    )


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.variables = MakeVariables(len(text))
        self.rules: dict[str, _Rule] = {}
        self.phony: set[str] = set()
        self.includes: dict[str, None] = {}
        self.default = ""
        self.one_shell = False
        self.current: list[_Rule] = []
        self.rule_line = 0
        self.rule_end = 0
        self.flaws: list[Flaw] = []
        self.is_plain = not re.search(
            r"^\.RECIPEPREFIX|^\.ONESHELL|^\s*(export\s+)?SHELL\s*[:?]?=(?!.*(ba|z|da|k)?sh\b)", text, re.MULTILINE
        )
        self.prerequisites = 0

    def read(self) -> None:
        at = 0
        while at < len(self.lines):
            if match := DEFINE.match(self.lines[at]):
                at = self._define(match, at)
                continue
            end = at
            while self.lines[end].endswith("\\") and end + 1 < len(self.lines):
                end += 1
            logical = "\n".join(self.lines[at : end + 1])
            if logical.startswith("\t") and self.current:
                self._recipe_line(logical[1:], at + 1, end + 1)
            elif logical.strip():
                self._statement(logical, at + 1, end + 1)
            at = end + 1

    def _define(self, match: re.Match[str], at: int) -> int:
        end, depth = at + 1, 1
        while end < len(self.lines):
            line = self.lines[end].strip()
            depth += bool(DEFINE.match(self.lines[end])) - (line.split("#")[0].strip() == "endef")
            if depth == 0:
                break
            end += 1
        self.variables.assign(match[1], match[2] or "=", "\n".join(self.lines[at + 1 : end]))
        return end + 1

    def _statement(self, logical: str, line: int, end_line: int) -> None:
        if logical.lstrip().startswith("#") or CONDITIONAL.match(logical):
            return
        code = COMMENT.sub("", logical)
        if match := ASSIGNMENT.fullmatch(code):
            self._assign(match)
            self.current = []
        elif match := INCLUDE.fullmatch(code):
            for word in self.variables.expand(_unfolded(match[1])).split()[:100]:
                self.includes.setdefault(word)
        elif self.current and line == self.rule_end + 1 and self.is_plain and is_spaced_recipe(code, _colon(code)):
            why = "its recipe is indented with spaces: make takes the line for something else"
            self.flaws.append(Flaw("spaces", self.current[-1].name, line, end_line, why))
        elif not DIRECTIVE.match(code):
            self._rule(code, logical, line, end_line)

    def _assign(self, match: re.Match[str]) -> None:
        name, operator, value = match[2], match[3], _unfolded(match[4]).rstrip()
        if name == ".DEFAULT_GOAL":
            self.default = self.variables.expand(value).strip()
        else:
            self.variables.assign(name, operator, value)

    def _rule(self, code: str, logical: str, line: int, end_line: int) -> None:
        colon = _colon(code)
        if colon < 0:
            return
        targets = self.variables.expand(_unfolded(code[:colon].rstrip("&"))).split()[:MAX_TARGETS_OF_RULE]
        rest = code[colon:].lstrip(":")
        line_of_rest = line + code[: len(code) - len(rest)].count("\n")
        self.current = []
        self.rule_end = end_line
        if not targets:
            return
        if match := ASSIGNMENT.fullmatch(rest):
            for target in targets:
                self._rule_of(target, line, end_line).variables[match[2]] = _unfolded(match[4]).strip()
            return
        prerequisites, semicolon, inline = rest.partition(";")
        pattern_end = _colon(prerequisites)
        if pattern_end >= 0:  # static pattern rule: targets: target-pattern: prerequisites
            line_of_rest += prerequisites[: pattern_end + 1].count("\n")
            prerequisites = prerequisites[pattern_end + 1 :]
        self._take(targets, prerequisites, line, end_line, line_of_rest)
        if semicolon and inline.strip() and self.current:
            self._recipe_line(logical.partition(";")[2], line + logical.partition(";")[0].count("\n"), end_line)

    def _take(self, targets: list[str], prerequisites: str, line: int, end_line: int, line_of_rest: int) -> None:
        words = list(self._words(prerequisites, line_of_rest))
        self.rule_line = line
        for target in targets:
            if target == ".PHONY":
                self.phony.update(name for name, _ in words)
            elif target == ".ONESHELL":
                self.one_shell = True
            elif not SPECIAL.fullmatch(target):
                self._add(self._rule_of(target, line, end_line), words)

    def _add(self, rule: _Rule, words: list[tuple[str, int]]) -> None:
        self.current.append(rule)
        into = rule.deps
        for name, line in words[: MAX_PREREQUISITES if self.prerequisites < MAX_ALL_PREREQUISITES else 0]:
            self.prerequisites += 1
            if name == "|":
                into = rule.order_only
            else:
                into.setdefault(name, line)

    def _words(self, text: str, line: int) -> Iterator[tuple[str, int]]:
        for raw, offset in raw_words(text):
            for word in self.variables.expand(raw).split():
                yield word, line + offset

    def _rule_of(self, target: str, line: int, end_line: int) -> _Rule:
        rule = self.rules.get(target)
        if rule is None:
            rule = _Rule(target, line, end_line)
            if len(self.rules) < MAX_TARGETS:
                self.rules[target] = rule
        return rule

    def _recipe_line(self, text: str, line: int, end_line: int) -> None:
        if self.is_plain and (why := shell_flaw(text)):
            self.flaws.append(Flaw("shell", self.current[-1].name, line, end_line, why))
        for rule in self.current:
            if not rule.recipe:
                rule.line = self.rule_line
            if len(rule.recipe) < MAX_RECIPE:
                rule.recipe.append((text, line))
                rule.end_line = end_line

    # -- steps

    def steps(self) -> tuple[Step, ...]:
        default = self.default or next((name for name in self.rules if "%" not in name and (name[0] != "." or "/" in name)), "")
        makes = {name for name, rule in self.rules.items() if self._is_file(rule)}
        found: list[Step] = []
        commands = 0
        for rule in self.rules.values():
            if commands >= MAX_COMMANDS:
                break
            step = self._step(rule, makes, rule.name == default)
            commands += len(step.commands) + 1
            found.append(step)
        return tuple(found)

    def _is_file(self, rule: _Rule) -> bool:
        """Whether the target is a file that is made: named like one, or named as the output by its own recipe."""
        if rule.name in self.phony or rule.name == "%":  # what stands for any name hands it on
            return False
        return bool(FILE_LIKE.search(rule.name)) or any("$@" in text or "$(@" in text for text, _ in rule.recipe)

    def _is_step(self, name: str) -> bool:
        """Whether a prerequisite that is no made file is another target, possibly of an included file, rather than a file that exists."""
        return name in self.phony or name in self.rules or (bool(self.includes) and not FILE_LIKE.search(name) and "{" not in name)

    def _step(self, rule: _Rule, makes: set[str], is_default: bool) -> Step:
        prerequisites = rule.deps | rule.order_only
        after = tuple(name for name in prerequisites if name not in makes and self._is_step(name))
        deps = tuple(Declared(_stem(name), line) for name, line in prerequisites.items() if name not in after)
        outs = (Declared(_stem(rule.name), rule.line),) if rule.name in makes else ()
        return Step("make", rule.name, rule.line, rule.end_line, deps, outs, self._commands(rule), "", after, is_default)

    def _commands(self, rule: _Rule) -> tuple[Command, ...]:
        values = self._automatic(rule) | rule.variables
        lines = [(PREFIX.sub("", self.variables.expand(text, values), count=1), line) for text, line in rule.recipe]
        if self.one_shell and lines:
            return shell_commands("\n".join(text for text, _ in lines), lines[0][1])
        return tuple(command for text, line in lines for command in shell_commands(text, line))

    def _automatic(self, rule: _Rule) -> dict[str, str]:
        target = _stem(rule.name)
        deps = [_stem(name) for name in rule.deps]
        values = {"@": target, "<": deps[0] if deps else "", "^": " ".join(deps), "+": " ".join(deps), "?": " ".join(deps)}
        values |= {"|": " ".join(map(_stem, rule.order_only)), "*": "{stem}", "%": ""}
        for name in "@<^+?*":
            parts = values[name].split()
            values[f"{name}D"] = " ".join(part.rpartition("/")[0] or "." for part in parts)
            values[f"{name}F"] = " ".join(part.rpartition("/")[2] for part in parts)
        return values


def _stem(name: str) -> str:
    return name.replace("%", "{stem}", 1)


def _unfolded(text: str) -> str:
    return re.sub(r"[ \t]*\\\n[ \t]*", " ", text)


def _colon(code: str) -> int:
    """Position of the first colon outside `$(…)`; -1 without one. A drive letter is no concern here."""
    depth = 0
    for match in re.finditer(r"\$[({]|[(){}:]", code):
        mark = match[0]
        if mark == ":" and depth == 0:
            return match.start()
        depth += (mark in ("$(", "${")) or (depth > 0 and mark in "({")
        depth -= depth > 0 and mark in ")}"
    return -1
