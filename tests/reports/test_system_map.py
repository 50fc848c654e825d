"""What the map draws, and what it says it leaves out."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from analyzer.model import Access, Artifact, Site, Unit
from analyzer.result import ScanResult
from reports.diagram import picture
from reports.system_map import MOST_FLOWS, MOST_NODES, system_map


def unit(name: str, component: str) -> Unit:
    return Unit(name, name, "module", component, "")


def access(op: str, artifact: str, user: str, *, declared: bool = False) -> Access:
    return Access(Site(user, 1), op, "file", artifact, "literal", user, declared=declared)


def artifact(name: str, writers: list[str], readers: list[str], *, declared: bool = False) -> Artifact:
    written = tuple(access("write", name, user, declared=declared) for user in writers)
    return Artifact(name, "file", "", written, tuple(access("read", name, user, declared=declared) for user in readers))


def with_artifacts(result: ScanResult, units: list[Unit], artifacts: list[Artifact]) -> ScanResult:
    return replace(result, units=tuple(units), artifacts=tuple(artifacts))


def test_nothing_to_draw(empty_result: ScanResult) -> None:
    system = system_map(empty_result)
    assert system.artifacts == ()
    assert system.omitted == ""
    assert picture(system).svg == ""


def test_private_artifacts_are_left_out_and_counted(empty_result: ScanResult) -> None:
    units = [unit("a.py", "one"), unit("a2.py", "one"), unit("b.py", "two")]
    artifacts = [artifact("own.csv", ["a.py"], ["a2.py"]), artifact("shared.csv", ["a.py"], ["b.py"])]
    system = system_map(with_artifacts(empty_result, units, artifacts))
    assert system.level == "component"
    assert system.actors == ("one", "two")
    assert [shared.artifact.id for shared in system.artifacts] == ["shared.csv"]
    assert system.omitted == "1 artifact that only one component touches"


def test_what_may_not_be_one_artifact_is_not_drawn_as_one(empty_result: ScanResult) -> None:
    units = [unit("a.py", "one"), unit("b.py", "two")]
    names = ["{path}", "s3://{bucket}/x.csv", "*/x.csv", "data/{day}.csv"]
    system = system_map(with_artifacts(empty_result, units, [artifact(name, ["a.py"], ["b.py"]) for name in names]))
    assert [shared.artifact.id for shared in system.artifacts] == ["data/{day}.csv"]
    assert system.omitted == "3 artifacts whose name begins with an unknown part"


def test_temporary_files_are_shared_with_nobody(empty_result: ScanResult) -> None:
    passing = artifact("tmp/x.csv", ["a.py"], ["b.py"])
    passing = replace(
        passing, writers=(replace(passing.writers[0], temporary=True),), readers=(replace(passing.readers[0], temporary=True),)
    )
    result = with_artifacts(empty_result, [unit("a.py", "one"), unit("b.py", "two")], [passing])
    assert system_map(result).artifacts == ()


def test_a_test_that_reads_an_artifact_is_no_consumer(empty_result: ScanResult) -> None:
    units = [unit("a.py", "one"), unit("b.py", "two")]
    artifacts = [artifact("own.csv", ["a.py"], ["tests/test_a.py"]), artifact("shared.csv", ["a.py"], ["b.py", "tests/test_a.py"])]
    system = system_map(with_artifacts(empty_result, units, artifacts))
    assert system.actors == ("one", "two")
    assert [shared.artifact.id for shared in system.artifacts] == ["shared.csv"]


def test_without_shared_components_the_modules_are_drawn(empty_result: ScanResult) -> None:
    units = [unit("a.py", "one"), unit("b.py", "one")]
    system = system_map(with_artifacts(empty_result, units, [artifact("x.csv", ["a.py"], ["b.py"]), artifact("y.csv", ["a.py"], [])]))
    assert system.level == "unit"
    assert system.actors == ("a.py", "b.py")
    assert system.private == 1


def test_if_nothing_is_shared_at_all_everything_is_drawn(empty_result: ScanResult) -> None:
    system = system_map(with_artifacts(empty_result, [unit("a.py", "one")], [artifact("x.csv", ["a.py"], [])]))
    assert (system.level, system.actors, system.private) == ("unit", ("a.py",), 0)


def test_one_undeclared_access_makes_an_edge_undeclared(empty_result: ScanResult) -> None:
    units = [unit("a.py", "one"), unit("b.py", "two"), unit("b2.py", "two")]
    mixed = artifact("x.csv", ["a.py"], ["b.py"], declared=True)
    mixed = replace(mixed, readers=(*mixed.readers, access("read", "x.csv", "b2.py")))
    flows = {flow.actor: flow for flow in system_map(with_artifacts(empty_result, units, [mixed])).flows}
    assert flows["one"].is_declared
    assert not flows["two"].is_declared


def test_a_reader_and_writer_is_one_edge_with_two_heads(empty_result: ScanResult) -> None:
    units = [unit("a.py", "one"), unit("b.py", "two")]
    system = system_map(with_artifacts(empty_result, units, [artifact("x.csv", ["a.py", "b.py"], ["b.py"])]))
    assert {flow.actor: flow.verb for flow in system.flows} == {"one": "writes", "two": "reads and writes"}
    root = ElementTree.fromstring(picture(system).svg)
    assert sum("marker-start" in path.attrib for path in root.iter("path")) == 1


def test_the_most_shared_are_kept_within_the_limits(empty_result: ScanResult) -> None:
    units = [unit(f"u{n}.py", f"c{n:03}") for n in range(90)]
    artifacts = [artifact(f"f{n:03}.csv", ["u0.py"], [f"u{m}.py" for m in range(1, 2 + n % 12)]) for n in range(200)]
    system = system_map(with_artifacts(empty_result, units, artifacts))
    assert len(system.actors) + len(system.artifacts) <= MOST_NODES
    assert len(system.flows) <= MOST_FLOWS
    assert len(system.artifacts) + system.left_out + system.private == 200
    assert system.left_out
    assert "beyond" in system.omitted
    assert len(system.artifacts[0].flows) == 13


def test_every_node_is_a_named_link_and_every_edge_says_whether_it_is_declared(result: ScanResult) -> None:
    system = system_map(result)
    root = ElementTree.fromstring(picture(system).svg)
    links = list(root.iter("a"))
    assert len(links) == len(system.actors) + len(system.artifacts)
    for link in links:
        assert link.attrib["href"].startswith("#")
        assert link.findtext("title") == link.attrib["aria-label"]
    edges = [group for group in root.iter("g") if "edge" in group.attrib["class"]]
    assert len(edges) == len(system.flows)
    for edge in edges:
        state = edge.attrib["class"].split()[1]
        assert edge.findtext("title", "").endswith(f"({state})")
    assert {edge.attrib["class"].split()[1] for edge in edges} == {"declared", "undeclared"}


def test_names_are_escaped(empty_result: ScanResult) -> None:
    units = [unit("a.py", "</svg><script>alert(1)</script>"), unit("b.py", "two\udce9")]
    drawn = picture(system_map(with_artifacts(empty_result, units, [artifact('"><img src=x>', ["a.py"], ["b.py"])]))).svg
    assert "<script" not in drawn
    assert "<img" not in drawn
    ElementTree.fromstring(drawn.encode("utf-8"))


def test_a_long_chain_is_drawn_down_the_page_and_a_short_one_across(empty_result: ScanResult) -> None:
    def chain(length: int) -> ScanResult:
        units = [unit(f"u{n}.py", f"c{n}") for n in range(length + 1)]
        return with_artifacts(empty_result, units, [artifact(f"{n}.csv", [f"u{n}.py"], [f"u{n + 1}.py"]) for n in range(length)])

    assert picture(system_map(chain(2))).flow == "right"
    long = picture(system_map(chain(12)))
    assert long.flow == "down"
    root = ElementTree.fromstring(long.svg)
    assert float(root.attrib["width"]) < 400 < float(root.attrib["height"])
