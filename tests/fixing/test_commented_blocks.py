from __future__ import annotations

from collections.abc import Callable

import pytest

Fixed = Callable[..., str]

BLOCK = "    # loss = focal(model(x), y)\n    # loss = loss + penalty(model)\n    # loss.backward()\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "def f(model, x, y):\n    a = 1\n" + BLOCK + "    return a\n", "def f(model, x, y):\n    a = 1\n    return a\n", id="between"
        ),
        pytest.param(
            "def f(model, x, y):\n    a = 1\n\n" + BLOCK + "\n    return a\n",
            "def f(model, x, y):\n    a = 1\n\n    return a\n",
            id="gaps close up",
        ),
        pytest.param(
            "def f(model, x, y):\n    return 1\n\n" + BLOCK.replace("    #", "#"),
            "def f(model, x, y):\n    return 1\n",
            id="at the end of the file",
        ),
        pytest.param(
            BLOCK.replace("    #", "#") + "\n\nmodel = loss = x = y = focal = 1\n",
            "model = loss = x = y = focal = 1\n",
            id="at its beginning",
        ),
        pytest.param(
            "def f(model, x, y):\n    a = 1\n    # kept: says why\n" + BLOCK + "    return a\n",
            "def f(model, x, y):\n    a = 1\n    # kept: says why\n    return a\n",
            id="prose stays",
        ),
        pytest.param(
            "def f(model, x, y):\n    a = 1\n    # mldebt: ignore[DXP006] kept for the paper\n" + BLOCK + "    return a\n",
            "def f(model, x, y):\n    a = 1\n    # mldebt: ignore[DXP006] kept for the paper\n" + BLOCK + "    return a\n",
            id="suppressed",
        ),
        pytest.param(
            "def f(model, x, y):\n    a = 1\n    '''\n    loss = focal(model(x), y)\n    loss = loss + penalty(model)\n    loss.backward()\n    '''\n    return a\n",
            "def f(model, x, y):\n    a = 1\n    return a\n",
            id="a string that is a statement",
        ),
        pytest.param(
            "def f(model, x, y):\n    if x:\n        '''\nloss = focal(model(x), y)\nloss = loss + penalty(model)\nloss.backward()\n'''\n    return y\n",
            "def f(model, x, y):\n    if x:\n        pass\n    return y\n",
            id="a suite of nothing but the string",
        ),
    ],
)
def test_fixed(fixed: Fixed, before: str, after: str) -> None:
    assert fixed(before, rule="DXP006") == after
    assert fixed(after, rule="DXP006") == after


def test_a_finding_is_fixed_whole_or_not_at_all(outcome: Callable[..., object]) -> None:
    text = "def f(model, x, y):\n" + BLOCK + "    a = 1\n    # mldebt: ignore[DXP006] kept\n" + BLOCK + "    return a\n"
    done = outcome({"pkg/__init__.py": "", "pkg/m.py": text}, rule="DXP006")
    assert done.after == {}
    assert "suppressed" in done.refused[0].reason


def test_a_tentative_finding_is_not_safe(outcome: Callable[..., object]) -> None:
    text = "read = 1\n# rows = read(x)\n# rows = keep(rows)\n# rows = sort(rows)\n# rows = rows[1:]\n# write(rows)\n"
    assert [fix.caution for fix in outcome({"clean.py": text}, rule="DXP006").unsafe] == ["the finding is tentative"]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbfdef f(model, x, y):\r\n    a = '\xc3\xa9'\r\n%s    return a\r\n", id="byte order mark and CRLF"),
        pytest.param(b"# coding: latin-1\ndef f(model, x, y):\n    a = '\xe9'\n%s    return a", id="another encoding, no last line end"),
        pytest.param(b"def f(model, x, y):\n    a = 1 \t\r\n%s    return a  \n\n\n", id="mixed line ends and blanks at the ends of lines"),
    ],
)
def test_every_other_byte_is_kept(outcome: Callable[..., object], data: bytes) -> None:
    end = b"\r\n" if b"\r\n    return" in data or data.startswith(b"\xef") else b"\n"
    done = outcome({"pkg/__init__.py": "", "pkg/m.py": data % BLOCK.encode().replace(b"\n", end)}, rule="DXP006")
    assert done.after["pkg/m.py"] == data % b""


def test_generated_vendored_and_test_files_are_never_touched(outcome: Callable[..., object]) -> None:
    text = "def f(model, x, y):\n" + BLOCK + "    return 1\n"
    paths = ("tests/test_m.py", "third_party/m.py", "pkg/m_pb2.py")
    assert outcome(dict.fromkeys(paths, text)).after == {}
