"""Configuration that a library finds beside the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

Accesses = Callable[[Mapping[str, str]], list[tuple[str, str, str, str]]]


@pytest.mark.parametrize("made", ["confuse.Configuration('app', __name__)", "confuse.LazyConfig('app', __name__)", "Own('app', __name__)"])
def test_confuse(accesses: Accesses, made: str) -> None:
    source = f"import confuse\nclass Own(confuse.Configuration):\n    pass\nconfig = {made}\nopen(config['storage']['path'].get(str))\n"
    texts = {"app/__init__.py": "", "app/config.py": source, "app/config_default.yaml": "storage: {path: a.csv}\n"}
    found = accesses(texts)
    assert ("app/config.py:5", "read", "a.csv", "config") in found
    assert ("app/config.py:4", "read", "app/config_default.yaml", "literal") in found or "Own" in made


def test_defaults_of_another_package_are_not_meant(accesses: Accesses) -> None:
    source = "import confuse\nconfig = confuse.Configuration('app', __name__)\nopen(config['path'].get(str))\n"
    assert accesses({"app/config.py": source, "other/config_default.yaml": "path: a.csv\n"}) == []
