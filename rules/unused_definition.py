"""DXP011."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.graph.dead import Dead, Island, blind_projects, dead_definitions, dead_islands, extent, is_whole
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.base import Rule
from rules.severity import in_context
from rules.wording import last_changed, ticked

_MAX_SHOWN = 40


class UnusedDefinition(Rule):
    """Functions, classes, methods, collections or constants of a module that no code, notebook, configuration or document uses.

    What nobody calls is still read, searched, type-checked and carried through every refactoring, and a reader cannot see that it
    does not matter. After an experiment ends such leftovers are what remains of it.

    A definition is used when living code mentions it: by name, as an attribute, or in a string (registries, `_target_`, `getattr`,
    entry points, commands, code in a README). What only dead definitions mention is dead with them; what only tests mention is said to be.
    All dead definitions of one module are one finding.

    Exempt: the public API of published packages; what frameworks find by decorator, base class, name or place; modules whose names are
    looked up at run time, or that are handed over as a whole; classes beside one that a configuration selects; methods that a base or
    derived class has too, or that a base from outside may call; definitions in tests, notebooks, lessons, vendored and generated files;
    constants that five files side by side all bind; the rest of a file that says it was copied; members that stand in for the object
    they wrap; helpers for tests, slow twins to compare with.

    Known false positives: a method that a framework calls by its name; a definition that is kept for tests to compare with; what people
    outside use of a package.
    """

    code = "DXP011"
    name = "unused-definition"
    severity = Severity.low
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(5, 3, friction=2)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths); Romano et al. 2020, Dead code"
    remedy = "Delete the definitions, and the tests that only exercise them: git keeps the history."
    BAD = (
        {
            "train.py": "from features import scale\n\nprint(scale([1.0]))\n",
            "features.py": """\
def scale(values):
    return [v / max(values) for v in values]


def clip(values, low):  # DXP011
    return [max(v, low) for v in values]
""",
        },
    )
    GOOD = (
        {
            "train.py": "import features as f\n\nCLIP = {'clip': f.clip}\nprint(getattr(f.Scaler(), 'scale')([1.0]), CLIP)\n",
            "features.py": """\
class Scaler:
    def scale(self, values):
        return [v / max(values) for v in values]


def clip(values, low):
    return [max(v, low) for v in values]
""",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for root, why in sorted(blind_projects(graph).items()):
            graph.abstain(self.code, f"{root or 'the project'} is left out: {why}")
        for path, dead in dead_definitions(graph).items():
            rest = [each for each in dead if each.by_tests or not each.ml]
            if rest:
                yield self._definitions(graph, graph.modules[path], rest)
        for island in dead_islands(graph):
            if island.by_tests or not island.ml:
                yield self._modules(graph, island)

    def _definitions(self, graph: SystemGraph, module: Module, dead: list[Dead]) -> Finding:
        unused = [each for each in dead if not each.by_tests]
        whole = len(dead) > 1 and is_whole(graph, module, dead)
        what = f"{ticked([each.name for each in dead])} of `{module.path}`"
        by = "nothing uses" if len(unused) == len(dead) else "only tests use" if not unused else "nothing, or only tests, use"
        sites = [each.site for each in dead[:_MAX_SHOWN]]
        return self.found(
            f"{by} {what}" + (": the whole module" if whole else ""),
            Subject("module", module.path),
            [Site(module.path, 1), *sites] if whole else sites,
            [*(Evidence(_sentence(each), each.site) for each in dead[:_MAX_SHOWN]), *last_changed(graph, module.path, f"`{module.path}`")],
            severity=in_context(graph, self.severity, [module.path]),
            confidence=Confidence.B if unused else Confidence.C,
            items=len(dead),
            members=len(dead),
        )

    def _modules(self, graph: SystemGraph, island: Island) -> Finding:
        first = island.modules[0]
        others = f" and {len(island.modules) - 1} modules that only it reaches" if len(island.modules) > 1 else ""
        by = "only tests import" if island.by_tests else "nothing imports, runs or names"
        return self.found(
            f"{by} `{first}`{others}",
            Subject("module", first),
            [extent(graph.modules[path]) for path in island.modules],
            [
                *(Evidence("no import, command, configuration or document leads here", extent(graph.modules[p])) for p in island.modules),
                *last_changed(graph, first, f"`{first}`"),
            ],
            severity=in_context(graph, self.severity, island.modules),
            confidence=Confidence.C if island.by_tests else Confidence.B,
            remedy="Delete: `git rm " + " ".join(island.modules) + "`; git keeps the history.",
            items=len(island.modules),
            members=len(island.modules),
        )


def _sentence(dead: Dead) -> str:
    by_dead = f"only {dead.user} mentions it, which nothing uses" if dead.user else "nothing that lives mentions it"
    who = "only tests mention it" if dead.by_tests else by_dead
    return f"the {dead.kind} `{dead.name}`: {who}"
