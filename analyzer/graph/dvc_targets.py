"""What `dvc pull`, `dvc push` and their kin move: the outputs of the targets they name, or everything that dvc tracks.

Source: https://dvc.org/doc/command-reference/pull. A target is a tracked path, a `.dvc` file, a stage of the dvc.yaml in the working
directory, or `path/dvc.yaml:stage`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from analyzer.link.command_data import CommandAccess
from analyzer.link.paths import normal
from analyzer.read.step_facts import StepFacts

MAX_TRACKED = 24


class DvcTargets:
    """Looks up the outputs of dvc targets; built once for a repository."""

    def __init__(self, steps: Mapping[str, StepFacts], files: Iterable[str] = ()) -> None:
        self.roots = sorted((path.removesuffix(".dvc/config").rstrip("/") for path in files if path.endswith(".dvc/config")), reverse=True)
        """Folders that DVC was set up in: a command without targets means what belongs to the nearest one above it."""
        self.outs: dict[str, list[str]] = {}
        for path, facts in sorted(steps.items()):
            if facts.kind == "dvc-file":
                self.outs[path] = [normal(entry.path) for entry in facts.tracked]
            elif facts.kind == "dvc":
                folder = posixpath.dirname(path)
                for step in facts.steps:
                    base = posixpath.join(folder, step.cwd) if step.cwd else folder
                    made = [normal(posixpath.join(base, out.path)) for out in step.outs if "://" not in out.path]
                    self.outs.setdefault(f"{path}:{step.name.partition('@')[0]}", []).extend(made)
                    if "@" in step.name:
                        self.outs[f"{path}:{step.name}"] = made
        self.everything = tuple(dict.fromkeys(out for key, made in self.outs.items() if "@" not in key for out in made))

    def resolved(self, access: CommandAccess, folder: str) -> Iterator[CommandAccess]:
        """The accesses behind one that the table of tools marked `dvc`; others as they are."""
        if access.kind != "dvc":
            yield access
            return
        names = self._all_of(folder) if not access.artifact else self._named(normal(access.artifact), folder)
        for name in names:
            yield replace(access, kind="file", artifact=name)

    def _all_of(self, folder: str) -> list[str]:
        root = self._root_of(folder)
        return [name for name in self.everything if root is None or self._root_of(name) == root][:MAX_TRACKED]

    def _root_of(self, path: str) -> str | None:
        return next((root for root in self.roots if not root or path == root or path.startswith(f"{root}/")), None)

    def _named(self, target: str, folder: str) -> list[str]:
        if target in self.outs:
            return self.outs[target]
        file, colon, stage = target.rpartition(":")
        if colon and f"{file}:{stage}" in self.outs:
            return self.outs[f"{file}:{stage}"]
        of_stage = self.outs.get(f"{posixpath.join(folder, 'dvc.yaml')}:{posixpath.relpath(target, folder) if folder else target}")
        return of_stage if of_stage is not None else [target.removesuffix(".dvc")]
