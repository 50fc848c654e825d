"""Files that a tool keeps for itself: code that reads them relies on a form which the tool may change. UDC005."""

from __future__ import annotations

import re
from collections import defaultdict
from posixpath import basename

from analyzer.graph.system import SystemGraph
from analyzer.model import Access

_TOOLS = (
    ("dvc", re.compile(r"(^|/)dvc\.lock$")),
    ("zarr", re.compile(r"(^|/)\.z(attrs|array|group|metadata)$")),
    ("Terraform", re.compile(r"(^|/)terraform\.tfstate$")),
)
_NOTEBOOK = re.compile(r"(^|/)[\w-]+\.ipynb$")
_ENDS = ("dvc.lock", ".zattrs", ".zarray", ".zgroup", ".zmetadata", ".tfstate", ".ipynb")
_AS_TEXT = frozenset({"open", "read_text", "readlines"})


def reads_of_tools(graph: SystemGraph) -> dict[tuple[str, str], list[Access]]:
    """(tool, reader) → where judged Python code opens such a file, or the text of a notebook that is not the repository's."""
    found: dict[tuple[str, str], list[Access]] = defaultdict(list)
    for access in graph.accesses:
        artifact = access.artifact
        if artifact is None or not artifact.endswith(_ENDS) or access.op != "read" or access.borrowed or access.via == "declaration":
            continue
        module = graph.modules.get(access.site.path)
        if module is None or module.is_excluded or graph.archetype_of(module.path) == "tutorial":
            continue
        tool = next((name for name, files in _TOOLS if files.search(artifact)), "")
        if not tool and _NOTEBOOK.search(artifact) and access.call.rpartition(".")[2] in _AS_TEXT:
            tool = "" if any(basename(path) == basename(artifact) for path in graph.manifest.files) else "another repository's Jupyter"
        if tool and "{" not in basename(artifact):
            found[tool, access.site.path].append(access)
    return dict(sorted(found.items()))
