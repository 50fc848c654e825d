"""UDC004: names that are private only in looks, then private names of other components, of other parts, of libraries."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence, Severity
from analyzer.scan import graph_of_texts
from rules.private_symbol_across_boundary import PrivateSymbolAcrossBoundary

OWNER = {"ranking/__init__.py": "", "ranking/encode.py": "_SALT = 3\n\n\ndef _bucket(value):\n    return int(value) % _SALT\n"}
BILLING = {"billing/__init__.py": ""}


def found(texts):
    return list(PrivateSymbolAcrossBoundary().check(graph_of_texts(texts)))


def billing(text):
    return {**OWNER, **BILLING, "billing/features.py": text}


@pytest.mark.parametrize(
    "text",
    [
        "from ranking.encode import _asdict\n",
        "try:\n    from ranking.encode import _bucket\nexcept ImportError:\n    _bucket = None\n",
        "from ranking import encode\n\nprint(encode.__name__)\n",
        "from ranking import encode\n\n\ndef run(encode):\n    return encode._bucket(1)\n",  # the parameter, not the module
        "from ranking import encode\n\nprint(encode._other)\n",  # not the module's own name: its class or a submodule may give it
    ],
)
def test_what_only_looks_private(text):
    assert found(billing(text)) == []


def test_tests_of_the_owner():
    assert found({**OWNER, "tests/test_encode.py": "from ranking.encode import _bucket\n"}) == []


def test_a_module_beside_the_owner():
    assert found({**OWNER, "ranking/score.py": "from ranking.encode import _bucket\n\nprint(_bucket(1))\n"}) == []


def test_another_part_of_the_same_component():
    texts = {**OWNER, "ranking/deep/__init__.py": "", "ranking/deep/score.py": "from ranking.encode import _bucket\n\nprint(_bucket(1))\n"}
    assert found({**texts, "mldebt.toml": '[components]\nranking = ["ranking/**"]\n'}) == []


def test_the_inside_of_a_private_package():
    texts = {
        "ranking/__init__.py": "",
        "ranking/_fast/__init__.py": "",
        "ranking/_fast/hash.py": "def hashed(x):\n    return x\n",
        "ranking/deep/__init__.py": "",
        "ranking/deep/use.py": "from ranking._fast.hash import hashed\n\nprint(hashed(1))\n",
    }
    assert found(texts) == []


def test_a_subclass_may_use_what_its_base_protects():
    owner = {"ranking/__init__.py": "", "ranking/base.py": "class Ranker:\n    def _order(self):\n        return []\n"}
    user = "from ranking.base import Ranker\n\n\nclass Mine(Ranker):\n    def order(self):\n        return Ranker._order(self)\n"
    assert found({**owner, **BILLING, "billing/mine.py": user}) == []


def test_two_users_within_a_package_are_neighbours():
    texts = {**OWNER, "ranking/a/__init__.py": "", "ranking/b/__init__.py": ""}
    texts |= {f"ranking/{part}/use.py": "from ranking.encode import _bucket\n" for part in ("a", "b")}
    assert found(texts) == []


@pytest.mark.parametrize(
    "text",
    [
        "import sys\n\nprint(sys._getframe())\n",
        "import os\n\nos._exit(1)\n",
        "from torch.optim.lr_scheduler import _LRScheduler\n",
        "import torch\n\nprint(torch._C._cuda_getDeviceCount())\n",
        "from acme._version import version\n",
        "import torch\n\ntorch.cuda.memory._record_memory_history()\ntorch.cuda.memory._snapshot()\n",
        "from slowapi import Limiter, _rate_limit_exceeded_handler\n",
        "import acme\n\nif hasattr(acme, '_loud'):\n    acme._loud()\n",
    ],
)
def test_libraries_that_promise_an_underscored_name(text):
    assert found({"train.py": text}) == []


@pytest.mark.parametrize(
    "text",
    [
        "from ranking.encode import _bucket  # first\n",
        "from ranking import encode\n\nprint(encode._bucket(1))\n",
        "import ranking.encode as e\n\nprint(e._SALT)\n",
    ],
)
def test_a_private_name_of_another_component(text):
    (finding,) = found(billing(text))
    assert finding.confidence == Confidence.B
    assert finding.subject.id == "billing -> ranking"
    assert finding.locations[0].path == "billing/features.py"
    assert "ranking/encode.py" in finding.evidence[0].text


def test_a_private_module_of_another_component():
    texts = {**BILLING, "ranking/__init__.py": "", "ranking/_fast.py": "def hashed(x):\n    return x\n"}
    (finding,) = found({**texts, "billing/features.py": "from ranking._fast import hashed\n\nprint(hashed(1))\n"})
    assert finding.evidence[0].text == "uses `ranking._fast`, defined in ranking/_fast.py"


def test_all_of_one_component_are_one_finding():
    texts = billing("from ranking.encode import _SALT, _bucket\n")
    (finding,) = found({**texts, "billing/more.py": "from ranking.encode import _bucket\n"})
    assert finding.members == 2
    assert [site.path for site in finding.locations] == ["billing/features.py", "billing/more.py"]


def test_a_private_name_that_three_parts_of_a_package_share_is_its_own_business():
    texts = dict(OWNER)
    for part in ("a", "b", "c"):
        texts |= {f"ranking/{part}/__init__.py": "", f"ranking/{part}/use.py": "from ranking.encode import _bucket\n"}
    assert found(texts) == []


def test_a_private_name_of_a_library_is_a_pinning_risk():
    (finding,) = found({"train.py": "import mlflow\n\nprint(mlflow.tracking.artifact_utils._download_artifact_from_uri('x'))\n"})
    assert finding.confidence == Confidence.C
    assert finding.severity == Severity.low
    assert finding.message.startswith("Pinning risk")
    assert finding.subject.id == "mlflow"
