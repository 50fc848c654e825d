from __future__ import annotations

from collections.abc import Callable

import pytest

from analyzer.graph.system import ImportLink, Root, SystemGraph
from analyzer.model import Confidence, Evidence, Severity, Site
from analyzer.read.facts import Import
from analyzer.scan import graph_of_texts
from rules.prod_imports_research import ProdImportsResearch

MakeGraph = Callable[..., SystemGraph]


def company(graph_by_hand: MakeGraph, rank: str = "x = 1\n") -> SystemGraph:
    graph = graph_by_hand(
        {
            "acme/__init__.py": "",
            "acme/rank.py": rank,
            "acme/experiments/plan.py": "x = 1\n",
            "research/poc.py": "x = 1\n",
            "research/more/deep.py": "x = 1\n",
            "serve.py": "x = 1\n",
            "tests/test_rank.py": "x = 1\n",
        }
    )
    for path, module in graph.modules.items():
        module.is_packaged = path.startswith("acme/")
        module.is_experiment = path.startswith("research/")
    return graph


def crossing(importer: str, target: str, guard: str = "", status: str = "module") -> ImportLink:
    dotted = target.removesuffix(".py").replace("/", ".")
    return ImportLink(importer, Import(dotted, None, "", 0, 3, 0, guard), Site(importer, 3), status, target, dotted)


@pytest.mark.parametrize(
    "silent",
    [
        crossing("acme/rank.py", "acme/experiments/plan.py"),
        crossing("acme/rank.py", "research/poc.py", guard="try"),
        crossing("acme/rank.py", "research/poc.py", guard="typing"),
        crossing("acme/rank.py", "research/poc.py", status="open"),
        crossing("acme/rank.py", "serve.py"),
        crossing("serve.py", "research/poc.py"),  # nothing runs serve.py
        crossing("tests/test_rank.py", "research/poc.py"),
        crossing("research/more/deep.py", "research/poc.py"),
    ],
)
def test_silent(graph_by_hand: MakeGraph, silent: ImportLink) -> None:
    graph = company(graph_by_hand)
    graph.imports.append(silent)
    assert list(ProdImportsResearch().check(graph)) == []


@pytest.mark.parametrize(
    "rank",
    [
        "import sys\nsys.path.insert(0, 'acme/experiments')\n",
        "import sys\nsys.path.insert(0, '../..')\n",
        "import sys\nsys.path.append(folder)\n",
        "import sys, os\nsys.path.append(os.path.dirname(__file__))\n",
        "import sys\ntry:\n    sys.path.insert(0, 'research')\nexcept OSError:\n    pass\n",
        "from importlib import import_module\nimport_module('acme.experiments.plan')\n",
        "open('research/poc.py')\n",
    ],
)
def test_silent_without_a_hack_into_research(graph_by_hand: MakeGraph, rank: str) -> None:
    assert list(ProdImportsResearch().check(company(graph_by_hand, rank))) == []


def test_an_installed_package_that_imports_research(graph_by_hand: MakeGraph) -> None:
    graph = company(graph_by_hand)
    graph.imports.append(crossing("acme/rank.py", "research/poc.py"))
    graph.imports.append(crossing("acme/rank.py", "research/more/deep.py"))
    (finding,) = ProdImportsResearch().check(graph)
    assert finding.subject.id == "acme/rank.py"
    assert finding.message == (
        "production module `acme/rank.py` depends on research code in `research/`: deleting or changing the research breaks production"
    )
    assert (finding.severity, finding.confidence) == (Severity.high, Confidence.A)
    assert finding.locations == (Site("acme/rank.py", 3),)
    assert [item.text for item in finding.evidence] == [
        "imports `research.more.deep` from `research/more/deep.py`",
        "imports `research.poc` from `research/poc.py`",
        "`acme.rank` is part of an installable package",
    ]


def test_what_a_live_root_reaches_is_production_and_prose_makes_it_less_sure(graph_by_hand: MakeGraph) -> None:
    graph = company(graph_by_hand)
    graph.imports.append(crossing("serve.py", "research/poc.py"))
    graph.modules["serve.py"].production = (Evidence("CMD runs serve.py", Site("Dockerfile", 7)),)
    (finding,) = ProdImportsResearch().check(graph)
    assert finding.confidence == Confidence.A
    assert finding.evidence[-1] == Evidence("CMD runs serve.py", Site("Dockerfile", 7))
    graph.roots.append(Root("serve.py", "README names it", Site("Dockerfile", 7), weak=True))
    (finding,) = ProdImportsResearch().check(graph)
    assert finding.confidence == Confidence.B


def test_examples_count_although_they_are_no_experiment_folder(graph_by_hand: MakeGraph) -> None:
    graph = company(graph_by_hand)
    graph.modules |= graph_by_hand({"examples/speech/data.py": "x = 1\n"}).modules
    graph.imports.append(crossing("acme/rank.py", "examples/speech/data.py"))
    assert len(list(ProdImportsResearch().check(graph))) == 1


@pytest.mark.parametrize(
    "rank",
    [
        "import sys\nsys.path.insert(0, 'research')\n",
        "import sys, os\nsys.path.append(os.path.join(os.path.dirname(__file__), '..', 'research'))\n",
        "import sys\nfrom pathlib import Path\nsys.path.append(str(Path(__file__).parent.parent / 'research' / 'more'))\n",
        "import sys\nsys.path.insert(0, '/opt/code/research')\n",
        "from importlib import import_module\nimport_module('research.poc')\n",
        "import runpy\nrunpy.run_path('research/poc.py')\n",
    ],
)
def test_a_hack_into_research(graph_by_hand: MakeGraph, rank: str) -> None:
    (finding,) = ProdImportsResearch().check(company(graph_by_hand, rank))
    assert finding.locations[0].line == rank.count("\n")
    assert "`research/`" in finding.message


def test_a_package_all_of_which_the_program_runs_is_the_program() -> None:
    texts = {
        "Dockerfile": "FROM python\nCMD python run.py\n",
        "run.py": "from exp.train import Train\n\nTrain()\n",
        "exp/__init__.py": "",
        "exp/train.py": "class Train:\n    pass\n",
    }
    assert list(ProdImportsResearch().check(graph_of_texts(texts))) == []
    (finding,) = ProdImportsResearch().check(graph_of_texts(texts | {"exp/ablation.py": "print('another')\n"}))
    assert finding.subject.id == "run.py"
