"""Metaflow: the steps of flow classes, their order, included files."""

from __future__ import annotations

import pytest

from analyzer.scan import graph_of_texts

FLOW = """
from metaflow import FlowSpec, IncludeFile, step, batch

class Train(FlowSpec):
    data = IncludeFile("data", default="data/train.csv")

    @step
    def start(self):
        self.next(self.left, self.right)

    @batch(cpu=2)
    @step
    def left(self):
        self.next(self.join)

    @step
    def right(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        self.helper()

    def helper(self):
        pass
"""


@pytest.mark.parametrize(
    "text",
    [
        "from flows import FlowSpec, step\nclass A(FlowSpec):\n    @step\n    def start(self):\n        pass\n",
        "from metaflow import FlowSpec, step\nclass A:\n    @step\n    def start(self):\n        pass\n",
        "from metaflow import FlowSpec\nclass A(FlowSpec):\n    def start(self):\n        pass\n",
    ],
)
def test_what_is_no_step(text: str) -> None:
    assert [u for u in graph_of_texts({"flow.py": text}).units if "::" in u] == []


def test_steps_are_tasks_of_their_flow() -> None:
    found = graph_of_texts({"flow.py": FLOW})
    assert [u.id for u in found.units.values() if u.kind == "metaflow"] == [
        f"flow.py::Train.{name}" for name in ("end", "join", "left", "right", "start")
    ]
    assert [(d.unit, d.op, d.artifact) for d in found.declarations] == [("flow.py::Train.start", "read", "data/train.csv")]
