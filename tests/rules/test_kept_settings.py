"""DXP009: settings that a variable takes or a constructor keeps; what somebody reads first."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence, Finding
from analyzer.scan import graph_of_texts
from rules.unread_option import UnreadOption


def found(texts: dict[str, str]) -> list[Finding]:
    return list(UnreadOption().check(graph_of_texts(texts)))


KEEPER = (
    "class Engine:\n    def __init__(self, size, period=60):\n        self.size = size\n        self.period = period\n\n    def go(self):\n"
)
PARSED = "import argparse\n\nargs = argparse.ArgumentParser().parse_args()\n"


@pytest.mark.parametrize(
    "texts",
    [
        {"a.py": KEEPER + "        return self.size + self.period\n"},
        {"a.py": KEEPER.replace("=60", "") + "        return self.size\n"},
        {"a.py": KEEPER.replace("class Engine", "class Engine(Base)") + "        return self.size\n"},
        {"a.py": KEEPER.replace("\n    def go(self):\n", "")},
        {"a.py": KEEPER + "        return vars(self)\n"},
        {"a.py": KEEPER + "        return getattr(self, 'period')\n"},
        {"a.py": KEEPER + "        return self.size\n", "b.py": "def tell(engine):\n    return engine.period\n"},
        {"a.py": KEEPER + "        return self.size\n", "b.py": "def tell(opts):\n    return opts.period\n"},
        {"a.py": KEEPER + "        return self._size\n\n    @property\n    def period(self):\n        return self._period\n"},
        {"a.py": "# Adapted for us from https://github.com/other/kit\nimport os\n\n" + KEEPER + "        return self.size\n"},
        {"a.py": PARSED + "SEED = args.seed\nprint(SEED)\n"},
        {"a.py": PARSED + "SEED = args.seed\n", "b.py": "from a import SEED\n"},
        {"a.py": PARSED + "SEED = args.seed\n", "b.py": "import a\n\nprint(a.SEED)\n"},
        {"a.py": PARSED + "_SEED = args.seed\n"},
        {"a.py": "import os\n\n\nclass Settings:\n    SEED = os.environ['SEED']\n"},
        {"a.py": "import os\n\nSEED = os.path.join('SEED')\n"},
    ],
)
def test_silent_about_what_is_kept(texts: dict[str, str]) -> None:
    assert found(texts) == []


@pytest.mark.parametrize(
    ("texts", "place", "message"),
    [
        (
            {"a.py": KEEPER + "        return self.size\n", "b.py": PARSED + "print(args.period)\n"},
            "a.py:4",
            "`self.period` of `Engine` takes a setting, and nothing reads it",
        ),
        (
            {"a.py": KEEPER + "        return self.size\n", "tests/test_a.py": "def test_a():\n    assert Engine(1).period\n"},
            "a.py:4",
            "`self.period` of `Engine` takes a setting, and nothing but tests reads it",
        ),
        ({"a.py": PARSED + "SEED = args.seed\n"}, "a.py:4", "`SEED` of a.py takes a setting, and nothing reads it"),
        (
            {"a.py": "import os\n\n\ndef go(x):\n    seed = os.environ['SEED']\n    return x + 1\n"},
            "a.py:5",
            "`seed` of `go` takes a setting, and nothing reads it",
        ),
    ],
)
def test_settings_that_are_kept_for_nobody(texts: dict[str, str], place: str, message: str) -> None:
    (finding,) = found(texts)
    assert (str(finding.locations[0]), finding.confidence, finding.message) == (place, Confidence.C, message)
