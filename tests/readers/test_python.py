"""Python source to facts: what is kept and what is left out."""

from __future__ import annotations

import msgspec
import pytest

from analyzer.read.dispatch import read_facts
from analyzer.read.facts import PythonFacts, Unreadable
from analyzer.read.notebook import notebook_source
from analyzer.read.python import read_python
from analyzer.read.values import (
    Attr,
    BinOp,
    CallRef,
    Compare,
    Const,
    Either,
    Element,
    Fmt,
    Function,
    Item,
    Logic,
    Map,
    Name,
    Opaque,
    Seq,
    Star,
    Within,
)


def facts_of(text: str) -> PythonFacts:
    found = read_python(text)
    assert isinstance(found, PythonFacts), found
    return found


def value_of(expression: str) -> object:
    return facts_of(f"x = {expression}\n").assigns[-1].value


# ---- what is not there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", '"""Only a docstring."""\n', "pass\n"])
def test_a_file_without_work_has_the_module_scope_only(text: str) -> None:
    facts = facts_of(text)
    assert [s.kind for s in facts.scopes] == ["module"]
    assert (facts.imports, facts.assigns, facts.calls, facts.branches, facts.dynamic, facts.main_line) == ((), (), (), (), (), 0)


def test_numbers_of_lines_of_code_leave_out_blank_lines_and_comments() -> None:
    facts = facts_of("# head\n\nx = 1\n    # inside\ny = 2\n")
    assert (facts.lines, facts.code_lines) == (5, 2)


def test_a_literal_attribute_name_is_no_dynamic_mark() -> None:
    assert facts_of("getattr(a, 'b')\nsetattr(a, 'b', 1)\nimportlib.import_module('a.b')\nmodel.eval()\n").dynamic == ()


# ---- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'a'", Const("a")),
        ("-3", Const(-3)),
        ("None", Const(None)),
        ("b'a'", Opaque("bytes")),
        ("2**70", Opaque()),
        (str(2**70), Opaque()),
        ("a.b", Attr(Name("a"), "b")),
        ("a / 'b'", BinOp("/", Name("a"), Const("b"))),
        ("a * 2", BinOp("*", Name("a"), Const(2))),
        ("a @ b", Opaque()),
        ("a[0]", Item(Name("a"), Const(0))),
        ("a[1:]", Item(Name("a"), Opaque("1:"))),
        ("[a, 'b']", Seq((Name("a"), Const("b")))),
        ("{'k': a}", Map((Const("k"),), (Name("a"),))),
        ("{**a}", Map((Opaque("**"),), (Name("a"),))),
        ("a or 'b'", Either((Name("a"), Const("b")))),
        ("a if c else b", Either((Name("a"), Name("b")))),
        ("f'{a}/b'", Fmt((Name("a"), Const("/b")))),
        ("f'{a:06d}/b'", Fmt((BinOp("format", Name("a"), Const("06d")), Const("/b")))),
        ("f'{g():{n}}/b'", Fmt((Opaque("value"), Const("/b")))),
        ("f(1)", CallRef(0)),
        ("[n for n in a]", Seq((Within(1, Name("n")),))),
        ("lambda: 1", Function(1)),
    ],
)
def test_what_an_expression_is_kept_as(expression: str, value: object) -> None:
    assert value_of(expression) == value


def test_long_displays_are_cut() -> None:
    seq, table = value_of(repr(list(range(500)))), value_of(repr({f"k{i}": i for i in range(500)}))
    assert isinstance(seq, Seq)
    assert isinstance(table, Map)
    assert (len(seq.items), len(table.keys)) == (64, 256)


def test_arguments_of_a_call() -> None:
    call = facts_of("f(a, *rest, k='v', **more)\n").calls[0]
    assert call.args == (Name("a"), Star("*", Name("rest")))
    assert call.keywords == (("k", Const("v")), ("**", Name("more")))


# ---- scopes, blocks, assignments --------------------------------------------------------------------------------------


def test_scopes_carry_names_parents_parameters_and_returns() -> None:
    facts = facts_of(
        "@deco\nclass A(Base):\n    def run(self, a, b='x', *args, c: int = 1, **kw):\n"
        "        def inner():\n            pass\n        return b\n"
    )
    shown = [(s.kind, s.qualname, s.parent) for s in facts.scopes]
    assert shown == [("module", "", -1), ("class", "A", 0), ("function", "A.run", 1), ("function", "A.run.inner", 2)]
    run = facts.scopes[2]
    assert [(p.name, p.kind) for p in run.params] == [
        ("self", "positional"), ("a", "positional"), ("b", "positional"), ("args", "args"), ("c", "keyword"), ("kw", "kwargs"),
    ]  # fmt: skip
    assert [p.default for p in run.params] == [None, None, Const("x"), None, Const(1), None]
    assert run.returns == (Name("b"),)
    assert run.name == "run"
    assert facts.scopes[1].bases == (Name("Base"),)
    assert facts.scopes[1].decorators == (Name("deco"),)


def test_a_return_belongs_to_the_innermost_function() -> None:
    facts = facts_of("def outer():\n    def inner():\n        return 1\n    return 2\n")
    assert [s.returns for s in facts.scopes[1:]] == [(Const(2),), (Const(1),)]


def test_blocks_tell_which_suite_an_assignment_stands_in() -> None:
    facts = facts_of("a = 1\nif c:\n    b = 2\nelse:\n    b = 3\nfor i in x:\n    d = 4\nwith open('f') as g:\n    e = 5\n")
    kinds = {(a.target, a.line): facts.blocks[a.block].kind for a in facts.assigns}
    assert kinds == {
        ("a", 1): "module", ("b", 3): "if", ("b", 5): "else", ("i", 6): "for", ("d", 7): "for",
        ("g", 8): "module", ("e", 9): "module",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "assigns"),
    [
        ("a = b = 1", [("a", "=", Const(1)), ("b", "=", Const(1))]),
        ("a, b = c", [("a", "=", Item(Name("c"), Const(0))), ("b", "=", Item(Name("c"), Const(1)))]),
        ("a, *b = c", [("a", "=", Opaque()), ("b", "=", Opaque("*"))]),
        ("self.p = 1", [("self.p", "=", Const(1))]),
        ("d['k'] = 1", [("d[k]", "=", Const(1))]),
        ("d[k] = 1", [("d[]", "append", Const(1))]),
        ("d.append(1)", [("d[]", "append", Const(1))]),
        ("d.extend(e)", [("d[]", "append", Element(Name("e")))]),
        ("a: str = 'x'", [("a", "ann", Const("x"))]),
        ("a: str", [("a", "declared", Opaque())]),
        ("a += 'x'", [("a", "aug", BinOp("+", Name("a"), Const("x")))]),
        ("a -= 1", [("a", "aug", Opaque())]),
        ("for a in b: pass", [("a", "for", Element(Name("b")))]),
        ("[a for a in b]", [("a", "comprehension", Element(Within(0, Name("b"))))]),
        ("print(a := 1)", [("a", ":=", Const(1))]),
        ("global a", [("a", "global", Opaque())]),
    ],
)
def test_what_a_statement_binds(statement: str, assigns: list[tuple[str, str, object]]) -> None:
    assert [(a.target, a.kind, a.value) for a in facts_of(statement + "\n").assigns] == assigns


# ---- imports ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b", ("a.b", None, "", 0)),
        ("import a.b as c", ("a.b", None, "c", 0)),
        ("from a import b as c", ("a", "b", "c", 0)),
        ("from . import b", ("", "b", "b", 1)),
        ("from ..a import b", ("a", "b", "b", 2)),
    ],
)
def test_imports(source: str, expected: tuple[object, ...]) -> None:
    (entry,) = facts_of(source).imports
    assert (entry.module, entry.name, entry.bound, entry.level) == expected
    assert entry.guard == ""


@pytest.mark.parametrize(
    ("source", "guard"),
    [
        ("try:\n    import a\nexcept ValueError:\n    pass\n", ""),
        ("if debug:\n    import a\n", ""),
        ("try:\n    import a\nexcept ImportError:\n    a = None\n", "try"),
        ("try:\n    import a\nexcept:\n    pass\n", "try"),
        ("try:\n    import a\nexcept (OSError, ModuleNotFoundError):\n    pass\n", "try"),
        ("with contextlib.suppress(ImportError):\n    import a\n", "try"),
        ("if TYPE_CHECKING:\n    import a\n", "typing"),
        ("if sys.version_info >= (3, 11):\n    import a\n", "version"),
        ("if is_torch_available():\n    import a\n", "version"),
    ],
)
def test_guards_of_imports(source: str, guard: str) -> None:
    assert facts_of(source).imports[0].guard == guard


def test_the_guard_ends_with_its_statement() -> None:
    facts = facts_of("try:\n    import a\nexcept ImportError:\n    pass\nfinally:\n    import b\nimport c\n")
    assert [i.guard for i in facts.imports] == ["try", "", ""]


def test_dotted_uses_of_imported_names() -> None:
    facts = facts_of("import a\nimport numpy as np\nnp.random.seed(1)\nother.thing\na.b\na.b\n")
    assert dict(facts.attributes) == {"np.random": 3, "np.random.seed": 3, "a.b": 5}


# ---- branches, texts, words -------------------------------------------------------------------------------------------


def test_branches_whose_outcome_may_be_constant() -> None:
    facts = facts_of("if USE and not OLD:\n    new()\n    more()\nelse:\n    old()\nwhile on == 1:\n    pass\ny = a() if FLAG else b()\n")
    first, second, third = facts.branches
    assert (first.kind, first.test_text, first.body, first.body_statements, first.orelse, first.orelse_statements) == (
        "if", "USE and (not OLD)", (2, 3), 2, (5, 5), 1,
    )  # fmt: skip
    assert first.test == Logic("and", (Name("USE"), Logic("not", (Name("OLD"),))))
    assert (first.body_calls, first.orelse_calls) == (("new", "more"), ("old",))
    assert (second.kind, second.test, second.body_statements) == ("while", Compare("==", Name("on"), Const(1)), 0)
    assert (third.kind, third.body_calls, third.orelse_calls) == ("ternary", ("a",), ("b",))


@pytest.mark.parametrize("test", ["f(x)", "x[0]", "a < b < c", "x + 1", "f() and g()"])
def test_no_branch_for_a_test_that_cannot_fold(test: str) -> None:
    assert facts_of(f"if {test}:\n    pass\n").branches == ()


@pytest.mark.parametrize(
    ("source", "role"),
    [
        ("x = 'data/a.csv'\n", ""),
        ("f('data/a.csv')\n", ""),
        ("print('data/a.csv')\n", "print"),
        ("raise ValueError('data/a.csv')\n", "print"),
        ("logger.info('data/a.csv')\n", "print"),
        ("p.add_argument('--x', help='data/a.csv')\n", "print"),
        ("re.compile('data/a.csv')\n", "regex"),
        ("if x == 'data/a.csv':\n    pass\n", "compare"),
        ("def f():\n    'data/a.csv'\n", "docstring"),
        ("print(open('data/a.csv'))\n", ""),
    ],
)
def test_the_role_of_a_text(source: str, role: str) -> None:
    assert [(t.value, t.role) for t in facts_of(source).texts] == [("data/a.csv", role)]


def test_words_are_names_and_paths_not_prose() -> None:
    facts = facts_of("x = ['train_model', 'a.b.c', 'hello world', 'x', '', 'data/a.csv']\n")
    assert facts.words == ("a.b.c", "data/a.csv", "train_model")


# ---- marks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "mark"),
    [
        ("from a import *", "star"),
        ("def __getattr__(name): pass", "__getattr__"),
        ("globals()[n] = 1", "globals"),
        ("setattr(m, n, 1)", "setattr"),
        ("getattr(m, n)", "getattr"),
        ("importlib.import_module(n)", "import_module"),
        ("exec(text)", "exec"),
        ("__all__ += ['a']", "__all__"),
        ("__all__ = [n for n in b]", "__all__"),
    ],
)
def test_dynamic_marks(source: str, mark: str) -> None:
    assert facts_of(source + "\n").dynamic == (mark,)


def test_exports_are_kept_when_literal() -> None:
    assert facts_of("__all__ = ['a', 'b']\n").exports == ("a", "b")
    assert facts_of("__all__ = a.__all__\n").exports is None
    assert facts_of("x = 1\n").exports is None


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("import a\nif __name__ == '__main__':\n    a.run()\n", 2),
        ("if '__main__' == __name__:\n    run()\n", 1),
        ("def f():\n    if __name__ == '__main__':\n        pass\n", 0),
        ("if name == '__main__':\n    pass\n", 0),
    ],
)
def test_the_main_line(source: str, line: int) -> None:
    assert facts_of(source).main_line == line


# ---- notebooks --------------------------------------------------------------------------------------------------------


def test_cells_map_synthetic_lines_back() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# title\n"]},
        {"cell_type": "code", "source": ["a = 1\n", "b = 2\n"], "outputs": [], "execution_count": 3},
        {"cell_type": "code", "source": "!python train.py\nc = 'data/x.csv'\n", "outputs": [], "execution_count": None},
    ]
    data = msgspec.json.encode({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": "python"}}})
    facts, broken = read_facts("notebook", "n.ipynb", data)
    assert isinstance(facts, PythonFacts)
    assert broken == ()
    assert facts.kind == "notebook"
    assert [(c.index, c.execution_count) for c in facts.cells] == [(1, 3), (2, None)]
    assigned = {a.target: a.line for a in facts.assigns}
    first, second = facts.cells
    assert [assigned[n] - first.first_line for n in "ab"] == [0, 1]
    assert assigned["c"] - second.first_line == 1
    assert [c.words for s in facts.steps for c in s.commands] == [("python", "train.py")]
    assert not isinstance(notebook_source(data), Unreadable)
