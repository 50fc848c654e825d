from __future__ import annotations

import pytest

from analyzer.model import Finding
from analyzer.scan import graph_of_texts
from rules.arm_never_selected import ArmNeverSelected

LOSS = """\
def loss(y, kind="bce"):
    if kind == "bce":
        return bce(y)
    elif kind == "focal":
        w = weight(y)
        return w * bce(y)
    raise ValueError(kind)
"""


def found(texts: dict[str, str]) -> list[Finding]:
    return list(ArmNeverSelected().check(graph_of_texts(texts)))


@pytest.mark.parametrize(
    "text",
    [
        LOSS,
        LOSS + "\n\nloss(1)\nloss(2, 'focal')\n",
        LOSS + "\n\nloss(1, config['loss'])\n",
        "def f(kind):\n    if not (kind == 'x'):\n        log.error('a')\n        raise KeyError()\n    return g(kind)\n\n\nf('x')\n",
        LOSS + "\n\nloss(1)\nLOSSES = [loss]\n",
        "from . import kit\n\n\n" + LOSS + "\n\nloss(1)\nkit.loss(2, config['loss'])\n",
        LOSS.replace("    if kind", '    """Kind is \'bce\' or \'focal\'."""\n    if kind', 1) + "\n\nloss(1)\n",
        LOSS.replace("kind", "device") + "\n\nloss(1)\n",
        "def f(kind):\n    if kind == 1:\n        a()\n        b()\n    else:\n        c()\n\n\nf(2)\n",
        "def f(kind):\n    for row in rows:\n        if row.kind == 'x':\n            a()\n            b()\n\n\nf('y')\n",
    ],
)
def test_silent(text: str) -> None:
    assert found({"loss.py": text}) == []


def test_an_arm_whose_key_no_call_gives() -> None:
    (finding,) = found({"loss.py": LOSS + "\n\nloss(1)\nloss(2, kind='bce')\n"})
    assert finding.message == "`kind` of `loss` is only ever 'bce' (2 calls); 2 statements wait for other keys"
    assert [str(site) for site in finding.locations] == ["loss.py:1", "loss.py:4"]


def test_several_keys_of_which_one_is_left() -> None:
    text = LOSS.replace('"focal"', '("focal", "dice")') + "\n\nloss(1)\n"
    assert len(found({"loss.py": text})) == 1
    assert found({"loss.py": text + "loss(2, 'dice')\n"}) == []


KIT = {
    "pyproject.toml": "[project]\nname = 'kit'\n",
    "kit/__init__.py": "",
    "kit/losses.py": LOSS.replace("def loss", "def _loss"),
}


def test_a_package_that_names_its_submodule_hides_no_call() -> None:
    use = "from kit import losses\n\nlosses._loss(1)\n"
    texts = {**KIT, "kit/__init__.py": "from . import losses\n", "kit/a.py": use}
    assert len(found(texts)) == 1
    assert found({**texts, "kit/b.py": use.replace("1", "1, 'focal'")}) == []


def test_what_a_package_offers_is_given_by_others_too() -> None:
    run = "from kit.losses import _loss\n\n\ndef run(y, kind='bce'):\n    return _loss(y, kind)\n\n\nrun(1)\n"
    texts = {**KIT, "kit/run.py": run}
    assert found(texts) == []
    assert len(found({**texts, "kit/run.py": run.replace("run(", "_run(")})) == 1


def test_the_selectors_of_one_function_are_one_finding() -> None:
    text = (
        "def f(kind, way):\n    if kind == 'x':\n        a()\n        b()\n    if way == 'y':\n        c()\n        d()\n\n\nf('z', 'u')\n"
    )
    (finding,) = found({"a.py": text})
    assert finding.message == "in `f` are only ever given `kind` 'z', `way` 'u' (1 call); 4 statements wait for other keys"
    assert (finding.subject.id, finding.members) == ("a.py::f", 2)


def test_an_arm_that_the_readme_selects() -> None:
    readme = "```python\nfrom loss import loss\n\nloss(y, kind='focal')\n```\n"
    assert len(found({"loss.py": LOSS + "\n\nloss(1)\n"})) == 1
    assert found({"loss.py": LOSS + "\n\nloss(1)\n", "README.md": readme}) == []


def test_one_statement_under_a_key() -> None:
    arms = "    if how == 'log':\n        low = 1\n    elif how == 'rank':\n        low = 0\n"
    text = f"def scale(x, how):\n{arms}    return x - low\n\n\nscale(y, 'log')\n"
    (finding,) = found({"loss.py": text})
    assert finding.message == "`how` of `scale` is only ever 'log' (1 call); 1 statement waits for other keys"
