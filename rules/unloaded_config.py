"""DXP014."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from analyzer.graph.forgotten_stages import Forgotten, forgotten_entries
from analyzer.graph.system import SystemGraph
from analyzer.graph.unloaded_configs import Unloaded, unloaded_configs
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Site, Subject
from rules.base import Rule
from rules.wording import ticked

_MAX_SHOWN = 20


class UnloadedConfig(Rule):
    """
    Configuration that no program and no tool loads.

    It looks like settings that matter. Somebody changes it, nothing happens, and the search for the reason begins; or it is taken for the
    values of a run that was made with others. "A mature system might end up being (at most) 5 % machine learning code" and much of the
    rest is configuration, whose unused part nobody sees (Sculley et al. 2015, §6).

    Found are copies set aside under an ending that no loader takes (`wiki.yaml.tmp` beside `.yaml` files), what its own name gives up
    (`Untitled-1.json`, `model copy.yaml`, `ci.disabled.yml`), names one slip away from the one that a tool looks for (`pyprojet.toml`),
    and sub-folders with variants of files that code names, when nothing names the sub-folder. All files of one folder are one finding.
    So are stages that a dvc.lock keeps and dvc.yaml no longer has, and keys of a params.yaml that no stage and no code beside it asks
    for, while others are asked for one by one.

    Exempt: files and endings that code, commands or documents name; folders that are listed, or completed by a value; folders named after
    an environment (`prod`, `local`); a misspelt name beside the right one; a params.yaml that says it
    is generated, or that a program writes.

    Known false positives: a configuration that a program outside the repository loads, or that somebody gives on the command line.
    """

    code = "DXP014"
    name = "unloaded-config"
    severity = Severity.low
    confidence = Confidence.C
    on_by_default = False
    cost = Cost(base=10, per_item=2, friction=5)
    source = "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, §6"
    remedy = "Give the file the name that is loaded, or delete it: git keeps the history."
    BAD = (
        {
            "run.py": "import glob\n\nimport yaml\n\nfor path in glob.glob('config/*.yaml'):\n    print(yaml.safe_load(open(path)))\n",
            "config/nl.yaml": "name: nl\n",
            "config/fi.yaml.tmp": "# DXP014\nsamples: 20\n",
        },
        {
            "run.py": "import os\n\nimport yaml\n\nprint(yaml.safe_load(open(os.path.join('conf', 'default', 'model.yml'))))\n",
            "conf/default/model.yml": "depth: 3\n",
            "conf/default/glmnet/model.yml": "depth: 5  # DXP014\n",
        },
    )
    GOOD = (
        {
            "run.py": "import sys\n\nimport yaml\n\nprint(yaml.safe_load(open(f'conf/default/{sys.argv[1]}/model.yml')))\n",
            "conf/default/model.yml": "depth: 3\n",
            "conf/default/glmnet/model.yml": "depth: 5\n",
        },
        {
            "run.py": "import yaml\n\nprint(yaml.safe_load(open('conf/model.yml')))\n",
            "conf/model.yml": "depth: 3\n",
            "conf/prod/model.yml": "depth: 5\n",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for found in unloaded_configs(graph):
            yield self._finding(found)
        for forgotten in forgotten_entries(graph):
            yield self._of_stages(forgotten)

    def _finding(self, found: Unloaded) -> Finding:
        sites = [Site(path, 1) for path in found.files[:_MAX_SHOWN]]
        return self.found(
            f"nothing loads {ticked(found.files)}",
            Subject("configuration", f"{posixpath.join(found.folder, '')}*" if found.reason != "misspelt" else found.files[0]),
            sites,
            [Evidence(_why(found, path), Site(path, 1)) for path in found.files[:_MAX_SHOWN]],
            items=len(found.files),
            members=len(found.files),
        )

    def _of_stages(self, found: Forgotten) -> Finding:
        message = (
            f"{found.path} keeps stages that {found.stages} no longer has: {ticked(found.names)}"
            if found.is_lock
            else f"no stage of {found.stages} and no code beside it asks for {ticked(found.names)} of {found.path}"
        )
        return self.found(
            message,
            Subject("configuration", f"{found.path} forgotten"),
            found.sites[:_MAX_SHOWN],
            [Evidence(f"`{name}` stands here", site) for name, site in list(zip(found.names, found.sites, strict=True))[:_MAX_SHOWN]],
            remedy="Delete the entries: git keeps them.",
            items=len(found.names),
            members=len(found.names),
        )


def _why(found: Unloaded, path: str) -> str:
    if found.reason == "misspelt":
        return f"no tool looks for this name, and nothing mentions it; `{found.control}` is what one looks for, and there is no such file"
    if found.reason == "aside":
        return (
            f"nothing names this file, and loaders take no ending `.{path.rpartition('.')[2]}`; files such as `{found.control}` are loaded"
        )
    if found.reason == "left":
        return "its own name gives it up, and no code, command or document names it"
    folder = posixpath.basename(posixpath.dirname(path))
    return f"no code, command, configuration or document names `{folder}`; code names `{found.control}`, of which this is a variant"
