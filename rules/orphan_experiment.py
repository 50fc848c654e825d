"""DXP004."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.dead import Dead, Island, blind_projects, dead_definitions, dead_islands, extent, is_documented
from analyzer.graph.system import SystemGraph
from analyzer.history.authorship import DAY
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.severity import in_context
from rules.wording import last_changed, ticked

_MAX_SHOWN = 40
_MAX_ARTIFACTS = 6
_FRESH_DAYS = 180


class OrphanExperiment(Rule):
    """A model, loss, feature extractor or module of an experiment that nothing runs, imports, names or selects any more.

    The experiment is over, its code stayed. It looks like a part of the system, so it is read, ported and kept compatible; and whoever
    revives it by accident gets what nobody has run for months. Knight Capital lost 465 million dollars in 45 minutes to such a path.

    Found are modules that no live root, script, notebook, document or configuration reaches and that do machine-learning work (with
    the modules that only they reach: an island), and in modules that do live the classes and functions of that kind that nothing
    mentions: an alternative whose siblings are used, a network, a transformer.

    Exempt: the public API of published packages; files with a main block or other work of their own; what a name, a registry, a plug-in
    folder, a decorator or a configuration can select; what a document tells of by the name of its file; code that a README says was
    taken over; tests, documentation, lessons, generated and vendored files. Where little of a project is reached at all the rule
    abstains. What was changed within the last 180 days is told with less confidence.

    Known false positives: what people outside import from a package that is published without any packaging file here; a class that a
    configuration may name although none does; code copied from another project without saying so.
    """

    code = "DXP004"
    name = "orphan-experiment"
    severity = Severity.low
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(10, 5, friction=5)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths)"
    remedy = "Delete it: git keeps the history. Tag the last commit that holds it when the experiment may be wanted again."
    BAD = (
        {
            "train.py": "from models import Small\n\nprint(Small().forward(1))\n",
            "models.py": """\
import torch


class Small(torch.nn.Module):
    def forward(self, x):
        return x


class Wide(torch.nn.Module):  # DXP004
    def forward(self, x):
        return torch.cat([x, x])
""",
        },
        {
            "pkg/__init__.py": "",
            "train.py": "from pkg.live import fit\n\nfit()\n",
            "pkg/live.py": "def fit():\n    return 1\n",
            "pkg/ablation.py": """\
import torch


def contrast(a, b):  # DXP004
    return torch.dot(a, b)
""",
        },
    )
    GOOD = (
        {
            "conf/model.yaml": "model:\n  _target_: models.Wide\n",
            "train.py": "import models\n\nprint(models)\n",
            "models.py": "import torch\n\n\nclass Wide(torch.nn.Module):\n    def forward(self, x):\n        return x\n",
        },
        {
            "ablation.py": """\
import torch


def contrast(a, b):
    return torch.dot(a, b)


if __name__ == "__main__":
    contrast(1, 2)
""",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for root, why in sorted(blind_projects(graph).items()):
            graph.abstain(self.code, f"{root or 'the project'} is left out: {why}")
        for path, dead in dead_definitions(graph).items():
            orphans = [each for each in dead if each.ml and not each.by_tests]
            if orphans and not is_documented(graph, path, dead):
                yield self._definitions(graph, path, orphans)
        for island in dead_islands(graph):
            if island.ml and not island.by_tests:
                yield self._island(graph, island)

    def _definitions(self, graph: SystemGraph, path: str, dead: list[Dead]) -> Finding:
        return self.found(
            f"nothing{' that lives' if any(each.user for each in dead) else ''} selects or calls "
            f"{ticked([each.name for each in dead])} of `{path}`",
            Subject("module", path),
            [each.site for each in dead[:_MAX_SHOWN]],
            [
                *(Evidence(f"the {d.kind} `{d.name}` is mentioned by {_by(d)}; {d.ml}", d.site) for d in dead[:_MAX_SHOWN]),
                *last_changed(graph, path, f"`{path}`"),
            ],
            severity=in_context(graph, self.severity, [path]),
            confidence=_confidence(graph, (path,)),
            items=len(dead),
            members=len(dead),
        )

    def _island(self, graph: SystemGraph, island: Island) -> Finding:
        first = island.modules[0]
        others = f", nor the {len(island.modules) - 1} modules that only it reaches" if len(island.modules) > 1 else ""
        modules = [graph.modules[path] for path in island.modules]
        return self.found(
            f"nothing runs, imports or names `{first}`{others}: an experiment that was left behind ({island.ml})",
            Subject("island", first),
            [extent(module) for module in modules],
            [
                *(Evidence("no import, command, configuration or document leads here", extent(module)) for module in modules),
                Evidence(f"{sum(module.facts.code_lines for module in modules)} lines of code in all"),
                *_left_alone(graph, island),
                *(evidence for path in island.modules for evidence in last_changed(graph, path, f"`{path}`")),
            ],
            severity=in_context(graph, self.severity, island.modules),
            confidence=_confidence(graph, island.modules),
            remedy="Delete the island: `git rm "
            + " ".join(island.modules)
            + "`. Git keeps the history; tag the commit if it may be wanted.",
            items=len(modules),
            members=len(modules),
        )


def _left_alone(graph: SystemGraph, island: Island) -> Iterator[Evidence]:
    """What only the island reads or writes: nobody needs it any more when the island goes."""
    users = graph.once(_users_of_artifacts)
    own = [name for name, paths in users.items() if paths <= set(island.modules)]
    if own:
        yield Evidence(f"only it reads or writes {ticked(own, _MAX_ARTIFACTS)}")


def _users_of_artifacts(graph: SystemGraph) -> dict[str, frozenset[str]]:
    """Artifact → the files that read, write or declare it."""
    return {
        name: frozenset([*(access.site.path for access in (*each.writers, *each.readers)), *(site.path for site in each.declared_by)])
        for name, each in graph.artifacts.items()
        if each.klass not in ("CONFIG", "LOG")
    }


def _by(dead: Dead) -> str:
    return f"nothing but {dead.user}, which nothing uses" if dead.user else "nothing that lives"


def _confidence(graph: SystemGraph, paths: tuple[str, ...]) -> Confidence:
    """B; C for what was changed lately: it may be work that is not wired up yet."""
    history = graph.history
    if history is None:
        return Confidence.B
    times = [time for path in paths if (time := history.last_change(path)) is not None]
    return Confidence.C if times and history.newest - max(times) < _FRESH_DAYS * DAY else Confidence.B
