from __future__ import annotations

import pytest

from analyzer.model import Confidence, Finding
from analyzer.scan import graph_of_texts
from rules.flag_never_varied import FlagNeverVaried

ARM = "    if mix:\n        x = mixup(x)\n        x = shuffle(x)\n    return x\n"
FIT = "def fit(x, mix=False):\n" + ARM
RUN = "\n\ndef main():\n    fit(load())\n"
MODEL = "class Net:\n    def __init__(self, mix=False):\n        self.mix = mix\n\n    def go(self, x):\n" + "".join(
    f"    {line}\n" for line in ARM.replace("if mix", "if self.mix").splitlines()
)


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
        MODEL.replace("def go(self, x)", "def go(self, x, cut=None)").replace("self.mix", "cut")
        + "\n\nNet().go(1)\nfor net in nets:\n    net.go(1, cut=True)\n",
        "# Copied from https://github.com/other/kit/blob/main/fit.py\n" + FIT + RUN,
        "# https://github.com/other/kit/blob/main/fit.py#L3\n\n" + FIT + RUN,
        "import os\n\n\n# a\n# https://github.com/other/kit/blob/main/fit.py\n" + FIT + RUN,
        FIT.replace("    if", '    """Fits.\n\n    Source\n\n    https://www.kaggle.com/a/b\n    """\n    if') + RUN,
        FIT + RUN + "\n\nrun('train:fit')\n",
        "@task\n" + FIT + RUN,
        FIT.replace("    if", "    mix = mix or guess(x)\n    if") + RUN,
        FIT.replace("mix", "verbose") + RUN,
        FIT.replace("mix", "save_plots") + RUN,
        FIT.replace("mix", "export_to_console") + RUN,
        FIT.replace("mix", "autolog") + RUN,
        FIT.replace("mix", "token_path") + RUN,
        FIT.replace("mix", "api_key") + RUN,
        "def fit(x, mix=None):\n    if mix is not None:\n        x = mixup(x)\n    return x\n" + RUN,
        MODEL + "\n\nNet().go(1)\nGRID = {'net__mix': [False, True]}\n",
        "def fit(x, mix=False):\n    if mix:\n        log.warning('a')\n        raise ValueError('b')\n    return x\n" + RUN,
        "def fit(x, mix=False):\n    if mix and x.wide:\n        return x\n    return 1\n" + RUN,
        "def fit(x, mix=True):\n    if mix or x.wide:\n        x = mixup(x)\n        x = shuffle(x)\n    return x\n" + RUN,
    ],
)
def test_silent(text: str) -> None:
    assert found({"train.py": text}) == []


def test_silent_in_lessons_and_in_copied_distributions() -> None:
    for path in ("examples/speech/train.py", "chapter_3/train.py"):
        assert found({path: FIT + RUN, "main.py": "print(1)\n"}) == []
    copied = {"net/parts/fit.py": FIT + RUN, "net/parts/__init__.py": "", "net/run.py": "from net.parts.fit import main\n\nmain()\n"}
    assert len(found(copied)) == 1
    assert found({**copied, "net/parts/__version__.py": "VERSION = '0.1'\n"}) == []


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


def test_an_attribute_that_another_file_sets() -> None:
    texts = {"net.py": MODEL, "train.py": "from net import Net\n\n\ndef main():\n    net = Net()\n    net.go(1)\n"}
    assert len(found(texts)) == 1
    assert found({**texts, "plots.py": "from train import make\n\nnet = make()\nnet.mix = True\nnet.go(1)\n"}) == []
    assert len(found({**texts, "plots.py": "from train import make\n\nnet = make()\nnet.blur = True\nnet.go(1)\n"})) == 1


def test_a_call_of_what_a_star_import_brings() -> None:
    texts = {"train.py": FIT + RUN, "more.py": "from train import *\n\n\ndef more(wide):\n    fit(1, mix=wide)\n"}
    assert found(texts) == []
    assert len(found({**texts, "more.py": texts["more.py"].replace("import *", "import main")})) == 1
    assert len(found({**texts, "more.py": "from train import *\n\nmain()\n"})) == 1


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


@pytest.mark.parametrize(("name", "is_found"), [("has_labels", True), ("x_labels", False), ("labels", False)])
def test_labels_of_axes_are_looks_and_labels_of_data_are_not(name: str, is_found: bool) -> None:
    assert bool(found({"train.py": FIT.replace("mix", name) + RUN})) == is_found


def test_a_switch_that_an_object_keeps() -> None:
    (finding,) = found({"net.py": MODEL + "\n\nnet = Net()\n"})
    assert finding.message.startswith("`mix` of `Net` is False in every call (1)")
    assert found({"net.py": MODEL + "\n\nnet = Net()\nnet.mix = True\n"}) == []
    assert found({"net.py": MODEL + "\n\nnet = Net()\nother = Net(mix=True)\n"}) == []


def test_a_test_that_hands_the_function_on_hides_no_caller() -> None:
    test = "import train\n\n\ndef test_fit(monkeypatch):\n    monkeypatch.use(train.fit)\n"
    assert len(found({"train.py": FIT + RUN, "tests/test_train.py": test})) == 1


LIBRARY = {
    "pyproject.toml": "[project]\nname = 'kit'\nclassifiers = ['Development Status :: 4 - Beta']\nscripts = {kit = 'kit.use:main'}\n",
    "Makefile": "nightly:\n\tpython -m kit.use\n",
    "kit/__init__.py": "",
    "kit/fit.py": FIT,
    "kit/use.py": "from kit.fit import fit\n" + RUN,
}


def test_what_a_test_or_a_document_uses_of_a_library_is_for_others() -> None:
    assert len(found(LIBRARY)) == 1
    assert found({**LIBRARY, "tests/test_fit.py": "from kit.fit import fit\n\n\ndef test_mix():\n    fit(1, mix=True)\n"}) == []
    assert found({**LIBRARY, "README.md": "Call `kit.fit.fit(frame)`.\n"}) == []


def test_what_a_package_offers_is_given_by_others_too() -> None:
    use = "from kit.fit import fit\n\n\ndef train(mix=False):\n    fit(load(), mix)\n\n\ndef main():\n    train()\n"
    assert found({**LIBRARY, "kit/use.py": use}) == []
    assert len(found({**LIBRARY, "kit/use.py": use.replace("train(", "_train(")})) == 1


def test_the_switches_of_one_function_are_one_finding() -> None:
    text = FIT.replace("mix=False", "mix=False, cut=None").replace("    return", "    if cut:\n        a()\n        b()\n    return") + RUN
    (finding,) = found({"train.py": text})
    assert finding.message == "`mix`, `cut` of `fit` are the same in every call (1); 4 statements wait for other values"
    assert (finding.subject.id, finding.members) == ("train.py::fit", 2)
    assert [part.text for part in finding.evidence if "call" in part.text] == [
        "`mix`: 1 call does not name it: False",
        "`cut`: 1 call does not name it: None",
    ]


def test_a_command_for_its_users_does_not_run_a_library_here() -> None:
    texts = {path: text for path, text in LIBRARY.items() if path != "Makefile"}
    assert found(texts) == []


@pytest.mark.parametrize(
    "head",
    [
        "# adapted from https://example.org/tools.py\n{}",
        "# copied from https://x.org/net\nimport os\n\n\n{}",
        '{}    """Ported from the JAX version."""\n',
    ],
)
def test_a_function_that_was_taken_from_elsewhere(head: str) -> None:
    line, rest = FIT.split("\n", 1)
    assert found({"train.py": head.format(line + "\n") + rest + RUN}) == []
    assert len(found({"train.py": head.replace("from", "for").format(line + "\n") + rest + RUN})) == 1


def test_what_only_tests_hand_on_is_not_known() -> None:
    use = "def prepare(mix=False):\n    fit(load(), mix)\n"
    test = "from train import prepare\n\n\ndef test_it():\n    prepare()\n"
    assert found({"train.py": FIT + "\n\n" + use, "tests/test_train.py": test}) == []


def test_a_function_that_a_snakefile_calls_is_not_known() -> None:
    rule = "from train import fit\n\nrule all:\n    output: 'm'\n    run:\n        fit(1, mix=True)\n"
    assert found({"train.py": FIT + RUN, "Snakefile": rule}) == []


def test_a_file_whose_copyright_another_has() -> None:
    rest = {f"part{n}.py": f"# Copyright (c) 2020 Ada Byron\nX{n} = 1\n" for n in range(4)}
    head = "# Copyright (C) 2017-2019 The Flow Authors. All Rights Reserved.\n\n"
    assert found({"train.py": head + FIT + RUN, **rest}) == []
    own = head.replace("The Flow Authors", "Ada Byron")
    assert len(found({"train.py": own + FIT + RUN, **rest})) == 1
    assert len(found({"train.py": head + FIT + RUN})) == 1, "it is the project's own"


def test_a_program_of_a_library_is_run_and_not_called() -> None:
    library = {path: text for path, text in LIBRARY.items() if path != "Makefile"}
    program = (FIT + "\n\nif __name__ == '__main__':\n    fit(load())\n").replace("fit(", "sweep(")
    assert len(found({**library, "kit/run.py": program})) == 1
    assert found({**library, "kit/run.py": program, "kit/by.py": "from kit.run import load\n"}) == []


def test_what_a_test_replaces_is_not_called_by_it() -> None:
    texts = {
        "train.py": FIT + RUN,
        "tests/test_train.py": "from unittest.mock import patch\n\n\n@patch('train.fit')\ndef test_main(fit):\n    main()\n",
    }
    assert len(found(texts)) == 1


def test_one_statement_behind_a_switch() -> None:
    (finding,) = found({"train.py": "def fit(x, mix=False):\n    if mix:\n        x = mixup(x)\n    return x\n" + RUN})
    assert finding.message == "`mix` of `fit` is False in every call (1); 1 statement waits for another value"


def test_what_the_documents_make_a_reference_of() -> None:
    texts = {**LIBRARY, "kit/__init__.py": "", "kit/fit.py": FIT, "kit/use.py": "from kit.fit import fit\n" + RUN}
    assert len(found(texts)) == 1
    assert found({**texts, "docs/fit.md": "# Fit\n\n::: kit.fit\n"}) == []
    assert found({**texts, "docs/fit.rst": "Fit\n===\n\n.. automodule:: kit.fit\n"}) == []
