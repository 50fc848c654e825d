"""When two similar functions are not a copy gone astray: what GLU004 leaves alone, and which of their differences mean something."""

from __future__ import annotations

import keyword
import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from analyzer.graph.clones import ClonePair, Difference, Member, semantic_tokens
from analyzer.graph.system import Module, SystemGraph
from analyzer.read.values import Attr, CallRef, Const, Item, Name, Value
from rules.copies_for_others import is_demonstration, is_deprecated
from rules.teaching_code import TeachingCode

MIN_FAMILY = 5
MIN_SHARED_NAMES = 8
MIN_SHARED_NAMES_OF_STRANGERS = 12
MIN_SHARED_SHARE = 0.5
MIN_SIMILARITY_OF_STRANGERS = 0.8
_BIG_FUNCTION = 6
"""Statements."""
_BACKENDS = frozenset(
    {"jax", "flax", "tf", "tf1", "tf2", "tensorflow", "keras", "torch", "pytorch", "mxnet", "paddle", "onnx", "numpy", "np", "cupy"}
    | {"theano", "mlx", "tflite", "openvino", "tensorrt", "trt", "sklearn", "spark", "pandas", "polars", "dask"}
    | {"aws", "gcp", "azure", "s3", "gcs", "gs", "hdfs", "postgres", "mysql", "sqlite", "duckdb", "athena", "bigquery", "snowflake"}
    | {"redis", "kafka"}
)
_GALLERY = re.compile(r"(?:^|[-_.+/])(?:projects|gallery|showcase)$", re.IGNORECASE)
"""Names of repositories of which each top folder is a project of its own, to be taken and changed."""
_ZOO = re.compile(r"^(.*?/)?(models?|model_zoo|zoo|networks)/")
MIN_ZOO = 8
"""Folders of models side by side, and modules of one folder with the same function."""
_CONFIGURATION = re.compile(r"(^|/)(conf|configs?|settings)/")
_SETTINGS = re.compile(r"(Config|Configuration|Settings|Options|Args|Arguments|Params|Hparams|HParams)$")
_SET = re.compile(r"^(?:\$\d+(?:\.\w+)+ = |'\w+': )[^$]*$")
"""A line that gives a setting a value: `$0.training.batch_size = 128`, `'depth': 3,`."""
MIN_SHARE_OF_SETTINGS = 0.6
_QUANTITIES = frozenset(
    "loss losses metric metrics error errors accuracy precision recall score scores auc f1 iou dice mae mse rmse".split()
)
_VERSION = re.compile(r"^v?\d+([._]\d+)*(alpha\d*|beta\d*)?$|^(preview|alpha|beta|stable|experimental)$", re.IGNORECASE)
_WORD = re.compile(r"[a-z]{3,}|\d+")
_DULL = re.compile(r"^(super\(|raise\b|assert\b|except\b|pass$|return$|try$)|\b(logging|logger|getLogger|warnings)\b|^from |^import ")
_KEYWORDS = frozenset({*keyword.kwlist, "for", "_"})
_ORDINARY_BASES = frozenset({"object", "ABC", "Module", "Protocol", "Enum", "Generic"})

_IMPLEMENTATIONS, _MODULES, _VERSIONS = "implementations of one interface", "modules of one interface", "versions side by side"
MIN_SIMILARITY_OF_BODIES = 0.85
MIN_LINES_OF_BODIES = 10


# ---- are they copies at all ----------------------------------------------------------------------------------------------------------


def has_substance(pair: ClonePair) -> bool:
    """Enough of what the two share names something, so that the likeness is no accident of structure."""
    return shares_names(pair, pair.common)


def shares_names(pair: ClonePair, lines: Iterable[str]) -> bool:
    """As `has_substance`, with `lines` for what the two share."""
    common = sum(map(_mass, lines))
    every = sum(map(_mass, (*pair.a.unit.lines, *pair.b.unit.lines)))
    least = MIN_SHARED_NAMES if pair.a.name == pair.b.name else MIN_SHARED_NAMES_OF_STRANGERS
    return common >= least and 2 * common >= MIN_SHARED_SHARE * every


@lru_cache(maxsize=65536)
def _mass(line: str) -> int:
    """How many APIs, attributes and literals a normalised line names: none in `$0 = $1` or `return $0`, which are everywhere."""
    return sum(token not in _KEYWORDS and (token[0].isalnum() or token[0] in "_'\"") for token in semantic_tokens(line))


def telling_differences(pair: ClonePair) -> list[Difference]:
    """Differences that their places do not explain: no logging, errors, own names, nor what follows from where the copies stand."""
    left, right = _own_words(pair.a, pair.b), _own_words(pair.b, pair.a)
    modules = _import_names(pair.a.module) | _import_names(pair.b.module)
    lifted = _defaults(pair.a), _defaults(pair.b)
    return [
        d
        for d in pair.differences
        if not (_is_dull(d) or _is_respelled(d, modules) or _is_placed(d, left, right) or d.left in lifted[1] or d.right in lifted[0])
    ]


def _defaults(member: Member) -> frozenset[str]:
    """Texts that are defaults of the function's parameters: a literal of the copy that was made a parameter here still means the same."""
    params = member.module.facts.scopes[member.unit.scope].params
    return frozenset(repr(p.default.value) for p in params if isinstance(p.default, Const) and p.default.value not in (None, ""))


def _is_dull(difference: Difference) -> bool:
    return any(text and _DULL.search(text) for text in (difference.left_text, difference.right_text))


def _is_respelled(difference: Difference, modules: frozenset[str]) -> bool:
    """`_Reader` for `Reader`, `torch.tensor` for `tensor`: the same thing under another name."""
    if difference.left.strip("_").lower() == difference.right.strip("_").lower():
        return True
    return "" in (difference.left, difference.right) and (difference.left or difference.right) in modules


def _is_placed(difference: Difference, left: frozenset[str], right: frozenset[str]) -> bool:
    """One side uses a word of its own path or name (`'personality_captions'` in personality_captions/): it is there for that purpose."""
    return bool(words(difference.left) & left or words(difference.right) & right)


def _own_words(member: Member, other: Member) -> frozenset[str]:
    return frozenset(words(member.id) - words(other.id))


def words(text: str) -> set[str]:
    return {word for word in _WORD.findall(re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text).lower()) if len(word) > 2 or word.isdigit()}


def _import_names(module: Module) -> frozenset[str]:
    return frozenset(fact.bound or fact.module.partition(".")[0] for fact in module.facts.imports)


def sets_values(module: Module) -> bool:
    """Does it stand where Python files are configuration?"""
    return _CONFIGURATION.search(module.path) is not None


# ---- are they alike on purpose -------------------------------------------------------------------------------------------------------


class Exemptions:
    """Why likeness may be meant. Without pairs, which only `reason` asks for, `graph.once` makes it."""

    def __init__(self, graph: SystemGraph, pairs: Iterable[ClonePair] = ()) -> None:
        self._graph = graph
        self._teaching = TeachingCode(graph)
        self._set_apart: dict[str, bool] = {}
        self._in_gallery = _GALLERY.search(graph.name) is not None
        self._families = graph.once(_interface_families)
        self._zoos = graph.once(_zoos)
        self._conventions = graph.once(_conventions)
        self._best: dict[tuple[str, str], float] = defaultdict(float)
        self._paired: dict[frozenset[str], set[str]] = defaultdict(set)
        for pair in pairs:
            for one, other in ((pair.a, pair.b), (pair.b, pair.a)):
                key = (one.id, other.module.path)
                self._best[key] = max(self._best[key], _match(pair))
            files = frozenset({pair.a.module.path, pair.b.module.path})
            self._paired[files] |= {pair.a.id, pair.b.id}

    def reason(self, pair: ClonePair) -> str:
        """Why the pair is no finding, "" when it may be one."""
        return next(self._reasons(pair), "")

    def on_purpose(self, pair: ClonePair) -> str:
        """Why the two are kept side by side, "" when nothing says that they are meant to be; of any code, diverged or not."""
        if self.is_set_apart(pair.a.module) or self.is_set_apart(pair.b.module):
            return "frozen or teaching code"
        if self._in_gallery and pair.a.module.path.partition("/")[0] != pair.b.module.path.partition("/")[0]:
            return "projects that are each complete by themselves"
        if self._in_zoo(pair.a.module, pair.b.module):
            return "models that are complete by themselves"
        reasons = self._side_by_side(pair.a, pair.b)
        return next((why for why in reasons if not (_has_same_body(pair) and _names_only(why, pair))), "")

    def _in_zoo(self, one: Module, other: Module) -> bool:
        """Does each stand in its own folder of a package's collection of models?"""
        root = _ZOO.match(one.path)
        if root is None or root.group() not in self._zoos or not other.path.startswith(root.group()):
            return False
        return posixpath.dirname(one.path) != posixpath.dirname(other.path)

    def _reasons(self, pair: ClonePair) -> Iterator[str]:
        a, b = pair.a, pair.b
        if self._is_frozen(a) or self._is_frozen(b):
            yield "frozen or teaching code"
        if a.name != b.name and pair.similarity < MIN_SIMILARITY_OF_STRANGERS:
            yield "two functions with jobs of their own that share a part"
        if len(pair.differences) > len(pair.common):
            yield "more differs than is shared"
        yield from self._side_by_side(a, b)
        if _is_train_serve(a.module, b.module):
            yield "training and serving (SKW001)"
        if not self._is_best(pair):
            yield "a closer copy stands beside it"
        if self._is_cloned_stage(a, b):
            yield "a whole cloned stage (JGL006)"

    def _side_by_side(self, a: Member, b: Member) -> Iterator[str]:
        if is_deprecated(a) or is_deprecated(b):
            yield "a deprecated name"
        if is_demonstration(a.module, self._graph.name) or is_demonstration(b.module, self._graph.name):
            yield "a demonstration for people elsewhere"
        if any(_SETTINGS.search(_class_of(m).rpartition(".")[2]) or _is_settings(m) for m in (a, b)):
            yield "configuration as code"
        if a.unit.lines != b.unit.lines and _measure_apart(a.name, b.name):
            yield "two quantities that are computed alike"
        if _versions_differ(a.module.path, b.module.path):
            yield _VERSIONS
        if _are_twins(a, b):
            yield "back-end twins"
        if self._is_interface(a, b):
            yield _IMPLEMENTATIONS
        if a.name != b.name and _is_registered(a) and _is_registered(b):
            yield "entries of a registry"
        if a.name == b.name and self._follow_convention(a, b):
            yield _MODULES

    def _is_frozen(self, member: Member) -> bool:
        project = self._graph.projects.get(member.module.project)
        return (project is not None and project.archetype == "tutorial") or self.is_set_apart(member.module)

    def is_set_apart(self, module: Module) -> bool:
        """Frozen or teaching code. A tutorial of which something runs in production is none: notebooks beside a pipeline are no lessons."""
        if module.path not in self._set_apart:
            self._set_apart[module.path] = self.is_teaching(module.project, module.path)
        return self._set_apart[module.path]

    def is_teaching(self, root: str, path: str) -> bool:
        """As `is_set_apart`, for a path that need not exist in the project at `root`."""
        return self._teaching.holds(root, path)

    def _is_interface(self, a: Member, b: Member) -> bool:
        one, other = _class_of(a), _class_of(b)
        if not one or not other:
            return False
        if a.name != b.name:
            return False
        left, right = _bases(a), _bases(b)
        if any(self._families[a.name][base] >= MIN_FAMILY for base in left & right):
            return True
        # Two classes of one name and base are a copied class; of two names they are siblings that override one method.
        related = {base for base in left & right if "regist" not in base.lower()} or one in right or other in left
        return one.rpartition(".")[2] != other.rpartition(".")[2] and bool(related)

    def _follow_convention(self, one: Member, other: Member) -> bool:
        counts = [
            [self._conventions[where, member.module.facts.scopes[member.unit.scope].qualname] for where in _layout(member.module)]
            for member in (one, other)
        ]
        return any(min(of_both) >= MIN_ZOO for of_both in zip(*counts, strict=True))

    def _is_best(self, pair: ClonePair) -> bool:
        """Neither file holds a closer copy of the other's function."""
        return _match(pair) >= max(self._best[pair.a.id, pair.b.module.path], self._best[pair.b.id, pair.a.module.path])

    def _is_cloned_stage(self, a: Member, b: Member) -> bool:
        """More than half of the longer functions of the two files are copies: the whole step was cloned."""
        paired = self._paired[frozenset({a.module.path, b.module.path})]
        if len(paired) < 4:
            return a.name == b.name == "main" and all(m.module.facts.main_line and _fills_its_file(m) for m in (a, b))
        return all(
            2 * sum(member.startswith(f"{module.path}::") for member in paired) > _big_functions(module) for module in (a.module, b.module)
        )


def _names_only(why: str, pair: ClonePair) -> bool:
    """Does the reason explain the names of the two, but not that they do the same? Of an API every version is served and repaired."""
    return why in (_IMPLEMENTATIONS, _MODULES) or (why == _VERSIONS and all("SERVE" in m.module.roles for m in (pair.a, pair.b)))


def _has_same_body(pair: ClonePair) -> bool:
    """An interface says what its methods are called, not what they do: of those that do the same, the base class could hold one."""
    return pair.similarity == 1 or (pair.similarity >= MIN_SIMILARITY_OF_BODIES and pair.common_lines >= MIN_LINES_OF_BODIES)


def _match(pair: ClonePair) -> float:
    """How close two functions are, for choosing between copies: a common name weighs much."""
    return pair.similarity + (0.2 if pair.a.name == pair.b.name else 0.0)


def _interface_families(graph: SystemGraph) -> dict[str, Counter[str]]:
    """Method name → base class or registry → how many classes with it define the method."""
    families: dict[str, Counter[str]] = defaultdict(Counter)
    for module in graph.living():
        for scope in module.facts.scopes:
            if scope.kind == "function" and scope.parent > 0 and module.facts.scopes[scope.parent].kind == "class":
                families[scope.name].update(_bases_of(module, scope.parent))
    return families


def _zoos(graph: SystemGraph) -> frozenset[str]:
    """Folders `models/` of a package with many models, each in a folder of its own."""
    held: dict[str, set[str]] = defaultdict(set)
    for module in graph.living():
        if module.is_packaged and (root := _ZOO.match(module.path)):
            inner, slash, _ = module.path[root.end() :].partition("/")
            if slash:
                held[root.group()].add(inner)
                held[root.group()].add("/".join(module.path[root.end() :].split("/")[:-1][:2]))
    return frozenset(root for root, inner in held.items() if len(inner) >= MIN_ZOO)


def _conventions(graph: SystemGraph) -> Counter[tuple[str, str]]:
    """Folder of a package, or `tasks/*/agent.py`, and name of a function or method → how many of its modules define one of that name."""
    return Counter(
        (where, scope.qualname)
        for module in graph.living()
        for where in _layout(module)
        for scope in module.facts.scopes
        if scope.kind == "function" and (module.is_packaged if scope.parent == 0 else module.facts.scopes[scope.parent].kind == "class")
    )


def _layout(module: Module) -> tuple[str, str]:
    folder, name = posixpath.split(module.path)
    return folder, f"{posixpath.dirname(folder)}/*/{name}"


def _bases(member: Member) -> set[str]:
    scope = member.module.facts.scopes[member.unit.scope]
    is_method = scope.parent > 0 and member.module.facts.scopes[scope.parent].kind == "class"
    return _bases_of(member.module, scope.parent) if is_method else set()


def _bases_of(module: Module, class_scope: int) -> set[str]:
    """Last names of the base classes, and of decorators that register."""
    scope = module.facts.scopes[class_scope]
    named = {name for base in scope.bases for name in _last_name(module, base)} - _ORDINARY_BASES
    return named | {name for value in scope.decorators for name in _last_name(module, value) if "regist" in name.lower()}


def _is_registered(member: Member) -> bool:
    return is_registering(member.module, member.module.facts.scopes[member.unit.scope].decorators)


def is_registering(module: Module, decorators: Iterable[Value]) -> bool:
    """Does one of the decorators enter what it decorates into a registry?"""
    return any("regist" in name.lower() for value in decorators for name in _last_name(module, value))


def _last_name(module: Module, value: Value) -> Iterator[str]:
    while isinstance(value, (CallRef, Item)):
        value = value.value if isinstance(value, Item) else module.facts.calls[value.index].func
    if isinstance(value, Name):
        yield value.id
    elif isinstance(value, Attr):
        yield value.name


def _class_of(member: Member) -> str:
    scopes = member.module.facts.scopes
    parent = scopes[member.unit.scope].parent
    return scopes[parent].qualname if parent > 0 and scopes[parent].kind == "class" else ""


def _versions_differ(one: str, other: str) -> bool:
    """`api/v1/load.py` and `api/v2/load.py`, or `api/v2/util.py`: both are kept on purpose."""
    left, right = one.split("/"), other.split("/")
    differing = [(a, b) for a, b in zip(left, right, strict=False) if a != b]
    return any(_VERSION.match(a) and _VERSION.match(b) for a, b in differing)


def _are_twins(a: Member, b: Member) -> bool:
    """`jax/losses.py` and `tf/losses.py`: each names another back end or provider in its path or its own name."""
    left, right = _backend_words(a), _backend_words(b)
    return bool(left - right) and bool(right - left)


def _backend_words(member: Member) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", member.id).lower())) & _BACKENDS


def _is_settings(member: Member) -> bool:
    """Does it do little else than give settings their values?"""
    lines = member.unit.lines
    return not member.is_top and sum(_SET.match(line) is not None for line in lines) >= MIN_SHARE_OF_SETTINGS * len(lines)


def _measure_apart(one: str, other: str) -> bool:
    """`pose_loss` and `pose_error`: each is there for a quantity of its own, whose steps are the same."""
    left, right = set(one.lower().split("_")) & _QUANTITIES, set(other.lower().split("_")) & _QUANTITIES
    return bool(left - right) and bool(right - left)


def _is_train_serve(one: Module, other: Module) -> bool:
    def sides(module: Module) -> set[str]:
        return {side for role, side in (("TRAIN", "train"), ("SERVE", "serve"), ("SCORE", "serve")) if role in module.roles}

    return {frozenset(sides(one)), frozenset(sides(other))} == {frozenset({"train"}), frozenset({"serve"})}


def _big_functions(module: Module) -> int:
    return sum(scope.kind == "function" and scope.statements >= _BIG_FUNCTION for scope in module.facts.scopes)


def _fills_its_file(member: Member) -> bool:
    scopes = member.module.facts.scopes
    return 2 * scopes[member.unit.scope].statements > scopes[0].statements
