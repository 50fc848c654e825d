"""Changes of Python source that change nothing of what it does, and where each line went.

Each takes the text of a module and a random generator and gives `Changed`: the new text, and new line → old line of the statement that
stands there. They are for the tests that hold the analysis to the meaning of code rather than to its spelling.
"""

from __future__ import annotations

import ast
import builtins
import io
import random
import re
import tokenize
from collections.abc import Callable, Iterator
from typing import NamedTuple

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Changed(NamedTuple):
    text: str
    lines: dict[int, int]
    """Line of the new text → first line of the same statement in the old one."""


Change = Callable[[str, random.Random], Changed]


def unparsed(text: str, _chance: random.Random) -> Changed:
    """As `ast.unparse` writes it: one line a simple statement, other quotes, other parentheses, no comments, no blank lines inside."""
    tree = ast.parse(text)
    return _placed(tree, ast.unparse(tree))


def spread(text: str, chance: random.Random) -> Changed:
    """Line breaks after opening brackets and commas, comments and blank lines between statements, one-part strings in other quotes."""
    tree = ast.parse(text)
    return _placed(tree, "".join(_spread_tokens(text, chance)))


def _spread_tokens(text: str, chance: random.Random) -> Iterator[str]:
    lines = text.splitlines(keepends=True)
    depth, row, column = 0, 1, 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.INDENT, tokenize.DEDENT):
            continue
        yield from _between(lines, (row, column), token.start)
        row, column = token.end
        yield _requoted(token.string, chance) if token.type == tokenize.STRING else token.string
        if token.type == tokenize.OP and token.string in "([{":
            depth += 1
        elif token.type == tokenize.OP and token.string in ")]}":
            depth -= 1
        if depth and token.type == tokenize.OP and token.string in "([{,":
            yield chance.choice(["", "", "\n", "  # why\n\n", "\n  "])
        elif token.type == tokenize.NEWLINE:
            yield chance.choice(["", "", "\n", "# a comment, with (brackets\n", "\n\n"])


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> Iterator[str]:
    (row, column), (last, stop) = start, end
    while row < last and row <= len(lines):
        yield lines[row - 1][column:]
        row, column = row + 1, 0
    if row <= len(lines):
        yield lines[row - 1][column:stop]


def _requoted(text: str, chance: random.Random) -> str:
    plain = re.fullmatch(r"(['\"])([^'\"\\{}\n]*)\1", text)
    return text if plain is None else f"{(quote := chance.choice(list(chr(39) + chr(34))))}{plain[2]}{quote}"


def renamed(text: str, chance: random.Random) -> Changed:
    """Every local variable of every function has another name; parameters, globals and names that comprehensions share stay.

    So do names that begin with `_`: that says that nobody reads them.
    """
    tree = ast.parse(text)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | set(dir(builtins))
    number = 0
    for function in [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]:
        new: dict[str, str] = {}
        for name in sorted(_locals(function)):
            number += 1
            while f"v{number}" in used:
                number += 1
            new[name] = f"v{number}" if chance.random() < 0.8 else f"{name}_{number}"
        for statement in function.body:  # not the defaults and decorators: they see the names around the function
            _Renaming(new).visit(statement)
    return _placed(tree, ast.unparse(tree))


class _Renaming(ast.NodeTransformer):
    def __init__(self, new: dict[str, str]) -> None:
        self.new = new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.new.get(node.id, node.id)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = self.new.get(node.name, node.name) if node.name else node.name
        return self.generic_visit(node)


def _locals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names that the function itself assigns and that no function or class in it has a say about."""
    inner = [node for child in function.body for node in ast.walk(child)]
    kept = {name for node in inner if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names}
    kept |= {arg.arg for node in ast.walk(function) if isinstance(node, ast.arguments) for arg in _arguments(node)}
    kept |= {node.name for node in inner if isinstance(node, Definition)}
    kept |= {
        (alias.asname or alias.name).partition(".")[0]
        for node in inner
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    kept |= {name for node in inner if isinstance(node, (ast.MatchAs, ast.MatchStar)) and (name := node.name)}
    nested = [node for child in inner if isinstance(child, (*Definition, ast.Lambda)) for node in ast.walk(child)]
    kept |= {node.id for node in nested if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    kept |= _shared_by_comprehensions(inner)
    stored = {node.id for node in inner if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return {name for name in stored if not name.startswith("_")} - kept


def _shared_by_comprehensions(nodes: list[ast.AST]) -> set[str]:
    """Names that a comprehension binds for itself and that mean something else around it."""
    inside = [node for node in nodes if isinstance(node, ast.comprehension)]
    bound = {node.id for each in inside for node in ast.walk(each.target) if isinstance(node, ast.Name)}
    own = {id(node) for each in nodes if isinstance(each, _COMPREHENSIONS) for node in ast.walk(each)}
    return bound & {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in own}


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    rest = [arg for arg in (arguments.vararg, arguments.kwarg) if arg is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]


def reordered(text: str, chance: random.Random) -> Changed:
    """Functions in another order: those of the module that follow each other, and the methods of a class."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef)):
            node.body = _shuffled(node.body, chance)
    return _placed(tree, ast.unparse(tree))


def _shuffled(body: list[ast.stmt], chance: random.Random) -> list[ast.stmt]:
    done: list[ast.stmt] = []
    run: list[ast.stmt] = []
    for node in [*body, ast.Pass()]:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.decorator_list and _is_free(node, run):
            run.append(node)
            continue
        chance.shuffle(run)
        done.extend(run)
        run = []
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.decorator_list and _is_free(node, []):
            run = [node]
        else:
            done.append(node)
    return done[:-1]


def _is_free(function: ast.FunctionDef | ast.AsyncFunctionDef, run: list[ast.stmt]) -> bool:
    """Does nothing that is evaluated when it is defined depend on the functions before it?"""
    others = {node.name for node in run if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    asked = [*function.args.defaults, *(default for default in function.args.kw_defaults if default is not None)]
    return function.name not in others and not any(
        isinstance(node, ast.Name) and node.id in others for each in asked for node in ast.walk(each)
    )


def _placed(old: ast.Module, text: str) -> Changed:
    """`text` with its statements matched to those of `old`, which has the same statements in the same order."""
    lines: dict[int, int] = {}
    for before, after in zip(_statements(old), _statements(ast.parse(text)), strict=True):
        assert type(before) is type(after)
        first = min([after.lineno, *(d.lineno for d in getattr(after, "decorator_list", ()))])
        for line in range(first, (after.end_lineno or first) + 1):
            lines[line] = before.lineno
    return Changed(text, lines)


def _statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """Outer statements before inner ones, so that the innermost of a line has the last word."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.stmt):
            yield node
        yield from _statements(node)


def statement_lines(text: str) -> dict[int, int]:
    """Line → first line of its statement, of a text as it is."""
    tree = ast.parse(text)
    return _placed(tree, text).lines
