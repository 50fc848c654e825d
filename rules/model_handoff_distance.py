"""OWN002."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from analyzer.graph.system import DataEdge, Module, SystemGraph, project_imports
from analyzer.history.authorship import core
from analyzer.model import Access, Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.artifact_names import is_distinctive, is_registered, is_uri
from rules.base import Rule
from rules.handoffs import DOWNLOADS, is_cached, said
from rules.train_serve_sides import EXEMPT
from rules.unexplained_binaries import carried_by_hand, made_elsewhere

_MEDIUM_AT = 3
_HIGH_AT = 5
_MAX_STEPS = 5
_MIN_TOUCHES = 5
_MAX_NAMED = 3
_MAX_PLACES = 40
_PICKLE_REMEDY = (
    "Keep the code that trains the model, or the package with the classes and features that its pickle holds, beside the service; "
    "write down its inputs and check them when it is loaded; or export it to a format that carries its signature (ONNX, MLflow)."
)
_MADE = frozenset({"MODEL", "INTERMEDIATE", "PREDICTION", ""})
_OPAQUE = re.compile(r"\.(pkl|pickle|dpkl|dill|joblib|sav|pt|pth|ckpt|h5|hdf5|keras|bin|model|dat|npy|npz)$", re.I)


@dataclass(frozen=True, slots=True)
class _Boundary:
    """One hand-off of the chain, and what makes it far."""

    edge: DataEdge
    other_people: bool
    no_promise: bool
    opaque: bool
    no_common_code: bool
    by_hand: bool = False

    @property
    def distance(self) -> int:
        return self.other_people + self.no_promise + self.opaque + self.no_common_code + self.by_hand

    @property
    def is_apart(self) -> bool:
        """Between people, or between parts that share nothing but bytes."""
        return self.other_people or (self.opaque and self.no_promise and (self.no_common_code or self.by_hand))


class ModelHandoffDistance(Rule):
    """A model changes hands several times on its way into service, and nothing but bytes and paths holds the hands together.

    "There is sometimes a hard line between ML research and engineering, but this can be counter-productive for long-term system health"
    (Sculley et al. 2015, §8.4). From the code that serves or scores with a model, the rule walks back along what each step reads to the
    steps that made it. Every boundary on the way counts 1 for each of: the people who make 80 % of the changes on the one side make
    nothing on the other; no contract, pipeline declaration or test covers it; it is a binary that only the writing code explains, found by
    its path; the two sides import no project code in common; somebody carries it. Three in all are found, five are high.

    A file that training writes and the service reads elsewhere under the same telling name is carried by hand, and counts as handed over.
    Told as well, in one finding, are pickled models that something serves and nothing here makes: only their makers know what they take.

    What the same files hand on is one finding. It gives figures and names nobody; on a history that is partial, imported or squashed
    people are left out of the count.

    Exempt: libraries and tutorials; steps of evaluation; models in other formats than pickles that no training module or notebook saves;
    models that a registry or hub hands over or a package of its own loads; pickles where some writer's file is not known; files both
    sides of which are one module, or whose reader imports the module that saves them, itself or by a wrapper; chains in which every
    boundary is between the same people over common code.

    Known false positives: a boundary that a test outside the repository covers; an interface that is promised in prose.
    """

    code = "OWN002"
    name = "model-handoff-distance"
    severity = Severity.medium
    confidence = Confidence.C
    cost = Cost(base=0, per_item=60, friction=30)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, §8.4; Nahar et al., ICSE 2022"
    remedy = (
        "Shorten the way: let one package define how the model is saved, loaded and fed, and let both sides import it; add a contract test "
        "that loads the newest model and scores one example; and pass the model through a registry under a name and a version."
    )
    on_by_default = False
    BAD = (
        {
            "research/fit.py": """\
import joblib
from sklearn.svm import SVC

model = SVC()
model.fit([[0], [1]], [0, 1])
joblib.dump(model, "../service/churn_svc.joblib")

if __name__ == "__main__":
    print("saved")
""",
            "service/app.py": """\
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("churn_svc.joblib")  # OWN002


@app.get("/score")
def score(age: int):
    return float(model.predict([[age]])[0])
""",
        },
    )
    GOOD = (
        {
            "churn/model.py": "import joblib\n\nPATH = 'service/churn_svc.joblib'\n\n\ndef width(rows):\n    return len(rows[0])\n",
            "fit.py": "import joblib\nfrom sklearn.svm import SVC\nfrom churn.model import width\n\nmodel = SVC()\nmodel.fit([[0]], [0])\n"
            "joblib.dump(model, 'service/churn_svc.joblib')\n",
            "serve.py": "import joblib\nfrom fastapi import FastAPI\nfrom churn.model import width\n\napp = FastAPI()\n"
            "model = joblib.load('service/churn_svc.joblib')\n\n\n@app.get('/score')\ndef score(age: int):\n    return width([[age]])\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        into: dict[str, list[DataEdge]] = defaultdict(list)
        carried = carried_by_hand(graph, graph.data_edges)
        handed = [edge for edge in (*graph.data_edges, *carried) if _is_handoff(graph, edge)]
        for edge in handed:
            into[edge.reader.site.path].append(edge)
        seen: set[tuple[str, str]] = set()
        measure = _Measure(graph, carried)
        ways: dict[tuple[tuple[str, str], ...], list[tuple[DataEdge, list[_Boundary]]]] = defaultdict(list)
        for edge in handed:
            reader = graph.modules.get(edge.reader.site.path)
            if reader is None or not _hands_over_a_model(graph, edge, reader):
                continue
            key = (edge.artifact, reader.path)
            if key not in seen:
                seen.add(key)
                chain = [measure.boundary(step) for step in _chain(edge, into)]
                if sum(b.distance for b in chain) >= _MEDIUM_AT and any(b.is_apart for b in chain):
                    ways[tuple((b.edge.writer.site.path, b.edge.reader.site.path) for b in chain)].append((edge, chain))
        for way in ways.values():
            yield self._finding(way)
        if pickles := made_elsewhere(graph, measure.is_promised):
            yield self._of_pickles(pickles)

    def _of_pickles(self, pickles: Mapping[str, list[Access]]) -> Finding:
        first = ", ".join(f"`{artifact}`" for artifact in list(pickles)[:_MAX_NAMED])
        more = f" and {len(pickles) - _MAX_NAMED} more" if len(pickles) > _MAX_NAMED else ""
        told = f"{len(pickles)} served models are pickles that nothing here makes" if pickles.keys() - [*pickles][:1] else ""
        return self.found(
            f"{told or 'A served model is a pickle that nothing here makes'}: {first}{more}",
            Subject("models", "pickles made elsewhere"),
            list(dict.fromkeys(read.site for reads in pickles.values() for read in reads))[:_MAX_PLACES],
            [
                Evidence(f"{said(reads[0])}; no file here writes it, and no contract or test says what it takes", reads[0].site)
                for reads in pickles.values()
            ],
            items=len(pickles),
            members=len(pickles),
            remedy=_PICKLE_REMEDY,
        )

    def _finding(self, way: list[tuple[DataEdge, list[_Boundary]]]) -> Finding:
        """One for all that the same files hand on: a model, its preprocessor and its explainer make one way."""
        last, chain = way[0]
        distance = sum(boundary.distance for boundary in chain)
        hops = "one hand-off" if len(chain) == 1 else f"{len(chain)} hand-offs"
        more = f" and {len(way) - 1} more" if way[1:] else ""
        places = (site for _, boundaries in way for b in boundaries for site in (b.edge.reader.site, b.edge.writer.site))
        return self.found(
            f"`{last.artifact}`{more} {'reach' if more else 'reaches'} `{last.reader.site.path}` over {hops} with a distance of {distance}",
            Subject("model", f"{last.artifact} -> {last.reader.site.path}"),
            dict.fromkeys([last.reader.site, last.writer.site, *places]),
            [evidence for boundary in chain for evidence in _evidence(boundary)],
            severity=Severity.high if distance >= _HIGH_AT else Severity.medium,
            items=len(chain),
            members=len(chain),
        )


def _is_handoff(graph: SystemGraph, edge: DataEdge) -> bool:
    """Something that one file made and another one takes; a download is made elsewhere, a log or report is for people."""
    writer, reader = edge.writer, edge.reader
    module = graph.modules.get(writer.site.path)
    return (
        edge.level >= 2
        and module is not None
        and not module.is_excluded
        and writer.site.path != reader.site.path
        and {writer.klass, reader.klass} <= _MADE
        and not (writer.temporary or is_cached(graph, reader) or writer.guarded or DOWNLOADS.search(writer.call))
        and is_distinctive(edge.artifact)
    )


def _hands_over_a_model(graph: SystemGraph, edge: DataEdge, reader: Module) -> bool:
    writer = graph.modules[edge.writer.site.path]
    if _is_explained(graph, edge.writer.site.path, reader.path):
        return False
    is_model = "MODEL" in (edge.writer.klass, edge.reader.klass) or "model" in (edge.writer.kind, edge.reader.kind)
    serves = "SERVE" in reader.roles or ("SCORE" in reader.roles and "EVAL" not in reader.roles and bool(reader.production))
    return (
        is_model
        and serves
        and not reader.is_excluded
        and (writer.is_notebook or "TRAIN" in writer.roles)
        and graph.archetype_of(reader.path) not in EXEMPT
    )


def _is_explained(graph: SystemGraph, writer: str, reader: str) -> bool:
    """Does the reader import the module that saves the model, itself or by a wrapper? Then it has the code that loads and explains it."""
    imports = graph.once(project_imports)
    direct = imports.get(reader, {})
    return writer in direct or any(writer in imports.get(path, {}) for path in direct)


def _chain(last: DataEdge, into: Mapping[str, list[DataEdge]]) -> list[DataEdge]:
    """The longest way from a first writer to `last`, in the order of the data; among equals the first by name."""
    best = [last]
    stack = [[last]]
    tried = 0
    while stack and tried < 500:
        way = stack.pop()
        tried += 1
        if len(way) > len(best):
            best = way
        if len(way) < _MAX_STEPS:
            passed = {step.reader.site.path for step in way} | {way[0].writer.site.path}
            before = {e.writer.site.path: e for e in into.get(way[0].writer.site.path, ()) if e.writer.site.path not in passed}
            stack.extend([before[path], *way] for path in sorted(before, reverse=True))
    return best


class _Measure:
    """How far apart the two ends of an edge are."""

    def __init__(self, graph: SystemGraph, carried: Iterable[DataEdge]) -> None:
        self.graph = graph
        self._carried = {(edge.writer.site, edge.reader.site) for edge in carried}
        self._imports = graph.once(project_imports)
        self._declared = {declaration.artifact for declaration in graph.declarations}
        history = graph.history
        self._history = history if history is not None and not graph.history_gap and not history.gap else None

    def boundary(self, edge: DataEdge) -> _Boundary:
        writer, reader = edge.writer.site.path, edge.reader.site.path
        by_path = not is_registered(edge.artifact) and (edge.reader.kind in ("file", "object", "model") or is_uri(edge.artifact))
        return _Boundary(
            edge,
            self._is_between_people(writer, reader),
            not self._is_promised(edge, writer, reader),
            by_path and bool(_OPAQUE.search(edge.artifact)),
            self._shares_nothing(writer, reader),
            (edge.writer.site, edge.reader.site) in self._carried,
        )

    def _is_between_people(self, writer: str, reader: str) -> bool:
        history = self._history
        if history is None or history.distrust((writer, reader)):
            return False
        here, there = history.touches((writer,)), history.touches((reader,))
        if min(sum(here.values()), sum(there.values())) < _MIN_TOUCHES:
            return False
        return core(here).isdisjoint(there) and core(there).isdisjoint(here)

    def is_promised(self, artifact: str) -> bool:
        return artifact in self._declared or any(fnmatchcase(artifact, pattern) for pattern, _, _ in self.graph.contracts)

    def _is_promised(self, edge: DataEdge, writer: str, reader: str) -> bool:
        if edge.reader.declared or edge.writer.declared or self.is_promised(edge.artifact):
            return True
        tests = (path for path, targets in self._imports.items() if {writer, reader} <= targets.keys())
        return any(path in self.graph.modules and self.graph.modules[path].is_test for path in tests)

    def _shares_nothing(self, writer: str, reader: str) -> bool:
        return {writer, *self._imports.get(writer, ())}.isdisjoint({reader, *self._imports.get(reader, ())})


def _evidence(boundary: _Boundary) -> Iterator[Evidence]:
    edge = boundary.edge
    yield Evidence(said(edge.writer), edge.writer.site)
    counted = [
        text
        for holds, text in (
            (boundary.other_people, "other people change the two sides"),
            (boundary.no_promise, "no contract, declaration or test covers it"),
            (boundary.opaque, "a binary that only the writing code explains, found by its path"),
            (boundary.by_hand, "nothing here brings it from the one place to the other"),
            (boundary.no_common_code, "the two sides import no project code in common"),
        )
        if holds
    ]
    yield Evidence(
        f"{said(edge.reader)}: {'; '.join(counted) or 'nothing makes this boundary far'} ({boundary.distance})", edge.reader.site
    )
