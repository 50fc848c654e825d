"""Several repositories in one run: each scanned and judged by itself, then linked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mldebt import running

if TYPE_CHECKING:
    from analyzer.model import Finding
    from analyzer.result import NotAnalysed, Repository, ScanResult
    from analyzer.settings import Settings
    from analyzer.workspace.members import Member
    from analyzer.workspace.outline import Outline

OPTION_KEYS = ("select", "ignore", "min_severity", "min_confidence", "fail_on", "history")
"""Settings that the command line has too: in a workspace's file they hold for all of its repositories."""


class WorkspaceError(Exception):
    """Nothing of the workspace can be scanned; the text says why, a line for each repository."""


@dataclass(frozen=True, slots=True)
class WorkspaceRun:
    result: ScanResult
    fails: bool
    """Is there a finding at or over its repository's `fail_on`?"""


@dataclass(frozen=True, slots=True)
class _Scanned:
    result: ScanResult
    outline: Outline
    settings: Settings


def workspace_of(folder: Path, config: Path | None) -> tuple[tuple[Member, ...], dict[str, Any], tuple[str, ...]] | None:
    """The members, the options and the notes of the `[workspace]` in the folder's own configuration, or in `config`; None without one.

    Raises SettingsError for a configuration that cannot be used, also one whose keys belong to no repository of the workspace.
    """
    from analyzer.settings import SettingsError, read_settings
    from analyzer.workspace.members import members_of_table

    loaded = read_settings(folder, config)
    base = folder if config is None else config.resolve().parent
    if loaded.settings.workspace is None:
        return None
    members, notes = members_of_table(loaded.settings.workspace, base)
    said = loaded.settings.model_fields_set - {"workspace", *OPTION_KEYS}
    if said and all(member.root != base for member in members):
        raise SettingsError(
            f'{loaded.source}: "{min(said)}" belongs into the configuration of a repository; '
            f"beside [workspace] stand only {', '.join(OPTION_KEYS)}"
        )
    options = {key: getattr(loaded.settings, key) for key in OPTION_KEYS if key in loaded.settings.model_fields_set}
    return members, options, (*loaded.notes, *notes)


def run_workspace(
    members: Sequence[Member],
    config: Path | None,
    options: Mapping[str, Any],
    overrides: Mapping[str, Any],
    notes: tuple[str, ...] = (),
    progress: running.Progress | None = None,
    jobs: int = 0,
    *,
    names: bool = False,
) -> WorkspaceRun:
    """Scan every member and link them. `options` are the workspace's settings, `overrides` those of the command line, which win.

    A member that cannot be scanned is listed, with the reason, and the others go on. Raises WorkspaceError when none can.
    """
    from analyzer.workspace.links import links_between
    from analyzer.workspace.merging import merged

    scanned: list[_Scanned] = []
    refused: list[NotAnalysed] = []
    for member in members:
        done = _scan(member, config, options, overrides, _named(progress, member.name), jobs, names)
        (scanned if isinstance(done, _Scanned) else refused).append(done)  # type: ignore[arg-type]
    if not scanned:
        raise WorkspaceError("\n".join(f"{entry.path}: {entry.reason}" for entry in refused))
    links, edges = links_between(each.outline for each in scanned)
    result = merged([each.result for each in scanned], links, edges)
    across = _across(result)
    told = {(finding.rule, site) for finding in across for site in finding.locations}
    others = (f for f in result.findings if not any((f.rule, site) in told for site in f.locations))
    result = replace(result, findings=(*across, *others))
    left_out = [f"{entry.path} was not scanned: {entry.reason}" for entry in refused]
    result = replace(result, not_analysed=(*refused, *result.not_analysed), notes=(*notes, *left_out, *result.notes))
    own = [replace(result, findings=across)] if across else []
    fails = [running.is_failure(each.result, each.settings) for each in scanned]
    fails += [running.is_failure(each, scanned[0].settings) for each in own]
    return WorkspaceRun(result, any(fails))


def _across(result: ScanResult) -> tuple[Finding, ...]:
    """Findings that lie between the repositories; none when their rule was not asked for."""
    from rules.cross_repo_reader import CrossRepoReader

    if not any(card.code == CrossRepoReader.code for card in result.cards):
        return ()
    return tuple(CrossRepoReader().between(result.links))


def _named(progress: running.Progress | None, name: str) -> running.Progress | None:
    if progress is None:
        return None
    shown: Callable[[str, int, int], None] = progress
    return lambda stage, done, total: shown(f"{name}: {stage}", done, total)


def _scan(
    member: Member,
    config: Path | None,
    options: Mapping[str, Any],
    overrides: Mapping[str, Any],
    progress: running.Progress | None,
    jobs: int,
    names: bool,
) -> _Scanned | NotAnalysed:
    from analyzer.discover.discovery import DiscoverError
    from analyzer.result import NotAnalysed
    from analyzer.settings import SettingsError
    from analyzer.workspace.outline import outline_of
    from analyzer.workspace.qualifying import qualified

    try:
        settings, notes = running.settings_for(member.root, config, dict(overrides))
        settings = settings.model_copy(update={key: value for key, value in options.items() if key not in overrides})
        result, graph = running.run_with_graph(member.root, settings, notes, progress, jobs, names=names)
    except (SettingsError, DiscoverError) as error:
        return NotAnalysed(member.name, " ".join(str(error).split()))
    outline = outline_of(graph, member.name, member.root.name, member.root.parent.name, member.urls)
    result = qualified(replace(result, repositories=(_shown(result.repositories[0], member),)), member.name)
    return _Scanned(result, outline, settings)


def _shown(repository: Repository, member: Member) -> Repository:
    return replace(repository, path=member.shown, name=member.name)
