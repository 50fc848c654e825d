"""Reads of what seems to belong to somebody else: another repository's files, personal assets, stores that nothing here writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import cast

from analyzer.graph.own_names import WORD, Own, is_teaching, own_names
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Access, Site
from analyzer.read.facts import Call
from analyzer.read.values import Const, last_name

_GITHUB = re.compile(
    r"https://(?:raw\.githubusercontent\.com/(?P<o1>[\w.-]+)/(?P<n1>[\w.-]+)/(?:refs/heads/)?(?P<b1>[\w.-]+)/"
    r"|github\.com/(?P<o2>[\w.-]+)/(?P<n2>[\w.-]+)/(?:raw|blob)/(?:refs/heads/)?(?P<b2>[\w.-]+)/)(?P<file>\S+)",
    re.IGNORECASE,
)
_HUB = re.compile(r"https://huggingface\.co/(?:datasets/|spaces/)?(?P<o>[\w.-]+)/(?P<n>[\w.-]+)/(?:resolve|raw|blob)/(?P<b>[\w.-]+)/\S+")
_HUB_NAME = re.compile(r"(?:model:|https://huggingface\.co/datasets/)(?P<o>[\w.-]+)/(?P<n>[\w.-]+)$")
_VERSION = re.compile(r"(^|[_.-])v\d|\d\.\d")
_BRANCHES = frozenset({"master", "main", "head", "develop", "dev", "trunk", "latest"})
_PERSONAL = re.compile(r"""ee\.(?:Image|ImageCollection|FeatureCollection)\(\s*["'](users/[\w-]+)/[^"']+|^(users/[\w-]+)/[\w./-]+$""")
_STORE = re.compile(r"(?:gs|s3|abfss?|wasbs?|azure|oss|cos|obs)://")
_PUBLIC = re.compile(
    r"public|open|samples?|examples?|demo|tutorial|training-demos|workshop|datasets?$|natural_questions|nyc-tlc|githubarchive|imagenet|"
    r":|^(your|my|test|tmp|temp|bucket|sandbox)|placeholder|\[|<|information_schema|performance_schema|pg_catalog|system_schema|^system$|^sys$|^mysql$|^sqlite_|^duckdb_|^pg_|^main$|^dbo$",
    re.IGNORECASE,
)
_PUT_AWAY = re.compile(r"(^|/)(old|archived?|deprecated|legacy|attic|scratch)([_-]\w+)*/", re.IGNORECASE)
_OF_TABLE = re.compile(r"(?<=\w\.)(\w+)\.(files|snapshots|history|manifests|partitions|refs|entries|metadata_log_entries)$")
"""What Iceberg tells of a table, read as if it were one."""
_COPY = re.compile(r"_(v?\d+|new|old|dev|bak|backup|copy|\d{1,2}_?[a-z]{3}_?\d{2,4})$")
"""How a copy of a schema is called."""
_TESTS = re.compile(r"(^|/)(tests?|testing)/", re.IGNORECASE)
_FILLS = re.compile(
    r"upload|put_object|write_|to_sql|to_gbq|copy_|export|rsync|transfer|fivetran|airbyte|ingest|_sync$|create_schema", re.IGNORECASE
)
_STORING = frozenset({"gsutil", "aws", "s3cmd", "rclone", "azcopy", "gcloud"})
_SECRET = re.compile(r"secret|credential|\.(pem|key)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ForeignRead:
    site: Site
    what: str
    """What is read, as an identity."""
    owner: str
    """Who it seems to belong to: `owner/name` of a repository, a personal folder, a bucket, a schema of a database."""
    kind: str
    """`repository`, `hub`, `personal`, `bucket` or `schema`."""


def foreign_reads(graph: SystemGraph) -> Iterator[ForeignRead]:
    """Reads of judged files whose target is named in the code and that nothing in the repository writes, in a deterministic order.

    A repository, of git or of a hub of models, is foreign when it is of the same organisation and not this one: what others
    publish is public. A bucket or
    schema is when nothing here writes to it, and its name shares no word with the repository's.
    """
    own = graph.once(own_names)
    written = {
        _place(access) for access in graph.accesses if access.artifact is not None and (access.op == "write" or _is_made(access, own))
    }
    filling: _Filling | None = None
    for access in graph.accesses:
        if (
            access.op != "read"
            or access.borrowed
            or access.artifact is None
            or not ("://" in access.artifact or access.kind in ("table", "model"))
        ):
            continue
        read = _of_repository(access, own) or _of_hub(graph, access, own) or _of_store(access, written, own)
        if read is None or not _is_judged(graph, access):
            continue
        filling = filling or _Filling(graph)
        if read.kind in ("repository", "hub") or not filling.is_own(read, access):
            yield read
    for module, text in graph.texts():
        personal = _PERSONAL.search(text.value) if "users/" in text.value else None
        if personal is not None and text.role != "docstring" and _uses_earth_engine(graph):
            yield ForeignRead(module.site(text.line), text.value, cast("str", personal[1] or personal[2]), "personal")


def _of_repository(access: Access, own: Own) -> ForeignRead | None:
    found = _GITHUB.match(access.artifact or "")
    if found is None or "docker" in access.site.path.lower() or found["file"].endswith((".sh", ".py", ".whl", ".deb", ".zip", ".tar.gz")):
        return None
    owner, name = (found["o1"] or found["o2"]).lower(), (found["n1"] or found["n2"]).lower()
    branch = (found["b1"] or found["b2"]).lower()
    if branch not in _BRANCHES or own.is_itself(owner, name) or not own.is_of_organisation(owner):
        return None
    return ForeignRead(access.site, cast("str", access.artifact), f"{owner}/{name}", "repository")


def _of_hub(graph: SystemGraph, access: Access, own: Own) -> ForeignRead | None:
    """A model or data set that the organisation keeps on a hub, taken from its head, of which no word is this repository's own."""
    artifact = access.artifact or ""
    address = _HUB.match(artifact)
    found = address or _HUB_NAME.match(artifact)
    if found is None or not own.is_of_organisation(found["o"].lower()) or (address is not None and address["b"] not in _BRANCHES):
        return None
    name = found["n"].lower()
    module = graph.modules.get(access.site.path)
    if access.via == "parameter":  # a default: whoever calls it names another, or a revision
        return None
    if access.via == "wrapper" and module is not None and not _names(module, artifact):
        return None  # hands on what it is given: the default of another file need not get here
    if module is None or _VERSION.search(name) or any(word in name for word in own.words - own.owner_words):
        return None
    if graph.archetype_of(module.path) == "library":  # offers its models to its users
        return None
    if address is None and any("revision" in dict(call.keywords) and _is_at(module, call, access.site) for call in module.facts.calls):
        return None
    return ForeignRead(access.site, artifact, f"{found['o'].lower()} on the hub", "hub")


def _names(module: Module, artifact: str) -> bool:
    """Does the file itself say the name of the model, other than to people?"""
    name = artifact.rpartition(":")[2]
    return any(name in text.value for text in module.facts.texts if text.role != "docstring")


def _is_at(module: Module, call: Call, site: Site) -> bool:
    first, last = module.site(call.line), module.site(call.end_line)
    return first.cell == site.cell and first.line <= site.line <= last.line


def _of_store(access: Access, written: set[str], own: Own) -> ForeignRead | None:
    place = _place(access)
    kind = "bucket" if place.startswith("bucket:") else "schema"
    name = place.partition(":")[2]
    if not name or place in written or _PUBLIC.search(name) or "{" in name or "*" in name:
        return None
    if kind == "schema" and (name.rpartition(".")[2] in own.folders or _is_variant(name, own.schemas, written)):
        return None
    if access.via == "env":  # whoever deploys it names the place
        return None
    if kind == "bucket" and not own.words.isdisjoint(WORD.findall(name.lower())):
        return None
    return ForeignRead(access.site, cast("str", access.artifact), name, kind)


def _is_variant(name: str, schemas: frozenset[str], written: set[str]) -> bool:
    """Is it a schema that the repository creates, or a copy of one of its own (`clean_2`, `features_01aug2015`)?"""
    last = name.rpartition(".")[2]
    stem = _COPY.sub("", last)
    return last in schemas or (stem != last and (stem in schemas or f"schema:{stem}" in written))


def _is_made(access: Access, own: Own) -> bool:
    """Is it a table that a file of a tool makes by its name? Then its schema is the repository's."""
    return access.kind == "table" and (access.artifact or "").rpartition(".")[2].lower() in own.made


def _place(access: Access) -> str:
    """`bucket:NAME` or `schema:NAME` that an access touches, "" when it touches neither by name."""
    identity = access.artifact or ""
    if _STORE.match(identity):
        return f"bucket:{identity.split('://', 1)[1].partition('/')[0]}"
    if access.kind == "table" and "." in identity and "://" not in identity:
        return f"schema:{_OF_TABLE.sub(lambda table: table[1], identity).rpartition('.')[0].lower()}"
    return ""


def _is_judged(graph: SystemGraph, access: Access) -> bool:
    if access.via == "declaration" or access.declared or access.temporary:
        return False
    if (
        is_teaching(graph, access.site.path)
        or _TESTS.search(access.site.path)
        or _PUT_AWAY.search(access.site.path)
        or _SECRET.search(access.artifact or "")
    ):
        return False
    module = graph.modules.get(access.site.path)
    if module is None:
        return access.site.path not in graph.configs
    return not module.is_excluded


def is_provisioned(graph: SystemGraph, bucket: str) -> bool:
    """Does a Terraform file of the repository name the bucket, or all of the name but what is filled in?"""
    return any(pattern == bucket or ("*" in pattern and fnmatchcase(bucket, pattern)) for pattern in graph.provisioned)


class _Filling:
    """What else in the repository tells that it, a tool that it declares, or the public fills a bucket or schema."""

    def __init__(self, graph: SystemGraph) -> None:
        self._graph = graph
        self._uploading = {
            module.path: _said(module)
            for module in graph.living()
            if any(_FILLS.search(last_name(call.func)) for call in module.facts.calls)
        }
        self._stored = [
            command.text or " ".join(command.words)
            for step in (
                *(step for facts in graph.steps.values() for step in facts.steps),
                *(step for module in graph.living() for step in module.facts.steps),
            )
            for command in step.commands
            if _STORING.intersection(command.words[:2])
        ]
        self._tools = {name for project in graph.projects.values() for name in _tools(project.dependencies)}
        imported = (fact.module.partition(".")[0] for module in graph.living() for fact in module.facts.imports)
        self._tools.update(_tools(imported))

    @cached_property
    def _configured(self) -> frozenset[str]:
        """Buckets that are defaults of a class of settings: whoever deploys it may name another."""
        return frozenset(
            assign.value.value.split("://", 1)[1].partition("/")[0]
            for module in self._graph.living()
            for assign in module.facts.assigns
            if assign.kind == "ann" and isinstance(assign.value, Const) and isinstance(assign.value.value, str)
            if _STORE.match(assign.value.value) and module.facts.scopes[assign.scope].kind == "class"
        )

    @cached_property
    def _declared(self) -> frozenset[str]:
        """Buckets whose addresses stand in settings of the repository."""
        leaves = (value for config in self._graph.configs.values() for _, value, _ in config.leaves if isinstance(value, str))
        return frozenset(value.split("://", 1)[1].partition("/")[0] for value in leaves if _STORE.match(value))

    def is_own(self, read: ForeignRead, access: Access) -> bool:
        module = self._graph.modules.get(access.site.path)
        if module is not None and any(fact.name == "UNSIGNED" for fact in module.facts.imports):
            return True  # read without credentials: public
        if access.via == "parameter" and module is not None and not any(read.owner in text for text in _said(module)):
            return True  # whoever calls it names the place
        if read.kind == "bucket" and (is_provisioned(self._graph, read.owner) or read.owner in self._configured):
            return True
        if read.kind == "bucket" and access.via != "config" and read.owner in self._declared:
            return True  # the project's list of its data
        if access.via == "parameter" and module is not None and module.is_notebook:
            return True  # a default of a class that was pasted there
        tool = re.split(r"[._]", read.owner.rpartition(".")[2])[0]
        if read.kind == "schema" and sorted(tool) in map(sorted, self._tools):  # misspelt ones too
            return True
        if read.kind == "schema" and module is not None and module.path in self._uploading and "ORCH" in module.roles:
            return True
        said = (text for path, texts in self._uploading.items() if path != access.site.path for text in texts)
        return (read.kind == "bucket" and any(read.owner in text for text in said)) or any(read.owner in text for text in self._stored)


def _said(module: Module) -> list[str]:
    """The paths that a module writes as literals, and the texts that it gives a name."""
    named = [a.value.value for a in module.facts.assigns if isinstance(a.value, Const) and isinstance(a.value.value, str)]
    return [*(text.value for text in module.facts.texts), *named]


def _tools(dependencies: Iterable[str]) -> Iterator[str]:
    yield from (name.lower() for name in dependencies if len(name) > 4)


def _uses_earth_engine(graph: SystemGraph) -> bool:
    return any(fact.module.partition(".")[0] in ("ee", "geemap") for module in graph.modules.values() for fact in module.facts.imports)
