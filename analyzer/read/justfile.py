"""justfile → a step per recipe.

Source: https://just.systems/man/en/ (recipes, parameters, variables, dependencies, shebang recipes, `set working-directory`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from analyzer.read.shell import shell_commands
from analyzer.read.step_facts import Command, Step, StepFacts
from analyzer.read.suppression import suppressions

MAX_RECIPES = 2_000
MAX_LINES = 20_000
RECIPE = re.compile(r"@?([A-Za-z_][\w-]*)((?:[ \t]+[+*$]?[A-Za-z_][\w-]*(?:=(?:\"[^\"]*\"|'[^']*'|\S+))?)*)[ \t]*:(?!=)(.*)")
PARAMETER = re.compile(r"[+*$]?([A-Za-z_][\w-]*)(?:=(\"[^\"]*\"|'[^']*'|\S+))?")
ASSIGNMENT = re.compile(r"(?:export[ \t]+)?([A-Za-z_][\w-]*)[ \t]*:=[ \t]*(\"[^\"]*\"|'[^']*'|.*)")
REFERENCE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
DEPENDENCY = re.compile(r"\(\s*([A-Za-z_][\w-]*)[^()]*\)|([A-Za-z_][\w-]*)")
INTERPRETER = re.compile(r"#!.*\b(?:ba|z|da|k)?sh\b")


@dataclass(slots=True)
class _Recipe:
    name: str
    line: int
    parameters: list[tuple[str, str]]
    after: tuple[str, ...]
    body: list[tuple[str, int]] = field(default_factory=list)


def read_justfile(text: str) -> StepFacts:
    """The recipes in the order of the file; the first is the default. Never raises."""
    values: dict[str, str] = {}
    recipes: list[_Recipe] = []
    current: _Recipe | None = None
    lines = text.split("\n")
    for number, line in enumerate(lines[:MAX_LINES], 1):
        if line[:1] in (" ", "\t"):
            if current is not None:
                current.body.append((line.strip(), number))
        elif match := ASSIGNMENT.fullmatch(line):
            values[match[1]] = match[2].strip().strip("\"'")
        elif (match := RECIPE.fullmatch(line)) and len(recipes) < MAX_RECIPES:
            parameters = [(name, default.strip("\"'")) for name, default in PARAMETER.findall(match[2])]
            after = tuple(a or b for a, b in DEPENDENCY.findall(match[3].partition("#")[0].partition("&&")[0]))
            current = _Recipe(match[1], number, parameters, after)
            recipes.append(current)
        elif line.strip():
            current = None
    steps = tuple(_step(recipe, values, recipe is recipes[0]) for recipe in recipes)
    return StepFacts("task", len(lines), steps, (), (), suppressions(text, python=False))


def _step(recipe: _Recipe, values: dict[str, str], is_default: bool) -> Step:
    known = {**values, **{name: default or "{" + name + "}" for name, default in recipe.parameters}}

    def filled(text: str) -> str:
        return REFERENCE.sub(lambda match: known.get(match[1], "{" + re.sub(r"[^\w.-]", "", match[1]) + "}"), text)

    commands: list[Command] = []
    body = [(text, line) for text, line in recipe.body if text]
    if body and body[0][0].startswith("#!"):
        if INTERPRETER.match(body[0][0]):
            commands.extend(shell_commands("\n".join(filled(text) for text, _ in recipe.body), recipe.line + 1))
    else:
        for text, line in body:
            commands.extend(shell_commands(filled(text.lstrip("@-")), line))
    end = recipe.body[-1][1] if recipe.body else recipe.line
    return Step("task", recipe.name, recipe.line, end, (), (), tuple(commands), "", recipe.after, is_default)
