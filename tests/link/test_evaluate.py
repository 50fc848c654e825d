"""What expressions turn out to be. First of all: what must stay unknown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.link.domain import Pattern
from analyzer.link.evaluate import Evaluator

Shown = Callable[..., list[object]]

# ---- silence ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "n = 0\nfor row in rows:\n    n += 1\nx = f'out/{n}.csv'\n",
        "n = 0\nwhile go:\n    n = n + 1\nx = f'out/{n}.csv'\n",
        "for n in range(3):\n    pass\nx = f'out/{n}.csv'\n",
    ],
)
def test_a_counter_is_no_constant(shown: Shown, source: str) -> None:
    assert [str(v).startswith("out/{n") for v in shown(source)] == [True]


@pytest.mark.parametrize("expression", ["f(1)", "obj.method()", "data['k']", "await g()", "1 + 1", "-y", "b'a'", "not y"])
def test_what_cannot_be_known(shown: Shown, expression: str) -> None:
    assert not any(isinstance(v, str) and not v.startswith("?") and v not in ("Result", "External") for v in shown(f"x = {expression}\n"))


def test_a_name_that_nothing_defines(shown: Shown) -> None:
    assert shown("x = missing\n") == ["?name not found"]


def test_definitions_in_a_circle_end(shown: Shown) -> None:
    assert shown("x = y\ny = x\n") == ["?recursive definition"]
    assert shown("def f():\n    return g()\ndef g():\n    return f()\nx = f()\n") == ["?recursive definition"]


def test_a_value_that_depends_on_a_branch_is_both(shown: Shown) -> None:
    assert sorted(map(str, shown("if c:\n    y = 'a.csv'\nelse:\n    y = 'b.csv'\nx = y\n"))) == ["a.csv", "b.csv"]


def test_parameters_of_two_functions_are_never_mixed(evaluator: Callable[..., Evaluator]) -> None:
    world = evaluator(
        {"a.py": "def one(path):\n    return path + '/1'\ndef two(path):\n    return one('fixed') + path\nx = two('/2')\ny = one('z')\n"}
    )
    assert [v.shown for v in world.global_name("a.py", "x") if isinstance(v, Pattern)] == ["fixed/1/2"]
    assert [v.shown for v in world.global_name("a.py", "y") if isinstance(v, Pattern)] == ["z/1"]


def test_a_name_of_an_inner_scope_is_not_seen_outside(shown: Shown) -> None:
    assert shown("def f():\n    y = 'a.csv'\nx = y\n") == ["?name not found"]


def test_a_class_body_is_not_the_scope_of_its_methods(shown: Shown) -> None:
    assert shown("y = 'module'\nclass A:\n    y = 'class'\n    def get(self):\n        return y\nx = A().get()\n") == ["module"]


def test_an_assignment_after_the_use_does_not_count(evaluator: Callable[..., Evaluator]) -> None:
    world = evaluator({"a.py": "def f():\n    y = 'before'\n    use(y)\n    y = 'after'\n"})
    assert [v.shown for v in world.value(world.program.facts["a.py"].calls[0].args[0], _where(world)) if isinstance(v, Pattern)] == [
        "before"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    y = 'before'; y = g(\n        y\n    )\n",
        "def f():\n    y = 'before'; g(y); y = 'after'\n",
        "def f():\n    x, y = 'before', 'x'\n    x, y = (\n        y,\n        g(x),\n    )\n",
        "def f():\n    y = 'before'\n    for y in g(y): pass\n",
    ],
    ids=["own right side", "one line", "unpacking", "loop"],
)
def test_what_stands_before_a_use_does_not_depend_on_lines(evaluator: Callable[..., Evaluator], text: str) -> None:
    world = evaluator({"a.py": text})
    assert [v.shown for v in world.value(world.program.facts["a.py"].calls[0].args[0], _where(world)) if isinstance(v, Pattern)] == [
        "before"
    ]


def _where(world: Evaluator):  # type: ignore[no-untyped-def]
    from analyzer.link.where import Where

    call = world.program.facts["a.py"].calls[0]
    return Where("a.py", call.scope, call.at, call.block)


def test_a_sum_of_two_unknowns_may_be_of_numbers(shown: Shown) -> None:
    assert shown("def f(a, b):\n    return a + b\nx = f('1', '2')\n") == ["?other"]


# ---- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = 'a' + '/b'", "a/b"),
        ("d = 'out'\nx = f'{d}/m_{3}.pt'", "out/m_3.pt"),
        ("x = f'{run}/m.pt'", "{run}/m.pt"),
        ("x = '%s/%05d.csv' % ('a', n)", "a/{n}.csv"),
        ("x = '%(d)s/a.csv' % {'d': 'out'}", "out/a.csv"),
        ("x = '{}/{}.csv'.format('a', 'b')", "a/b.csv"),
        ("x = '{d}/{0}.csv'.format('a', d='out')", "out/a.csv"),
        ("x = '{{}}/{}'.format('a')", "{}/a"),
        ("x = '/'.join(['a', 'b', 'c'])", "a/b/c"),
        ("x = 'a.csv'.replace('.csv', '.json')", "a.json"),
        ("x = 'A/B'.lower()", "a/b"),
        ("x = str('a')", "a"),
        ("x = ('a.csv' if True else None)", "a.csv"),
        ("x = None or 'a.csv'", "a.csv"),
        ("x = ['a', 'b'][1]", "b"),
        ("x = ('a', 'b')[-1]", "b"),
        ("x = {'k': 'a', 'l': 'b'}['l']", "b"),
        ("a, x = 'a', 'b'", "b"),
        ("x = 'a'\nx += '/b'", "a/b"),
        ("x = dict(k='a')['k']", "a"),
        ("x = {'k': 'a'}.get('k')", "a"),
        ("x: str = 'a'", "a"),
        ("y = (x := 'a')", "a"),
    ],
)
def test_texts(shown: Shown, source: str, value: str) -> None:
    assert value in shown(source + "\n")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("os.path.join('a', 'b', 'c.csv')", "a/b/c.csv"),
        ("os.path.join('a', '/b')", "/b"),
        ("os.path.join(root, 'c.csv')", "{root}/c.csv"),
        ("os.path.dirname('a/b/c.csv')", "a/b"),
        ("os.path.basename('a/b/c.csv')", "c.csv"),
        ("os.path.splitext('a/b.csv')[0] + '.json'", "a/b.json"),
        ("os.path.abspath('a/b')", "a/b"),
        ("Path('a') / 'b' / 'c.csv'", "a/b/c.csv"),
        ("Path('a', 'b')", "a/b"),
        ("Path('a/b.csv').with_suffix('.json')", "a/b.json"),
        ("Path('a/b.csv').with_name('c.csv')", "a/c.csv"),
        ("Path('a/b.csv').with_stem('c')", "a/c.csv"),
        ("Path('a/b.csv').parent / 'c'", "a/c"),
        ("Path('a/b.csv').stem", "b"),
        ("Path('a/b/c').parents[1] / 'd'", "a/d"),
        ("Path('a').joinpath('b', 'c')", "a/b/c"),
        ("Path('a').resolve() / 'b'", "a/b"),
        ("str(Path('a') / 'b')", "a/b"),
        ("Path.home() / 'a'", "~/a"),
        ("os.path.dirname(__file__) + '/a.csv'", "src/a.csv"),
        ("Path(__file__).parent.parent / 'a.csv'", "a.csv"),
        ("os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'a.csv')", "src/../a.csv"),
        ("os.environ['OUT'] + '/a'", "{OUT}/a"),
        ("os.environ.get('OUT', 'out') + '/a'", "out/a"),
        ("os.getenv('OUT') + '/a'", "{OUT}/a"),
    ],
)
def test_paths(shown: Shown, expression: str, value: str) -> None:
    assert value in shown({"src/a.py": f"import os\nfrom pathlib import Path\nx = {expression}\n"}, path="src/a.py")


def test_paths_from_the_file_itself_are_anchored(evaluator: Callable[..., Evaluator]) -> None:
    world = evaluator({"src/a.py": "from pathlib import Path\nx = Path(__file__).parent / 'a.csv'\ny = Path('src') / 'a.csv'\n"})
    (x,), (y,) = world.global_name("src/a.py", "x"), world.global_name("src/a.py", "y")
    assert isinstance(x, Pattern)
    assert isinstance(y, Pattern)
    assert (x.shown, x.anchored) == ("src/a.csv", True)
    assert (y.shown, y.anchored) == ("src/a.csv", False)


@pytest.mark.parametrize(
    ("source", "values"),
    [
        ("for y in ['a', 'b']:\n    x = y + '.csv'\n", ["a.csv", "b.csv"]),
        ("for _, y in [(1, 'a'), (2, 'b')]:\n    x = y\n", ["a", "b"]),
        ("for i, y in enumerate(['a', 'b']):\n    x = y\n", ["a", "b"]),
        ("for y, z in zip(['a', 'b'], ['c', 'd']):\n    x = z\n", []),
        ("for k, v in {'a': 'b'}.items():\n    x = k + v\n", ["ab"]),
        ("x = [p + '.csv' for p in ['a']][0]\n", ["a.csv"]),
        ("for y in sorted(['a', 'b']):\n    x = y\n", ["a", "b"]),
    ],
)
def test_loops(shown: Shown, source: str, values: list[str]) -> None:
    found = shown(source)
    assert [v for v in found if isinstance(v, str) and not v.startswith("?")] == values


# ---- functions and classes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("def f(a, b='b'):\n    return a + '/' + b\nx = f('a')\n", "a/b"),
        ("def f(a, b='b'):\n    return a + '/' + b\nx = f(b='c', a='a')\n", "a/c"),
        ("def f(a, *, b):\n    return a + '/' + b\nx = f('a', b='c')\n", "a/c"),
        ("def f(*a):\n    return a[0]\nx = f('a')\n", "a"),
        ("def f(*a):\n    return a[0]\nx = f(*g())\n", None),
        ("def f(**k):\n    return k['b']\nx = f(a='c')\n", None),
        ("def f(**k):\n    return k['b']\nx = f(b='c')\n", "c"),
        ("def f(a, **k):\n    return k['a']\nx = f(a='c')\n", None),
        ("def g(a, b):\n    return b\ndef f(*a, **k):\n    return g(*a, **k)\nx = f(1, b='c')\n", "c"),
        ("def g(a, b):\n    return b\ndef f(*a):\n    return g(*a)\nx = f(1, 'c')\n", "c"),
        ("def f(a):\n    return a\nx = f(*more)\n", None),
        ("def g(a):\n    return f'{a}.csv'\ndef f(d, n):\n    return d + '/' + g(n)\nx = f('a', 'b')\n", "a/b.csv"),
        (
            "class A:\n    def __init__(self, d):\n        self.d = d\n    def p(self, n):\n        return self.d + '/' + n\n"
            "x = A('out').p('m')\n",
            "out/m",
        ),
        ("class A:\n    D = 'out'\nx = A.D\n", "out"),
        ("class A:\n    D = 'out'\nclass B(A):\n    pass\nx = B().D\n", "out"),
        ("class A:\n    @property\n    def p(self):\n        return 'out'\nx = A().p\n", "out"),
        ("class A:\n    @staticmethod\n    def p(n):\n        return n + '.csv'\nx = A.p('a')\n", "a.csv"),
        ("class A:\n    @classmethod\n    def p(cls, n):\n        return n + '.csv'\nx = A.p('a')\n", "a.csv"),
        ("@dataclass\nclass A:\n    d: str = 'out'\nx = A().d\n", "out"),
        ("@dataclass\nclass A:\n    d: str = 'out'\nx = A(d='here').d\n", "here"),
        ("@dataclass\nclass A:\n    n: int\n    d: str\nx = A(1, 'here').d\n", "here"),
        ("class A:\n    def run(self):\n        self.d = 'late'\nx = A().d\n", "late"),
    ],
)
def test_project_functions_and_classes(shown: Shown, source: str, value: str | None) -> None:
    found = [v for v in shown(source) if isinstance(v, str) and not v.startswith("?")]
    assert found == ([value] if value is not None else [])


def test_two_instances_are_told_apart(evaluator: Callable[..., Evaluator]) -> None:
    world = evaluator(
        {"a.py": "class A:\n    def __init__(self, d):\n        self.d = d\none, two = A('1'), A('2')\nx = one.d\ny = two.d\n"}
    )
    assert [[v.shown for v in world.global_name("a.py", n) if isinstance(v, Pattern)] for n in "xy"] == [["1"], ["2"]]


def test_a_text_of_many_names_with_two_values_each_is_not_multiplied_out(shown: Shown) -> None:
    lines = [f"n{i} = 'a' if flag else 'b'" for i in range(40)]
    source = "\n".join(lines) + "\nx = f'" + "".join(f"{{n{i}}}" for i in range(40)) + "'\n"
    assert "a" * 40 in shown(source)
    spelled = "\n".join(lines) + "\nx = '" + "{}" * 40 + "'.format(" + ", ".join(f"n{i}" for i in range(40)) + ")\n"
    assert len(shown(spelled)) <= 8
