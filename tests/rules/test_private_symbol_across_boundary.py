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


ENGINE = {
    "watch/__init__.py": "",
    "watch/engine.py": (
        "class Engine:\n    def __init__(self):\n        self._alerts = []\n        self._states = {}\n\n"
        "    def _flush_alerts(self):\n        self._alerts.clear()\n"
    ),
}


def members(path, text):
    return [f for f in found({**ENGINE, path: text}) if f.subject.kind in ("members", "package")]


@pytest.mark.parametrize(
    "text",
    [
        # its own class
        "class Other:\n    def __init__(self):\n        self._states = {}\n\n    def of(self, other):\n        return other._states\n",
        # protected
        "from watch.engine import Engine\n\n\nclass Mine(Engine):\n    def take(self, engine):\n        engine._states = {}\n",
        "def clear(engine):\n    if hasattr(engine, '_states'):\n        engine._states = {}\n",
        "def name(pair):\n    return pair._asdict()\n",
        "def alive(thread):\n    return thread._target\n",
        "def first(row):\n    return row._alerts\n",  # one word, and nothing says whose
        "from queue import Queue\n\nqueue = Queue()\nqueue._states = {}\n",  # the standard library's
        "class Mine:\n    def _flush_alerts(self):\n        super()._flush_alerts()\n",
        "def made(cls):\n    item = cls()\n    item._states = {}\n    return item\n",  # may be its own mark
        "def mark(item):\n    item._seen_before = True\n    return item\n",  # a mark of one's own
    ],
)
def test_members_that_are_nobody_elses_or_unknown(text):
    assert members("tools/use.py", text) == []


def test_a_member_that_a_file_beside_the_class_reads_once():
    assert (
        members("watch/core.py", "from watch.engine import Engine\n\n\ndef size(engine: Engine):\n    return len(engine._alerts)\n") == []
    )


def test_files_of_a_library_know_each_other():
    package = {"pyproject.toml": '[project]\nname = "watch"\nversion = "1"\n', "README.md": "# watch\n\n    pip install watch\n"}
    inner = "from watch.engine import Engine\n\n\ndef flush(engine: Engine):\n    engine._flush_alerts()\n"
    assert found({**ENGINE, **package, "watch/deep/__init__.py": "", "watch/deep/use.py": inner}) == []


LIBRARY = {"pyproject.toml": '[project]\nname = "watch"\nversion = "1"\n', "README.md": "# watch\n\n    pip install watch\n"}
PART = {
    "watch/deep/__init__.py": "",
    "watch/deep/part.py": (
        "from watch.engine import Engine\n\n\nclass Reset:\n    def __init__(self, engine: Engine):\n        self._engine = engine\n\n"
        "    def all(self):\n        self._engine._alerts_seen = []\n"
    ),
    "watch/engine.py": (
        "from watch.deep.part import Reset\n\n\nclass Engine:\n    def __init__(self):\n        self._alerts_seen = []\n"
        "        self.reset = {}\n"
    ),
}


def test_parts_that_the_owner_makes_or_names():
    def part(made, comment=""):
        engine = PART["watch/engine.py"].format(made).replace("        self._a", f"{comment}        self._a")
        return found({**ENGINE, **LIBRARY, **PART, "watch/engine.py": engine})

    assert [finding.subject.id for finding in part("Reset")] == ["watch/engine.py"]
    assert part("Reset(self)") == []
    assert part("Reset(engine=self)") == []
    assert part("Reset", "        # emptied by `Reset.all()` only\n") == []


@pytest.mark.parametrize(
    ("path", "text", "is_silent"),
    [
        ("requirements.txt", "acmeml==1.2.3\n", True),
        ("requirements.txt", "acmeml==1.*\n", False),
        ("requirements.txt", "acmeml>=1.2\n", False),
        ("other/requirements.txt", "acmeml==1.2.3\n", False),
        ("uv.lock", "version = 1\n", True),
    ],
)
def test_a_library_that_is_pinned(path, text, is_silent):
    for use in ("import acmeml\n\nprint(acmeml.hub._check_fork())\n", "from acmeml import Hub\n\nhub = Hub()\nprint(hub._cells)\n"):
        findings = found({"tools/use.py": use, path: text})
        assert (findings == []) == is_silent


def test_members_of_torch_modules_are_torchs():
    use = "import acmeml\n\nmodel = acmeml.Net()\nprint(model.{})\n"
    assert members("tools/use.py", use.format("_get_name()")) == []
    assert [f.subject.id for f in members("tools/use.py", use.format("_forward_hooks"))] == ["torch"]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("tools/use.py", "def reset(engine):\n    engine._flush_alerts()\n", 2),
        ("tools/use.py", "from watch.engine import Engine\n\n\ndef reset(engine):\n    engine._states['a'] = {}\n", 5),
        ("watch/core.py", "from watch.engine import Engine\n\nengine = Engine()\nengine._alerts = []\n", 4),
        ("tools/use.py", "from watch.engine import Engine\n\nbare = object.__new__(Engine)\nprint(bare._states)\n", 4),
        (
            "watch/core.py",
            "from watch.engine import Engine\n\n\nclass Core:\n    def __init__(self, engine: Engine):\n        self.engine = engine\n\n"
            "    def run(self):\n        if self.engine._alerts:\n            self.engine._flush_alerts()\n",
            9,
        ),
    ],
)
def test_an_object_that_is_steered_through_its_private_members(path, text, line):
    finding = members(path, text)[0]
    assert (finding.subject.id, finding.confidence) == ("watch/engine.py", Confidence.C)
    assert (finding.locations[0].path, finding.locations[0].line) == (path, line)
    assert finding.locations[-1].path == "watch/engine.py"


def test_a_file_of_that_name_is_no_library():
    texts = {"runs/a.py": "import loader\n\nprint(loader._rows())\n", "other/loader.py": "def _rows():\n    return []\n"}
    assert [f for f in found(texts) if f.subject.kind == "package"] == []
    assert len(found({"runs/a.py": texts["runs/a.py"]})) == 1
    package = {"kit/__init__.py": "", "kit/io/__init__.py": "", "kit/io/loader.py": texts["other/loader.py"]}
    assert len(found({"runs/a.py": texts["runs/a.py"], **package})) == 1


def test_a_private_name_set_on_a_module_from_outside():
    texts = {"app/__init__.py": "", "app/state.py": "READY = True\n", "app/wsgi.py": "from app import state\n\nstate._is_client = True\n"}
    assert [f.subject.id for f in found(texts)] == ["app/state.py"]


@pytest.mark.parametrize(
    "text",
    [
        "from acmeml import Predictor\n\n\ndef reset(predictor: Predictor):\n    predictor._cells['a'] = {}\n",
        "import acmeml\n\npredictor = acmeml.Predictor()\nprint(predictor._cells)\n",
        "import acmeml\n\nacmeml.hub._check_fork = lambda *a: True\n",
        "from acmeml import Dataset\n\n\nclass Rows(Dataset):\n    def _one(self, at):\n        return super()._one(at)\n",
    ],
)
def test_private_members_of_objects_of_a_library(text):
    (finding,) = members("tools/use.py", text)
    assert (finding.subject.id, finding.confidence, finding.severity) == ("acmeml", Confidence.C, Severity.low)
