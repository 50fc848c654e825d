"""DXP013."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.graph.system import Module, SystemGraph, UnboundUse
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.base import Rule
from rules.severity import in_context
from rules.wording import last_changed, ticked

_EXERCISE = re.compile(r"(?:^|[/_.-])(?:labs?|exercises?|assignments?|homeworks?|quiz|workshop)(?:$|[/_.-])", re.IGNORECASE)
_SHOWN = 12
_MAX_LOCATIONS = 100


class UndefinedName(Rule):
    """A notebook or module uses a name that nothing in it defines or imports: whoever runs that line gets a `NameError`.

    In a notebook it is what is left of a cell that was deleted, renamed or run in another order; the result above it can no longer be
    reproduced from the file. In a module it is a path that nobody has taken since the definition went away.

    Found are names that no cell or statement binds anywhere in the file, whatever the order, and that are no builtins.

    Exempt: star imports of something unseen, `%run` of a file that is not there, magics that may bind names, cells that are no Python;
    `exec` and `globals()`; names that a shell, a notebook service or a workflow system provides (`spark`, `dbutils`, `snakemake`,
    Kedro's `catalog` …) or that some file adds to the builtins; `try … except NameError`; annotations; names of Python 2; exercises
    with gaps to fill; names that a string in the folder or one around it assigns (`"source = …"`), since it may become the code around
    the file; tests, documentation, vendored and generated files.

    Known false positives: names that a program puts into the notebook or template before it runs.
    """

    code = "DXP013"
    name = "undefined-name"
    severity = Severity.low
    confidence = Confidence.A
    tentative_in = frozenset({"library", "tutorial"})
    cost = Cost(5, 10, friction=5)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths); Pimentel et al. 2019 (reproducibility of Jupyter notebooks)"
    remedy = (
        "Restart the kernel and run everything: restore or import what is missing, or delete what can no longer run; git keeps the history."
    )
    BAD = ({"load.py": "def load(name):\n    return os.path.join('models', name)  # DXP013\n"},)
    GOOD = (
        {
            "load.py": """\
import os

try:
    threads = THREADS
except NameError:
    threads = 1


def load(name):
    return later(os.path.join("models", name)), threads


def later(path):
    return path
""",
        },
        {"job.py": "from somewhere import *\n\nprint(anything)\n"},
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        files: dict[str, list[UnboundUse]] = {}
        for found in graph.undefined_names:
            module = graph.modules[found.path]
            if not module.is_excluded and not _EXERCISE.search(found.path):
                files.setdefault(found.path, []).append(found)
        for path, names in sorted(files.items()):
            yield self._finding(graph, graph.modules[path], names)

    def _finding(self, graph: SystemGraph, module: Module, names: list[UnboundUse]) -> Finding:
        sites = [each.sites[0] for each in names] + [site for each in names for site in each.sites[1:]]
        what = "no cell" if module.is_notebook else "nothing"
        return self.found(
            f"`{module.path}` uses {ticked([each.name for each in names], 5)}, which {what} defines or imports",
            Subject("module", module.path),
            list(dict.fromkeys(sites))[:_MAX_LOCATIONS],
            [*_evidence(names), *last_changed(graph, module.path)],
            severity=in_context(graph, self.severity if module.is_notebook else Severity.medium, [module.path]),
            items=len(names),
            members=len(names),
        )


def _evidence(names: list[UnboundUse]) -> Iterator[Evidence]:
    for each in names[:_SHOWN]:
        where = next((f" in `{scope}`" for scope in each.scopes if scope), "")
        times = f" ({len(each.sites)} places)" if len(each.sites) > 1 else ""
        yield Evidence(f"`{each.name}` is used{where}{times}; no assignment, import, parameter or builtin has this name", each.sites[0])
