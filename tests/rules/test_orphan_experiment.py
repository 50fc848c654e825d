from __future__ import annotations

import pytest

from analyzer.model import Confidence, Finding
from analyzer.scan import graph_of_texts
from rules.orphan_experiment import OrphanExperiment

FAMILY = """\
class Feature:
    def __call__(self, bug):
        return bug


class Age(Feature):
    pass


class Size(Feature):
    pass


class Mood(Feature):
    pass
"""


def found(texts: dict[str, str]) -> list[Finding]:
    return list(OrphanExperiment().check(graph_of_texts(texts)))


@pytest.mark.parametrize(
    "texts",
    [
        {"run.py": "from f import Age, Mood, Size\nprint(Age(), Mood(), Size())\n", "f.py": FAMILY},
        {"run.py": "import f\nprint([f.Age, getattr(f, 'Mood'), f.Size])\n", "f.py": FAMILY},
        {"run.py": "from f import Age\nprint(Age())\n", "f.py": FAMILY.replace("Size", "Small")},  # no family that is used
        {
            "run.py": "print(1)\n",
            "left.py": "import torch\n\n\ndef f(x):\n    return torch.exp(x)\n",
            "README.md": "```python\nfrom left import f\n```\n",
        },
        {"run.py": "print(1)\n", "left.py": "import torch\n\n\ndef f(x):\n    return torch.exp(x)\n\n\nprint(f(1))\n"},
        {"run.py": "print(1)\n", "left.py": "def f(x):\n    return x\n"},
        {
            "run.py": "print(1)\n",
            "left.py": "import torch\n\n\ndef f(x):\n    return torch.exp(x)\n",
            "a.sh": "python -c 'import left; left.f(1)'\n",
        },
        {
            "tests/test_left.py": "from left import f\n\n\ndef test_f():\n    f(1)\n",
            "left.py": "import torch\n\n\ndef f(x):\n    return torch.exp(x)\n",
        },
    ],
)
def test_silent(texts: dict[str, str]) -> None:
    assert found(texts) == []


def test_an_experiment_that_a_document_tells_of() -> None:
    texts = {"run.py": "print(1)\n", "nets/wide.py": "import torch\n\n\ndef f(x):\n    return torch.exp(x)\n"}
    assert len(found(texts)) == 1
    assert found({**texts, "README.md": "# Nets\n\n- `wide.py`: 81 % right\n"}) == []
    texts["nets/models.py"] = texts.pop("nets/wide.py")
    assert len(found({**texts, "README.md": "# Files\n\n- `models.py`: all networks\n"})) == 1


def test_an_alternative_whose_siblings_are_used() -> None:
    (finding,) = found({"run.py": "from f import Age, Size\nprint(Age(), Size())\n", "f.py": FAMILY})
    assert finding.message == "nothing selects or calls `Mood` of `f.py`"
    assert "2 other classes derive from `Feature` and are used" in finding.evidence[0].text
    assert finding.locations[0].line == 14


def test_an_island_is_one_finding_with_what_only_it_reaches() -> None:
    texts = {
        "run.py": "from pkg.live import f\nprint(f())\n",
        "pkg/__init__.py": "",
        "pkg/live.py": "def f():\n    return 1\n",
        "pkg/old.py": "import torch\nfrom pkg.old_loss import loss\n\n\ndef train(x):\n    loss(torch.exp(x)).backward()\n",
        "pkg/old_loss.py": "def loss(x):\n    return x\n",
    }
    (finding,) = found(texts)
    assert finding.subject.id == "pkg/old.py"
    assert finding.members == 2
    assert [site.path for site in finding.locations] == ["pkg/old.py", "pkg/old_loss.py"]
    assert "git rm pkg/old.py pkg/old_loss.py" in finding.remedy


ISLAND = {
    "run.py": "from pkg.live import f\nprint(f())\n",
    "pkg/__init__.py": "",
    "pkg/live.py": "def f():\n    return 1\n",
    "pkg/old.py": "import pandas as pd\nimport torch\n\n\ndef train():\n    rows = pd.read_csv('data/shared.csv')\n"
    "    torch.exp(rows).backward()\n    rows.to_parquet('data/ablation.parquet')\n",
    "look.py": "import pandas as pd\n\nprint(pd.read_csv('data/shared.csv'))\n",
}


def test_what_only_the_island_reads_or_writes_goes_with_it() -> None:
    (finding,) = found(ISLAND)
    (told,) = [piece.text for piece in finding.evidence if piece.text.startswith("only it")]
    assert told == "only it reads or writes `data/ablation.parquet`"


class Changed:
    """A history in which the experiment was changed so many days before the newest commit."""

    names: tuple[str, ...] = ()

    def __init__(self, days: int) -> None:
        self.newest, self.days = 2_000 * 86_400, days

    def last_change(self, path: str) -> int:
        return self.newest - self.days * 86_400

    def newest_commit(self, path: str) -> None:
        return None

    def commits_touching(self, paths: object, days: object) -> int:
        return 0


@pytest.mark.parametrize(("days", "confidence"), [(20, Confidence.C), (400, Confidence.B)])
def test_what_was_changed_lately_may_not_be_wired_up_yet(days: int, confidence: Confidence) -> None:
    graph = graph_of_texts(ISLAND)
    graph.history = Changed(days)  # type: ignore[assignment]
    (finding,) = OrphanExperiment().check(graph)
    assert finding.confidence is confidence


def test_it_abstains_where_little_of_a_project_is_reached() -> None:
    lost = {f"pkg/part{n}.py": "import torch\n\n\ndef f(x):\n    return torch.exp(x)\n" for n in range(12)}
    graph = graph_of_texts({"run.py": "print(1)\n", "pkg/__init__.py": "", **lost})
    assert list(OrphanExperiment().check(graph)) == []
    assert graph.notes == ["DXP004: the project is left out: only 0 of its 12 modules are reached from anything that is run"]


def test_it_abstains_on_the_public_api_of_a_published_package() -> None:
    build = '[build-system]\nrequires = ["setuptools"]\n\n[project]\nname = "pkg"\nversion = "1"\nclassifiers = ["Framework :: X"]\n'
    texts = {"pyproject.toml": build, "README.md": "pip install pkg\n", "pkg/__init__.py": "", "pkg/left.py": ISLAND["pkg/old.py"]}
    graph = graph_of_texts(texts)
    assert list(OrphanExperiment().check(graph)) == []
    assert "its package is published" in graph.notes[0]
