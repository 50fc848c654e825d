from __future__ import annotations

from analyzer.graph.mentions import mentions
from analyzer.scan import graph_of_texts


def test_a_definition_is_no_mention() -> None:
    graph = graph_of_texts({"a.py": "def load_old(x):\n    y = x\n    z = y\n    return z\n\nclass load_new:\n    pass\n"})
    assert mentions(graph, ["load_old", "load_new"]) == {"load_old": 0, "load_new": 0}


def test_calls_references_strings_and_configuration_mention() -> None:
    graph = graph_of_texts(
        {
            "a.py": "def one(): ...\ndef two(): ...\ndef three(): ...\ndef four(): ...\ndef one_more(): ...\n",
            "b.py": "from a import one\nTABLE = {'k': two}\nprint(getattr(a, 'three'))\n",
            "conf.yaml": "step: four\n",
        }
    )
    found = mentions(graph, ["one", "two", "three", "four", "one_more"])
    assert all(found[name] > 0 for name in ("one", "two", "three", "four"))
    assert found["one_more"] == 0


def test_no_names_no_work() -> None:
    assert mentions(graph_of_texts({"a.py": "x = 1\n"}), []) == {}
