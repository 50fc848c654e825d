from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from analyzer.graph.attributes import gone_attributes
from analyzer.graph.system import ImportLink, SystemGraph
from analyzer.model import Confidence, Evidence, Finding, Severity, Site
from analyzer.read.facts import Import
from analyzer.scan import graph_of_texts
from rules.bit_rotted_entry import BitRottedEntry

MakeGraph = Callable[..., SystemGraph]


def link(importer: str, status: str, name: str = "", guard: str = "", line: int = 1, homes: tuple[str, ...] = ()) -> ImportLink:
    fact = Import("features.text", name or None, name, 0, line, 0, guard)
    return ImportLink(importer, fact, Site(importer, line), status, "features/text.py", "features.text", name, homes=homes)


def entry(graph_by_hand: MakeGraph, *links: ImportLink) -> SystemGraph:
    graph = graph_by_hand({"run.py": "x = 1\n", "tests/test_run.py": "x = 1\n", "a.ipynb": "x = 1\n"})
    graph.imports.extend(links)
    return graph


@pytest.mark.parametrize(
    "silent",
    [
        link("run.py", "name", "build"),
        link("run.py", "module"),
        link("run.py", "external"),
        link("run.py", "open", "build"),
        link("run.py", "gone-name", "build", guard="try"),
        link("run.py", "gone-module", guard="typing"),
        link("run.py", "gone-module", guard="version"),
        link("tests/test_run.py", "gone-name", "build"),
    ],
)
def test_silent(graph_by_hand: MakeGraph, silent: ImportLink) -> None:
    assert list(BitRottedEntry().check(entry(graph_by_hand, silent))) == []


def test_silent_when_another_working_directory_has_it(graph_by_hand: MakeGraph) -> None:
    graph = entry(graph_by_hand, link("run.py", "gone-module"))
    graph.modules |= graph_by_hand({"model/features/text.py": "x = 1\n"}).modules
    assert list(BitRottedEntry().check(graph)) == []
    graph = entry(graph_by_hand, link("run.py", "gone-name", "ngrams", homes=("model/features/text.py",)))
    assert list(BitRottedEntry().check(graph)) == []


def test_silent_when_the_package_finds_its_modules_itself(graph_by_hand: MakeGraph) -> None:
    graph = entry(graph_by_hand, link("run.py", "gone-module"))
    graph.modules |= graph_by_hand({"features/text.py": "import sys\nsys.meta_path.append(Finder())\n"}).modules
    assert list(BitRottedEntry().check(graph)) == []


def test_silent_for_a_file_beside_the_importer_in_its_package(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"pkg/__init__.py": "", "pkg/logging.py": "x = 1\n", "pkg/run.py": "from logging import INFO\n"})
    fact = graph.modules["pkg/run.py"].facts.imports[0]
    graph.imports.append(ImportLink("pkg/run.py", fact, Site("pkg/run.py", 1), "gone-name", "pkg/logging.py", "logging", "INFO"))
    assert list(BitRottedEntry().check(graph)) == []


def test_a_neighbour_that_is_asked_for_by_its_full_name_is_meant() -> None:
    texts = {
        "pkg/__init__.py": "",
        "pkg/models.py": "class User:\n    pass\n",
        "pkg/auth.py": "from pkg.models import Account\n\nAccount()\n",
    }
    (finding,) = BitRottedEntry().check(graph_of_texts(texts))
    assert finding.locations == (Site("pkg/auth.py", 1),)


def test_all_that_one_file_misses_is_one_finding(graph_by_hand: MakeGraph) -> None:
    links = [link("run.py", "gone-name", "ngrams", line=2), link("run.py", "gone-name", "chars", line=2, homes=("features.letters",))]
    (finding,) = BitRottedEntry().check(entry(graph_by_hand, *links))
    assert finding.message == (
        "`run.py` needs 2 things of its own project that no longer exist (`chars` of `features.text`, `ngrams` of `features.text`): "
        "it cannot be imported or run"
    )
    assert finding.subject.id == "run.py"
    assert finding.locations == (Site("run.py", 2),)
    assert finding.members == 2
    assert finding.severity == Severity.medium
    assert finding.remedy.startswith("Take `chars` from `features.letters`. ")
    assert "today `chars` stands in `features.letters`" in finding.evidence[0].text


def two_entries(graph_by_hand: MakeGraph, *links: ImportLink) -> list[Finding]:
    graph = graph_by_hand({"a.py": "x = 1\n", "b.py": "x = 1\n", "features/text.py": "x = 1\n"})
    graph.imports.extend(links)
    return list(BitRottedEntry().check(graph))


def test_files_that_miss_something_of_one_module_are_one_finding(graph_by_hand: MakeGraph) -> None:
    links = [link("a.py", "gone-name", "ngrams"), link("b.py", "gone-name", "chars"), link("b.py", "gone-name", "ngrams", line=2)]
    (finding,) = two_entries(graph_by_hand, *links)
    assert finding.message == (
        "`a.py`, `b.py` need 2 things of their own project that no longer exist (`ngrams` of `features.text`, `chars` of `features.text`): "
        "they cannot run"
    )
    assert (finding.subject.kind, finding.subject.id) == ("lost names", "features/text.py")
    assert finding.locations == (Site("a.py", 1), Site("b.py", 1), Site("b.py", 2))
    assert finding.members == 3


def test_files_that_miss_different_things_are_not(graph_by_hand: MakeGraph) -> None:
    other = replace(link("b.py", "gone-name", "ngrams"), target="features/other.py", target_module="features.other")
    assert [f.subject.id for f in two_entries(graph_by_hand, link("a.py", "gone-name", "ngrams"), other)] == ["a.py", "b.py"]


def test_a_chain_of_shared_misses_is_one_finding(graph_by_hand: MakeGraph) -> None:
    other = replace(link("b.py", "gone-name", "y", line=3), target="features/other.py", target_module="features.other")
    links = [link("a.py", "gone-name", "x"), other, link("b.py", "gone-name", "x"), replace(other, importer="features/text.py")]
    (finding,) = two_entries(graph_by_hand, *links)
    assert finding.members == 4


@pytest.mark.parametrize("status", ["module", "name"])
def test_left_overs_of_a_library_are_tentative(graph_by_hand: MakeGraph, status: str) -> None:
    def confidence(archetype: str, *more: ImportLink) -> Confidence:
        graph = graph_by_hand({"run.py": "x = 1\n", "core.py": "x = 1\n", "tests/test_run.py": "x = 1\n"}, archetype=archetype)
        graph.imports.extend([link("run.py", "gone-name", "ngrams"), *more])
        (finding,) = BitRottedEntry().check(graph)
        return finding.confidence

    used = replace(link("core.py", status), target="run.py")
    assert confidence("library") == Confidence.C
    assert confidence("library", replace(used, importer="tests/test_run.py")) == Confidence.C
    assert confidence("library", used) == Confidence.A
    assert confidence("application") == Confidence.A


def test_a_module_that_is_gone(graph_by_hand: MakeGraph) -> None:
    (finding,) = BitRottedEntry().check(entry(graph_by_hand, link("a.ipynb", "gone-module")))
    assert finding.message == "`a.ipynb` needs the module `features.text`, which no longer exists: it cannot be imported or run"
    assert finding.severity == Severity.low


def test_what_is_still_run_weighs_most(graph_by_hand: MakeGraph) -> None:
    graph = entry(graph_by_hand, link("run.py", "gone-module"))
    graph.invoked_by["run.py"] = [Site("Makefile", 4)]
    (finding,) = BitRottedEntry().check(graph)
    assert finding.severity == Severity.high
    assert Evidence("this line still runs the file", Site("Makefile", 4)) in finding.evidence


# ---- attributes ----------------------------------------------------------------------------------------------------

TOOLS = "def kept():\n    return 1\n"


def attributes(graph_by_hand: MakeGraph, run: str, tools: str = TOOLS) -> list[str]:
    graph = graph_by_hand({"pkg/__init__.py": "", "pkg/tools.py": tools, "run.py": run})
    for fact in graph.modules["run.py"].facts.imports:
        graph.imports.append(ImportLink("run.py", fact, Site("run.py", fact.line), "module", "pkg/tools.py", "pkg.tools"))
    return [found.name for found in gone_attributes(graph)]


@pytest.mark.parametrize(
    "run",
    [
        "from pkg import tools\ntools.kept()\n",
        "from pkg import tools\ntools.__name__\n",
        "from pkg import tools\ndef f(tools):\n    return tools.gone()\n",
        "from pkg import tools\ntools = make(tools)\ntools.gone()\n",
        "from pkg import tools\nif hasattr(tools, 'gone'):\n    tools.gone()\n",
        "from pkg import tools\ntry:\n    tools.gone()\nexcept AttributeError:\n    pass\n",
        "try:\n    from pkg import tools\nexcept ImportError:\n    tools = None\ntools.gone()\n",
        "from pkg import tools\ntools.gone = 3\nprint(tools.gone)\n",
    ],
)
def test_attributes_silent(graph_by_hand: MakeGraph, run: str) -> None:
    assert attributes(graph_by_hand, run) == []


@pytest.mark.parametrize("tools", ["from x import *\n", "def __getattr__(name):\n    return 1\n", "globals()['gone'] = 1\n"])
def test_attributes_of_an_open_module_are_silent(graph_by_hand: MakeGraph, tools: str) -> None:
    assert attributes(graph_by_hand, "from pkg import tools\ntools.gone()\n", tools) == []


@pytest.mark.parametrize(
    "run", ["from pkg import tools\ntools.gone()\n", "import pkg.tools\npkg.tools.gone()\n", "import pkg.tools as t\nt.gone\n"]
)
def test_attributes_found(graph_by_hand: MakeGraph, run: str) -> None:
    assert attributes(graph_by_hand, run) == ["gone"]


CLI = {"ranker/__init__.py": "", "ranker/cli.py": "def main():\n    return 1\n"}
SETUP = (
    "from setuptools import setup\n\nsetup(\n    name='ranker',\n    packages=['ranker'],\n"
    "    entry_points={{'console_scripts': [\n        'rank = {}',\n    ]}},\n)\n"
)
CFG = "[metadata]\nname = ranker\n[options]\npackages = ranker\n\n[options.entry_points]\nconsole_scripts =\n    rank = {}\n"


@pytest.mark.parametrize(
    ("target", "gone"),
    [
        ("ranker.cli:main", ""),
        ("ranker.cli:run", "`run` of `ranker.cli`"),
        ("ranker.app:main", "the module `ranker.app`"),
        ("other.cli:run", ""),
    ],
)
@pytest.mark.parametrize(("file", "text"), [("setup.py", SETUP), ("setup.cfg", CFG)])
def test_commands_of_older_packaging(file: str, text: str, target: str, gone: str) -> None:
    extra = {} if file == "setup.py" else {"setup.py": "from setuptools import setup\n\nsetup()\n"}
    messages = [f.message for f in BitRottedEntry().check(graph_of_texts({**CLI, **extra, file: text.format(target)}))]
    assert [gone in message for message in messages] == ([True] if gone else [])


NET = {"net/__init__.py": "", "net/ops/__init__.py": "", "net/run.py": "from net.ops.fast import pool\n\npool()\n"}


@pytest.mark.parametrize(
    ("extension", "messages"),
    [
        ("Extension('net.ops.slow', [])", 1),
        ("module = CppExtension('net.ops.fast.pool', sources=[])", 0),
        ("cythonize([Extension(name='net.ops.fast', sources=[])])", 0),
        ("make_cuda_ext(name='fast', module='net.ops', sources=[])", 0),
    ],
)
def test_what_a_build_compiles_is_not_gone(extension: str, messages: int) -> None:
    graph = graph_of_texts({**NET, "setup.py": f"from setuptools import setup\n\nsetup(name='net', ext_modules=[{extension}])\n"})
    assert len(list(BitRottedEntry().check(graph))) == messages


def test_a_file_that_is_named_like_the_library_that_it_imports() -> None:
    assert not list(BitRottedEntry().check(graph_of_texts({"serve/quickapi.py": "from quickapi.responses import Page\n\nPage()\n"})))
