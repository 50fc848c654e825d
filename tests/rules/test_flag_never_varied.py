from __future__ import annotations

import pytest

from analyzer.model import Confidence, Finding
from analyzer.scan import graph_of_texts
from rules.flag_never_varied import FlagNeverVaried

ARM = "    if mix:\n        x = mixup(x)\n        x = shuffle(x)\n    return x\n"
FIT = "def fit(x, mix=False):\n" + ARM
RUN = "\n\ndef main():\n    fit(load())\n"


def found(texts: dict[str, str]) -> list[Finding]:
    return list(FlagNeverVaried().check(graph_of_texts(texts)))


@pytest.mark.parametrize(
    "text",
    [
        FIT,
        FIT + RUN + "    fit(load(), mix=True)\n",
        FIT + RUN + "    fit(load(), True)\n",
        FIT + RUN + "    fit(load(), mix=config.mix)\n",
        FIT + RUN + "    fit(load(), **options)\n",
        FIT + RUN + "    fit(*both)\n",
        FIT + "\n\ndef main(mix):\n    fit(load(), mix)\n",
        FIT + RUN + "\n\nSTEPS = [fit]\n",
        FIT + RUN + "\n\nrun('train:fit')\n",
        "@task\n" + FIT + RUN,
        FIT.replace("    if", "    mix = mix or guess(x)\n    if") + RUN,
        FIT.replace("mix", "verbose") + RUN,
        FIT.replace("mix", "save_plots") + RUN,
        "def fit(x, mix=False):\n    if mix:\n        x = mixup(x)\n    return x\n" + RUN,
        "def fit(x, mix=False):\n    if mix:\n        log.warning('a')\n        raise ValueError('b')\n    return x\n" + RUN,
        "def fit(x, mix=False):\n    if mix and x.wide:\n        return x\n    return 1\n" + RUN,
        "def fit(x, mix=True):\n    if mix or x.wide:\n        x = mixup(x)\n        x = shuffle(x)\n    return x\n" + RUN,
    ],
)
def test_silent(text: str) -> None:
    assert found({"train.py": text}) == []


def test_the_public_functions_of_a_library_have_callers_elsewhere() -> None:
    texts = {
        "pyproject.toml": "[project]\nname = 'kit'\nclassifiers = ['Development Status :: 4 - Beta']\n",
        "kit/__init__.py": "",
        "kit/fit.py": FIT,
        "kit/use.py": "from kit.fit import fit\n" + RUN,
    }
    assert found(texts) == []
    assert (
        len(found({**texts, "kit/fit.py": FIT.replace("def fit", "def _fit"), "kit/use.py": "from kit.fit import _fit as fit\n" + RUN}))
        == 1
    )


def test_a_test_is_no_use_but_is_told() -> None:
    test = "from train import fit\n\n\ndef test_mix(mixed):\n    fit(1, mix=True)\n    fit(1, mix=mixed)\n"
    (finding,) = found({"train.py": FIT + RUN, "tests/test_train.py": test})
    assert finding.evidence[1].text == "given True by a test"
    assert found({"train.py": FIT, "tests/test_train.py": test}) == []


def test_a_switch_that_is_always_off() -> None:
    (finding,) = found({"train.py": FIT + RUN + "    fit(load(), mix=False)\n"})
    assert finding.message == "`mix` of `fit` is False in every call (2); 2 statements wait for another value"
    assert [str(site) for site in finding.locations] == ["train.py:1", "train.py:2"]
    assert [part.text for part in finding.evidence] == [
        "1 call does not name it: False",
        "given False",
        "`mix` is always false: 2 statements never run",
    ]
    assert finding.confidence is Confidence.C


def test_values_are_followed_through_callers_and_constants() -> None:
    text = FIT + "\n\nMIX = False\n\n\ndef train(mix):\n    fit(load(), mix)\n\n\ndef main():\n    train(MIX)\n"
    assert len(found({"train.py": text})) == 1
    assert found({"train.py": text + "    train(True)\n"}) == []


def test_a_function_that_calls_itself_knows_its_other_callers() -> None:
    text = FIT.replace("    return x", "    return fit(x, mix)") + RUN
    assert found({"train.py": text}) == []


MODEL = "class Net:\n    def __init__(self, mix=False):\n        self.mix = mix\n\n    def go(self, x):\n" + "".join(
    f"    {line}\n" for line in ARM.replace("if mix", "if self.mix").splitlines()
)


def test_a_switch_that_an_object_keeps() -> None:
    (finding,) = found({"net.py": MODEL + "\n\nnet = Net()\n"})
    assert finding.message.startswith("`mix` of `Net` is False in every call (1)")
    assert found({"net.py": MODEL + "\n\nnet = Net()\nnet.mix = True\n"}) == []
    assert found({"net.py": MODEL + "\n\nnet = Net()\nother = Net(mix=True)\n"}) == []


def test_a_test_that_hands_the_function_on_hides_no_caller() -> None:
    test = "import train\n\n\ndef test_fit(monkeypatch):\n    monkeypatch.use(train.fit)\n"
    assert len(found({"train.py": FIT + RUN, "tests/test_train.py": test})) == 1
