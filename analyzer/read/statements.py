"""Python statements to facts: scopes, blocks, assignments, imports and branches, in one pass over the tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from analyzer.read.bindings import dotted
from analyzer.read.clones import MIN_STATEMENTS, clone_unit, is_selection, top_unit
from analyzer.read.facts import Assign, Block, Branch, CloneUnit, Context, Import, Param, Scope
from analyzer.read.import_guards import guard_of, names_import_error
from analyzer.read.missing_files import goes_on_without
from analyzer.read.suites import Suites, is_stub
from analyzer.read.unreachable import count
from analyzer.read.values import BinOp, Either, Element, Function, Name, Opaque, Value

MAX_USAGE = 20_000
MAX_ABOUT = 2_000
_QUOTED = re.compile(r"""['"`]([A-Za-z][\w-]*)['"`]""")


class Statements(Suites):
    """Walks a module; what it has seen stands in its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.imports: list[Import] = []
        self.scopes: list[Scope] = []
        self.clones: list[CloneUnit] = []
        self.contexts: list[Context] = []
        self.exports: tuple[str, ...] | None = None
        self.main_line = 0
        self.usage = ""
        self.usage_line = 0
        self.about = ""
        self.guard = ""
        self.loose: list[tuple[int, int, str]] = []
        """(first line, last line, value) of strings of several lines that are statements and no docstrings."""
        self._documented: ast.stmt | None = None
        self.documented: set[str] = set()
        self._names: list[str] = []
        self._returns: list[list[Value]] = []
        self._convert[ast.Lambda] = self._lambda
        self.visitors.update({
            ast.Expr: self._expression,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Return: self._return,
            ast.If: self._if,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.Match: self._match,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Global: self._global,
            ast.Nonlocal: self._global,
            ast.Raise: self._raise,
            ast.Assert: self._assert,
        })  # fmt: skip

    def module(self, tree: ast.Module, lines: int) -> None:
        self.scopes.append(Scope("module", "", -1, 1, lines))
        self._returns.append([])
        self._docstring(tree.body)
        self.about = _documentation(tree.body)
        self.usage = self.about if len(self.about) <= MAX_USAGE and "usage:" in self.about.lower() else ""
        self.usage_line = tree.body[0].lineno if self.usage else 0
        self.about = self.about[:MAX_ABOUT]
        self.suite(tree.body)
        self.scopes[0] = Scope("module", "", -1, 1, lines, statements=self.statements)
        top = top_unit(tree)
        if top is not None:
            self.clones.append(top)

    def _block(self, kind: str, body: Sequence[ast.stmt], test: ast.expr | None = None, *, spares: bool = False) -> None:
        outer = self.block
        self.blocks.append(Block(outer, kind, spares))
        self.block = len(self.blocks) - 1
        if test is not None:
            self.narrow(test)
        self.suite(body)
        self.block = outer

    # ---- simple statements -----------------------------------------------------------------------------------------

    def _expression(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            if isinstance(node.value.value, str) and node.end_lineno != node.lineno and node is not self._documented:
                self.loose.append((node.lineno, node.end_lineno or node.lineno, node.value.value))
            return  # a docstring or a no-op string: documentation, not a use
        self.value(node.value)

    def _docstring(self, body: list[ast.stmt]) -> None:
        if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            self._documented = body[0]
            text = body[0].value.value
            if isinstance(text, str) and self.scope:
                self.documented.update(_QUOTED.findall(text))
            if isinstance(text, str) and len(text) <= 200:
                self.text_role = "docstring"
                self.note_text(text, body[0].lineno)
                self.text_role = ""

    def _assign(self, node: ast.Assign) -> None:
        value = self.kept(node) or self.value(node.value)
        at = self.moment
        for target in node.targets:
            self.bind(target, value, "=", None, at)
            if isinstance(target, ast.Name) and target.id == "__all__" and self.scope == 0:
                self._literal_exports(node.value)

    def _literal_exports(self, node: ast.expr) -> None:
        if isinstance(node, (ast.List, ast.Tuple)) and all(
            isinstance(element, ast.Constant) and isinstance(element.value, str) for element in node.elts
        ):
            self.exports = tuple(element.value for element in node.elts)  # type: ignore[attr-defined]
        else:
            self.dynamic.append("__all__")

    def _annotated(self, node: ast.AnnAssign) -> None:
        used = self.attributes
        if self.scopes[self.scope].kind == "function":
            self.attributes = {}  # Python does not evaluate it there (PEP 526): a name in it may be gone
        annotation = self.value(node.annotation)
        self.attributes = used
        if node.value is not None:
            self.bind(node.target, self.value(node.value), "ann", annotation)
        elif name := dotted(node.target):
            self.assigns.append(Assign(name, Opaque(), node.lineno, self.scope, self.block, "declared", annotation, self.moment))

    def _augmented(self, node: ast.AugAssign) -> None:
        value = self.value(node.value)
        if isinstance(node.target, ast.Name):
            before = Name(node.target.id)
            joined: Value = Opaque()
            if isinstance(node.op, ast.BitOr):
                joined = Either((before, value))  # a mapping takes in another
            elif isinstance(node.op, (ast.Add, ast.Div)):
                joined = BinOp("/" if isinstance(node.op, ast.Div) else "+", before, value)
            self.bind(node.target, joined, "aug")
        else:
            self.bind(node.target, Opaque(), "aug")
        if isinstance(node.target, ast.Name) and node.target.id == "__all__":
            self.dynamic.append("__all__")

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            value = self.value(node.value)
            if len(self._returns[-1]) < 8:
                self._returns[-1].append(value)

    def _raise(self, node: ast.Raise) -> None:
        self.text_role, self.raised = "print", node.exc
        for part in (node.exc, node.cause):
            if part is not None:
                self.value(part)
        self.text_role = ""

    def _assert(self, node: ast.Assert) -> None:
        self.value(node.test)
        if node.msg is not None:
            self.text_role = "print"
            self.value(node.msg)
            self.text_role = ""

    def _global(self, node: ast.Global | ast.Nonlocal) -> None:
        for name in node.names:
            self.assigns.append(Assign(name, Opaque(), node.lineno, self.scope, self.block, "global", None, self.moment))

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self.imported.add(bound)
            # `import a.b` binds `a`; name None with bound == module says that the whole dotted name is bound
            self.imports.append(Import(alias.name, None, alias.asname or "", 0, node.lineno, self.scope, self.guard))

    def _import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.dynamic.append("star")
            self.imported.add(alias.asname or alias.name)
            self.imports.append(
                Import(node.module or "", alias.name, alias.asname or alias.name, node.level, node.lineno, self.scope, self.guard)
            )

    # ---- definitions -----------------------------------------------------------------------------------------------

    def _parameters(self, arguments: ast.arguments) -> tuple[Param, ...]:
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
        params = [self._parameter(a, "positional", d) for a, d in zip(positional, defaults, strict=True)]
        if arguments.vararg:
            params.append(self._parameter(arguments.vararg, "args", None))
        params.extend(self._parameter(a, "keyword", d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
        if arguments.kwarg:
            params.append(self._parameter(arguments.kwarg, "kwargs", None))
        return tuple(params)

    def _parameter(self, arg: ast.arg, kind: str, default: ast.expr | None) -> Param:
        annotation = self.value(arg.annotation) if arg.annotation is not None else None
        return Param(arg.arg, kind, self.value(default) if default is not None else None, annotation)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators = tuple(self.value(d) for d in node.decorator_list)
        params = self._parameters(node.args)
        annotation = self.value(node.returns) if node.returns is not None else None
        if node.name == "__getattr__" and self.scope == 0:
            self.dynamic.append("__getattr__")
        self._definition("function", node, decorators, (), params, annotation)

    def _lambda(self, node: ast.Lambda) -> Value:
        params = self._parameters(node.args)
        outer_scope, outer_block = self.scope, self.block
        index = len(self.scopes)
        qualname = ".".join([*self._names, "<lambda>"])
        at = self.moment
        self.scopes.append(Scope("function", qualname, outer_scope, node.lineno, node.end_lineno or node.lineno))
        self.blocks.append(Block(outer_block, "function"))
        self.scope, self.block = index, len(self.blocks) - 1
        body = self.value(node.body)
        self.scopes[index] = Scope(
            "function", qualname, outer_scope, node.lineno, node.end_lineno or node.lineno, params, (), (), (body,), 1, self.block,
            None, (), at,
        )  # fmt: skip
        self.scope, self.block = outer_scope, outer_block
        return Function(index)

    def _class(self, node: ast.ClassDef) -> None:
        decorators = tuple(self.value(d) for d in node.decorator_list)
        bases = tuple(self.value(b) for b in node.bases)
        for keyword in node.keywords:
            self.value(keyword.value)
        self._definition("class", node, decorators, bases, (), None)

    def _definition(
        self,
        kind: str,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
        decorators: tuple[Value, ...],
        bases: tuple[Value, ...],
        params: tuple[Param, ...],
        annotation: Value | None,
    ) -> None:
        outer_scope, outer_block, outer_guard = self.scope, self.block, self.guard
        index = len(self.scopes)
        self._names.append(node.name)
        qualname = ".".join(self._names)
        at = self.moment
        self.scopes.append(Scope(kind, qualname, outer_scope, node.lineno, node.end_lineno or node.lineno))
        self.blocks.append(Block(outer_block, kind))
        self.block, self.scope = len(self.blocks) - 1, index
        if kind == "function" and self.guard not in ("try", "typing"):
            self.guard = ""
        if kind == "function":
            self._returns.append([])
            self.yields.append([])
            self.names.append(set())
        self._docstring(node.body)
        body_block, before = self.block, self.statements
        self.suite(node.body, [param.name for param in params])
        unread, kept = self.unread(params) if kind == "function" else ((), ())
        returns = tuple(self._returns.pop()) if kind == "function" else ()
        yields = tuple(self.yields.pop()) if kind == "function" else ()
        self.scopes[index] = Scope(
            kind, qualname, outer_scope, node.lineno, node.end_lineno or node.lineno,
            params, decorators, bases, returns, self.statements - before, body_block, annotation, yields, at, unread, kept,
            is_stub(node.body), tuple(k.arg or "**" for k in node.keywords) if isinstance(node, ast.ClassDef) else (),
        )  # fmt: skip
        self._names.pop()
        self.scope, self.block, self.guard = outer_scope, outer_block, outer_guard
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (
            self.statements - before >= MIN_STATEMENTS or is_selection(node.body[-1])
        ):
            clone = clone_unit(node, index)
            if clone is not None:
                self.clones.append(clone)

    # ---- compound statements ---------------------------------------------------------------------------------------

    def _if(self, node: ast.If) -> None:
        test = self.test(node.test)
        self.note_tests(node)
        if self.scope == 0 and _is_main(node.test):
            self.main_line = node.lineno
        outer = self.guard
        guard = outer or guard_of(node.test)
        first = len(self.calls)
        self.guard = guard
        self._block("if", node.body, node.test)
        middle = len(self.calls)
        self._block("else", node.orelse)
        self.guard = outer
        if test is not None:
            self._branch("if", node, test, first, middle)

    def _branch(self, kind: str, node: ast.If | ast.While, test: Value, first: int, middle: int) -> None:
        self.branches.append(
            Branch(
                kind, test, ast.unparse(node.test), node.lineno, self.scope,
                _span(node.body), count(node.body), _span(node.orelse), count(node.orelse),
                self.called(first, middle), self.called(middle, len(self.calls)),
            )
        )  # fmt: skip

    def _while(self, node: ast.While) -> None:
        test = self.test(node.test)
        first = len(self.calls)
        self._block("while", node.body)
        middle = len(self.calls)
        self._block("else", node.orelse)
        if test is not None:
            self._branch("while", node, test, first, middle)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        value = self.value(node.iter)
        outer = self.block
        self.blocks.append(Block(outer, "for"))
        self.block = len(self.blocks) - 1
        self.bind(node.target, Element(value), "for")
        self.suite(node.body)
        self.block = outer
        self._block("else", node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        outer = self.guard
        for item in node.items:
            value = self.value(item.context_expr)
            self._context(node, item, value)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value, "with")
            call = item.context_expr
            if isinstance(call, ast.Call) and dotted(call.func).endswith("suppress") and names_import_error(call.args):
                self.guard = "try"
        # a `with` body always runs: it stays in the surrounding block
        self.suite(node.body)
        self.guard = outer

    def _context(self, node: ast.With | ast.AsyncWith, item: ast.withitem, value: Value) -> None:
        subject = item.context_expr
        made = dotted(subject.func).rpartition(".")[2][:1].isupper() if isinstance(subject, ast.Call) else isinstance(subject, ast.Name)
        if made:
            bound = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else ""
            self.contexts.append(Context(value, bound, node.lineno, node.end_lineno or node.lineno, self.scope, self.moment))

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        outer = self.guard
        if any(handler.type is None or names_import_error([handler.type]) for handler in node.handlers):
            self.guard = "try"
        self.note_handlers(node.handlers)
        self._block("try", node.body, spares=any(map(goes_on_without, node.handlers)))
        for handler in node.handlers:
            if handler.type is not None:
                self.value(handler.type)
            self._block("except", handler.body)
        self._block("else", node.orelse)
        self.guard = outer
        self._block("finally", node.finalbody)

    def _match(self, node: ast.Match) -> None:
        self.value(node.subject)
        for case in node.cases:
            if case.guard is not None:
                self.value(case.guard)
            for pattern in ast.walk(case.pattern):
                if isinstance(pattern, ast.MatchValue):
                    self.value(pattern.value)
                elif isinstance(pattern, ast.MatchClass):
                    self.value(pattern.cls)
                    self.read_attributes.update(pattern.kwd_attrs)
            self._block("case", case.body)


def _span(body: list[ast.stmt]) -> tuple[int, int]:
    if not body:
        return (0, 0)
    return (body[0].lineno, body[-1].end_lineno or body[-1].lineno)


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and any(
        isinstance(part, ast.Name) and part.id == "__name__" for part in (test.left, *test.comparators)
    )


def _documentation(body: list[ast.stmt]) -> str:
    """The docstring of a module, "" without one."""
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        text = body[0].value.value
        return text if isinstance(text, str) else ""
    return ""
