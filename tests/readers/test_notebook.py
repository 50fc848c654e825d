import ast
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.facts import Unreadable
from analyzer.read.notebook import NotebookSource, notebook_source


def notebook(*cells: str | tuple[str, str], **metadata: object) -> bytes:
    made = [("code", cell) if isinstance(cell, str) else cell for cell in cells]
    content = [
        {"cell_type": kind, "source": source.splitlines(keepends=True), "outputs": [], "execution_count": 1} for kind, source in made
    ]
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": content}).encode()


def read(*cells: str | tuple[str, str]) -> NotebookSource:
    source = notebook_source(notebook(*cells))
    assert isinstance(source, NotebookSource), source
    ast.parse(source.text)
    return source


def lines(cell: str) -> list[str]:
    return read(cell).text.split("\n")[: cell.count("\n") + 1]


def commands(*cells: str) -> list[tuple[tuple[str, ...], int]]:
    return [(command.words, command.line) for step in read(*cells).steps for command in step.commands]


# -- silence


@pytest.mark.parametrize(
    "cell",
    [
        "x = 1\ny = 2",
        "a % b",
        "x = a %b",
        's = """\n%matplotlib inline\n!rm x\n"""',
        "print('!ls')",
        "x = y != z",
        "# !ls\n# %run x.py",
        "await fetch()",
        "x = (1 +\n     2)",
        "",
    ],
)
def test_python_is_left_as_it_is(cell: str) -> None:
    source = read(cell)
    assert source.text == cell + "\n" and source.steps == () and source.broken == ()


def test_a_magic_in_a_string_survives_beside_a_real_one() -> None:
    assert lines('%time\ns = """\n%run x.py\n!ls\n"""\n!pwd') == ["pass", 's = """', "%run x.py", "!ls", '"""', "pass"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no valid JSON"),
        (b"{", "no valid JSON (line 1"),
        (b'{"cells": [\n  {"a": 1}\n', "line"),
        (b"[]", "is no Jupyter notebook"),
        (b"{}", "no cells"),
        (b'{"cells": 3}', "is no Jupyter notebook"),
        (b'{"cells": ["x"]}', "is no Jupyter notebook"),
        (b'{"cells": [],\n<<<<<<< HEAD\n', "merge conflicts"),
        (b'{"cells": [{"source": "\xff"}]}', "not UTF-8 (byte 0xff at line 1)"),
        (b'{"x": ' + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_notebook_says_why(data: bytes, reason: str) -> None:
    source = notebook_source(data)
    assert isinstance(source, Unreadable) and reason in source.reason


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"language": "R", "name": "ir"}}, "R"),
        ({"language_info": {"name": "julia"}}, "julia"),
        ({"kernelspec": {"name": "ir"}}, "R"),
        ({"kernelspec": {"name": "julia-1.9"}}, "julia"),
    ],
)
def test_other_languages_are_said(metadata: dict[str, object], language: str) -> None:
    source = notebook_source(notebook("x <- 1", **metadata))
    assert isinstance(source, Unreadable) and source.reason == f"notebook of language {language}"


@pytest.mark.parametrize(
    "metadata", [{}, {"kernelspec": {"name": "my-env"}}, {"language_info": {"name": "python"}}, {"kernelspec": {"language": "python"}}]
)
def test_python_is_assumed(metadata: dict[str, object]) -> None:
    assert isinstance(notebook_source(notebook("x = 1", **metadata)), NotebookSource)


# -- cells


def test_cells_are_laid_one_after_another() -> None:
    source = read("a = 1\nb = 2", ("markdown", "# title"), "", "c = 3\n", ("raw", "x"), "d = 4")
    assert source.text == "a = 1\nb = 2\n\nc = 3\n\nd = 4\n"
    assert [(cell.index, cell.first_line, cell.lines, cell.execution_count) for cell in source.cells] == [
        (0, 1, 2, 1), (2, 3, 1, 1), (3, 4, 2, 1), (5, 6, 1, 1),
    ]  # fmt: skip


def test_the_older_format_is_read() -> None:
    old = {
        "worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1\n", "b = 2"], "language": "python", "prompt_number": 7}]}],
        "nbformat": 3,
    }
    source = notebook_source(json.dumps(old).encode())
    assert isinstance(source, NotebookSource)
    assert source.text == "a = 1\nb = 2\n" and source.cells[0].execution_count == 7


def test_a_source_may_be_one_string_and_outputs_may_hold_nan() -> None:
    data = b'\xef\xbb\xbf{"cells": [{"cell_type": "code", "source": "a = 1\\r\\nb = 2", "outputs": [NaN], "execution_count": null}]}'
    source = notebook_source(data)
    assert isinstance(source, NotebookSource) and source.text == "a = 1\nb = 2\n"


def test_a_broken_cell_is_blanked_alone() -> None:
    source = read("a = 1", "print 'python 2'\nb = 2", "c = 3")
    assert source.text == "a = 1\n\n\nc = 3\n"
    ((index, reason),) = source.broken
    assert index == 1 and "line 1" in reason


def test_an_indented_cell_is_moved_to_the_margin() -> None:
    assert lines("    x = 1\n    if x:\n        y = 2") == ["x = 1", "if x:", "    y = 2"]


# -- IPython


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("!ls\nx = 1", ["pass", "x = 1"]),
        ("if x:\n    !ls\nelse:\n    %cd a", ["if x:", "    pass", "else:", "    pass"]),
        ("files = !ls *.csv\nx = %pwd", ["files = None", "x = None"]),
        ("a, b = !ls", ["a, b = None"]),
        ("?print\nprint?\nx = 1\npd.read_csv??", ["pass", "pass", "x = 1", "pass"]),
        ("!pip install \\\n  x y\nz = 1", ["pass", "", "z = 1"]),
        ("%%time\nx = 1", ["", "x = 1"]),
        ("\n%%capture out\n!ls\nx = 1", ["", "", "pass", "x = 1"]),
        ("# @title\n%%shell\nls", ["", "", ""]),
        ("%%unknown_magic a\nx = 1", ["", "x = 1"]),
        ("%%unknown_magic\nno python", ["", ""]),
        ("%%html\n<b>x</b>", ["", ""]),
        ("%time model.fit(x)\n%timeit -n 10 f(x)", ["model.fit(x)", "f(x)"]),
        ("get_ipython().run_line_magic('x', '')\n%x", ["get_ipython().run_line_magic('x', '')", "pass"]),
    ],
)
def test_ipython_becomes_python_of_the_same_lines(cell: str, expected: list[str]) -> None:
    assert lines(cell) == expected and read(cell).broken == ()


def test_commands_have_synthetic_lines() -> None:
    found = commands("x = 1\n!python a.py --x 1 > out.txt", "%%bash\ncd d\npython b.py\n", "%run scripts/c.py --y 2\nz = !cat \\\n  d.txt")
    assert found == [
        (("python", "a.py", "--x", "1"), 2),
        (("cd", "d"), 4),
        (("python", "b.py"), 5),
        (("%run", "scripts/c.py", "--y", "2"), 7),
        (("cat", "d.txt"), 8),
    ]
    (step,) = read("x = 1\n!python a.py > out.txt").steps
    assert (step.kind, step.name, step.line, step.commands[0].stdout) == ("notebook", "", 2, "out.txt")


def test_python_values_in_commands_are_holes() -> None:
    assert commands("!cp {src} {os.path.join(a, b)}/x $dst") == [(("cp", "{src}", "{os…}/x", "{dst}"), 1)]


def test_folders_and_variables_hold_for_later_cells_when_a_magic_sets_them() -> None:
    (step,) = read("%cd data\n%env OUT=models", "!cd sub && ls", "!cat x > $OUT/y").steps
    assert [(command.words, command.cwd, command.stdout) for command in step.commands] == [
        (("cd", "data"), "", ""),
        (("cd", "sub"), "data", ""),
        (("ls",), "data/sub", ""),
        (("cat", "x"), "data", "models/y"),
    ]


def test_a_written_file_is_a_command() -> None:
    (step,) = read("x = 1", "%%writefile -a src/a.py\nimport os").steps
    (command,) = step.commands
    assert (command.words, command.stdout, command.append, command.line) == (("%%writefile", "src/a.py"), "src/a.py", True, 2)


def test_magics_that_run_nothing_are_no_commands() -> None:
    assert commands("%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n%config x = 1\n?x") == []


# -- anything


CELLS = st.lists(
    st.sampled_from(
        [
            "%%bash",
            "%%time",
            "!ls \\",
            "x = !a",
            "%cd {a",
            "%run",
            "'''",
            '"""',
            "if x:",
            "    !b",
            "x = 1",
            "?",
            "f??",
            "%%",
            "%",
            "!",
            "\\",
        ]
    )
    | st.text(max_size=10),
    max_size=8,
).map("\n".join)


@settings(max_examples=300)
@given(st.lists(CELLS, max_size=4))
def test_any_cells_give_python_with_as_many_lines(cells: list[str]) -> None:
    source = notebook_source(json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}).encode())
    assert isinstance(source, NotebookSource)
    if source.text.strip():
        ast.parse(source.text)
    assert len(source.cells) == len(cells)
    assert source.text.count("\n") == max(sum(cell.lines for cell in source.cells), 1)
    last = source.text.count("\n") + 1
    assert all(1 <= command.line <= last for step in source.steps for command in step.commands)


@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda x: (
            st.lists(x, max_size=3)
            | st.dictionaries(
                st.sampled_from(["cells", "cell_type", "source", "metadata", "kernelspec", "worksheets", "input", "x"]), x, max_size=4
            )
        ),
        max_leaves=10,
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_bytes_give_a_notebook_or_a_reason(data: bytes) -> None:
    source = notebook_source(data)
    assert isinstance(source, NotebookSource) or source.reason


@pytest.mark.parametrize(
    "cell",
    [
        "(" * 50_000,
        "'''" * 50_001,
        "!" + "$(" * 20_000,
        "a = " * 50_000 + "!x",
        "-" * 100_000 + "1",
        "a." * 50_000 + "?",
        "%run " + "a " * 50_000,
    ],
)
def test_hostile_cells_take_bounded_time(cell: str) -> None:
    started = time.process_time()
    assert isinstance(notebook_source(notebook(cell)), NotebookSource)
    assert time.process_time() - started < 5
