"""OWN006."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.graph.system import ImportLink, SystemGraph
from analyzer.model import Confidence, Evidence, Finding, Site
from analyzer.read.facts import Import
from analyzer.scan import graph_of_texts
from rules.reimplemented_transform import ReimplementedTransform

MakeGraph = Callable[..., SystemGraph]
PATHS = ("work/try.ipynb", "shop/features.py")
NAMES = ("orders", "visits", "returns", "claims", "tickets", "refunds", "clicks", "views")
FEATURES = "def make_features(frame):\n" + "".join(f"    frame['{n}_rate'] = frame['{n}'].rolling(7).mean()\n" for n in NAMES)
FEATURES += "    return frame\n"
DRIFTED = FEATURES.replace("['claims'].rolling(7)", "['claims'].rolling(30)")
REWRITTEN = "def make_features(table, days):\n    done = pd.DataFrame(index=table.index)\n" + "".join(
    f"    {n} = table['{n}']\n    window = {n}.rolling(days)\n    done['{n}_rate'] = window.mean()\n" for n in NAMES
)


def graph_with(
    make: MakeGraph, research: str, engineering: str, paths: tuple[str, str] = ("work/try.ipynb", "shop/features.py")
) -> SystemGraph:
    graph = make({paths[0]: research, paths[1]: engineering})
    graph.modules[paths[1]].production = (Evidence("run by cron"),)
    return graph


def check(graph: SystemGraph) -> list[Finding]:
    return list(ReimplementedTransform().check(graph))


@pytest.mark.parametrize(
    ("research", "engineering"),
    [
        pytest.param(FEATURES, FEATURES, id="the same in both is merely copied"),
        pytest.param(
            FEATURES.replace("make_features", "main"), DRIFTED.replace("make_features", "main"), id="a name that every script has"
        ),
        pytest.param(FEATURES.replace("'claims'", "'•'"), FEATURES.replace("'claims'", "'\\u2022'"), id="a character and its escape"),
        pytest.param(FEATURES.replace("'claims'", "r'[•]'"), FEATURES.replace("'claims'", "r'[\\u2022]'"), id="in an expression too"),
        pytest.param(FEATURES, "def make_features(x):\n" + "    x = x * 2 + len(x)\n" * 9, id="only the name is the same"),
    ],
)
def test_silent(graph_by_hand: MakeGraph, research: str, engineering: str) -> None:
    assert check(graph_with(graph_by_hand, research, engineering)) == []


def named(name: str) -> tuple[str, str]:
    return FEATURES.replace("make_features", name), DRIFTED.replace("make_features", name)


@pytest.mark.parametrize("name", ["plot_features", "draw_rates", "print_metrics", "parse_arguments", "get_parser", "plotRates"])
def test_what_draws_prints_or_parses_is_no_transformation(graph_by_hand: MakeGraph, name: str) -> None:
    assert check(graph_with(graph_by_hand, *named(name))) == []


@pytest.mark.parametrize("name", ["plotted_share", "parse_dates", "get_features", "printable"])
def test_other_names_are(graph_by_hand: MakeGraph, name: str) -> None:
    assert len(check(graph_with(graph_by_hand, *named(name)))) == 1


def test_options_are_no_transformation(graph_by_hand: MakeGraph) -> None:
    options = "def configure(parser):\n" + "".join(f"    parser.add_argument('--{name}', default=7)\n" for name in NAMES)
    assert check(graph_with(graph_by_hand, options, options.replace("'--claims', default=7", "'--claims', default=30"))) == []


def test_namesakes_are_compared_with_one_another(graph_by_hand: MakeGraph) -> None:
    twins = "\n\n".join((FEATURES, DRIFTED.replace("make_features", "make_monthly_features")))
    assert check(graph_with(graph_by_hand, twins, twins)) == []


@pytest.mark.parametrize(
    "paths",
    [
        ("shop/a.py", "shop/b.py"),
        ("work/a.ipynb", "shop/old scripts/b.py"),
        ("work/a.ipynb", "work/b.ipynb"),
        ("tutorials/a.ipynb", "shop/b.py"),
        ("tests/a.py", "shop/b.py"),
        ("experiments/a.py", "experiments_v2/b.py"),
        ("work/a.ipynb", "src/trial-3/b.py"),
    ],
)
def test_it_takes_research_and_engineering(graph_by_hand: MakeGraph, paths: tuple[str, str]) -> None:
    assert check(graph_with(graph_by_hand, FEATURES, DRIFTED, paths)) == []


def test_research_that_imports_it_knows_of_it(graph_by_hand: MakeGraph) -> None:
    graph = graph_with(graph_by_hand, FEATURES, DRIFTED)
    fact = Import("shop.features", "make_features", "make_features", 0, 1, 0)
    graph.imports.append(
        ImportLink("work/try.ipynb", fact, Site("work/try.ipynb", 1), "name", "shop/features.py", "shop.features", "make_features")
    )
    assert check(graph) == []


def test_a_package_hands_the_name_on(graph_by_hand: MakeGraph) -> None:
    graph = graph_with(graph_by_hand, FEATURES, DRIFTED)
    fact = Import("shop", "make_features", "make_features", 0, 1, 0)
    graph.imports.append(ImportLink("work/try.ipynb", fact, Site("work/try.ipynb", 1), "name", "shop/__init__.py", "shop", "make_features"))
    assert check(graph) == []


def test_one_name_for_another_job(graph_by_hand: MakeGraph) -> None:
    """Of other parameters, and with half of what it calls."""
    other = REWRITTEN
    for name in NAMES[3:]:
        other = other.replace(f"table['{name}']", f"read_{name}('{name}_path')").replace(f"done['{name}_rate']", f"done['{name}_count']")
    assert check(graph_with(graph_by_hand, FEATURES, other)) == []
    assert check(graph_with(graph_by_hand, FEATURES, other.replace("table", "frame")))


def test_a_notebook_with_its_own_version(graph_by_hand: MakeGraph) -> None:
    (found,) = check(graph_with(graph_by_hand, FEATURES, DRIFTED))
    assert found.message == "`work/try.ipynb` has its own `make_features` beside that of `shop/features.py`, and they differ"
    assert found.locations == (Site("work/try.ipynb", 1, 10, 3), Site("shop/features.py", 1, 10))
    assert found.confidence == Confidence.B
    assert any("rolling(7)" in evidence.text and "rolling(30)" in evidence.text for evidence in found.evidence)


def test_one_name_and_mostly_the_same_calls(graph_by_hand: MakeGraph) -> None:
    (found,) = check(graph_with(graph_by_hand, FEATURES, REWRITTEN))
    assert found.confidence == Confidence.C
    assert found.evidence[1].text.startswith("`shop/features.py::make_features`, engineering: run by cron; ")


def test_several_functions_and_files_are_one_finding(graph_by_hand: MakeGraph) -> None:
    other = DRIFTED.replace("make_features", "more_features")
    graph = graph_by_hand(
        {
            "work/one.ipynb": FEATURES,
            "work/two.ipynb": FEATURES + FEATURES.replace("make_features", "more_features"),
            "shop/features.py": DRIFTED + other.replace("_rate'] = ", "_ratio'] = "),
        }
    )
    graph.modules["shop/features.py"].production = (Evidence("run by cron"),)
    (found,) = check(graph)
    assert found.subject.id == "shop/features.py + work/one.ipynb + work/two.ipynb"


def test_one_more_of_a_kind_is_no_second_version(graph_by_hand: MakeGraph) -> None:
    kinds = DRIFTED.replace("make_features", "claims"), FEATURES.replace("make_features", "visits").replace("rolling(7)", "rolling(9)", 1)
    assert len(check(graph_with(graph_by_hand, FEATURES, kinds[0]))) == 1
    assert check(graph_with(graph_by_hand, FEATURES, "\n\n".join(kinds))) == []


TRAINS = (
    "from sklearn.linear_model import LinearRegression\n\n\ndef fit(path):\n    model = LinearRegression()\n    model.fit(path.x, path.y)\n"
)
SERVES = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/score')\ndef score(body):\n    return make_features(body, 3)\n"


def test_training_and_serving_scripts_that_each_make_the_features() -> None:
    (found,) = check(graph_of_texts({"jobs/fit.py": FEATURES + TRAINS, "web/app.py": FEATURES + SERVES}))
    assert found.message == "`jobs/fit.py` has its own `make_features` beside that of `web/app.py`"
    assert "training: fits a model" in found.evidence[0].text
    (found,) = check(graph_of_texts({"jobs/fit.py": FEATURES + TRAINS, "web/app.py": DRIFTED + SERVES}))
    assert found.message.endswith(", and they differ")


def test_one_script_that_trains_and_serves_is_no_side() -> None:
    assert check(graph_of_texts({"jobs/fit.py": FEATURES + TRAINS, "web/app.py": FEATURES + SERVES + TRAINS})) == []
    assert check(graph_of_texts({"jobs/fit.py": FEATURES + TRAINS, "jobs/fit_more.py": FEATURES + TRAINS})) == []
    inner = "".join(f"    {line}\n" for line in FEATURES.splitlines())
    one, other = ("".join(f"    {word}_{n} = {word}.step_{n}({n})\n" for n in range(12)) for word in ("left", "right"))
    one, other = f"def run_all(left):\n{one}{inner}{TRAINS}", f"def answer_all(right):\n{other}{inner}{SERVES}"
    assert check(graph_of_texts({"jobs/fit.py": one, "web/app.py": other})) == []
