from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.fixing.model import NotFixableError
from mldebt.fixing.notebook_text import changed_notebook

LINES = st.lists(
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), min_size=1, max_size=6),
    min_size=1,
    max_size=6,
    unique=True,
)


def book(cells: list[list[str]], **options: object) -> bytes:
    made = [
        {"cell_type": "code", "source": source, "metadata": {"a": [1, "]", {"b": '\\"'}]}, "outputs": [1.5e3, None]} for source in cells
    ]
    return json.dumps({"cells": made, "nbformat": 4, "metadata": {}}, **options).encode()  # type: ignore[arg-type]


@given(LINES, st.integers(0, 5), st.sampled_from([None, 1, 2]), st.booleans())
def test_only_the_cell_changes(lines: list[str], at: int, indent: int | None, ascii_only: bool) -> None:
    source = [line + "\n" for line in lines[:-1]] + [lines[-1]]
    options = {"indent": indent, "ensure_ascii": ascii_only}
    data = book([["x = 1"], source, ["y"]], **options)
    kept = [line for number, line in enumerate(lines) if number != at]
    after = changed_notebook(data, 1, lambda text: "\n".join(line for number, line in enumerate(text.split("\n")) if number != at))
    wanted = [line + "\n" for line in kept[:-1]] + kept[-1:]
    assert json.loads(after)["cells"][1]["source"] == wanted
    if wanted and (ascii_only or not data.isascii()):
        assert after == book([["x = 1"], wanted, ["y"]], **options)


def test_a_source_in_one_string() -> None:
    data = '{"cells": [{"source": "a\\nb\\nc", "cell_type": "code"}]}'
    after = changed_notebook(data.encode(), 0, lambda text: text.replace("b\n", ""))
    assert after == b'{"cells": [{"source": "a\\nc", "cell_type": "code"}]}'


def test_a_new_line_gets_the_separator_of_the_others() -> None:
    data = book([["a"]], indent=1)
    assert changed_notebook(data, 0, lambda text: "import os\n" + text) == book([["import os\n", "a"]], indent=1)


def test_format_three_has_worksheets() -> None:
    data = b'{"worksheets": [{"cells": [{"input": ["a\\n", "b"], "cell_type": "code"}]}]}'
    assert changed_notebook(data, 0, lambda text: text.replace("a\n", "")) == data.replace(b'"a\\n", ', b"")


@pytest.mark.parametrize("source", [["a\nb\n", "c"], ["a\r\n", "b"], ["a", "b"], [1], 3])
def test_what_is_not_kept_line_by_line_is_refused(source: object) -> None:
    data = json.dumps({"cells": [{"source": source, "cell_type": "code"}]}).encode()
    with pytest.raises(NotFixableError):
        changed_notebook(data, 0, lambda text: text + "x")
