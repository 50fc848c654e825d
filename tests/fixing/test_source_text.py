from __future__ import annotations

import ast
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldebt.fixing.model import NotFixableError
from mldebt.fixing.source_text import lines_of, source_text

ENDS = st.sampled_from(["\n", "\r\n", "\r"])
LINES = st.lists(st.tuples(st.text(st.characters(exclude_characters="\r\n", exclude_categories=("Cs",)), max_size=8), ENDS), max_size=8)


@given(LINES, st.text("ab", max_size=3), st.integers(0, 8))
def test_a_deletion_leaves_every_other_line_as_it_was(pairs: list[tuple[str, str]], last: str, at: int) -> None:
    pieces = [line + end for line, end in pairs] + [last]
    source = lines_of("".join(pieces))
    joined = "".join(line + end for line, end in zip(source.lines, source.ends, strict=True))
    assert joined == "".join(pieces)
    if at < len(source.lines) - 1:
        after = source.changed(lambda text: "\n".join(part for number, part in enumerate(text.split("\n")) if number != at))
        # among equal neighbours it cannot be told which one went
        assert list(after.lines) == [line for number, line in enumerate(source.lines) if number != at]
        assert len(after.encoded()) == len(source.encoded()) - len((source.lines[at] + source.ends[at]).encode()) or len(
            set(source.lines)
        ) < len(source.lines)


def test_new_lines_end_as_the_others_do() -> None:
    assert lines_of("a\r\nb\r\n").changed(lambda text: text.replace("b", "b\nc")).encoded() == b"a\r\nb\r\nc\r\n"


@pytest.mark.parametrize("data", [b"# coding: nosuch\n", b"\xff\xfe\x00", b"# coding: utf-8\n\xe9\n"])
def test_what_cannot_be_decoded_is_refused(data: bytes) -> None:
    with pytest.raises(NotFixableError):
        source_text(data)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_character_that_the_encoding_lacks_is_refused(end: str) -> None:
    source = source_text(f"# coding: latin-1{end}a = 1{end}".encode())
    with pytest.raises(NotFixableError):
        source.changed(lambda text: text.replace("1", "'→'")).encoded()


BLOCKS = st.lists(
    st.sampled_from(
        [
            "{i}x = 1\n",
            "{i}if False:\n{i}    y = call(x)\n{i}    z = call(y)\n",
            "{i}if True:\n{i}    x = call(x,\n{i}             2)  # why\n{i}else:\n{i}    x = clip(x)\n{i}    x = clip(x)\n",
            "{i}# remark\n{i}if x:\n{i}    x = 2\n{i}elif False:\n{i}    x = clip(x)\n{i}    x = clip(x)\n{i}else:\n{i}    x = 3\n",
            "{i}# loss = focal(model(x))\n{i}# loss = loss + penalty(model)\n{i}# loss.backward()\n",
            "\n",
            '{i}text = """\n  as it is\n"""\n',
            "{i}while False:\n{i}    x = clip(x)\n{i}    log(x)\n",
        ]
    ),
    min_size=1,
    max_size=7,
)


@settings(deadline=None, max_examples=60)
@given(BLOCKS, st.sampled_from(["    ", "\t"]), st.sampled_from(["\n", "\r\n"]))
def test_drawn_programs_parse_afterwards_and_keep_what_is_not_dead(blocks: list[str], indent: str, end: str) -> None:
    from mldebt.fixing.dead_arms import Arm, DropArm

    body = "".join(block.replace("    ", indent).format(i=indent) for block in blocks)
    text = f"def f(model, x, y, z):\n{body}{indent}return x, y, z\n"
    arms = [
        Arm("while" if isinstance(node, ast.While) else "if", node.lineno, "", bool(node.test.value), ())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.If, ast.While)) and isinstance(node.test, ast.Constant)
    ]
    source = lines_of(text.replace("\n", end))
    for arm in sorted(arms, key=lambda arm: -arm.line):
        before = source
        source = source.changed(DropArm([arm]))
        above = [line for line in before.lines[: arm.line - 1] if line.strip()]  # a blank line that set the arm off may go with it
        assert [line for line in source.lines if line.strip()][: len(above)] == above
        assert all(each in ("", end) for each in source.ends)
    after = source.encoded().decode().replace("\r\n", "\n")
    assert not [
        node for node in ast.walk(ast.parse(after)) if isinstance(node, (ast.If, ast.While)) and isinstance(node.test, ast.Constant)
    ]
    assert after.count("# remark") == text.count("# remark")
    assert after.count("# why") == text.count("# why")
    assert after.count("\n  as it is\n") == text.count("\n  as it is\n")
    assert ast.dump(_folded(text)) == ast.dump(ast.parse(after))


def _folded(text: str) -> ast.Module:
    """The tree without its dead arms, by another way: on the tree itself."""

    def suite(body: list[ast.stmt]) -> list[ast.stmt]:
        kept: list[ast.stmt] = []
        for node in body:
            if isinstance(node, (ast.If, ast.While)):
                node.body, node.orelse = suite(node.body), suite(node.orelse)
                if isinstance(node.test, ast.Constant):
                    kept += node.body if node.test.value else node.orelse
                    continue
            kept.append(node)
        return kept

    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.body = suite(node.body)
    return tree


def test_the_engine_and_the_change_agree(fixed: Callable[..., str]) -> None:
    text = "def f(x):\n    if False:\n        x = clip(x)\n        x = clip(x)\n    return x\n"
    assert fixed(text) == "def f(x):\n    return x\n"
