"""Where a step of a declaration file belongs."""

from __future__ import annotations

from analyzer.scan import graph_of_texts

CODE = {"features/build.py": "print(1)\n", "training/train.py": "print(1)\n"}


def component(command: str) -> str:
    return graph_of_texts({**CODE, "Makefile": f"out.txt: in.txt\n\t{command}\n"}).units["Makefile::out.txt"].component


def test_a_step_belongs_to_the_code_it_runs() -> None:
    assert component("python features/build.py") == "features"


def test_a_step_that_runs_several_components_stays_where_it_stands() -> None:
    assert component("python features/build.py && python training/train.py") == "(root)"


def test_a_step_without_code_belongs_to_the_folder_it_changes_to() -> None:
    assert component("cd training && dbt compile") == "training"
    assert component("dbt compile") == "(root)"
