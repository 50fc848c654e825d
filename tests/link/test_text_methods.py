"""Methods, slices and formats of text, of parameters, and of paths."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Shown = Callable[..., list[object]]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = g().split('/')[-1]", ["?call result"]),
        ("x = 'a b'.split(sep)", ["Result"]),
        ("x = 'a'.zfill(n)", ["Result"]),
        ("x = 'abc'[i:]", ["?subscript"]),
        ("x = f'{g()}abc'[:-9]", ["?subscript"]),
        ("x = '%03d' % n", ["{n}"]),
        ("x = 'd/{:03d}.csv'.format(n)", ["d/{n}.csv"]),
        ("x = f'd/{g():03d}.csv'", ["d/{value}.csv"]),
        ("x = 'd/{:>9}.csv'.format('a')", ["d/{value}.csv"]),
        ("from string import Template\nx = Template('$d/a').substitute(e=1)", ["{d}/a"]),
        ("from pathlib import Path\nx = Path('a/b').relative_to('c')", ["Result"]),
        ("from pathlib import Path\nx = Path('ab/c').relative_to('a')", ["Result"]),
        ("x = '/'.join(n for n in ['a', 'b'])", ["?other"]),
        ("x = 1 // 0", ["?other"]),
        ("x = 'ab' * 4000", ["?other"]),
    ],
)
def test_nothing_is_guessed(shown: Shown, source: str, value: list[object]) -> None:
    assert shown(source) == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = 'https://h.org/z/a.csv'.split('/')[-1]", "a.csv"),
        ("x = f'{url}/z/a.csv'.split('/')[-1]", "a.csv"),
        ("x = 'a/b/c'.rsplit('/', 1)[0]", "a/b"),
        ("x = 'a/b/c'.split('/', 1)[1]", "b/c"),
        ("x, y = 'a:b'.split(':')", "a"),
        ("for x in 'a.csv\\nb.csv'.splitlines():\n    pass", ["a.csv", "b.csv"]),
        ("for x in 'a b'.split():\n    pass", ["a", "b"]),
        ("x = 'a.csv?v=1'.partition('?')[0]", "a.csv"),
        ("x = 'a.csv'.partition('?')[0]", "a.csv"),
        ("x = 'a.b.csv'.rpartition('.')[2]", "csv"),
        ("x = '7'.zfill(3)", "007"),
        ("x = 'a.csv.gz'[:-3]", "a.csv"),
        ("x = 's3://b/k'[5:]", "b/k"),
        ("x = f'{d}/a.csv.gz'[:-3]", "{d}/a.csv"),
        ("x = 'd/{:03d}.csv'.format(7)", "d/007.csv"),
        ("x = 'd/%03d.csv' % 7", "d/007.csv"),
        ("n = 7\nx = f'd/{n:03d}.csv'", "d/007.csv"),
        ("Y = 2020\nx = f'd/{Y - 1}.csv'", "d/2019.csv"),
        ("x = '../' * 2 + 'a'", "../../a"),
        ("x = '{d}/a'.format(**{'d': 'e'})", "e/a"),
        ("x = '{d}/a'.format_map({'d': 'e'})", "e/a"),
        ("class C:\n    d = 'e'\nx = '{c.d}/a'.format(c=C)", "e/a"),
        ("x = '{c[d]}/a'.format(c={'d': 'e'})", "e/a"),
        ("from string import Template\nx = Template('$d/${f}.csv').substitute(d='e', f='a')", "e/a.csv"),
        ("import os\nx, y = os.path.split('d/a.csv')", "d"),
        ("import os\nx = os.path.relpath('d/e/a.csv', 'd')", "e/a.csv"),
        ("from pathlib import Path\nx = Path('d') / Path('r/a/b.csv').relative_to('r')", "d/a/b.csv"),
        ("from pathlib import Path\nr = Path(root)\nx = 'd' / (r / 'a/b.csv').relative_to(r)", "d/a/b.csv"),
        ("from pathlib import Path\nx = Path('d/e/a.csv').parts[1]", "e"),
        ("from pathlib import Path\nx = Path('d/a.csv').rename('d/b.csv')", "d/b.csv"),
    ],
)
def test_what_is_left_of_a_text(shown: Shown, source: str, value: object) -> None:
    assert shown(source) == (value if isinstance(value, list) else [value])


@pytest.mark.parametrize(
    ("body", "given", "value"),
    [
        ("u.split('/')[-1]", "'https://h.org/a.csv'", "a.csv"),
        ("u.replace('.gz', '')", "'a.csv.gz'", "a.csv"),
        ("u.format(x='b')", "'a/{x}.csv'", "a/b.csv"),
        ("u[:-3]", "'a.csv.gz'", "a.csv"),
        ("u[1]", "['a.csv', 'b.csv']", "b.csv"),
        ("os.path.split(u)[1]", "'d/a.csv'", "a.csv"),
        ("u.rsplit('.', 1)[0] + '.json'", "'d/a.csv'", "d/a.json"),
        ("u.split('/')[-1]", "g()", "{g}"),
        ("f'{u:02d}.csv'", "7", "07.csv"),
        ("'{:02d}.csv'.format(u)", "7", "07.csv"),
        ("f'{u:02d}.csv'", "g()", "{g}.csv"),
        ("f'{u:02d}.csv'", "'a'", "{a}.csv"),
    ],
)
def test_what_is_asked_of_a_parameter(shown: Shown, body: str, given: str, value: str) -> None:
    assert shown(f"import os\ndef f(u):\n    return {body}\nx = f({given})") == [value]


def test_the_items_of_a_sliced_parameter(shown: Shown) -> None:
    assert shown("def f(u):\n    return u[:1]\nfor x in f(['a.csv', 'b.csv']):\n    pass") == ["a.csv", "b.csv"]
