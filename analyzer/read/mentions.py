"""Which names the code of each function, class and module mentions: what "nobody uses it" is asked of.

Calls and assignments are kept as values only as far as they help to resolve data; a mention is kept wherever it stands. Definitions are
told apart by who mentions what, so a function that only calls itself has no user.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from analyzer.read.facts import Mentions, Scope
from analyzer.read.frames import BINDERS, Frame, may_be_unbound
from analyzer.read.names import NAME

MAX_TEXT = 4_000
_CODE = re.compile(r"[A-Za-z_]\w*(?:[.:/][A-Za-z_]\w*)+|\b[A-Za-z_]\w*(?=\()|\b\w*[a-z0-9]_\w+\b|\b_\w+\b|\b[A-Z]+[a-z0-9]+[A-Z]\w*\b")
"""In a sentence: dotted names, paths, calls, and names that no English word looks like."""
_FILE = re.compile(r"(?<![\w*])[A-Za-z_]\w*\.py\b")
_PREFIX = re.compile(r"[\w./-]*\w[./]\Z")
_FORMAT = re.compile(r"([\w./-]*\w[./])(?:%s|\{)")
_HOW_TO_CALL = re.compile(r"\b(?:meant|intended|supposed|designed|expected) to be (?:used|called|passed|invoked)\b", re.IGNORECASE)
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


def mentions(tree: ast.Module, scopes: Sequence[Scope]) -> tuple[tuple[Mentions, ...], int, bool]:
    """The mentions of every scope, in the order of `scopes`, and the line of the first statement that makes the module a program.

    What decorates, types and defaults a definition, and a class's bases, belong to the definition; a lambda belongs to what is around it.
    The line is 0 for a module that only defines things. The last answer tells whether a name may be used that nothing binds.
    """
    walk = _Walk({(scope.line, scope.qualname): number for number, scope in enumerate(scopes)})
    walk.run(tree)
    return tuple(walk.found(number) for number in sorted(walk.seen)), _acts(tree.body), may_be_unbound(walk.frames)


def mentioned_in(text: str) -> Mentions:
    """Every name of a text that is no Python, as words of the module."""
    return Mentions(0, (), (), tuple(sorted(set(NAME.findall(text)))))


def words_in(text: str) -> Iterable[str]:
    """The names that a text mentions: every word of one without blanks, of a sentence what looks like code."""
    if " " in text or "\n" in text or "\t" in text:
        text = text[:MAX_TEXT]
        words = [part for found in _CODE.findall(text) for part in NAME.findall(found)]
        return [*words, *_FILE.findall(text)] if ".py" in text else words
    if text.isascii() and text.isidentifier():
        return (text,)
    found = NAME.findall(text)
    if text.endswith(".py"):
        found.append(text.rpartition("/")[2])
    if "{" in text or "%s" in text:
        found += [prefix.lstrip(".") + "*" for prefix in _FORMAT.findall(text)]
    return found


_PLAIN_FIELDS = frozenset(
    """
    ctx op ops type_comment kind type_ignores arg name attr id conversion simple is_async level module asname rest tag names kwd_attrs
    """.split()
)
_CHILDREN: dict[type, tuple[str, ...]] = {
    kind: tuple(field for field in kind._fields if field not in _PLAIN_FIELDS)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""Fields in which other nodes, or nothing, may stand."""


class _Said:
    """What one scope mentions."""

    __slots__ = ("chains", "names", "qualname", "words")

    def __init__(self, qualname: str) -> None:
        self.qualname = qualname
        self.names: set[str] = set()
        self.chains: set[str] = set()
        self.words: set[str] = set()

    def inside(self, qualname: str) -> _Said:
        """The same mentions under another name."""
        other = _Said(qualname)
        other.names, other.chains, other.words = self.names, self.chains, self.words
        return other


class _Walk:
    def __init__(self, numbers: dict[tuple[int, str], int]) -> None:
        self._numbers = numbers
        self._stack: list[tuple[ast.AST | None, _Said, Frame]] = []
        self.seen: dict[int, _Said] = {}
        self.frames: list[Frame] = []
        """Every frame behind the one around it."""

    def found(self, number: int) -> Mentions:
        said = self.seen[number]
        return Mentions(number, tuple(sorted(said.names)), tuple(sorted(said.chains)), tuple(sorted(said.words)))

    def run(self, tree: ast.Module) -> None:
        said = self.seen[0] = _Said("")
        top = self._frame(None)
        stack = self._stack
        stack.extend([(node, said, top) for node in tree.body])
        special = self._special()
        while stack:
            node, said, frame = stack.pop()
            kind = type(node)
            if kind is ast.Name:
                if type(node.ctx) is ast.Load:  # type: ignore[union-attr]
                    said.names.add(node.id)  # type: ignore[union-attr]
                    frame.loads.add(node.id)  # type: ignore[union-attr]
                else:
                    frame.stores.add(node.id)  # type: ignore[union-attr]
                continue
            if kind is ast.Constant:
                if type(node.value) is str:  # type: ignore[union-attr]
                    said.words.update(words_in(node.value))  # type: ignore[union-attr]
                continue
            visit = special.get(kind)
            if visit is not None and visit(node, said, frame):
                continue
            for field in _CHILDREN.get(kind, ()):
                value = getattr(node, field, None)
                if type(value) is list:
                    stack.extend([(child, said, frame) for child in value])
                elif value is not None:
                    stack.append((value, said, frame))

    def _frame(self, around: Frame | None, kind: str = "function") -> Frame:
        frame = Frame(around, kind)
        self.frames.append(frame)
        return frame

    def _special(self) -> dict[type, Callable[[Any, _Said, Frame], bool]]:
        """Kinds of nodes that are looked at before their children, or (when the answer is true) instead of them."""
        return {
            ast.Attribute: self._chain,
            ast.Expr: self._text,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Lambda: self._lambda,
            ast.JoinedStr: lambda node, said, _frame: self._fragments(node.values, said),
            ast.BinOp: lambda node, said, _frame: isinstance(node.op, ast.Add) and self._fragments([node.left, node.right], said),
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._comprehension,
            **BINDERS,
        }

    def _push(self, nodes: Iterable[ast.AST | None], said: _Said, frame: Frame) -> None:
        self._stack.extend([(node, said, frame) for node in nodes])

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, said: _Said, frame: Frame, kind: str) -> _Said:
        """What the definition mentions from now on; its body is on the stack, in a frame of its own."""
        frame.stores.add(node.name)
        qualname = f"{said.qualname}.{node.name}" if said.qualname else node.name
        number = self._numbers.get((node.lineno, qualname))
        # A definition that the facts do not know speaks for what is around it, yet those in it have its name in theirs.
        mine = self.seen.setdefault(number, _Said(qualname)) if number is not None else said.inside(qualname)
        inner = self._frame(frame, kind)
        if not isinstance(node, ast.ClassDef):
            inner.take(node.args)
        self._push(node.body, mine, inner)
        self._push((*node.decorator_list, *getattr(node, "type_params", ())), mine, frame)
        return mine

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, said: _Said, frame: Frame) -> bool:
        mine = self._definition(node, said, frame, "function")
        self._push((node.args, node.returns), mine, frame)
        return True

    def _class(self, node: ast.ClassDef, said: _Said, frame: Frame) -> bool:
        mine = self._definition(node, said, frame, "class")
        self._push((*node.bases, *node.keywords), mine, frame)
        if any(keyword.arg == "metaclass" for keyword in node.keywords):
            mine.words.add(METACLASS)
        return True

    def _text(self, node: ast.Expr, _said: _Said, _frame: Frame) -> bool:
        """A docstring uses nothing, unless it says how people are to call what it stands in."""
        if not isinstance(node.value, ast.Constant):
            return False
        text = node.value.value
        if isinstance(text, str) and " to be " in text and (told := _HOW_TO_CALL.search(text)):
            self.seen[0].words.update(words_in(text[told.end() :]))
        return True

    def _lambda(self, node: ast.Lambda, said: _Said, frame: Frame) -> bool:
        inner = self._frame(frame)
        inner.take(node.args)
        self._stack += ((node.args, said, frame), (node.body, said, inner))
        return True

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, said: _Said, frame: Frame) -> bool:
        """Its own frame, but for what the first `for` goes through."""
        inner = self._frame(frame, "comprehension")
        first, *more = node.generators
        self._push((node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,), said, inner)
        self._push((first.target, *first.ifs, *more), said, inner)
        self._stack.append((first.iter, said, frame))
        return True

    def _chain(self, node: ast.Attribute, said: _Said, frame: Frame) -> bool:
        """`a.b.c` as one mention; what is set or deleted is none."""
        parts: list[str] = []
        inner: ast.expr = node
        if type(node.ctx) is not ast.Load:
            inner = node.value
        while type(inner) is ast.Attribute:
            parts.append(inner.attr)
            inner = inner.value
        if type(inner) is ast.Name:
            frame.loads.add(inner.id)
            if not parts:
                said.names.add(inner.id)
                return True
            parts.append(inner.id)
        else:
            parts.append("")
            self._stack.append((inner, said, frame))
        if len(parts) > 1:
            parts.reverse()
            said.chains.add(".".join(parts))
        return True

    @staticmethod
    def _fragments(parts: Sequence[ast.expr], said: _Said) -> bool:
        """`f"load_{kind}"` and `"load_" + kind` may name everything that begins so."""
        for before, after in itertools.pairwise(parts):
            for literal, other, form in ((before, after, "{}*"), (after, before, "*{}")):
                text = literal.value if isinstance(literal, ast.Constant) else None
                if not isinstance(text, str) or isinstance(other, ast.Constant) or len(text) < 3:
                    continue
                if form == "{}*" and _PREFIX.match(text):
                    said.words.add(text.lstrip(".") + "*")
                elif form == "*{}" and text.endswith(".py"):
                    said.words.add("*" + text.rpartition("/")[2])
                elif text.isidentifier() and (text.endswith("_") if form == "{}*" else text.startswith("_") or text[0].isupper()):
                    said.words.add(form.format(text))
        return False


def _acts(body: Iterable[ast.stmt]) -> int:
    """The line of the first statement outside any definition that does something, 0 when there is none."""
    for node in body:
        if isinstance(node, (ast.For, ast.While, ast.With)):
            return node.lineno
        if isinstance(node, ast.If) and (line := _acts((*node.body, *node.orelse))):
            return line
        if isinstance(node, ast.Expr) and isinstance(node.value, (ast.Call, ast.Await)):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
            if not (isinstance(call, ast.Call) and _QUIET.match(ast.unparse(call.func)[:80])):
                return node.lineno
    return 0
