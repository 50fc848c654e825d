"""Where Dagster keeps an asset: the I/O managers that the definitions name, as far as their place is known.

Source: https://docs.dagster.io, "I/O managers"; `UPathIOManager._get_path` for the layout of files below a base path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from analyzer.link.domain import Abstract, Hole, Instance, Pattern, Result, Table, concat
from analyzer.link.pipelines.call_sites import Binding, CallSites
from analyzer.link.pipelines.module import PipelineModule
from analyzer.link.pipelines.rows import RowSite, rows

_DEFINITIONS = re.compile(r"^dagster\.(?:.*\.)?(?:Definitions|with_resources|materialize|materialize_to_memory)$")


class Storage:
    """Asks the resources of every `Definitions(…)` of the program."""

    def __init__(self, modules: Mapping[str, PipelineModule]) -> None:
        self.modules = modules
        self.managers: dict[str, list[Abstract]] = {}
        self.sites = CallSites(next(iter(modules.values())).evaluator, ()) if modules else None
        for module in modules.values():
            for _, call, _ in module.calls(lambda name: _DEFINITIONS.match(name) is not None):
                given = module.argument(call, "resources") or module.argument(call, "resource_defs", 1)
                for value in module.evaluator.value(given[0], module.where(call)) if given else ():
                    if isinstance(value, Table):
                        for key, manager in value.entries:
                            self.managers.setdefault(key, []).append(manager)

    def place(self, manager_key: str, asset: Pattern, is_partitioned: bool) -> tuple[str, Pattern] | None:
        """(kind, identity) of what the manager of this key keeps under `asset`; None when that is not known for certain."""
        managers = set(self.managers.get(manager_key, ()))
        if len(managers) != 1:
            return None
        manager = managers.pop()
        return self._place(manager, asset, is_partitioned) if isinstance(manager, (Result, Instance)) else None

    def _place(self, manager: Result | Instance, asset: Pattern, is_partitioned: bool) -> tuple[str, Pattern] | None:
        path, index = manager.call if isinstance(manager, Instance) else (manager.path, manager.call)
        module = self.modules.get(path)
        if module is None or self.sites is None or index < 0:
            return None
        names = [manager.name] if isinstance(manager, Result) else list(module.bases(manager.cls))
        row = next((r for n in _last_names(names) if (r := rows("dagster").get(n)) is not None), None)
        if row is None:
            return None
        for data in _Manager(module, self.sites, index, asset).data(row):
            if data.kind == "file" and isinstance(manager, Instance):
                return "file", self._file(module, manager, data.value, is_partitioned)
            return data.kind, data.value
        return None

    def _file(self, module: PipelineModule, manager: Instance, folder: Pattern, is_partitioned: bool) -> Pattern:
        extension = Pattern(())
        for value in module.evaluator.attribute(manager, "extension", module.where(module.facts.calls[manager.call[1]])):
            if isinstance(value, Pattern):
                extension = value
        partition = Pattern(("/", Hole("partition"))) if is_partitioned else Pattern(())
        return concat("config", folder, partition, extension)


class _Manager(RowSite):
    """The construction of an I/O manager; `{asset}` in a template is the asset that it keeps."""

    def __init__(self, module: PipelineModule, sites: CallSites, index: int, asset: Pattern) -> None:
        super().__init__(module, sites, index, Binding())
        self.asset = asset

    def patterns(self, keyword: str) -> list[tuple[Pattern, int]]:
        if keyword == "asset":
            return [(self.asset, self.call.line)]
        found = super().patterns(keyword)
        return found or super().patterns(f"0.{keyword}")


def _last_names(names: Iterable[str]) -> Iterable[str]:
    for name in names:
        parts = name.split(".")
        yield parts[-2] if parts[-1] == "configured" and len(parts) > 1 else parts[-1]
