"""Code that is there to be read or to be left alone: lessons, examples, templates, migrations, archives (GLU004, JGL006, OWN006)."""

from __future__ import annotations

import re

from analyzer.graph.archetype import OF_NOTEBOOKS
from analyzer.graph.placement import is_put_aside
from analyzer.graph.system import Project, SystemGraph

_FROZEN = re.compile(
    r"(^|/)_*(migrations?|alembic|versions|templates?|cookiecutter[^/]*|boilerplate|scaffold\w*|[^/]*_patch|compat|legacy|deprecated|archive\w*"
    r"|old|([\w-]+[-_])?examples?|tutorials?|course\w*|cohorts?|lessons?|labs?|lab-?\d+[^/]*|homeworks?|exercises?|solutions?|workshops?|chap(ter)?s?[-_]?\d*|(book_?)?listings|week_?\d+|([\w-]+[-_])?demos?([-_][\w-]+)?)/"
    r"|(^|/)((code|experiments?)[_-](for|of)[_-](the[_-])?)?paper[_-]?(code|experiments?)?/"
    r"|(^|/)(guided[_-]projects?|[\w-]*[_-]solutions?)/|(^|[/_-])(single_file|standalone)[^/]*$|(^|/)(tutorial|example)s?([_-][^/]*)?\.\w+$",
    re.IGNORECASE,
)
_TEACHING_NAME = re.compile(
    r"(?:^|[-_+.])(?:courses?|tutorials?|workshops?|zoomcamp|bootcamp|examples|cookbook|book|templates?)$", re.IGNORECASE
)
"""Names of repositories that are there to be read."""
_NOTEBOOKS = re.compile(r"(^|/)(notebooks?|nbs?|research|analysis)$", re.IGNORECASE)


class TeachingCode:
    """What of a graph is such code."""

    def __init__(self, graph: SystemGraph) -> None:
        self._graph = graph
        self._is_read = _TEACHING_NAME.search(graph.name) is not None
        self._producing = {module.project for module in graph.living() if module.production}

    def holds(self, root: str, path: str) -> bool:
        """Is the path, of the project at `root`, frozen or teaching? It need not exist."""
        # A folder of notebooks with requirements of its own belongs to the system around it.
        while _NOTEBOOKS.search(root):
            outer = [other for other in self._graph.projects if other != root and (not other or root.startswith(other + "/"))]
            if not outer:
                break
            root = max(outer, key=len)
        return self._is_read or _FROZEN.search(path) is not None or is_put_aside(path) or self._teaches(self._graph.projects.get(root))

    def _teaches(self, project: Project | None) -> bool:
        if project is None or project.archetype != "tutorial" or project.root in self._producing:
            return False
        # That most of a project stands in notebooks makes it no lesson: research does as well.
        return not all(evidence.text.endswith(OF_NOTEBOOKS) for evidence in project.archetype_evidence) or not project.archetype_evidence
