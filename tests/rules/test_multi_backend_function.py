from __future__ import annotations

import pytest

from analyzer.model import Confidence, Site
from analyzer.scan import graph_of_texts
from rules.multi_backend_function import MultiBackendFunction

HEAD = "import boto3\nimport openai\nimport tensorflow as tf\nimport torch\nfrom sklearn.linear_model import Ridge\n\n\n"


def found(body: str, path: str = "train.py", name: str = "run"):  # type: ignore[no-untyped-def]
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return list(MultiBackendFunction().check(graph_of_texts({path: f"{HEAD}def {name}(x, kind):\n{lines}"})))


SEQUENCE = "a = Ridge().fit(x, x)\nb = tf.convert_to_tensor(x)\nc = torch.softmax(x, 1)\nreturn a, b, c"


@pytest.mark.parametrize(
    "body",
    [
        "a = Ridge().fit(x, x)\nreturn torch.softmax(x, 1)",
        "if kind == 1:\n    return Ridge()\nelif kind == 2:\n    return torch.jit.load(x)\nelse:\n    return tf.keras.models.load_model(x)",
        "try:\n    torch.jit.load(x)\nexcept OSError:\n    tf.zeros(3)\nexcept ValueError:\n    Ridge()",
        "Ridge()\ntorch.manual_seed(1)\ntf.random.set_seed(1)",
        "Ridge()\ntf.zeros(1)\ntorch.cuda.is_available()",
        "Ridge().fit(torch.softmax(x, 1).cpu().numpy(), x)",
        "a = torch.softmax(x, 1).detach().cpu().numpy()\nb = np.vstack([a.reshape(3, -1).astype(float)])\nRidge().fit(b, x)",
    ],
)
def test_silent(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(
    ("path", "name"), [("export_onnx.py", "run"), ("train.py", "convert_weights"), ("tests/test_a.py", "run"), ("a.py", "set_seed")]
)
def test_what_has_to_speak_several_dialects_may(path: str, name: str) -> None:
    assert found(SEQUENCE, path, name) == []


def test_the_top_level_of_a_notebook_may_try_everything() -> None:
    import json

    text = HEAD + "x = 1\n" + SEQUENCE.removesuffix("\nreturn a, b, c")
    cells = [{"cell_type": "code", "source": text, "outputs": [], "metadata": {}}]
    book = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    assert list(MultiBackendFunction().check(graph_of_texts({"look.ipynb": book}))) == []


def test_three_families_in_turn_are_found() -> None:
    (finding,) = found(SEQUENCE)
    assert finding.message == "`run` speaks 3 families of packages: PyTorch, TensorFlow, scikit-learn"
    assert [site.line for site in finding.locations[:3]] == [9, 10, 11]
    assert finding.subject.id == "train.py::run"


def test_vendors_count_and_arms_with_what_stands_around_them_too() -> None:
    (finding,) = found(
        "c = boto3.client('s3')\nif kind:\n    openai.chat.completions.create(x)\n    torch.softmax(x, 1)\nelse:\n    Ridge()"
    )
    assert "AWS, OpenAI, PyTorch" in finding.message


def test_a_long_way_between_two_families_is_found() -> None:
    body = "t = torch.softmax(x, 1)\na = t.detach().cpu().numpy().tolist()\nb = np.array(a)\nreturn Ridge().fit(b, x)"
    (finding,) = found(body)
    assert "from PyTorch to scikit-learn through 3 conversions (numpy → tolist → array)" in finding.message
    assert [site.line for site in finding.locations] == [9, 12, 10, 11]
    assert finding.locations[0] == Site("train.py", 9)
    assert MultiBackendFunction().confidence == Confidence.B
    assert not MultiBackendFunction().on_by_default


def test_a_value_that_is_bound_anew_has_lost_its_origin() -> None:
    body = "t = torch.softmax(x, 1)\na = t.detach().cpu().numpy()\na = x\nb = a.reshape(3, -1)\nreturn Ridge().fit(b, x)"
    assert found(body) == []
