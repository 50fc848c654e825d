"""Commands of prose: over several lines, and apart from what programs order."""

from __future__ import annotations

from analyzer.scan import graph_of_texts

SCRIPTS = {"prepare.py": "print(1)\n", "train.py": "print(2)\n"}


def test_an_order_that_a_program_has_too_is_not_only_told() -> None:
    told = {"README.md": "```\npython prepare.py\npython train.py\n```\n"}
    assert graph_of_texts({**SCRIPTS, **told}).told_orders == {("prepare.py", "train.py")}
    both = graph_of_texts({**SCRIPTS, **told, "run.sh": "python prepare.py\npython train.py\n"})
    assert both.told_orders == set()
    assert both.orders == {("prepare.py", "train.py")}


def test_a_command_goes_on_where_a_backslash_ends_the_line() -> None:
    graph = graph_of_texts(
        {**SCRIPTS, "README.md": "```\npython prepare.py \\\n  --out data/a \\\n  --seed 1\npython train.py \\\n```\nend\n"}
    )
    assert [(line.words, line.line) for line in graph.command_lines["prepare.py"]] == [(("--out", "data/a", "--seed", "1"), 2)]
    assert [(line.words, line.line) for line in graph.command_lines["train.py"]] == [((), 5)]
