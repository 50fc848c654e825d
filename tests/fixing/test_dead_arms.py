from __future__ import annotations

from collections.abc import Callable

import pytest

from mldebt.fixing.dead_arms import Arm, DropArm

Fixed = Callable[..., str]
MakeOutcome = Callable[..., object]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "def f():\n    if False:\n        a = make()\n        b = make()\n    return a\n", id="a name that only the dead arm binds"
        ),
        pytest.param("def f(x):\n    if False:\n        yield x\n        log(x)\n    return x\n", id="what makes a generator"),
        pytest.param(
            "def f(x):\n    if False:  # mldebt: ignore[DXP001] kept\n        log(x)\n        log(x)\n    return x\n", id="suppressed"
        ),
        pytest.param("def f(x):\n    if x:\n        return 1\n    return 2\n", id="alive"),
    ],
)
def test_left_alone(fixed: Fixed, text: str) -> None:
    assert fixed(text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "def f(x):\n    x = 1\n    if False:\n        x = scale(x)\n        x = clip(x)\n\n    return x\n",
            "def f(x):\n    x = 1\n\n    return x\n",
            id="no survivor",
        ),
        pytest.param(
            "def f(x):\n    # why\n    if True:\n        x = 1  # one\n\n        # two\n        x += 2\n    else:\n        x = scale(x)\n        x = clip(x)\n    return x\n",
            "def f(x):\n    # why\n    x = 1  # one\n\n    # two\n    x += 2\n    return x\n",
            id="the body survives with its comments",
        ),
        pytest.param(
            "def f(x):\n    if False:\n        x = scale(x)\n        x = clip(x)\n    else:\n        # kept\n        x = call(x,\n                 1)\n    return x\n",
            "def f(x):\n    # kept\n    x = call(x,\n             1)\n    return x\n",
            id="the else survives, continuation lines move along",
        ),
        pytest.param(
            "def f(x):\n    if False:\n        x = scale(x)\n        x = clip(x)\n    elif x:\n        x = 2\n    else:\n        x = 3\n    return x\n",
            "def f(x):\n    if x:\n        x = 2\n    else:\n        x = 3\n    return x\n",
            id="the elif becomes the if",
        ),
        pytest.param(
            "def f(x):\n    if x:\n        x = 2\n    elif False:\n        x = scale(x)\n        x = clip(x)\n    else:\n        x = 3\n    return x\n",
            "def f(x):\n    if x:\n        x = 2\n    else:\n        x = 3\n    return x\n",
            id="an elif in the middle",
        ),
        pytest.param(
            "def f(x):\n    if x:\n        x = 2\n    elif True:\n        x = 3\n    else:\n        x = scale(x)\n        x = clip(x)\n    return x\n",
            "def f(x):\n    if x:\n        x = 2\n    else:\n        x = 3\n    return x\n",
            id="an elif that always holds is the else",
        ),
        pytest.param(
            "def f(x):\n    while False:\n        x = scale(x)\n        log(x)\n    return x\n",
            "def f(x):\n    return x\n",
            id="a loop that never begins",
        ),
        pytest.param(
            "def f(x):\n    # why\n    if False:\n        log(x)\n        log(x)\n",
            "def f(x):\n    # why\n    pass\n",
            id="nothing is left of the suite",
        ),
        pytest.param(
            "def f(x):\n    return g((scale(x) if False else x), 1)\n", "def f(x):\n    return g(x, 1)\n", id="a conditional expression"
        ),
        pytest.param(
            'def f(x):\n    if True:\n        x = """\n  text\n"""\n    else:\n        x = scale(x)\n        x = clip(x)\n    return x\n',
            'def f(x):\n    x = """\n  text\n"""\n    return x\n',
            id="the lines of a string stay where they are",
        ),
        pytest.param(
            "def f(x):\n\tif True:\n\t\tx = 1\n\telse:\n\t\tx = scale(x)\n\t\tx = clip(x)\n\treturn x\n",
            "def f(x):\n\tx = 1\n\treturn x\n",
            id="tabs",
        ),
        pytest.param(
            "import os\nimport random\nfrom a import b, c\n\n\ndef f(x):\n    if False:\n        x = random.random(b)\n        x = x + 1\n    return os.path.join(x, c)\n",
            "import os\nfrom a import c\n\n\ndef f(x):\n    return os.path.join(x, c)\n",
            id="imports that become unused",
        ),
        pytest.param(
            "USE_MIXUP = False\n\n\ndef f(x):\n    if USE_MIXUP:\n        x = mixup(x)\n        x = x + 1\n    return x\n",
            "def f(x):\n    return x\n",
            id="the constant goes with it",
        ),
        pytest.param(
            "import os\n\nfrom pkg import mix\n\nUSE_MIXUP = False\nSIZE = 3\n\n\ndef f(x):\n    if USE_MIXUP:\n        x = mix(x)\n        x = x + 1\n"
            "    return os.fspath(x[:SIZE])\n",
            "import os\n\nSIZE = 3\n\n\ndef f(x):\n    return os.fspath(x[:SIZE])\n",
            id="the empty line above what went stays above what follows",
        ),
        pytest.param(
            "# how to train\nUSE_MIXUP = False\n\n\ndef f(x):\n    if USE_MIXUP:\n        x = mixup(x)\n        x = x + 1\n    return x\n",
            "# how to train\nUSE_MIXUP = False\n\n\ndef f(x):\n    return x\n",
            id="a constant with a comment of its own is left to its author",
        ),
    ],
)
def test_fixed(fixed: Fixed, before: str, after: str) -> None:
    assert fixed(before, rule="DXP001") == after
    assert fixed(after, rule="DXP001") == after


def test_an_import_that_others_take_from_here_stays(outcome: Callable[..., object]) -> None:
    text = "import random\n\n\ndef f(x):\n    if False:\n        x = random.random()\n        x = x + 1\n    return x\n"
    done = outcome({"pkg/__init__.py": "", "pkg/a.py": text, "pkg/b.py": "from pkg.a import f, random\n\nf(random)\n"}, rule="DXP001")
    assert done.after["pkg/a.py"].decode() == "import random\n\n\ndef f(x):\n    return x\n"


def test_a_script_that_is_edited_by_hand_is_not_safe(outcome: Callable[..., object]) -> None:
    text = "USE_MIXUP = False\n\n\ndef f(x):\n    if USE_MIXUP:\n        x = mixup(x)\n        x = x + 1\n    return x\n\n\nif __name__ == '__main__':\n    f(1)\n"
    done = outcome({"train.py": text}, rule="DXP001")
    assert (done.after, [fix.caution for fix in done.unsafe]) == ({}, ["the constant may be there to be edited by hand"])


def test_a_cell_keeps_the_spelling_of_the_notebook(outcome: Callable[..., object]) -> None:
    cell = '["x = 1\\n", "if False:\\n",   "    x = \\u00e9(x)\\n", "    x = f(x)\\n", "print(x)"]'
    book = '{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": null, "source": %s}],\n "nbformat": 4, "nbformat_minor": 5, "metadata": {}}\n'
    done = outcome({"a.ipynb": book % cell}, rule="DXP001")
    assert done.after["a.ipynb"].decode() == book % '["x = 1\\n", "print(x)"]'


def test_a_cell_with_magics_is_left_alone_with_a_reason(outcome: Callable[..., object]) -> None:
    cell = '["%matplotlib inline\\n", "x = 1\\n", "if False:\\n", "    x = g(x)\\n", "    x = f(x)\\n"]'
    book = '{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": %s}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}'
    done = outcome({"a.ipynb": book % cell}, rule="DXP001")
    assert done.after == {}
    assert "IPython" in done.refused[0].reason


@pytest.mark.parametrize("line", ["USE = False", "    if USE and x:"])
def test_a_suppression_at_any_place_of_a_finding_keeps_all_of_it(outcome: MakeOutcome, line: str) -> None:
    arm = "        x = log(x)\n        x = exp(x)\n    return x\n"
    text = f"USE = False\n\n\ndef f(x):\n    if USE:\n{arm}\n\ndef g(x):\n    if USE and x:\n{arm}"
    files = {"pkg/__init__.py": "", "pkg/a.py": text.replace(line, f"{line}  # mldebt: ignore[DXP001] for the audit")}
    done = outcome(files, rule="DXP001", unsafe=True)
    assert done.after == {}
    assert "suppressed" in done.refused[0].reason
    assert outcome(files | {"pkg/a.py": text}, rule="DXP001", unsafe=True).after


def test_no_other_branch_is_taken_for_the_dead_one() -> None:
    """What the dead one was is gone while the rest of the file is still built: nothing may be known by its place in memory."""
    arm = "    if False:\n        x = log(x)\n"
    function = f"def f(x):\n{arm}    return x\n\n\n"
    for count in range(5, 60):
        after = DropArm([Arm("if", 2, "False", False, ())])(function * count)
        assert after == function.replace(arm, "") + function * (count - 1)
