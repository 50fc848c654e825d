"""JGL006."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Evidence, Finding, Severity, Site
from rules.cloned_stage_family import ClonedStageFamily

MakeGraph = Callable[..., SystemGraph]
FILTER = "frame = frame[frame.price > 10]\n"


def stage(land: str, middle: str = FILTER, lines: int = 40) -> str:
    text = "import pandas as pd\n\n" + f"frame = pd.read_csv('data/{land}.csv')\n" + middle
    text += "".join(f"frame['feature_{n}'] = frame['column_{n}'].fillna({n}).astype(float)\n" for n in range(lines))
    return text + f"frame.to_parquet('out/{land}.parquet')\n"


def family(names: tuple[str, ...] = ("de", "fr", "es"), folder: str = "stages/prepare_{}.py") -> dict[str, str]:
    return {folder.format(name): stage(name) for name in names}


def check(graph: SystemGraph) -> list[Finding]:
    return list(ClonedStageFamily().check(graph))


def test_two_copies_are_no_family(graph_by_hand: MakeGraph) -> None:
    assert check(graph_by_hand(family(("de", "fr")))) == []


def test_short_scripts_are_no_stages(graph_by_hand: MakeGraph) -> None:
    assert check(graph_by_hand({f"prepare_{land}.py": stage(land, lines=20) for land in ("de", "fr", "es")})) == []


@pytest.mark.parametrize(
    "folder",
    [
        "examples/prepare_{}.py",
        "{}-example/prepare.py",
        "templates/prepare_{}.py",
        "configs/prepare_{}.py",
        "week_1/prepare_{}.py",
        "cohorts/2023/prepare_{}.py",
        "p/x_{}_old.py",
    ],
)
def test_kept_on_purpose(graph_by_hand: MakeGraph, folder: str) -> None:
    assert check(graph_by_hand(family(folder=folder))) == []


def test_far_apart_folders_are_not_parallel(graph_by_hand: MakeGraph) -> None:
    texts = {"a/prepare.py": stage("de"), "b/c/prepare.py": stage("fr"), "d/e/f/prepare.py": stage("es")}
    assert check(graph_by_hand(texts)) == []


def test_exact_copies_are_called_the_same(graph_by_hand: MakeGraph) -> None:
    (near,) = check(graph_by_hand(family()))
    assert "copies of one another (alike by" in near.message
    (exact,) = check(graph_by_hand({f"prepare_{land}.py": stage("de") for land in ("de", "fr", "es")}))
    assert "copies of one another (the same): " in exact.message


def test_a_lesson_is_no_pipeline(graph_by_hand: MakeGraph) -> None:
    assert check(graph_by_hand(family(), archetype="tutorial")) == []


def test_modules_of_a_package_are_no_steps(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand(family())
    for module in graph.modules.values():
        module.is_packaged = True
    assert check(graph) == []


def test_files_that_only_set_values(graph_by_hand: MakeGraph) -> None:
    values = "".join(f"FEATURE_{n} = ['a{n}', 'b{n}']\n" for n in range(60))
    assert check(graph_by_hand({f"lists/{land}.py": values + f"NAME = '{land}'\n" for land in ("de", "fr", "es")})) == []


def test_steps_that_do_different_work(graph_by_hand: MakeGraph) -> None:
    texts = {
        f"stages/prepare_{land}.py": stage(land, "".join(f"frame = frame.{land}_{n}(frame.{land}_other_{n})\n" for n in range(12)))
        for land in ("de", "fr", "es")
    }
    assert check(graph_by_hand(texts)) == []


def test_a_family_in_parallel_folders(graph_by_hand: MakeGraph) -> None:
    (found,) = check(graph_by_hand(family(folder="{}/prepare.py")))
    assert found.locations == (Site("de/prepare.py", 1), Site("es/prepare.py", 1), Site("fr/prepare.py", 1))
    assert found.members == 3
    assert found.minutes == 60 + 20 * 3
    assert (found.severity, found.confidence) == (Severity.medium, Confidence.B)
    assert found.message.startswith("3 steps are copies of one another (alike by 95% or more): `de/prepare.py`")


def test_what_a_parameter_could_carry_is_listed(graph_by_hand: MakeGraph) -> None:
    (found,) = check(graph_by_hand(family()))
    told = [piece.text for piece in found.evidence if piece.text.startswith("could be a parameter: ")]
    assert told and "`'data/de.csv'`, `'data/es.csv'`, `'data/fr.csv'` in `_ = pd.read_csv(…)`" in told[0]


def test_a_filter_that_only_some_have_is_shown_first(graph_by_hand: MakeGraph) -> None:
    texts = family() | {"stages/prepare_es.py": stage("es", "")}
    (found,) = check(graph_by_hand(texts))
    assert found.severity == Severity.high
    assert found.message.endswith("`_ = _[_.price > 10]` drops rows in 2 of 3 only")
    assert found.evidence[0] == Evidence("filter `_ = _[_.price > 10]`, missing in stages/prepare_es.py", Site("stages/prepare_de.py", 4))


def test_a_choice_between_values_drops_no_rows(graph_by_hand: MakeGraph) -> None:
    chosen = "frame['dear'] = np.where(frame.price.gt(max(10, LIMIT)), 1, 0)\n"
    (found,) = check(graph_by_hand(family() | {"stages/prepare_es.py": stage("es", FILTER + chosen)}))
    assert not found.message.endswith("only")
    wrapped = chosen.replace(", 1, 0", ",\n    1,\n    0,\n").replace("where(", "where(\n    ")
    (found,) = check(graph_by_hand(family() | {"stages/prepare_es.py": stage("es", FILTER + wrapped)}))
    assert not found.message.endswith("only")
    kept = "frame = frame.where(frame.price.gt(max(10, LIMIT)))\n"
    (found,) = check(graph_by_hand(family() | {"stages/prepare_es.py": stage("es", FILTER + kept)}))
    assert found.message.endswith("drops rows in 1 of 3 only")


def test_another_bound_of_a_filter_is_a_parameter(graph_by_hand: MakeGraph) -> None:
    texts = family() | {"stages/prepare_es.py": stage("es", FILTER.replace("10", "25"))}
    (found,) = check(graph_by_hand(texts))
    assert found.severity == Severity.medium


def test_notebooks_are_stages(graph_by_hand: MakeGraph) -> None:
    (found,) = check(graph_by_hand(family(folder="maps/{}/area.ipynb")))
    assert found.locations[0] == Site("maps/de/area.ipynb", 3, 0, 3)
    assert found.severity == Severity.low
