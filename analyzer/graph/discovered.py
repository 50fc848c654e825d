"""Definitions that run without being mentioned: frameworks find them by decorator, base class, name or place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property, partial

from analyzer.graph.base_hooks import are_known, may_call
from analyzer.graph.namespaces import Namespaces, Node
from analyzer.graph.system import Module
from analyzer.link.symbols import class_around
from analyzer.read.facts import Scope
from analyzer.read.mentions import METACLASS
from analyzer.read.values import Attr, CallRef, Item, Name, Value

_INERT_DECORATORS = re.compile(
    r"^(staticmethod|classmethod|property|cached_property|lru_cache|cache|wraps|total_ordering|dataclass|dataclasses|contextmanager|"
    r"asynccontextmanager|abstractmethod|abstractproperty|no_grad|inference_mode|njit|jit|vmap|function|retry|retrying|deprecated|"
    r"setter|getter|deleter|singledispatch|final|override|runtime_checkable|frozen|define|attrs|attr|s|timeit|profile|typechecked|"
    r"validate_arguments|beartype|jaxtyped|memoize|unique|autocast|compile|script|backoff|on_exception|experimental|partial|"
    r"python_2_unicode_compatible|cache_data|cache_resource|add_start_docstrings|rank_zero_only|configurable)$"
)
_SELF = Name("self")
_UNKNOWN = frozenset({""})
_STORING = frozenset({"append", "add", "register", "setdefault", "update", "insert", "subscribe", "connect"})
_INERT_BASES = re.compile(
    r"^(object|ABC|Generic|Protocol|NamedTuple|TypedDict|\w*Exception|\w*Error|\w*Warning|Enum|IntEnum|StrEnum|Flag|IntFlag|str|int|dict|"
    r"list|tuple|set|float|UserDict|UserList|OrderedDict|defaultdict|namedtuple|SimpleNamespace|Mapping|MutableMapping|BaseModel|Struct|"
    r"Callable|Iterable|Iterator|Sequence|Hashable|Sized|Container|Collection|Awaitable|AbstractContextManager|ContextDecorator)$"
)
_FOUND_BASES = re.compile(
    r"^(luigi|metaflow|django|rest_framework|scrapy|airflow\.plugins_manager|airflow\.plugins|datasets\.|evaluate\.|tensorflow_datasets|tfds|locust|"
    r"unittest|absl\.testing|alembic|sqlalchemy|flask_sqlalchemy|sqlmodel|peewee|mongoengine|tortoise|pony|kserve|kfserving|"
    r"triton_python_backend|snakemake|setuptools|distutils|hatchling|nox|ansible|pluggy|cog|bentoml|ts\.torch_handler|odoo|celery\.Task|"
    r"wtforms|zenml|graphene|factory|faker|pytest|HTMLParser|html\.parser|ast|http\.server|socketserver|cmd\.Cmd)"
)
_FOUND_BASE_NAMES = re.compile(
    r"(FlowSpec|BasePredictor|DeclarativeBase|BaseHandler|TritonPythonModel|GeneratorBasedBuilder|TestCase|HttpUser|AirflowPlugin|"
    r"BuilderConfig|BaseCommand|AppConfig|Migration|Servicer|Visitor|Transformer)$"
)
_FOUND_NAMES = re.compile(
    r"^(main|run|cli|app|application|setup|teardown|init|handler|lambda_handler|model_fn|input_fn|output_fn|predict_fn|transform_fn|(input|output)_handler|"
    r"create_app|app_factory|make_app|get_app|create_pipelines?|register_pipelines?|register|configure|get_provider_info|entry_?point|"
    r"pytest_\w+|test_\w*|load_tests|on_starting|on_reload|when_ready|pre_fork|post_fork|post_worker_init|worker_\w+|pre_exec|"
    r"preprocessing_fn|run_fn|trainer_fn|tuner_fn|define_env|_load_pyfunc|TritonPythonModel|EndpointHandler|InferlessPythonModel|"
    r"on_(get|post|put|patch|delete|head|options)\w*|process_(request|resource|response)\w*|dispatch|rollback|migrate|upgrade|downgrade|"
    r"child_exit|nworkers_changed|on_exit|post_request|pre_request|get_transform|preprocess_function|collect_env|"
    r"_repr_\w+_|_ipython_display_|_|__\w+__)$"
)
_FOUND_FILES = re.compile(
    r"(^|/)(conftest|conf|hubconf|gunicorn\w*|noxfile|tasks|fabfile|locustfile|dodo|wsgi|asgi|manage|setup|sitecustomize|usercustomize|"
    r"pipeline_registry|hooks|settings|models?/\d+/model|handler|lambda_function|cog|predict|score|inference|serve|versioneer|_version|"
    r"apps|admin|urls|streamlit_app|airflow_local_settings|webserver_config|jupyter_\w+_config|ipython_config|superset_config)\.py$"
)
_OPEN_FILES = re.compile(
    r"(^|/)(conftest|conf|hubconf|gunicorn\w*|noxfile|fabfile|locustfile|dodo|webserver_config|superset_config|jupyter_\w+_config)\.py$"
    r"|(^|/)(migrations|alembic|dags|plugins|templatetags|management/commands)/"
)
"""Files whose every definition the framework may take."""
_FOUND_FOLDERS = re.compile(r"(^|/)(migrations|versions|alembic|dags|plugins|pages|management/commands|templatetags|recipes|hooks)/")


_LOG_BASES = re.compile(r"(logging|pythonjsonlogger|logstash\w*|json_log_formatter)\.([\w.]+\.)?\w*(Handler|Formatter|Filter)$")
"""A logging configuration names these classes, wherever it lies."""
_LOG_SET_UP = frozenset({"dictConfig", "fileConfig"})


class Discovery:
    """Tells which definitions of a module are found by a framework."""

    def __init__(self, namespaces: Namespaces) -> None:
        self._names = namespaces
        self._modules = namespaces.graph.modules
        self._subclassed: set[str] = set()
        """Names of classes whose subclasses some code lists (`Base.__subclasses__()`); `*` when it cannot be told whose."""
        self._listing: set[Node] = set()
        """The scopes that do."""
        self._note_listings()
        self._sets_up_logs = self._asks_for_logs()
        self._open: dict[str, bool] = {}

    def _note_listings(self) -> None:
        for path, module in self._modules.items():
            for mention in module.facts.mentions:
                for chain in mention.chains:
                    if chain.endswith(".__subclasses__"):
                        owner = chain.split(".")[-2]
                        self._subclassed.add("*" if owner in ("", "cls", "self") or owner.islower() else owner)
                        self._listing.add((path, mention.scope))

    def _asks_for_logs(self) -> bool:
        mentions = (mention for module in self._modules.values() for mention in module.facts.mentions)
        return any(chain.rpartition(".")[2] in _LOG_SET_UP for m in mentions for chain in (*m.chains, *m.names))

    # ---- modules ---------------------------------------------------------------------------------------------------

    def is_open(self, module: Module) -> bool:
        """Whether names of the module are looked up at run time: any definition may be meant."""
        found = self._open.get(module.path)
        if found is None:
            found = self._open[module.path] = self._looks_names_up(module)
        return found

    @staticmethod
    def _looks_names_up(module: Module) -> bool:
        facts = module.facts
        if _OPEN_FILES.search(module.path):
            return True
        if {"globals", "exec", "eval", "__getattr__"}.intersection(facts.dynamic):
            return True
        chains = {chain for mention in facts.mentions for chain in mention.chains}
        if any(chain in chains for chain in ("fire.Fire", "jsonargparse.CLI", "inspect.getmembers", "clize.run", "defopt.run")):
            return True
        names = {name for mention in facts.mentions for name in mention.names}
        return bool(names & {"Fire", "CLI", "getmembers"}) or ("sys.modules" in chains and "__name__" in names)

    @staticmethod
    def is_found(module: Module) -> bool:
        """Whether the file's name or place is what a framework looks for."""
        path = module.path
        return _FOUND_FILES.search(path) is not None or _FOUND_FOLDERS.search(path) is not None or path.endswith("__main__.py")

    def has_found_class(self, path: str) -> bool:
        """Whether a class of the module is one that a framework finds in it."""
        scopes = self._modules[path].facts.scopes
        return any(s.kind == "class" and s.bases and self._is_found_class((path, n), 0) for n, s in enumerate(scopes) if n and not s.parent)

    # ---- definitions -----------------------------------------------------------------------------------------------

    def is_hook(self, node: Node, scope: Scope) -> bool:
        """Whether a framework uses the definition without its name being mentioned."""
        if _FOUND_NAMES.match(scope.name) or (scope.name == "model" and [p.name for p in scope.params[:1]] == ["dbt"]):
            return True
        if self._modules[node[0]].is_test and scope.kind == "class" and scope.name.startswith("Test"):
            return True
        if any(self._registers(node[0], value) for value in scope.decorators):
            return True
        return scope.kind == "class" and self._is_found_class(node, 0)

    def _registers(self, path: str, decorator: Value) -> bool:
        dotted = self._dotted(path, decorator)
        last = dotted.rpartition(".")[2]
        if _INERT_DECORATORS.match(last):
            return False
        led, rest = self._names.chain(path, 0, dotted)
        if rest or not led.nodes:
            return True
        return any(self._stores(node) for node in led.nodes)

    def _stores(self, node: Node) -> bool:
        """Whether a decorator of the repository keeps what it decorates: it puts something into a container, or calls what may."""
        scope = self._names.scope_of(node)
        if scope is None or scope.kind != "function":
            return True
        facts = self._modules[node[0]].facts
        inside = {n for n, other in enumerate(facts.scopes) if n == node[1] or other.qualname.startswith(scope.qualname + ".")}
        if any(assign.scope in inside and ("[" in assign.target or assign.kind == "global") for assign in facts.assigns):
            return True
        return any(
            chain.rpartition(".")[2] in _STORING or "regist" in chain.lower()
            for mention in facts.mentions
            if mention.scope in inside
            for chain in (*mention.chains, *mention.names)
        )

    def _is_found_class(self, node: Node, depth: int) -> bool:
        scope = self._names.scope_of(node)
        if scope is None or depth > 8:
            return False
        if self._has_word(node, METACLASS):
            return True
        for base in scope.bases:
            dotted = self._dotted(node[0], base)
            if not dotted:
                continue
            last = dotted.rpartition(".")[2]
            full = self._full(node[0], dotted)
            if last in self._subclassed or _FOUND_BASE_NAMES.search(last) or _FOUND_BASES.match(full):
                return True
            if self._sets_up_logs and _LOG_BASES.match(full):
                return True
            led, _rest = self._names.chain(node[0], 0, dotted)
            for parent in led.nodes:
                if isinstance(parent[1], str) or (
                    parent != node and (self._hooks_subclasses(parent) or self._is_found_class(parent, depth + 1))
                ):
                    return True
        return "*" in self._subclassed and bool(scope.bases) and any(self._lists_subclasses(node[0], base) for base in scope.bases)

    def _lists_subclasses(self, path: str, base: Value) -> bool:
        led = self._names.name(path, 0, self._dotted(path, base))
        return any(self._lists_own(parent) for parent in led.nodes)

    def _hooks_subclasses(self, node: Node) -> bool:
        """Whether the class is told of its subclasses."""
        scopes = self._modules[node[0]].facts.scopes
        inner = [scopes[n].name for n in self._names.children.get(node, ())]
        return "__init_subclass__" in inner or self._lists_own(node)

    def _lists_own(self, node: Node) -> bool:
        """Whether the class itself or one of its methods asks for subclasses."""
        return any((node[0], number) in self._listing for number in (node[1], *self._names.children.get(node, ())))

    def _has_word(self, node: Node, word: str) -> bool:
        return any(word in m.words for m in self._names.mentions.get(node, ()))

    def calls_methods(self, node: Node) -> Callable[[str], bool]:
        """Tells which methods of the class, by their names, a base class that is not of this repository may call."""
        scope = self._names.scope_of(node)
        bases = self._outer_bases(node, 0)
        if node in self._lent or (bases and (scope is None or scope.decorators or not are_known(bases))):
            return _whatever
        return partial(may_call, bases)

    @cached_property
    def _lent(self) -> frozenset[Node]:
        """Classes that hand themselves to a method of one from outside (`BaseEstimator.get_params(self)`), as if they derived from it."""
        found: set[Node] = set()
        for path, module in self._modules.items():
            for call in module.facts.calls:
                if call.args[:1] != (_SELF,) or not isinstance(call.func, Attr) or not isinstance(call.func.value, Name):
                    continue
                owner = call.func.value.id
                if owner[:1].isupper() and self._names.name(path, 0, owner).is_external:
                    found.add((path, class_around(module.facts.scopes, call.scope)))
        return frozenset(found)

    def _outer_bases(self, node: Node, depth: int) -> frozenset[str]:
        """Full names of the base classes that are not of this repository, those of its own bases too; "" for one that is not known."""
        scope = self._names.scope_of(node)
        if scope is None or depth > 8:
            return _UNKNOWN
        found: set[str] = set()
        for base in scope.bases:
            dotted = self._dotted(node[0], base)
            led, rest = self._names.chain(node[0], 0, dotted)
            if not led.nodes and _INERT_BASES.match(dotted.rpartition(".")[2]):
                continue
            if not led.nodes and not led.modules:
                found.add(self._full(node[0], dotted))
            elif rest or any(isinstance(parent[1], str) or parent == node or self._stands_in(parent) for parent in led.nodes):
                found.add(self._full(node[0], dotted) if rest and all(isinstance(n[1], str) for n in led.nodes) else "")
            else:
                found.update(*(self._outer_bases(parent, depth + 1) for parent in led.nodes))
        return frozenset(found)

    def _stands_in(self, node: Node) -> bool:
        """Whether the class only takes the place of one from outside where that is not installed."""
        scope = self._names.scope_of(node)
        return scope is not None and self._names.is_imported_too(node[0], scope.name)

    def bases_inside(self, node: Node) -> Iterator[Node]:
        """The classes of the repository that the class inherits from directly."""
        scope = self._names.scope_of(node)
        for base in scope.bases if scope is not None else ():
            dotted = self._dotted(node[0], base)
            if dotted:
                led, rest = self._names.chain(node[0], 0, dotted)
                yield from (parent for parent in led.nodes if not rest and isinstance(parent[1], int) and parent != node)

    def ancestors(self, node: Node) -> set[Node]:
        """All classes of the repository that the class inherits from."""
        found: set[Node] = set()
        todo = [node]
        while todo and len(found) < 50:
            for base in self.bases_inside(todo.pop()):
                if base not in found:
                    found.add(base)
                    todo.append(base)
        return found

    def _full(self, path: str, dotted: str) -> str:
        """The dotted name with what the import says in front: `Task` → `luigi.Task`."""
        first, _, rest = dotted.partition(".")
        for link in self._names.links.get(path, ()):
            fact = link.fact
            if fact.name and fact.bound == first:
                return ".".join(part for part in (fact.module, fact.name, rest) if part)
            if fact.name is None and fact.bound == first:
                return ".".join(part for part in (fact.module, rest) if part)
        return dotted

    def _dotted(self, path: str, value: Value) -> str:
        """`a.b` of a decorator or base, without its call or its type arguments; "" for anything else."""
        if isinstance(value, CallRef):
            return self._dotted(path, self._modules[path].facts.calls[value.index].func)
        if isinstance(value, Item):
            return self._dotted(path, value.value)
        if isinstance(value, Attr):
            inner = self._dotted(path, value.value)
            return f"{inner}.{value.name}" if inner else value.name
        return value.id if isinstance(value, Name) else ""


def _whatever(_name: str) -> bool:
    return True
