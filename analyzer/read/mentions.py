"""Which names the code of each function, class and module mentions: what "nobody uses it" is asked of.

Calls and assignments are kept as values only as far as they help to resolve data; a mention is kept wherever it stands. Definitions are
told apart by who mentions what, so a function that only calls itself has no user.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Sequence

from analyzer.read.facts import Mentions, Scope

MAX_TEXT = 4_000
_WORD = re.compile(r"[A-Za-z_]\w+")
_CODE = re.compile(r"[A-Za-z_]\w*(?:[.:/][A-Za-z_]\w*)+|\b[A-Za-z_]\w*(?=\()|\b\w*[a-z0-9]_\w+\b|\b_\w+\b|\b[A-Z]+[a-z0-9]+[A-Z]\w*\b")
"""In a sentence: dotted names, paths, calls, and names that no English word looks like."""
_PART = re.compile(r"[A-Za-z_]\w*")
_PREFIX = re.compile(r"[\w./-]*\w[./]\Z")
_FORMAT = re.compile(r"([\w./-]*\w[./])(?:%s|\{)")
METACLASS = "metaclass="
_QUIET = re.compile(
    r"^(warnings|logging|logger|log|np\.random|numpy\.random|random|torch|tf|matplotlib|mpl|plt|sns|seaborn|pd\.set_option|pandas\.set_option|"
    r"pd\.options|sys\.path|sys\.setrecursionlimit|os\.environ|os\.makedirs|load_dotenv|dotenv|nest_asyncio|nltk\.download|locale|"
    r"multiprocessing|mp|gc|faulthandler|signal|tqdm|register_matplotlib_converters|sys\.stdout|urllib3|requests\.packages|"
    r"tensorflow|absl|LOGGER|_logger|_LOGGER|LOG|site|rootutils|pyrootutils|coloredlogs|structlog|rcParams|typing|np\.set_printoptions|"
    r"numpy\.set_printoptions|cv2\.setNumThreads|os\.chdir|pathlib|jax\.config|loguru|init_notebook_mode|set_start_method|"
    r"__all__|simplefilter|filterwarnings|basicConfig|getLogger)\b"
)
"""Calls at the top of a module that set the surroundings: they do no work of their own."""


def mentions(tree: ast.Module, scopes: Sequence[Scope]) -> tuple[tuple[Mentions, ...], int]:
    """The mentions of every scope, in the order of `scopes`, and the line of the first statement that makes the module a program.

    What decorates, types and defaults a definition, and a class's bases, belong to the definition; a lambda belongs to what is around it.
    The line is 0 for a module that only defines things.
    """
    numbers = {(scope.line, scope.qualname): number for number, scope in enumerate(scopes)}
    walk = _Walk(numbers)
    walk.body(tree.body, 0, "")
    walk.run()
    return tuple(walk.found(number) for number in sorted(walk.seen)), _acts(tree.body)


def mentioned_in(text: str) -> Mentions:
    """Every name of a text that is no Python, as words of the module."""
    return Mentions(0, (), (), tuple(sorted(set(_PART.findall(text)))))


def words_in(text: str) -> Iterable[str]:
    """The names that a text mentions: every word of one without blanks, of a sentence what looks like code."""
    if not any(c in text for c in " \n\t"):
        found = _PART.findall(text)
        if text.endswith(".py"):
            found.append(text.rpartition("/")[2])
        return found + [prefix.lstrip(".") + "*" for prefix in _FORMAT.findall(text)]
    return [part for found in _CODE.findall(text[:MAX_TEXT]) for part in _PART.findall(found)]


class _Walk:
    def __init__(self, numbers: dict[tuple[int, str], int]) -> None:
        self._numbers = numbers
        self._stack: list[tuple[ast.AST, int, str]] = []
        self.seen: dict[int, tuple[set[str], set[str], set[str]]] = {}

    def found(self, number: int) -> Mentions:
        names, chains, words = self.seen[number]
        return Mentions(number, tuple(sorted(names)), tuple(sorted(chains)), tuple(sorted(words)))

    def body(self, body: Iterable[ast.AST], scope: int, qualname: str) -> None:
        self.seen.setdefault(scope, (set(), set(), set()))
        self._stack.extend((node, scope, qualname) for node in body)

    def run(self) -> None:
        while self._stack:
            node, scope, qualname = self._stack.pop()
            kind = type(node)
            if kind is ast.Name:
                if isinstance(node.ctx, ast.Load):  # type: ignore[attr-defined]
                    self.seen[scope][0].add(node.id)  # type: ignore[attr-defined]
            elif kind is ast.Attribute:
                self._chain(node, scope, qualname)  # type: ignore[arg-type]
            elif kind is ast.Constant:
                if isinstance(node.value, str):  # type: ignore[attr-defined]
                    self.seen[scope][2].update(words_in(node.value))  # type: ignore[attr-defined]
            elif kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
                self._definition(node, scope, qualname)  # type: ignore[arg-type]
            elif kind is ast.Expr and isinstance(node.value, ast.Constant):  # type: ignore[attr-defined]
                continue  # a docstring uses nothing
            else:
                if kind is ast.JoinedStr:
                    self._fragments(node.values, scope)  # type: ignore[attr-defined]
                elif kind is ast.BinOp and isinstance(node.op, ast.Add):  # type: ignore[attr-defined]
                    self._fragments([node.left, node.right], scope)  # type: ignore[attr-defined]
                self._stack.extend((child, scope, qualname) for child in ast.iter_child_nodes(node))

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: int, outer: str) -> None:
        qualname = f"{outer}.{node.name}" if outer else node.name
        number = self._numbers.get((node.lineno, qualname), scope)
        self.body(ast.iter_child_nodes(node), number, qualname)
        if isinstance(node, ast.ClassDef) and any(keyword.arg == "metaclass" for keyword in node.keywords):
            self.seen[number][2].add(METACLASS)

    def _chain(self, node: ast.Attribute, scope: int, qualname: str) -> None:
        """`a.b.c` as one mention; what is set or deleted is none."""
        parts: list[str] = []
        inner: ast.expr = node
        if not isinstance(node.ctx, ast.Load):
            inner = node.value
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            if not parts:
                self.seen[scope][0].add(inner.id)
                return
            parts.append(inner.id)
        else:
            parts.append("")
            self._stack.append((inner, scope, qualname))
        if len(parts) > 1:
            self.seen[scope][1].add(".".join(reversed(parts)))

    def _fragments(self, parts: Sequence[ast.expr], scope: int) -> None:
        """`f"load_{kind}"` and `"load_" + kind` may name everything that begins so."""
        for before, after in itertools.pairwise(parts):
            for literal, other, form in ((before, after, "{}*"), (after, before, "*{}")):
                text = literal.value if isinstance(literal, ast.Constant) else None
                if not isinstance(text, str) or isinstance(other, ast.Constant) or len(text) < 3:
                    continue
                if form == "{}*" and _PREFIX.match(text):
                    self.seen[scope][2].add(text.lstrip(".") + "*")
                elif form == "*{}" and text.endswith(".py"):
                    self.seen[scope][2].add("*" + text.rpartition("/")[2])
                elif text.isidentifier() and (text.endswith("_") if form == "{}*" else text.startswith("_") or text[0].isupper()):
                    self.seen[scope][2].add(form.format(text))


def _acts(body: Iterable[ast.stmt]) -> int:
    """The line of the first statement outside any definition that does something, 0 when there is none."""
    for node in body:
        if isinstance(node, (ast.For, ast.While, ast.With)):
            return node.lineno
        if isinstance(node, ast.Expr) and isinstance(node.value, (ast.Call, ast.Await)):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
            if not (isinstance(call, ast.Call) and _QUIET.match(ast.unparse(call.func)[:80])):
                return node.lineno
    return 0
