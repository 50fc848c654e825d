from __future__ import annotations

import pytest

from analyzer.model import Finding
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
