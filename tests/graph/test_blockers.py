"""What unresolved accesses wait for."""

from __future__ import annotations

from analyzer.graph.blockers import MOST
from analyzer.scan import graph_of_texts


def waiting(*texts: str, **files: str) -> list[tuple[str, str, int]]:
    named = {f"m{number or ''}.py": text for number, text in enumerate(texts)} | {f"{name}.py": text for name, text in files.items()}
    return [(b.what, str(b.site), b.accesses) for b in graph_of_texts(named).coverage.most_helpful]


def test_nothing_waits_when_everything_is_known() -> None:
    assert waiting("open('a.txt')\n") == []


def test_a_parameter_that_nobody_passes() -> None:
    text = "import pandas as pd\ndef load(path, other):\n    pd.read_csv(path)\n    pd.read_json(path)\n    pd.read_csv(other)\n"
    assert waiting(text) == [("parameter `path` of load", "m.py:2", 2), ("parameter `other` of load", "m.py:2", 1)]


def test_a_method_is_named_with_its_class() -> None:
    assert waiting("class Store:\n    def load(self, path):\n        return open(path)\n") == [
        ("parameter `path` of Store.load", "m.py:2", 1)
    ]


def test_an_option_that_no_command_sets() -> None:
    parser = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--out', required=True)\na = p.parse_args()\n"
    text = parser + "open(a.out)\nopen(a.out)\n"
    assert waiting(text) == [("option `args.out`", "m.py:1", 2)]


def test_one_library_function_is_one_question() -> None:
    text = "import vendor\nopen(vendor.locate('x'))\n"
    assert waiting(text, text) == [("result of `vendor.locate`", "m.py:2", 2)]


def test_only_the_first_few_are_kept_and_the_most_waited_for_comes_first() -> None:
    texts = [f"def f{n}(path):\n" + "    open(path)\n" * (n + 1) for n in range(9)]
    found = waiting(*texts)
    assert [count for _, _, count in found] == [9, 8, 7, 6, 5] and len(found) == MOST


def test_what_has_no_name_is_not_named() -> None:
    assert waiting("def f(g):\n    open(g(1)(2))\n") == []


def test_a_loop_is_named_by_what_it_runs_over() -> None:
    assert waiting("open([x for x in y][0])\n") == [("values of `y`", "m.py:1", 1)]
