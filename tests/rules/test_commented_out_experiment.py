from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Finding, Severity
from analyzer.scan import graph_of_texts
from rules.commented_out_experiment import CommentedOutExperiment

MakeGraph = Callable[..., SystemGraph]

BLOCK = """\
# model = build_model(width)
# model.fit(features, labels)
# score = model.evaluate(features, labels)
# report(score, width)
# store(model, score)
"""


def found(graph: SystemGraph) -> list[Finding]:
    return list(CommentedOutExperiment().check(graph))


def spans(graph: SystemGraph) -> list[tuple[int, int]]:
    return [(site.line, site.end_line) for finding in found(graph) for site in finding.locations]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# Uncomment to train on the cluster\n" + BLOCK, id="instruction"),
        pytest.param("# Uncomment the next lines.\n\n" + BLOCK, id="instruction above an empty line"),
        pytest.param("## extra features - uncomment if wanted\n" + BLOCK, id="instruction behind two signs"),
        pytest.param("# e.g. for width in (1, 2):\n" + BLOCK.replace("# ", "#     "), id="an example in words"),
        pytest.param("# Usage:\n" + BLOCK, id="usage"),
        pytest.param("# REPL: lines to try by hand\n" + BLOCK, id="lines to try by hand"),
        pytest.param("# ideas for more functions\n\n" + BLOCK, id="ideas"),
        pytest.param("# TODO: Add the code below when rankers are there.\n" + BLOCK, id="code for later"),
        pytest.param(
            "# if you would like to see it on your machine\n# this is how\n# python -m train\n\n" + BLOCK, id="instruction of lines"
        ),
        pytest.param(
            "# st.title('T') \u2192 headings\n\n# st.text('model'), st.write('Text')\n\n# st.button('A') \u2192 True when pressed\n\n"
            "# st.checkbox('model')\n\n# st.radio('Which:', ['A', 'B'])\n\n# st.slider('R', low, high)\n\n# st.box('U')\n\n# st.bar(3)\n",
            id="notes on an API",
        ),
        pytest.param("# For example\n" + BLOCK, id="example"),
        pytest.param("# what the loop does, step by step:\n" + BLOCK, id="explanation that ends in a colon"),
        pytest.param("# - slow and readable:\n" + BLOCK + "# - fast:\n", id="entry of a list that explains"),
        pytest.param("# equivalent to\n" + BLOCK, id="equivalence"),
        pytest.param("# Copyright 2020 Somebody\n" + BLOCK, id="licence header"),
        pytest.param(
            "# >>> model = build_model(3)\n# >>> model.fit(features)\n# >>> model.evaluate(features)\n# >>> f(x)\n# >>> g(x)\n",
            id="doctest",
        ),
        pytest.param(BLOCK.replace("# ", "# >>> "), id="session"),
        pytest.param(
            "# /// script\n# dependencies = [f('torch')]\n# a = [load('numpy')]\n# b = [load('pandas')]\n# ///\n", id="script metadata"
        ),
        pytest.param("# ---\n# jupyter = f(1)\n# a = g(2)\n# model = h(3)\n# ---\n", id="jupytext header"),
        pytest.param("# %% [markdown]\n" + BLOCK, id="markdown cell of the percent format"),
        pytest.param("# N = samples\n# C = channels\n# H = height\n# W = width\n# L = labels\n", id="legend"),
        pytest.param("# loss = a * b\n# grad = loss * c\n# w = w - lr * grad\n# b = b - lr\n# c = 2 * c\n", id="formulas"),
        pytest.param(
            "# The model reads the features\n# and then it makes the labels (five of them)\n# from model import nothing\n# in a loop\n",
            id="prose",
        ),
        pytest.param("# TODO: train\n# NOTE: evaluate(model)\n# model: a model\n# loss: the loss\n# Returns: f(x)\n", id="notes"),
        pytest.param("# pylint: disable=f(x)\n# pylint: disable=model(x)\n# pylint: disable=loss(x)\n", id="pragmas"),
        pytest.param("# array([[model(1), 2],\n#        [3, 4],\n#        [5, 6]])\n", id="printed value"),
        pytest.param("# model = f(x)\n# loss = g(x)\n", id="two lines"),
        pytest.param("# rows = read(x)\n# rows = keep(rows)\n# rows = sort(rows)\n", id="three lines without vocabulary"),
        pytest.param('TEXT = """\n' + BLOCK + '"""\n', id="text of a string"),
        pytest.param('def f():\n    """Fits.\n\n    model = f(x)\n    model.fit(x)\n    model.predict(x)\n    """\n', id="docstring"),
        pytest.param("# !pip install torch\n# %matplotlib inline\n# !pip install sklearn\n# !pip install keras\n", id="magics"),
        pytest.param("# {\n#   'model': 'a',\n#   'loss': 'b',\n# }\n", id="data"),
    ],
)
def test_silent(graph_by_hand: MakeGraph, text: str) -> None:
    assert spans(graph_by_hand({"train.py": "import os\n\n" + text})) == []


@pytest.mark.parametrize("path", ["examples/train.py", "templates/train.py", "tests/test_train.py", "settings.py", "conf/train_config.py"])
def test_silent_where_alternatives_are_there_to_be_chosen(graph_by_hand: MakeGraph, path: str) -> None:
    assert spans(graph_by_hand({path: BLOCK})) == []


def test_five_lines_that_train_are_found(graph_by_hand: MakeGraph) -> None:
    (finding,) = found(
        graph_by_hand(
            {"train.py": "def run(features, labels, width):\n" + BLOCK.replace("# ", "    # ") + "    return report(build_model(1))\n"}
        )
    )
    assert finding.message == "5 lines of code are commented out in `run`: `model = build_model(width)`"
    assert (finding.subject.id, finding.confidence, finding.severity) == ("train.py::run", Confidence.B, Severity.low)
    assert [(site.line, site.end_line) for site in finding.locations] == [(2, 6)]
    assert "`build_model`, `fit`, `evaluate`, `report`" in finding.evidence[0].text


def test_three_lines_with_learning_vocabulary_are_enough(graph_by_hand: MakeGraph) -> None:
    text = "x = 1\n# logits = head(x)\n# loss = focal(logits)\n# loss.backward()\n"
    assert spans(graph_by_hand({"train.py": text})) == [(2, 4)]


def test_other_code_needs_five_lines_and_is_less_sure(graph_by_hand: MakeGraph) -> None:
    text = "read = 1\n# rows = read(x)\n# rows = keep(rows)\n# rows = sort(rows)\n# rows = rows[1:]\n# write(rows)\n"
    (finding,) = found(graph_by_hand({"clean.py": text}))
    assert finding.confidence == Confidence.C


@pytest.mark.parametrize("introduction", ["# old version:", "# disabled until the labels are fixed:", "# TODO: bring this back:"])
def test_a_colon_that_introduces_former_code_exempts_nothing(graph_by_hand: MakeGraph, introduction: str) -> None:
    assert spans(graph_by_hand({"train.py": f"x = 1\n{introduction}\n{BLOCK}"})) == [(3, 7)]


def test_prose_around_is_not_part_of_the_block(graph_by_hand: MakeGraph) -> None:
    text = "# the widths that we tried\n" + BLOCK + "# and here the run begins\nrun()\n"
    assert spans(graph_by_hand({"train.py": text})) == [(2, 6)]


def test_blocks_of_one_function_are_one_finding(graph_by_hand: MakeGraph) -> None:
    text = "def run(x):\n" + BLOCK.replace("# ", "    # ") + "    x = 1\n" + BLOCK.replace("# ", "    # ") + "    return x\n"
    (finding,) = found(graph_by_hand({"train.py": text}))
    assert [(site.line, site.end_line) for site in finding.locations] == [(2, 6), (8, 12)]
    assert finding.members == 2
    assert finding.message.startswith("10 lines of code are commented out in `run`, 2 blocks")


def test_an_empty_line_does_not_part_a_function(graph_by_hand: MakeGraph) -> None:
    text = "x = 1\n# def loss(x, y):\n#     return mse(x, y)\n\n#     return mae(x, y)\n"
    assert spans(graph_by_hand({"train.py": text})) == [(2, 5)]


def test_the_second_arm_of_a_branch_is_code(graph_by_hand: MakeGraph) -> None:
    text = "def f(x):\n    if x:\n        g()\n    # elif x > 2:\n    #     loss = focal(x)\n    #     loss.backward()\n    return 1\n"
    assert spans(graph_by_hand({"train.py": text})) == [(4, 6)]


def test_entries_of_a_live_dictionary(graph_by_hand: MakeGraph) -> None:
    entry = '    # "b": [\n    #     build_model(\n    #         2,\n    #     ),\n    #     build_model(3),\n    # ],\n'
    text = 'MODELS = {\n    "a": build(1),\n' + entry + "}\n"
    assert spans(graph_by_hand({"registry.py": text})) == [(3, 8)]


def test_a_string_that_is_a_statement(graph_by_hand: MakeGraph) -> None:
    code = BLOCK.replace("# ", "")
    (finding,) = found(graph_by_hand({"train.py": f"import os\n\n'''\n{code}'''\n"}))
    assert finding.message.startswith("5 lines of code are quoted out")
    assert [(site.line, site.end_line) for site in finding.locations] == [(3, 9)]


def test_a_whole_cell_of_a_notebook(graph_by_hand: MakeGraph) -> None:
    (finding,) = found(graph_by_hand({"a.ipynb": BLOCK}))
    assert (finding.locations[0].cell, finding.locations[0].line, finding.locations[0].end_line) == (3, 1, 5)


def test_names_that_the_file_does_not_know_make_it_less_sure(graph_by_hand: MakeGraph) -> None:
    (unknown,) = found(graph_by_hand({"train.py": "x = 1\n" + BLOCK}))
    assert unknown.confidence == Confidence.C
    assert any("does not know" in evidence.text for evidence in unknown.evidence)


def test_prints_and_plots_are_less_sure(graph_by_hand: MakeGraph) -> None:
    text = "import plt\nloss = model = 1\n# print(model)\n# print(loss)\n# plt.plot(loss)\n# plt.title(loss)\n# plt.show()\n"
    (finding,) = found(graph_by_hand({"train.py": text}))
    assert finding.confidence == Confidence.C


def test_a_suppression_is_a_boundary(graph_by_hand: MakeGraph) -> None:
    text = "x = 1\n# mldebt: ignore[DXP006] kept for the paper\n" + BLOCK
    assert spans(graph_by_hand({"train.py": text})) == [(3, 7)]


def test_a_heading_is_not_part_of_the_block(graph_by_hand: MakeGraph) -> None:
    text = "x = 1\n## REPL\n\n" + BLOCK + "\n# Print\nprint(x)\n"
    assert spans(graph_by_hand({"train.py": text})) == [(4, 8)]


def test_the_docstring_of_a_commented_out_function_introduces_nothing(graph_by_hand: MakeGraph) -> None:
    quoted = '# def fit(model, rows):\n#     """Fits, for example on rows.\n#\n#     Args:\n#         rows: what to learn from\n#     """\n'
    text = "import os\n\n" + quoted + "#     loss = model(rows)\n#     loss.backward()\n#     model.step(rows)\n#     return loss\n"
    assert spans(graph_by_hand({"train.py": text})) == [(3, 12)]


OUT = "# model = Net(hidden=3)\n# loss = model.loss(x, y)\n# loss.backward()\n"


def test_a_choice_of_several_is_offered(graph_by_hand: MakeGraph) -> None:
    text = "# Choose any of the models below.\n\n" + OUT + "\nmodel = Other()\n\n" + OUT.replace("Net", "Third") + "\nmodel.fit(x, y)\n"
    assert spans(graph_by_hand({"train.py": text})) == []
    assert len(spans(graph_by_hand({"train.py": text.replace("Choose any of", "We left")}))) == 2


def test_pseudo_code_leaves_arguments_out(graph_by_hand: MakeGraph) -> None:
    rule = "# " + "=" * 40 + "\n"
    text = rule + "# Generate a batch, compute the loss\n" + rule + OUT.replace("x, y", "x, ...") + rule + "\nfit()\n"
    assert spans(graph_by_hand({"train.py": text})) == []
    assert spans(graph_by_hand({"train.py": text.replace("x, ...", "x[..., 0]")}))


def test_what_the_markdown_cell_before_asks_for() -> None:
    cell = '{"cell_type": "%s", "source": %s}'

    def book(said: str) -> dict[str, str]:
        cells = [cell % ("code", json.dumps("x = 1")), cell % ("markdown", json.dumps(said)), cell % ("code", json.dumps(OUT))]
        return {"train.ipynb": '{"cells": [' + ", ".join(cells) + '], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'}

    assert not found(graph_of_texts(book("## Training\n\nUncomment the code below to train.")))
    assert found(graph_of_texts(book("## Training\n\nThis was too slow.")))


def test_a_text_in_quotes_was_documentation(graph_by_hand: MakeGraph) -> None:
    for end in ("", '# """\n'):
        assert spans(graph_by_hand({"load.py": '# """A script of Keras\n\n' + OUT + end + "\nload()\n"})) == []
    assert spans(graph_by_hand({"load.py": "# a script of Keras\n\n" + OUT + "\nload()\n"})) == [(3, 5)]


def test_a_value_that_pydantic_requires_is_no_shortening(graph_by_hand: MakeGraph) -> None:
    model = "class Request(BaseModel):\n    model: str = Field(..., title='a')\n    epochs: int = Field(...)\n    lr: float = Field(0.1)\n"
    quoted = "".join(f"# {line}\n" for line in model.splitlines())
    assert spans(graph_by_hand({"train.py": f"import os\n\n{quoted}"})) == [(3, 6)]
    assert spans(graph_by_hand({"train.py": f"import os\n\n{quoted.replace('Field(0.1)', 'f(x, ...)')}"})) == []
