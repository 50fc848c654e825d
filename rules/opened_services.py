"""Connections to services, and queries, that many files of a project make by hand (GLU001)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from analyzer.graph.placement import is_put_aside
from analyzer.graph.system import ExternalUse, Module, SystemGraph
from analyzer.model import Site
from analyzer.read.facts import Call
from analyzer.read.values import Attr, BinOp, CallRef, Const, Either, Fmt, Item, Map, Name, Seq, Value, last_name

_OPENERS = frozenset(
    """
    create_engine create_async_engine MongoClient AsyncIOMotorClient StrictRedis InfluxDBClient Elasticsearch OpenSearch QdrantClient Minio
    KafkaProducer KafkaConsumer BlockingConnection BlobServiceClient SecretClient CosmosClient WorkspaceClient MLClient Anthropic OpenAI
    AsyncOpenAI AzureOpenAI PersistentClient HttpClient
    """.split()
)
"""Functions and classes of packages that give a connection to a service, under names that mean nothing else."""
_QUALIFIED = re.compile(
    r"(?:psycopg2?|pymysql|MySQLdb|mysql\.connector|pyodbc|cx_Oracle|oracledb|snowflake\.connector|asyncpg|sqlite3|duckdb)\.connect"
    r"|boto3\.(?:client|resource)|google\.cloud\.\w+\.(?:\w+\.)*\w*Client|redis\.(?:Redis|from_url|Redis\.from_url)"
    r"|neo4j\.GraphDatabase\.driver|weaviate\.(?:Client|connect_to_\w+)|pinecone\.(?:init|Pinecone)"
)
_TRACKING = "mlflow.set_tracking_uri"
_IN_MEMORY = frozenset({"sqlite3.connect", "duckdb.connect"})
"""Without a file they open nothing that anybody else has."""
_REQUESTS = re.compile(r"(?:requests|httpx)\.(?:get|post|put|patch|delete|request)")
_HOST = re.compile(r"https?://([^/{?]{4,})")
_SETTING = re.compile(r"[A-Z][A-Z0-9_]{3,}\Z")
"""The name of a constant: the address that several files put before their paths."""
_QUERIES = frozenset({"pandas.read_sql", "pandas.read_sql_query", "pandas.read_gbq"})
_HANDLERS = frozenset({"lambda_handler", "handler"})
"""A file with one is deployed alone, it has nobody to share with."""
_MIN_FILES = 3
_MIN_FILES_TRACKING = 4
_MIN_FILES_ASIDE = 5
"""Where notebooks and experiments are counted too."""
_MIN_FILES_BARE = 4
_MIN_SITES_BARE = 5
_MIN_QUERIES = 10
_MIN_REQUESTS = 8
_MIN_BESIDE = 2
_HALF = 0.5
_MANY = 5
"""So many places are a matter of the project; of fewer two have to share a setting."""
_MAX_STEPS = 4
_SAYS_NOTHING = frozenset({"self", "environ", "getenv", "getattr"})
_WORD = re.compile(r"[A-Za-z]\w{2,}")
_SCHEME = re.compile(r"[\w+]+://")


@dataclass(frozen=True, slots=True)
class Opening:
    """One place that opens a connection, or sends a query."""

    site: Site
    giver: str
    """Name of the function that hands it on, "" where it stays where it is made."""
    is_told: bool
    """Is it told more than which service: an address, a project, a key?"""
    is_side: bool = False
    """Does it stand in a notebook or an experiment?"""
    words: frozenset[str] = frozenset()
    """Settings, keys and texts that it is put together from."""


@dataclass(slots=True)
class Service:
    """What a project opens in many places."""

    name: str
    project: str
    least: int = 0
    """How many places it takes when each place is a query or a request, 0 for a connection."""
    openings: list[Opening] = field(default_factory=list)
    wrapper: tuple[str, str] = ("", "")
    """(path, name) of the project's own that others import for it."""
    has_adapter: bool = False
    """Is the wrapper a class, which may do more than to open the connection?"""

    @property
    def paths(self) -> list[str]:
        return sorted({each.site.path for each in self.openings})

    @property
    def is_scattered(self) -> bool:
        """Is it made in so many files that one function of the project should make it?"""
        core = [each for each in self.openings if not each.is_side]
        files, sites = {each.site.path for each in core}, {each.site for each in core}
        if self.least:
            most = max(Counter(each.site.path for each in core).values(), default=0)
            return len(files) >= _MIN_FILES and len(sites) >= self.least and most <= _HALF * len(sites)
        if self.wrapper[0] and not self.has_adapter:
            return len(files) >= _MIN_BESIDE and len(sites) > _MIN_BESIDE
        if len({each.site for each in self.openings}) < _MANY and not self._shares():
            return False
        told = {each.site.path for each in core if each.is_told}
        if len(told) >= (_MIN_FILES_TRACKING if self.name == _TRACKING else _MIN_FILES):
            return True
        every = {each.site.path for each in self.openings if each.is_told}
        return len(every) >= _MIN_FILES_ASIDE or (len(files) >= _MIN_FILES_BARE and len(sites) >= _MIN_SITES_BARE)

    def _shares(self) -> bool:
        """Are two files told by the same setting, key or text where the service is?"""
        by_file = {(each.site.path, word) for each in self.openings for word in each.words}
        return any(number > 1 for number in Counter(word for _path, word in by_file).values())


def scattered_services(graph: SystemGraph, is_aside: Callable[[Module], bool]) -> Iterator[Service]:
    """Services of each project that many files open, sorted; what `is_aside` does not count."""
    found: dict[tuple[str, str], Service] = {}
    own = graph.once(_own_names)
    for use in graph.external_uses:
        if not _opens(use.qualified):
            continue
        module = graph.modules.get(use.path)
        if module is None or is_aside(module) or is_put_aside(module.path) or _is_alone(module):
            continue
        place = _call(module, use)
        if place is None or _is_stand_in(module, *place):
            continue
        if use.qualified in _QUERIES and _is_over_own(module, place[1], own.get(module.path, set())):
            continue
        name, is_told = _named(use.qualified, place[1])
        if name:
            least = _MIN_QUERIES if use.qualified in _QUERIES else _MIN_REQUESTS if _REQUESTS.fullmatch(use.qualified) else 0
            service = found.setdefault((module.project, name), Service(name, module.project, least))
            is_side = module.is_notebook or module.is_experiment
            words = frozenset(_words(module, place[1]))
            service.openings.append(Opening(module.site(use.line), _giver(module, *place), is_told, is_side, words))
    importers = _importers(graph)
    for _key, service in sorted(found.items()):
        if not service.least:
            _take_wrapper_out(graph, service, importers)
        if service.is_scattered:
            yield service


@lru_cache(maxsize=20_000)
def _opens(qualified: str) -> bool:
    if qualified.rpartition(".")[2] in _OPENERS or qualified in _QUERIES or qualified == _TRACKING:
        return True
    return _QUALIFIED.fullmatch(qualified) is not None or _REQUESTS.fullmatch(qualified) is not None


def _is_alone(module: Module) -> bool:
    return any(scope.parent == 0 and scope.kind == "function" and scope.name in _HANDLERS for scope in module.facts.scopes[1:])


def _call(module: Module, use: ExternalUse) -> tuple[int, Call] | None:
    last = use.qualified.rpartition(".")[2]
    calls = [(n, c) for n, c in enumerate(module.facts.calls) if c.line == use.line and c.scope == use.scope]
    return next((each for each in calls if last_name(each[1].func) == last), calls[0] if len(calls) == 1 else None)


def _named(qualified: str, call: Call) -> tuple[str, bool]:
    """What is opened ("" for nothing, and for a request to nowhere known), and whether the call says more than that."""
    if _REQUESTS.fullmatch(qualified):
        return _addressed(call), True
    given = len(call.args) + sum(keyword != "region_name" for keyword, _value in call.keywords)
    if qualified.startswith("boto3.") and call.args and isinstance(call.args[0], Const):
        return f'boto3.client("{call.args[0].value}")', given > 1
    if qualified in _IN_MEMORY and (not given or Const(":memory:") in call.args):
        return "", False
    last = qualified.rpartition(".")[2]
    name = last if last in ("create_engine", "create_async_engine") else "pandas.read_sql" if qualified in _QUERIES else qualified
    return name, given > 0


def _addressed(call: Call) -> str:
    """`requests to API_URL`: the host or the constant that the address of a request begins with."""
    first = dict(call.keywords).get("url") or (call.args[0] if call.args else None)
    while isinstance(first, (BinOp, Fmt)):
        first = first.left if isinstance(first, BinOp) else first.parts[0] if first.parts else None
    if isinstance(first, Const) and isinstance(first.value, str) and (match := _HOST.match(first.value)):
        return f"requests to {match[1]}"
    name = last_name(first) if first is not None else ""
    return f"requests to {name}" if _SETTING.match(name) else ""


def _is_stand_in(module: Module, number: int, call: Call) -> bool:
    """Is it made only where the caller hands none over (`client or Client()`)? Then it has its place: the parameter."""
    params = {param.name for param in module.facts.scopes[call.scope].params}
    made = CallRef(number)
    for assign in module.facts.assigns:
        if assign.scope != call.scope:
            continue
        if assign.value == made and assign.target in params:
            return True
        if isinstance(assign.value, Either) and made in assign.value.options:
            return any(isinstance(each, Name) and each.id in params for each in assign.value.options)
    return False


def _own_names(graph: SystemGraph) -> dict[str, set[str]]:
    """Path → the names that it binds to modules of the repository and to what these define; a package that is installed under another name
    than that of its folder is known by the folder and file below it."""
    found: dict[str, set[str]] = defaultdict(set)
    tails = {tuple(path.removesuffix(".py").split("/")[-2:]) for path in graph.modules}
    for link in graph.imports:
        asked = (*link.fact.module.split("."), link.fact.name)
        if link.status in ("module", "name") or (len(asked) > 2 and (asked[-2:] in tails or asked[-3:-1] in tails)):
            found[link.importer].add(link.fact.bound or link.fact.module.partition(".")[0])
    return found


def _is_over_own(module: Module, call: Call, own: set[str]) -> bool:
    """Does a query go over a connection that a function or class of the project gives? Then that is what stands between."""
    given = [*call.args[1:2], *(value for keyword, value in call.keywords if keyword in ("con", "conn"))]
    for value in _made_of(module, call.scope, given):
        if isinstance(value, CallRef) and _head(module.facts.calls[value.index].func) in own:
            return True
    return any(_head(value) in own for value in given)


def _head(value: Value) -> str:
    while isinstance(value, Attr):
        value = value.value
    return value.id if isinstance(value, Name) else ""


def _words(module: Module, call: Call) -> Iterator[str]:
    """What tells one place of a connection from another: keys, texts, names of settings."""
    for value in _made_of(module, call.scope, [*call.args, *(given for _keyword, given in call.keywords)]):
        if isinstance(value, Const) and isinstance(value.value, str):
            if _WORD.search(_SCHEME.sub("", value.value)):
                yield value.value
        elif (name := last_name(value)) not in _SAYS_NOTHING and _WORD.match(name):
            yield name


def _made_of(module: Module, scope: int, values: Iterable[Value]) -> Iterator[Value]:
    """The values and all that they are put together from, through a few variables of the function and the file."""
    todo = [(value, 0) for value in values]
    while todo:
        value, steps = todo.pop()
        yield value
        todo += [(part, steps) for part in _parts(module, value)]
        if steps < _MAX_STEPS and isinstance(value, (Name, Attr)):
            name = value.id if isinstance(value, Name) else f"self.{value.name}" if value.value == Name("self") else ""
            for assign in module.facts.assigns if name else ():
                if assign.target == name and (assign.scope in (0, scope) or "." in name):
                    todo.append((assign.value, steps + 1))


def _parts(module: Module, value: Value) -> Sequence[Value]:
    if isinstance(value, CallRef):
        call = module.facts.calls[value.index]
        return (*call.args, *(given for _keyword, given in call.keywords))
    if isinstance(value, Item):
        return (value.value, value.key)
    if isinstance(value, BinOp):
        return (value.left, value.right)
    if isinstance(value, Fmt):
        return value.parts
    if isinstance(value, Either):
        return value.options
    if isinstance(value, Seq):
        return value.items
    return value.values if isinstance(value, Map) else ()


def _giver(module: Module, number: int, call: Call) -> str:
    """The function at the top of its file that returns the connection, or the class there that keeps it for its methods."""
    scopes = module.facts.scopes
    scope = scopes[call.scope]
    if scope.kind != "function":
        return ""
    made = CallRef(number)
    if scopes[scope.parent].kind == "class" and scopes[scope.parent].parent == 0:
        keeps = any(a.scope == call.scope and a.value == made and a.target.startswith("self.") for a in module.facts.assigns)
        return scopes[scope.parent].name if keeps else ""
    if scope.parent != 0:
        return ""
    kept = {assign.target for assign in module.facts.assigns if assign.scope == call.scope and assign.value == made}
    out = (*scope.returns, *scope.yields)
    return scope.name if made in out or any(Name(target) in out for target in kept) else ""


def _importers(graph: SystemGraph) -> dict[tuple[str, str], set[str]]:
    """(path, name) → the modules that import the name from there; `*` stands for all names."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for link in graph.imports:
        user = graph.modules.get(link.importer)
        if user is not None and not user.is_excluded and link.target and (link.status == "name" or link.fact.name == "*"):
            found[link.target, "*" if link.fact.name == "*" else link.name].add(link.importer)
    return found


def _take_wrapper_out(graph: SystemGraph, service: Service, importers: dict[tuple[str, str], set[str]]) -> None:
    """The openings of the function that others import most are no debt: it is where the others should go. Nor are those of classes that
    others import: each is the adapter of what it does."""
    givers = {(each.site.path, each.giver) for each in service.openings if each.giver}
    used = {(path, name): importers.get((path, name), set()) | importers.get((path, "*"), set()) for path, name in givers}
    best = max(used, key=lambda each: (len(used[each]), each), default=("", ""))
    if not used.get(best):
        return
    adapters = {each for each, users in used.items() if users and _is_class(graph, *each)}
    service.wrapper, service.has_adapter = best, best in adapters
    service.openings = [each for each in service.openings if (each.site.path, each.giver) not in adapters | {best}]


def _is_class(graph: SystemGraph, path: str, name: str) -> bool:
    return any(scope.kind == "class" and scope.name == name and scope.parent == 0 for scope in graph.modules[path].facts.scopes)
