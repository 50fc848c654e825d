"""OWN004."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Access, Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.artifact_names import is_distinctive
from rules.base import Rule, guarded_confidence, open_world_note
from rules.handoffs import TUTORIAL, is_cached, said

_MADE = frozenset({"MODEL", "INTERMEDIATE", ""})
_PINNED_RUN = re.compile(r"runs:/[0-9a-f]{32}/(?P<name>[\w./-]+)$")
_LOGGED = re.compile(r"runs:/\{[^{}]*\}/(?P<name>[\w./-]+)$")
_MAX_SHOWN = 4


@dataclass(frozen=True, slots=True)
class _Made:
    """An artifact that production reads and nothing but notebooks makes."""

    artifact: str
    writers: tuple[Access, ...]
    readers: tuple[Evidence, ...]
    """Where production reads it, each with a site."""
    pinned: bool = False
    """Production names the one run that made it."""


class NotebookProducedProdArtifact(Rule):
    """What production reads is made by a notebook and by nothing else.

    Only a person who opens the notebook and runs its cells can make the model or table again, on the machine where it works, in the order
    that worked. "When ML packages are developed in an ivory-tower setting, the result may appear like black boxes to the teams that employ
    them in practice" (Sculley et al. 2015, §4). Found are files, objects and registered models that code under a live root reads (an
    image's recipe counts) while every writer is a notebook that no checked-in program runs; and the pinned form: production names a
    tracking run by its id (`runs:/<32 digits>/name`), and only notebooks log `name`. Then whoever trains again copies the id by hand,
    even when the notebook itself is scheduled.

    Exempt: notebooks that a live root runs (papermill, nbconvert, a job); tutorials, courses and examples; caches that a library fills;
    raw data that a notebook only downloads; paths that begin with an argument of the reader (its user names the folder); what another
    program writes too; readers that the notebook was exported to.

    Known false positives: notebooks that an orchestrator makes steps of in a way that the code does not name.
    """

    code = "OWN004"
    name = "notebook-produced-prod-artifact"
    severity = Severity.high
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=120, per_item=0, friction=30)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, §4 (research and engineering)"
    remedy = (
        "Move the cells that make the artifact into a script (or run the notebook with papermill in a scheduled job), write the artifact "
        "under a version or into a registry, and let production ask for it by name and stage instead of a path or a run id."
    )
    BAD = (
        {
            "train.ipynb": '{"cells": [{"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": '
            '["import joblib\\n", "from sklearn.svm import SVC\\n", "churn = SVC()\\n", '
            '"joblib.dump(churn, \\"service/churn_svc.joblib\\")"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
            "service/app.py": """\
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("churn_svc.joblib")  # OWN004


@app.get("/score")
def score(age: int):
    return float(model.predict([[age]])[0])
""",
        },
    )
    GOOD = (
        {
            "train.py": "import joblib\nfrom sklearn.svm import SVC\n\njoblib.dump(SVC(), 'service/churn_svc.joblib')\n",
            "service/app.py": "import joblib\nfrom fastapi import FastAPI\n\napp = FastAPI()\nmodel = joblib.load('churn_svc.joblib')\n\n\n"
            "@app.get('/score')\ndef score(age: int):\n    return float(model.predict([[age]])[0])\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for made in (*_by_identity(graph), *_by_run(graph)):
            yield self._finding(graph, made)

    def _finding(self, graph: SystemGraph, made: _Made) -> Finding:
        notebooks = tuple(dict.fromkeys(access.site.path for access in made.writers))
        where = f"`{notebooks[0]}`" if len(notebooks) == 1 else f"{len(notebooks)} notebooks"
        runs = " of the run that production names by its id" if made.pinned else ""
        told = f"production reads `{made.artifact}`{runs}, and nothing but {where} makes it"
        is_run = any(posixpath.basename(path) in graph.once(_notebooks_in_code) for path in notebooks)
        if is_run and made.pinned:
            told = f"production loads `{made.artifact}` by a run id that somebody copies, and its code stands only in the cells of {where}"
        coverage = graph.uncovered_share(path for path, module in graph.modules.items() if not module.is_excluded)
        base = Confidence.C if is_run or any(graph.modules[path].production for path in notebooks) else self.confidence
        return self.found(
            told,
            Subject("artifact", made.artifact),
            [*(read.site for read in made.readers if read.site is not None), *(access.site for access in made.writers)],
            [
                *made.readers[:_MAX_SHOWN],
                *(Evidence(said(access), access.site) for access in made.writers[:_MAX_SHOWN]),
                *_hidden_state(graph.modules[path] for path in notebooks),
                open_world_note(coverage),
            ],
            confidence=max(Confidence.C, base if made.pinned else guarded_confidence(base, coverage, escapes=False)),
            members=len(made.readers),
        )


# ---- by the artifact's identity ------------------------------------------------------------------------------------------------------


def _by_identity(graph: SystemGraph) -> Iterator[_Made]:
    writers: dict[str, dict[Site, Access]] = defaultdict(dict)
    readers: dict[str, dict[Site, Evidence]] = defaultdict(dict)
    spoiled: set[str] = set()
    """Artifacts that something else makes too."""
    for edge in graph.data_edges:
        if edge.level < 2 or edge.reader.site.path == edge.writer.site.path:
            continue
        source = graph.modules.get(edge.writer.site.path)
        if source is None or not _is_by_hand(graph, source):
            spoiled.add(edge.artifact)
            continue
        if _user_names_it(edge.reader) or TUTORIAL.search(posixpath.dirname(source.path)):
            continue
        why = _why_production(graph, edge.reader)
        if why and _is_made(graph, edge.writer, edge.reader) and is_distinctive(edge.artifact) and not _is_export(edge.reader, edge.writer):
            writers[edge.artifact].setdefault(edge.writer.site, edge.writer)
            readers[edge.artifact].setdefault(edge.reader.site, Evidence(f"{said(edge.reader)}; {why}", edge.reader.site))
    for artifact in sorted(readers):
        if artifact not in spoiled:
            yield _Made(
                artifact, _in_order(writers[artifact]), tuple(readers[artifact][site] for site in sorted(readers[artifact], key=str))
            )


def _user_names_it(read: Access) -> bool:
    """Does the path begin with a value that is open, such as an argument that has to be given? Whoever runs the reader names the folder."""
    return (read.artifact or "").startswith("{")


def _in_order(accesses: dict[Site, Access]) -> tuple[Access, ...]:
    return tuple(accesses[site] for site in sorted(accesses, key=str))


def _is_by_hand(graph: SystemGraph, module: Module) -> bool:
    is_free = module.is_notebook and not module.is_excluded and not module.production and module.path not in graph.invoked_by
    return is_free and posixpath.basename(module.path) not in graph.once(_notebooks_in_code)


def _notebooks_in_code(graph: SystemGraph) -> frozenset[str]:
    """Names of notebooks that modules name: an orchestrator's asset or task is made of them."""
    words = (word for module in graph.living() if not module.is_notebook for word in module.facts.words)
    return frozenset(posixpath.basename(word) for word in words if word.endswith(".ipynb"))


def _is_made(graph: SystemGraph, write: Access, read: Access) -> bool:
    klass = write.klass or read.klass
    is_cache = any("/.cache/" in (access.artifact or "") for access in (write, read))  # the library fills it when it is empty
    return (
        klass in _MADE
        and not is_cache
        and not write.temporary
        and not is_cached(graph, read)
        and "huggingface.co/datasets/" not in (write.artifact or "")
    )


def _is_export(read: Access, write: Access) -> bool:
    """The reader is the notebook as a script, or stands beside it: research that reads its own results."""
    return read.site.path.rpartition("/")[0] == write.site.path.rpartition("/")[0]


def _why_production(graph: SystemGraph, read: Access) -> str:
    """Why the reader is production, "" when it is not, or teaches."""
    path = read.site.path
    module = graph.modules.get(path)
    if TUTORIAL.search(path.rpartition("/")[0]):
        return ""
    if module is None:
        unit = graph.units.get(read.unit)
        return "the image takes it along" if unit is not None and unit.kind == "docker" else ""
    if module.is_excluded or module.is_notebook or graph.archetype_of(path) == "tutorial":
        return ""
    return module.production[0].text if module.production else ""


# ---- by the id of a tracking run -----------------------------------------------------------------------------------------------------


def _by_run(graph: SystemGraph) -> Iterator[_Made]:
    logged: dict[str, dict[Site, Access]] = defaultdict(dict)
    for access in graph.accesses:
        named = _LOGGED.match(access.artifact or "")
        if named and access.op == "write" and not access.borrowed:
            logged[named["name"]].setdefault(access.site, access)
    if not logged:
        return
    pinned: dict[str, dict[Site, Evidence]] = defaultdict(dict)
    for module, text in graph.texts():
        named = _PINNED_RUN.match(text.value)
        if named and named["name"] in logged and not module.is_notebook and module.production:
            site = module.site(text.line)
            pinned[named["name"]].setdefault(site, Evidence(f"names the run `{text.value}`; {module.production[0].text}", site))
    for name in sorted(pinned):
        makers = [graph.modules.get(access.site.path) for access in logged[name].values()]
        if all(module is not None and module.is_notebook for module in makers):
            yield _Made(name, _in_order(logged[name]), tuple(pinned[name][site] for site in sorted(pinned[name], key=str)), pinned=True)


def _hidden_state(notebooks: Iterable[Module]) -> Iterator[Evidence]:
    for notebook in notebooks:
        counts = [cell.execution_count for cell in notebook.facts.cells]
        ran = [count for count in counts if count is not None]
        if ran != sorted(ran):
            yield Evidence(f"the cells of `{notebook.path}` were last run in another order than they stand in", Site(notebook.path))
