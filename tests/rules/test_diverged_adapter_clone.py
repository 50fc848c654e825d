from __future__ import annotations

import textwrap

import msgspec
import pytest

from analyzer.history.authorship import Commit, History
from analyzer.model import Confidence, Evidence, Severity, Site
from analyzer.read.step_facts import Command, Step
from tests.rules.copied_code import ADAPTER, DRIFTED, MakeGraph, check, in_class


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(ADAPTER, ADAPTER, id="exact copies have not diverged"),
        pytest.param(ADAPTER, ADAPTER.replace("customer", "client").replace('"client', '"customer'), id="only local names differ"),
        pytest.param(ADAPTER, ADAPTER.replace("    rows =", '    """Read."""\n    logger.info("x")\n    rows ='), id="only talk differs"),
        pytest.param(ADAPTER, ADAPTER.replace("json.loads", "loads"), id="only the way to import an API differs"),
        pytest.param(ADAPTER, "def read_scores(path):\n    return compute(path) * 2\n", id="only the name is the same"),
        pytest.param(ADAPTER, ADAPTER.replace('";"', '"billing"'), id="a difference that follows from the place"),
    ],
)
def test_silent(graph_by_hand: MakeGraph, one: str, other: str) -> None:
    head = "import csv\nimport json\n"
    assert check(graph_by_hand({"reports/io.py": head + one, "billing/io.py": head + other})) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("same/a.py", "same/b.py"),
        ("jax/io.py", "tf/io.py"),
        ("storage/s3_reader.py", "archive_jobs/gcs_reader.py"),
        ("app/v1/io.py", "api/examples/io.py"),
        ("a/migrations/0001_scores.py", "b/migrations/0002_scores.py"),
        ("a/tutorial/io.py", "b/io.py"),
        ("tests/io.py", "b/io.py"),
    ],
)
def test_silent_where_copies_are_meant(graph_by_hand: MakeGraph, one: str, other: str) -> None:
    assert check(graph_by_hand({one: ADAPTER, other: DRIFTED})) == []


def test_versions_side_by_side_are_kept_on_purpose(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"v1/io.py": ADAPTER, "v2/io.py": DRIFTED})
    assert check(graph) == []


def test_a_literal_that_became_a_parameter_with_that_default_is_explained(graph_by_hand: MakeGraph) -> None:
    lifted = ADAPTER.replace("(path)", '(path, column="score")').replace('record["score"]', "record[column]")
    assert check(graph_by_hand({"a/io.py": ADAPTER, "b/io.py": lifted})) == []
    other_default = lifted.replace('column="score"', 'column="points"')
    assert len(check(graph_by_hand({"a/io.py": ADAPTER, "b/io.py": other_default}))) == 1


@pytest.mark.parametrize(("name", "found"), [("ScoreConfig", 0), ("ReaderSettings", 0), ("ScoreReader", 1)])
def test_configuration_classes_differ_on_purpose(graph_by_hand: MakeGraph, name: str, found: int) -> None:
    one, other = (in_class(text, name) for text in (ADAPTER, DRIFTED))
    assert len(check(graph_by_hand({"a/io.py": one, "b/io.py": other}))) == found


def test_silent_in_a_tutorial(graph_by_hand: MakeGraph) -> None:
    assert check(graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED}, archetype="tutorial")) == []


@pytest.mark.parametrize("attribute", ["is_vendored", "is_generated", "is_docs"])
def test_silent_for_files_that_nobody_here_wrote(graph_by_hand: MakeGraph, attribute: str) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED})
    setattr(graph.modules["b/io.py"], attribute, True)
    assert check(graph) == []


def test_training_and_serving_belong_to_another_rule(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED})
    graph.modules["a/io.py"].roles["TRAIN"] = Evidence("fits")
    graph.modules["b/io.py"].roles["SERVE"] = Evidence("serves")
    assert check(graph) == []
    graph.modules["b/io.py"].roles["TRAIN"] = Evidence("fits too")
    assert len(check(graph)) == 1


def test_siblings_that_implement_one_method(graph_by_hand: MakeGraph) -> None:
    one, other = in_class(ADAPTER, "Csv", "Reader"), in_class(DRIFTED, "Tsv", "Reader")
    assert check(graph_by_hand({"a/io.py": one, "b/io.py": other})) == []
    assert check(graph_by_hand({"a/io.py": in_class(ADAPTER, "Csv"), "b/io.py": in_class(DRIFTED, "Tsv", "Csv")})) == []


@pytest.mark.parametrize(("base", "decorator"), [("Reader", ""), ("", "@readers.register('x')\n")])
def test_an_interface_of_five(graph_by_hand: MakeGraph, base: str, decorator: str) -> None:
    texts = {f"c{n}/io.py": in_class(ADAPTER.replace('";"', f'"{"|,;:!"[n]}"'), "Scores", base, decorator) for n in range(5)}
    assert check(graph_by_hand(texts)) == []
    texts.pop("c4/io.py")
    assert len(check(graph_by_hand(texts))) == 1, "four are no interface yet, but four copies of one class"


def test_a_whole_cloned_file_belongs_to_another_rule(graph_by_hand: MakeGraph) -> None:
    whole = ADAPTER + ADAPTER.replace("read_scores", "read_labels").replace("score", "label")
    assert check(graph_by_hand({"de/stage.py": whole, "fr/stage.py": whole.replace('";"', '","')})) == []


def test_a_cloned_script_belongs_to_another_rule(graph_by_hand: MakeGraph) -> None:
    script = ADAPTER.replace("read_scores(path)", "main(path)") + '\nif __name__ == "__main__":\n    main("x")\n'
    assert check(graph_by_hand({"de/stage.py": script, "fr/stage.py": script.replace('";"', '","')})) == []


def test_functions_that_share_only_structure(graph_by_hand: MakeGraph) -> None:
    text = "def move(a, b, c):\n" + "".join(f"    self.x{n} = a\n    b = a['k{n}']\n    c = b\n" for n in range(6)) + "    return c\n"
    other = text.replace("self.x", "self.y").replace("['k", "['z")
    assert check(graph_by_hand({"a/io.py": text, "b/io.py": other})) == []


def test_a_diverged_copy(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/export.py": DRIFTED.replace("rows", "result")})
    (found,) = check(graph)
    assert found.message == "`read_scores` has 1 diverged copy: `b/export.py::read_scores`; one has `';'` where the other has `','`"
    assert found.subject.id == "a/io.py::read_scores + b/export.py::read_scores"
    assert found.locations == (Site("a/io.py", 2, 10), Site("b/export.py", 2, 10))
    assert found.members == 2
    assert (found.severity, found.confidence, found.minutes) == (Severity.medium, Confidence.B, 40)
    shown = [evidence.text for evidence in found.evidence]
    assert shown[0].startswith("88% of the lines are the same (7 lines;")
    assert shown[1] == "`for _ in csv.DictReader(_, delimiter=';')` ↔ `for _ in csv.DictReader(_, delimiter=',')` (the copy: b/export.py:5)"
    assert found.evidence[1].site == Site("a/io.py", 5)


def test_a_renamed_copy(graph_by_hand: MakeGraph) -> None:
    (found,) = check(graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED.replace("read_scores", "fetch")}))
    assert found.confidence == Confidence.B


def test_a_family_is_one_finding(graph_by_hand: MakeGraph) -> None:
    texts = {f"c{n}/io.py": ADAPTER.replace('";"', repr("|,;:!"[n])) for n in range(5)}
    (found,) = check(graph_by_hand(texts))
    assert found.members == len(found.locations) == 5
    assert found.minutes == 30 + 10 * 4
    assert "has 4 diverged copies" in found.message
    assert found.message.count("::") == 5
    assert "`c0/io.py::read_scores` has `'|'` where `c1/io.py::read_scores` has `','`" in found.message


def test_of_three_copies_it_is_said_which_have_a_line_and_which_has_not(graph_by_hand: MakeGraph) -> None:
    more = ADAPTER.replace("    for ", "    os.utime(path)\n    for ", 1)
    (found,) = check(graph_by_hand({"a/io.py": more, "b/io.py": more.replace("json.loads", "float"), "c/io.py": ADAPTER}))
    assert "only one" not in found.message
    (found,) = check(graph_by_hand({"a/io.py": ADAPTER, "b/io.py": more, "c/io.py": ADAPTER}))
    assert "`b/io.py::read_scores` has `os.utime(_)`, `a/io.py::read_scores` has not" in found.message


SHIM = ADAPTER.replace("    rows = []", "    warnings.warn('it has moved', DeprecationWarning)\n    rows = []")


def test_what_a_deprecated_name_still_does(graph_by_hand: MakeGraph) -> None:
    texts = {"a/io.py": DRIFTED, "b/io.py": f"import warnings\n{SHIM}"}
    assert check(graph_by_hand(texts)) == []
    assert check(graph_by_hand(texts | {"b/io.py": texts["b/io.py"].replace("DeprecationWarning", "UserWarning")}))


def test_copies_that_were_put_away(graph_by_hand: MakeGraph) -> None:
    assert check(graph_by_hand({"a/_deprecated/io.py": ADAPTER, "b/io.py": DRIFTED})) == []


@pytest.mark.parametrize(("address", "found"), [("https://example.org/me/hand.git", 0), ("https://example.org/me/other", 1)])
def test_a_notebook_that_clones_its_own_repository(graph_by_hand: MakeGraph, address: str, found: int) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/demo.ipynb": DRIFTED})
    step = Step("notebook", "", 1, commands=(Command(("git", "clone", "--depth=1", address), 1),))
    module = graph.modules["b/demo.ipynb"]
    module.facts = msgspec.structs.replace(module.facts, steps=(step,))
    assert len(check(graph)) == found


def test_a_nested_function_is_told_once(graph_by_hand: MakeGraph) -> None:
    outer = "def make(path):\n    target = pd.read_csv(path)\n" + textwrap.indent(ADAPTER, "    ") + "    return read_scores\n"
    outer += "".join(f"\ndef other{n}(x):\n" + "    x = x * 2\n" * 9 for n in range(3))
    (found,) = check(graph_by_hand({"a/io.py": outer, "b/io.py": outer.replace('";"', '","')}))
    assert found.subject.id == "a/io.py::make + b/io.py::make"


def test_the_closest_of_several_is_the_copy(graph_by_hand: MakeGraph) -> None:
    variant = ADAPTER.replace("read_scores", "read_raw").replace(".strip()", "").replace("json.loads", "float")
    (found,) = check(graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED + variant}))
    assert found.subject.id == "a/io.py::read_scores + b/io.py::read_scores"


def test_a_copied_class_is_no_interface(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a/io.py": in_class(ADAPTER, "Scores", "Reader"), "b/io.py": in_class(DRIFTED, "Scores", "Reader")})
    assert len(check(graph)) == 1


def test_since_when_a_copy_is_there_and_what_changed_it_is_shown(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED})
    days = (1_700_000_000, 1_690_000_000, 1_600_000_000)
    graph.history = History(tuple(Commit(f"{n}" * 40, time, "author 1", (), ("a/io.py",), ()) for n, time in enumerate(days)), days[0])
    texts = [evidence.text for evidence in check(graph)[0].evidence]
    assert "copy `a/io.py::read_scores`: its file is there since 2020-09-13, changed in 2 commits since, last on 2023-11-14" in texts
    assert "copy `b/io.py::read_scores`" in texts


def test_copies_in_production_weigh_more(graph_by_hand: MakeGraph) -> None:
    graph = graph_by_hand({"a/io.py": ADAPTER, "b/io.py": DRIFTED})
    graph.modules["a/io.py"].production = (Evidence("run by cron"),)
    assert check(graph)[0].severity == Severity.high


def test_a_copy_in_a_notebook_is_shown_by_cell(graph_by_hand: MakeGraph) -> None:
    (found,) = check(graph_by_hand({"a/io.py": ADAPTER, "nb/work.ipynb": DRIFTED}))
    assert found.locations[1] == Site("nb/work.ipynb", 2, 10, 3)
