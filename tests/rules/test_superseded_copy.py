"""DXP005."""

from __future__ import annotations

import pytest

from analyzer.model import Confidence, Finding, Site
from analyzer.scan import graph_of_texts
from rules.superseded_copy import SupersededCopy

BODY = "import pandas as pd\n\ndef build(path):\n" + "".join(
    f"    {line}\n"
    for line in (
        "frame = pd.read_csv(path)",
        "frame = frame.dropna()",
        "frame['day'] = frame.day.dt.date",
        "frame = frame[['a', 'b']]",
        "return frame",
    )
)
OTHER = BODY.replace("dropna()", "fillna(0)")
UNLIKE = "import torch\n\ndef train(x):\n" + "".join(f"    x = torch.other_{n}(x, {n})\n" for n in range(8)) + "    return x\n"
MAIN = {"main.py": "from base import build\n\nif __name__ == '__main__':\n    build('a.csv')\n", "run.sh": "python main.py\n"}


def check(texts: dict[str, str]) -> list[Finding]:
    return list(SupersededCopy().check(graph_of_texts(texts)))


@pytest.mark.parametrize(
    "name",
    ["base2.py", "base_fast.py", "base_59.py", "other_old.py", "threshold.py", "base_v2.py", "base_new.py"],
)
def test_names_that_say_nothing_by_themselves(name: str) -> None:
    text = UNLIKE if name in ("base_v2.py", "base_new.py") else OTHER
    assert check(MAIN | {"base.py": BODY, name: text}) == []


@pytest.mark.parametrize("name", ["base_v2.py", "base_new.py", "base_20230401.py"])
def test_a_weak_word_needs_one_that_is_used_and_one_that_is_not(name: str) -> None:
    stem = name.removesuffix(".py")
    assert check({"base.py": BODY, name: OTHER}) == [], "neither is used"
    both = MAIN | {"base.py": BODY, name: OTHER, "more.py": f"from {stem} import build\n"}
    assert check(both) == [], "both are used"
    (found,) = check(MAIN | {"base.py": BODY, name: OTHER})
    assert found.confidence == Confidence.C
    assert found.locations == (Site(name, 1), Site("base.py", 1))


def test_a_copy_that_a_test_keeps_alive() -> None:
    assert check(MAIN | {"base.py": BODY, "base_old.py": OTHER, "tests/test_old.py": "from base_old import build\n"}) == []


def test_a_copy_that_is_run() -> None:
    assert check(MAIN | {"base.py": BODY, "base_old.py": OTHER, "Makefile": "old:\n\tpython base_old.py\n"}) == []


@pytest.mark.parametrize("folder", ["api/", "migrations/", "examples/", "configs/", "tests/", "docs/"])
def test_where_copies_are_meant(folder: str) -> None:
    assert check({f"{folder}base.py": BODY, f"{folder}base_old.py": OTHER}) == []


@pytest.mark.parametrize("folder", ["migrations/", "versions/"])
def test_a_revision_is_kept_whatever_it_is_called(folder: str) -> None:
    texts = {"main.py": f"from {folder[:-1]}.base import build\n\nbuild('a.csv')\n", "run.sh": "python main.py\n"}
    assert check(texts | {f"{folder}base.py": BODY, f"{folder}base_old.py": OTHER}) == []


@pytest.mark.parametrize("name", ["base_v2.py", "base_new.py"])
def test_a_version_of_an_interface_is_kept(name: str) -> None:
    texts = {"main.py": "from routes.base import build\n\nbuild('a.csv')\n", "run.sh": "python main.py\n"}
    assert check(texts | {"routes/base.py": BODY, f"routes/{name}": OTHER}) == []


def test_an_old_module_of_an_interface_beside_the_one_that_is_used() -> None:
    texts = {"main.py": "from routes.v1.base import build\n\nbuild('a.csv')\n", "run.sh": "python main.py\n"}
    (found,) = check(texts | {"routes/v1/base.py": BODY, "routes/v1/base_old.py": OTHER})
    assert found.locations[0] == Site("routes/v1/base_old.py", 1)


def test_empty_files_are_no_copies() -> None:
    assert check({"pkg/state.py": "x = 1\n", "pkg/state_old.py": "y = 1\n"}) == []


@pytest.mark.parametrize(
    "name", ["base_old.py", "old_base.py", "base-Copy1.py", "base (1).py", "copy_of_base.py", "archive/base.py", "base_bak.py"]
)
def test_a_strong_word_with_a_copy_that_nothing_uses(name: str) -> None:
    (found,) = check(MAIN | {"base.py": BODY, name: OTHER})
    assert found.locations == (Site(name, 1), Site("base.py", 1))
    assert found.confidence == Confidence.B
    assert found.message == f"`{name}` is a copy of `base.py`, and nothing uses it"
    assert found.minutes == 15


def test_a_copy_that_was_put_aside_under_a_longer_name() -> None:
    texts = MAIN | {"main.py": MAIN["main.py"].replace("base", "split_rows"), "split_rows.py": BODY}
    (found,) = check(texts | {"archived_split_rows_sklearn.py": UNLIKE.replace("train", "build")})
    assert found.locations == (Site("archived_split_rows_sklearn.py", 1), Site("split_rows.py", 1))
    assert check(texts | {"archived_split_columns.py": UNLIKE.replace("train", "build")}) == []


def test_only_the_name_ties_two_files_together() -> None:
    assert check(MAIN | {"base.py": BODY, "base_legacy.py": UNLIKE}) == []
    (found,) = check(MAIN | {"base.py": BODY, "attic/base.py": UNLIKE})
    assert found.message == "`attic/base.py` is another version of `base.py`, and nothing uses it"


def test_a_file_that_registers_what_it_defines() -> None:
    assert check(MAIN | {"base.py": BODY, "base_legacy.py": OTHER.replace("def build", "@register_task('old')\ndef build")}) == []


def test_a_file_that_is_loaded_by_being_there() -> None:
    texts = MAIN | {"main.py": "from tasks.base import build\n\nbuild('a.csv')\n", "tasks/base.py": BODY, "tasks/base_legacy.py": OTHER}
    assert len(check(texts | {"tasks/__init__.py": ""})) == 1
    loading = "import importlib, os\nfor name in os.listdir('tasks'):\n    importlib.import_module(name)\n"
    assert check(texts | {"tasks/__init__.py": loading}) == []


def test_the_original_may_be_the_dead_one() -> None:
    texts = {
        "main.py": "from base_legacy import build\n\nbuild('a')\n",
        "run.sh": "python main.py\n",
        "base.py": BODY,
        "base_legacy.py": OTHER,
    }
    (found,) = check(texts)
    assert found.locations[0] == Site("base.py", 1)
    assert found.message == "`base_legacy.py` is a copy of `base.py`, and nothing uses the original any more"


def test_copies_of_one_file_are_one_finding() -> None:
    (found,) = check(MAIN | {"base.py": BODY, "base-Copy1.py": BODY, "base-Copy2.py": OTHER})
    assert found.members == 3
    assert found.subject.id == "base.py + base-Copy1.py + base-Copy2.py"


# ---- functions -----------------------------------------------------------------------------------------------------------------------


def functions(first: str, second: str, *, use: str, head: str = "") -> dict[str, str]:
    one, other = BODY.replace("build", first), OTHER.replace("build", second).replace("import pandas as pd\n\n", head)
    return {"base.py": one + "\n" + other, "main.py": f"import base\n\nprint(base.{use}('a'))\n", "run.sh": "python main.py\n"}


def test_both_functions_are_used() -> None:
    texts = functions("load", "load_old", use="load")
    assert check(texts | {"more.py": "from base import load_old\n"}) == []


@pytest.mark.parametrize("module", ["base.py", "more.py"])
def test_a_function_that_may_be_asked_for_by_its_name(module: str) -> None:
    texts = functions("load", "load_old", use="load")
    texts[module] = texts.get(module, "") + "\nimport base\n\ndef reader(kind):\n    return getattr(base, kind)\n"
    assert check(texts) == []


def test_a_program_that_was_begun_as_a_copy_and_does_more() -> None:
    program = BODY + "\n\nbuild('a.csv')\n"
    assert len(check({"fit.py": program, "fit copy.py": program.replace("dropna", "fillna")})) == 1
    more = program + "".join(f"build('{name}.csv')\n" for name in "bcd")
    assert check({"fit.py": program, "fit copy.py": more}) == []
    assert len(check({"fit.py": program, "fit copy.py": more, "run.sh": "python fit.py\n"})) == 1


def test_neither_function_is_used() -> None:
    assert check(functions("load", "load_old", use="other")) == []


def test_a_decorated_function_may_be_registered() -> None:
    assert check(functions("load", "load_old", use="load", head="@register\n")) == []


def test_a_function_of_another_kind_with_a_weak_word() -> None:
    assert check({"base.py": BODY + UNLIKE.replace("train", "build_v2"), "main.py": "import base\nprint(base.build('a'))\n"}) == []


@pytest.mark.parametrize(("name", "confidence"), [("load_old", Confidence.B), ("load_v2", Confidence.C)])
def test_a_function_that_is_used_nowhere(name: str, confidence: Confidence) -> None:
    (found,) = check(functions("load", name, use="load"))
    assert found.message == f"`{name}` is used nowhere; `load` beside it has taken its place"
    assert found.subject.id == f"base.py::{name}"
    assert found.locations[0] == Site("base.py", 10, 15)
    assert found.confidence == confidence


def test_the_older_function_may_be_the_dead_one() -> None:
    (found,) = check(functions("load", "load_v2", use="load_v2"))
    assert found.subject.id == "base.py::load"


def test_of_files_without_longer_functions_no_share_is_told() -> None:
    stack = "class Stack:\n" + "".join(f"    def part_{n}(self):\n        return {n}\n\n" for n in range(6))
    (found,) = check(MAIN | {"base.py": BODY + stack, "backup/base.py": stack.replace("return 3", "return 4")})
    assert next(evidence.text for evidence in found.evidence) == "beside base.py: its name says so"
