"""What the standard library's path and container functions, and a few others, do to values. Pure functions only; no I/O happens here."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.link import commandline, hierarchy, iterations, paths, text_methods
from analyzer.link.call_arguments import arguments, each, first_argument, joined_groups
from analyzer.link.configuration import calls, environment, made_in_code, mappings
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    External,
    FunctionRef,
    Hole,
    Many,
    ModuleRef,
    Pattern,
    Unknown,
    as_pattern,
    capped,
    joined,
    literal,
)
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Name, Star

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

_JOINERS = frozenset(
    """
    os.path.join posixpath.join fsspec.utils.join pathlib.Path pathlib.PurePath pathlib.PosixPath pathlib.PurePosixPath anyio.Path
    py.path.local upath.UPath cloudpathlib.CloudPath cloudpathlib.AnyPath cloudpathlib.GSPath cloudpathlib.S3Path epath.Path
    etils.epath.Path drfs.DRPath
    """.split()
)
_SAME = frozenset(
    """
    builtins.str builtins.repr builtins.vars builtins.sorted builtins.list builtins.set builtins.tuple builtins.iter builtins.reversed
    os.fspath os.path.abspath os.path.realpath os.path.normpath os.path.expandvars os.path.expanduser shlex.quote
    typing.cast copy.copy copy.deepcopy tqdm tqdm.tqdm tqdm.auto.tqdm tqdm.notebook.tqdm rich.progress.track
    importlib.reload joblib.delayed dask.delayed dask.delayed.delayed functools.lru_cache functools.cache asgiref.sync.sync_to_async
    asyncio.run asyncio.create_task asyncio.ensure_future asyncio.shield asyncio.wait_for anyio.run itertools.islice itertools.cycle
    sqlalchemy.text sqlalchemy.sql.text sqlalchemy.sql.expression.text psycopg2.sql.SQL psycopg.sql.SQL psycopg2.sql.Identifier
    psycopg.sql.Identifier textwrap.dedent inspect.cleandoc
    string.Template hydra.utils.to_absolute_path to_absolute_path tf.constant tensorflow.constant
    """.split()
)
_TEMPORARY = {f"tempfile.{name}" for name in ("mkdtemp", "TemporaryDirectory", "NamedTemporaryFile", "mkstemp", "gettempdir", "mktemp")}
_MAPPINGS = {"builtins.dict", "argparse.Namespace", "types.SimpleNamespace", "easydict.EasyDict", "addict.Dict"}


def external_attribute(name: str) -> Alternatives:
    if name in ("os.sep", "os.path.sep"):
        return (literal("/"),)
    if name in ("os.curdir", "os.path.curdir"):
        return (literal("."),)
    if name in ("os.pardir", "os.path.pardir"):
        return (literal(".."),)
    return (External(name),)


def external_call(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives | None:
    """The result of a modelled library function, None when `name` is not modelled."""
    if name in _JOINERS or name.endswith(".gfile.join") or _is_path_class(name, call):
        return joined_groups(arguments(evaluator, call, where))
    if name in _SAME:
        position = 1 if name == "typing.cast" else 0
        return evaluator.value(call.args[position], where) if len(call.args) > position else None
    if name == "builtins.super":
        return hierarchy.parents_around(evaluator, where)
    if name in _TEMPORARY:
        return (Pattern((Hole("tmp"),), "literal", temporary=True),)
    if name in _MAPPINGS and (made := _mapping(evaluator, name, call, where)) is not None:
        return made
    if name in iterations.NAMES:
        return iterations.given(evaluator, name, call, where)
    modelled = _MODELLED.get(name)
    if modelled is not None:
        return modelled(evaluator, call, where)
    configured = calls.external_call(evaluator, name, call, where)
    return configured if configured is not None else commandline.call_of(evaluator, name, call, where)


def _is_path_class(name: str, call: Call) -> bool:
    """A path class of some library (`drfs.DRPath`, `epath.GPath`): a class by its name, made of one value."""
    last = name.rpartition(".")[2]
    return last.endswith("Path") and last[:1].isupper() and len(call.args) == 1 and not call.keywords


def _folder_of(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    return each(evaluator.value(call.args[0], where), paths.parent) if call.args else None


def _name_of(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    return each(evaluator.value(call.args[0], where), paths.name) if call.args else None


def _split_suffix(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    if not call.args:
        return None
    texts = [as_pattern(a) for a in evaluator.value(call.args[0], where)]
    return capped([Many((paths.without_suffix(text), paths.suffix(text))) for text in texts])


def _split_path(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    if not call.args:
        return None
    return capped([text_methods.last_segment(as_pattern(a)) for a in evaluator.value(call.args[0], where)])


def _relative(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    groups = arguments(evaluator, call, where)
    if len(groups) != 2:
        return None
    found = [text_methods.relative(as_pattern(path), as_pattern(start)) for path in groups[0] for start in groups[1][:2]]
    return capped([path for path in found if path is not None]) or None


def _working_folder(_evaluator: Asking, _call: Call, _where: Where) -> Alternatives:
    return (Pattern((".",), "pathlib"),)


def _home(_evaluator: Asking, _call: Call, _where: Where) -> Alternatives:
    return (literal("~"),)


def _globbed(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    found = first_argument(evaluator, call, where, "pathname")
    return (Many(found, ordered=False),) if found else None


def _listed(_evaluator: Asking, _call: Call, _where: Where) -> Alternatives:
    return (Many((Pattern((Hole("file"),)),), ordered=False),)


def _walked(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    if not call.args:
        return None
    tops = each(evaluator.value(call.args[0], where), lambda top: joined(top, Pattern((Hole("folder"),))))
    return (Many((Many((tops[0], Unknown("folders"), Many((Pattern((Hole("file"),)),), False))),), ordered=False),)


def _mapping(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives | None:
    if call.args:
        return iterations.mapping(evaluator, call, where) if name == "builtins.dict" else None
    assigned = made_in_code.assigned_object(evaluator, name, call, where) if not call.keywords else None
    return (assigned,) if assigned is not None else mappings.of_keywords(evaluator, call, where)


def _partial(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    """A function with arguments set; one of a library only where they name neither a path nor a mode."""
    if not call.args:
        return None
    calls = evaluator.program.facts[where.path].calls
    index = next((number for number, known in enumerate(calls) if known is call), -1)
    found: list[Abstract] = []
    for value in evaluator.value(call.args[0], where):
        if isinstance(value, FunctionRef) and value.preset[1] < 0 and not any(isinstance(arg, Star) for arg in call.args):
            found.append(replace(value, preset=(where.path, index)))
        elif isinstance(value, External) and len(call.args) == 1 and not any(name in ("mode", "**") for name, _ in call.keywords):
            found.append(value)
    return capped(found) or None


def _imported(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    """`importlib.import_module(name, package)`, `__import__(name)`: the module when it is the repository's."""
    groups = arguments(evaluator, call, where)
    text = groups[0][0].text if groups and len(groups[0]) == 1 and isinstance(groups[0][0], Pattern) else None
    if not text or text.startswith("."):
        return None
    is_top = isinstance(call.func, Name)  # `__import__("a.b")` gives `a`
    target = evaluator.program.target(where.path, text.partition(".")[0] if is_top and call.func == Name("__import__") else text)
    return (ModuleRef(target.path),) if target.status == "module" else (External(text),) if target.status == "external" else None


def _getattr(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    if len(call.args) < 2:
        return None
    keys = evaluator.value(call.args[1], where)
    if len(keys) != 1 or not isinstance(keys[0], Pattern) or keys[0].text is None:
        return None
    name = keys[0].text
    return capped([a for base in evaluator.value(call.args[0], where) for a in evaluator.attribute(base, name, where)])


def _package_folder(evaluator: Asking, package: Abstract, where: Where) -> str | None:
    """The folder of a package that is given by its dotted name or as a module; a folder of data alone is a namespace package."""
    if isinstance(package, ModuleRef):
        return posixpath.dirname(package.path)
    text = package.text if isinstance(package, Pattern) else None
    if not text:
        return None
    target = evaluator.program.target(where.path, text)
    if target.status == "module":
        return posixpath.dirname(target.path)
    candidates = (posixpath.join(root, *text.split(".")) for root in evaluator.program.roots_for(where.path))
    return next((folder for folder in candidates if folder in evaluator.program.folders), None)


def _package_data(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    groups = arguments(evaluator, call, where)
    if not groups:
        return None
    place = _package_folder(evaluator, groups[0][0], where)
    if place is None:
        return None
    folder = Pattern((place,) if place else (), "pathlib", anchored=True)
    for group in groups[1:]:
        folder = joined(folder, as_pattern(group[0]))
    return (folder,)


_MODELLED: dict[str, Callable[[Asking, Call, Where], Alternatives | None]] = {
    name: modelled
    for names, modelled in (
        ("os.path.dirname posixpath.dirname", _folder_of),
        ("os.path.basename posixpath.basename", _name_of),
        ("os.path.splitext posixpath.splitext", _split_suffix),
        ("os.path.split posixpath.split", _split_path),
        ("os.path.relpath posixpath.relpath", _relative),
        ("os.getcwd os.getcwdb pathlib.Path.cwd", _working_folder),
        ("pathlib.Path.home", _home),
        ("os.environ.get os.environ.setdefault os.getenv decouple.config", environment.asked),
        ("glob.glob glob.iglob", _globbed),
        ("os.listdir os.scandir", _listed),
        ("os.walk", _walked),
        ("builtins.getattr", _getattr),
        ("functools.partial", _partial),
        ("importlib.import_module builtins.__import__", _imported),
        ("importlib.resources.files importlib.resources.path importlib_resources.files pkg_resources.resource_filename", _package_data),
    )
    for name in names.split()
}
