"""Every pipeline that a program declares in Python: each orchestrator's reader asked about the modules that import it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from analyzer.link.catalogs import Catalogs
from analyzer.link.evaluate import Evaluator
from analyzer.link.pipelines import airflow, constructed, dagster, function_tasks, kedro, kfp, luigi, metaflow, prefect
from analyzer.link.pipelines.module import PipelineModule
from analyzer.link.pipelines.task import Asked, Task

_READERS: tuple[tuple[frozenset[str], Callable[[Mapping[str, PipelineModule]], list[Task]]], ...] = (
    (airflow.IMPORTS, airflow.tasks),
    (prefect.IMPORTS, prefect.tasks),
    (kfp.IMPORTS, kfp.tasks),
    (function_tasks.ZENML, function_tasks.zenml),
    (function_tasks.FLYTE, function_tasks.flyte),
    (luigi.IMPORTS, luigi.tasks),
    (metaflow.IMPORTS, metaflow.tasks),
)


@dataclass(slots=True)
class Pipelines:
    tasks: list[Task] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)


def pipelines(evaluator: Evaluator, catalogs: Catalogs, is_left_out: Callable[[str], bool]) -> Pipelines:
    """The tasks of every orchestrator; modules for which `is_left_out` holds (tests, vendored code) declare nothing."""
    found = Pipelines()
    imports = {
        path: frozenset(entry.module.partition(".")[0] for entry in facts.imports if not entry.level)
        for path, facts in sorted(evaluator.program.facts.items())
        if not is_left_out(path)
    }
    known: dict[str, PipelineModule] = {}

    def importing(wanted: frozenset[str]) -> dict[str, PipelineModule]:
        paths = [path for path, names in imports.items() if names & wanted]
        for path in paths:
            known.setdefault(path, PipelineModule(evaluator, path))
        return {path: known[path] for path in paths}

    for wanted, tasks in _READERS:
        found.tasks.extend(tasks(importing(wanted)))
    found.tasks.extend(kedro.tasks(importing(kedro.IMPORTS), catalogs))
    for sdk in constructed.SDKS:
        found.tasks.extend(constructed.tasks(sdk, importing(sdk.imports)))
    assets, dagster_assets = dagster.tasks(importing(dagster.IMPORTS))
    found.tasks.extend(assets)
    found.asked.extend(dagster.asked(evaluator, imports, dagster_assets))
    found.asked.extend(kedro.asked(evaluator, imports, catalogs))
    return found
