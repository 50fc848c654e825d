import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.read.suppression import Suppression, suppressions


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1  # ignore[GLU001]",
        'x = "# mldebt: ignore[GLU001]"',
        '"""\n# mldebt: ignore[GLU001]\n"""',
        "x = 1  # mldebt: ignored[GLU001]",
        "x = 1  # mldebt: ignore[]",
        "x = 1  # mldebt: ignore[ , ]",
        "x = 1  # mldebt: ignore[GLU001",
        "x = 1  # see mldebt: ignore[GLU001]",
        "# mldebt: is great",
    ],
)
def test_nothing_is_suppressed(text: str) -> None:
    assert suppressions(text) == ()


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# mldebt: ignore", Suppression((), "", 2, False)),
        ("# mldebt: ignore[GLU001]", Suppression(("GLU001",), "", 2, False)),
        ("#mldebt:ignore[glu001, JGL] because of X", Suppression(("GLU001", "JGL"), "because of X", 2, False)),
        ("# mldebt: ignore-file[GLU] vendor code", Suppression(("GLU",), "vendor code", 2, True)),
        ("# mldebt: ignore-file", Suppression((), "", 2, True)),
        ("# mldebt: ignore[A] until then expires=2031-01-02", Suppression(("A",), "until then", 2, False, "2031-01-02")),
        ("# mldebt: ignore[A] expires=2031-01-02 - why", Suppression(("A",), "why", 2, False, "2031-01-02")),
        ("# mldebt: ignore[A] expires=soon", Suppression(("A",), "expires=soon", 2, False)),
    ],
)
def test_a_comment(comment: str, expected: Suppression) -> None:
    assert suppressions(f"\nx = 1  {comment}\n") == (expected,)
    assert suppressions(f"\nx: 1  {comment}\n", python=False) == (expected,)


def test_other_comment_marks() -> None:
    assert suppressions("select 1 -- mldebt: ignore[A] x\n", "--")[0].reason == "x"
    assert suppressions("select 1 # mldebt: ignore[A] x\n", "--") == ()


def test_what_stands_before_broken_python_counts() -> None:
    assert [found.line for found in suppressions("x = 1  # mldebt: ignore[A]\ny = (\n")] == [1]


@given(st.text(max_size=60), st.booleans())
def test_never_raises(text: str, python: bool) -> None:
    suppressions("# mldebt: ignore[A]\n" + text + " # mldebt: " + text, python=python)
