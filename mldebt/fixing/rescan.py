"""A repository scanned again and again with some files replaced in memory; only these are read again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from analyzer.discover.discovery import SourceFile, UnreadableFileError, read_file
from analyzer.graph.system import SystemGraph
from analyzer.model import Finding
from analyzer.scan import Progress, ReadResult, read_bytes, read_one, scan_graph
from analyzer.settings import OWN_FILE, SHARED_FILE, Settings, SettingsError, settings_of
from mldebt.fixing.model import NotFixableError
from mldebt.reading import read_in_processes
from rules.checking import check
from rules.registry import all_rules


class Scanner:
    """History is not asked for: no fix depends on it."""

    def __init__(self, root: Path, settings: Settings, progress: Progress | None = None, jobs: int = 0) -> None:
        self.root = root
        self._settings = settings.model_copy(update={"history": False})
        self._progress, self._jobs = progress, jobs
        self._read: dict[str, ReadResult] = {}

    def scan(self, changed: Mapping[str, bytes]) -> tuple[SystemGraph, tuple[Finding, ...]]:
        """The graph and the findings as if the files `changed` had these bytes. Raises NotFixableError for a configuration that is none."""

        def reader(root: Path, files: list[SourceFile], jobs: int, progress: Progress | None) -> Mapping[str, ReadResult]:
            if not self._read:
                self._read = dict(read_in_processes(root, files, jobs, progress))
                self._read.update((file.path, read_one(root, file.path, file.kind)) for file in files if file.path not in self._read)
            return {**self._read, **{f.path: read_bytes(f.path, f.kind, changed[f.path]) for f in files if f.path in changed}}

        settings = self._settings_with(changed.get(OWN_FILE))
        graph = scan_graph(self.root, settings, self._progress, self._jobs, reader)
        return graph, check(graph, all_rules(), settings)

    def bytes_of(self, path: str) -> bytes | None:
        """None for mldebt.toml where there is none yet. Raises NotFixableError."""
        if path == OWN_FILE and not (self.root / path).exists():
            if self._settings != Settings(history=False):
                raise NotFixableError(f"the configuration stands in {SHARED_FILE}: put the [[tool.mldebt.contract]] there")
            return None
        try:
            return read_file(self.root, path)
        except UnreadableFileError as error:
            raise NotFixableError(f"{path} {error}") from None

    def _settings_with(self, own_file: bytes | None) -> Settings:
        if own_file is None:
            return self._settings
        try:
            table = tomllib.loads(own_file.decode("utf-8"))
            contracts = settings_of({key: value for key, value in table.items() if key == "contract"}, OWN_FILE).contract
        except (SettingsError, ValueError) as error:
            raise NotFixableError(f"the declaration does not belong into {OWN_FILE}: {error}") from None
        return self._settings.model_copy(update={"contract": contracts})
