from __future__ import annotations

from collections.abc import Callable

import pytest

from mldebt.fixing.engine import Outcome

Fixed = Callable[..., str]

BODY = (
    "    if use_mixup:\n        data = mixup(data, alpha=0.4)\n        data = shuffle(data)\n    return model.fit(data)\n\n\ndef main():\n"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "def fit(model, data, use_mixup=False):\n" + BODY + "    fit(make(), load())\n",
            "def fit(model, data):\n    return model.fit(data)\n\n\ndef main():\n    fit(make(), load())\n",
            id="the default",
        ),
        pytest.param(
            "def fit(model, data, *, use_mixup=False):\n" + BODY + "    fit(make(), load(), use_mixup=False)\n",
            "def fit(model, data):\n    return model.fit(data)\n\n\ndef main():\n    fit(make(), load())\n",
            id="a keyword",
        ),
        pytest.param(
            "def fit(\n    model,\n    use_mixup=False,\n    data=None,\n):\n" + BODY + "    fit(make(), data=load())\n",
            "def fit(\n    model,\n    data=None,\n):\n    return model.fit(data)\n\n\ndef main():\n    fit(make(), data=load())\n",
            id="one a line",
        ),
        pytest.param(
            "def fit(model, data, use_mixup=False, cut=False):\n    if cut:\n        data = trim(data)\n        data = pad(data)\n"
            + BODY
            + "    fit(make(), load(), cut=False)\n",
            "def fit(model, data):\n    return model.fit(data)\n\n\ndef main():\n    fit(make(), load())\n",
            id="two of one function",
        ),
    ],
)
def test_fixed(fixed: Fixed, before: str, after: str) -> None:
    assert fixed(before, rule="DXP002", unsafe=True, path="train.py") == after
    assert fixed(before, rule="DXP002", path="train.py") == before


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def fit(model, data, use_mixup=False):\n" + BODY + "    fit(make(), load(), False)\n", id="given by position"),
        pytest.param(
            "def fit(model, data, use_mixup=False):\n    log(use_mixup)\n" + BODY + "    fit(make(), load())\n", id="used otherwise"
        ),
    ],
)
def test_left_alone(fixed: Fixed, text: str) -> None:
    assert fixed(text, rule="DXP002", unsafe=True, path="train.py") == text


def test_what_a_test_gives_stays(outcome: Callable[..., Outcome]) -> None:
    text = "def fit(model, data, use_mixup=False):\n" + BODY + "    fit(make(), load())\n"
    test = "from train import fit\n\n\ndef test_fit():\n    assert fit(make(), load(), use_mixup=True)\n"
    done = outcome({"train.py": text, "tests/test_train.py": test}, rule="DXP002", unsafe=True)
    assert not done.after
    assert [refusal.reason for refusal in done.refused] == ["a test gives `use_mixup` (tests/test_train.py:5): take it out there first"]
