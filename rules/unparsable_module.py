"""DXP015."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from analyzer.discover.classify import DOCS_FOLDERS, TEST_FOLDERS, VENDOR_FOLDERS
from analyzer.graph.system import SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.base import Rule
from rules.template_folders import is_template

_REASON = re.compile(r"syntax error in line (?P<line>\d+): (?P<what>.+)", re.DOTALL)
_TABS = "inconsistent use of tabs"
"""Python 2 took them."""
_ASIDE = DOCS_FOLDERS | TEST_FOLDERS | VENDOR_FOLDERS | {"labs", "lab", "exercises", "assignments", "homework", "starter"}
_DOWNLOADED = re.compile(r".+-(?:master|main)")
"""What code hosts call the archive of a branch: somebody unpacked another project."""


class UnparsableModule(Rule):
    """
    A Python file that no Python can read: nothing in it has run since it was last edited.

    A half-made edit, a merge that was never finished or a line lost in an indentation stops a file as a whole. It still looks like the
    code that made a result, is searched and read, and whoever imports or starts it learns that it has been dead for as long as nobody
    tried. "Periodically reexamine each experimental branch to see what can be ripped out."

    Found are `.py` files that neither today's Python nor a newer grammar accepts. All of one folder are one finding.

    Exempt: Python 2 and other old Python (`print x`, `async=True`, mixed tabs), commands of a notebook in a `.py` file, lines that are to
    be filled in, tests, documentation, vendored code (a folder `name-master/` too), templates, exercises.

    Known false positives: a file that something completes before it is run.
    """

    code = "DXP015"
    name = "unparsable-module"
    severity = Severity.medium
    confidence = Confidence.C
    on_by_default = False
    cost = Cost(base=5, per_item=10, friction=5)
    source = "Sculley et al. 2015, §5.3 (dead experimental codepaths)"
    remedy = "Mend the line and run the file once, or delete the file: git keeps the history."
    BAD = ({"train.py": "import pickle\n\n\ndef fit(x):\nreturn x  # DXP015\n"},)
    GOOD = ({"train.py": "print 'old'\n"}, {"start.py": "import os\n!pip install torch\n"})

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        folders: dict[str, list[tuple[Site, str]]] = defaultdict(list)
        for each in graph.not_analysed:
            found = _REASON.fullmatch(each.reason)
            path = PurePosixPath(each.path)
            if found is None or path.suffix != ".py" or found["what"].startswith(_TABS):
                continue
            folders_above = path.parts[:-1]
            if not _ASIDE.isdisjoint(part.lower() for part in folders_above) or is_template(each.path):
                continue
            if any(_DOWNLOADED.fullmatch(part) for part in folders_above):
                continue
            folders[str(path.parent)].append((Site(each.path, int(found["line"])), found["what"]))
        for folder, files in sorted(folders.items()):
            yield self._finding(folder, files)

    def _finding(self, folder: str, files: list[tuple[Site, str]]) -> Finding:
        first, what = files[0]
        more = f", nor {len(files) - 1} more of this folder" if len(files) > 1 else ""
        return self.found(
            f"Python cannot read {first.path}{more}: {what}",
            Subject("folder", folder) if len(files) > 1 else Subject("file", first.path),
            [site for site, _ in files],
            [Evidence(f"{what}: the file can be neither imported nor run", site) for site, what in files],
            items=len(files),
            members=len(files),
        )
