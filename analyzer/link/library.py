"""What the standard library's path, text and container functions do to values. Pure functions only; no I/O happens here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.link import commandline, paths
from analyzer.link.domain import (
    Abstract,
    Alternatives,
    ConfigNode,
    External,
    Hole,
    Known,
    Many,
    Pattern,
    Result,
    Sym,
    Table,
    Unknown,
    as_pattern,
    capped,
    concat,
    joined,
    literal,
)
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Opaque

if TYPE_CHECKING:
    from analyzer.link.members import Members

_PATH_CLASSES = {"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath", "anyio.Path", "py.path.local", "upath.UPath",
                 "cloudpathlib.CloudPath", "cloudpathlib.AnyPath", "cloudpathlib.GSPath", "cloudpathlib.S3Path", "epath.Path", "etils.epath.Path"}  # fmt: skip
_SAME = {
    "builtins.str", "builtins.repr", "builtins.vars", "os.fspath", "os.path.abspath", "os.path.realpath", "os.path.normpath", "os.path.expandvars",
    "hydra.utils.to_absolute_path", "builtins.sorted", "builtins.list", "builtins.set", "builtins.tuple", "builtins.iter", "builtins.reversed",
    "tqdm.tqdm", "tqdm.auto.tqdm", "tqdm.notebook.tqdm", "tqdm", "typing.cast", "copy.copy", "copy.deepcopy", "rich.progress.track",
    "to_absolute_path", "tf.constant", "tensorflow.constant", "shlex.quote",
}  # fmt: skip
_CONFIG_LOADERS = {
    "yaml.safe_load", "yaml.load", "yaml.full_load", "json.load", "toml.load", "tomllib.load", "tomli.load", "omegaconf.OmegaConf.load",
    "ruamel.yaml.safe_load", "json.loads", "toml.loads", "tomllib.loads", "box.Box", "omegaconf.OmegaConf.create", "easydict.EasyDict",
    "dvc.api.params_show", "munch.Munch", "munch.munchify",
}  # fmt: skip
_TEMPORARY = {
    "tempfile.mkdtemp",
    "tempfile.TemporaryDirectory",
    "tempfile.NamedTemporaryFile",
    "tempfile.mkstemp",
    "tempfile.gettempdir",
    "tempfile.mktemp",
}
_IDENTITY_METHODS = {
    "resolve",
    "absolute",
    "as_posix",
    "expanduser",
    "strip",
    "rstrip",
    "lstrip",
    "__str__",
    "decode",
    "encode",
    "is_file_or",
    "mkdir_p",
}


def external_attribute(name: str) -> Alternatives:
    if name in ("os.sep", "os.path.sep"):
        return (literal("/"),)
    if name in ("os.curdir", "os.path.curdir"):
        return (literal("."),)
    if name in ("os.pardir", "os.path.pardir"):
        return (literal(".."),)
    return (External(name),)


def arguments(evaluator: Members, call: Call, where: Where) -> list[Alternatives]:
    return [evaluator.value(arg, where) for arg in call.args]


def first_argument(evaluator: Members, call: Call, where: Where, *keywords: str) -> Alternatives | None:
    if call.args:
        return evaluator.value(call.args[0], where)
    for name, value in call.keywords:
        if name in keywords:
            return evaluator.value(value, where)
    return None


def each(values: Alternatives, change: object) -> Alternatives:
    """`change` applied to every alternative that is text or a parameter (as text); others stay unknown."""
    found: list[Abstract] = []
    for value in values:
        if isinstance(value, (Pattern, Sym, Unknown, Result)):
            found.append(change(as_pattern(value)))  # type: ignore[operator]
        else:
            found.append(Unknown("value"))
    return capped(found)


def external_call(evaluator: Members, name: str, call: Call, where: Where, index: int) -> Alternatives | None:
    """The result of a modelled library function, None when `name` is not modelled."""
    if name in ("os.path.join", "posixpath.join", "fsspec.utils.join") or name in _PATH_CLASSES or name.endswith(".gfile.join"):
        return _join(arguments(evaluator, call, where))
    if name in _SAME:
        position = 1 if name == "typing.cast" else 0
        return evaluator.value(call.args[position], where) if len(call.args) > position else None
    if name in ("os.path.dirname", "posixpath.dirname"):
        return each(arguments(evaluator, call, where)[0], paths.parent) if call.args else None
    if name in ("os.path.basename", "posixpath.basename"):
        return each(arguments(evaluator, call, where)[0], paths.name) if call.args else None
    if name == "os.path.splitext" and call.args:
        return capped(
            [Many((paths.without_suffix(as_pattern(a)), paths.suffix(as_pattern(a)))) for a in evaluator.value(call.args[0], where)]
        )
    if name == "os.path.expanduser":
        return evaluator.value(call.args[0], where) if call.args else None
    if name in ("os.getcwd", "pathlib.Path.cwd", "os.getcwdb"):
        return (Pattern((".",), "pathlib"),)
    if name in ("pathlib.Path.home", "os.path.expanduser"):
        return (literal("~"),)
    if name in ("os.environ.get", "os.getenv", "decouple.config", "os.environ.setdefault"):
        return _environment(evaluator, call, where)
    if name in ("glob.glob", "glob.iglob"):
        found = first_argument(evaluator, call, where, "pathname")
        return (Many(found, ordered=False),) if found else None
    if name in ("os.listdir", "os.scandir"):
        return (Many((Pattern((Hole("file"),)),), ordered=False),)
    if name == "os.walk" and call.args:
        tops = each(evaluator.value(call.args[0], where), lambda p: joined(p, Pattern((Hole("folder"),))))
        return (Many((Many((tops[0], Unknown("folders"), Many((Pattern((Hole("file"),)),), False))),), ordered=False),)
    if name in _TEMPORARY:
        return (Pattern((Hole("tmp"),), "literal", temporary=True),)
    if name in (
        "builtins.enumerate",
        "builtins.zip",
        "builtins.map",
        "builtins.filter",
        "itertools.chain",
        "builtins.next",
        "builtins.max",
        "builtins.min",
    ):
        return _iteration(evaluator, name, call, where)
    if name == "builtins.getattr" and len(call.args) >= 2:
        return _getattr(evaluator, call, where)
    if name in ("builtins.dict", "argparse.Namespace", "types.SimpleNamespace", "easydict.EasyDict", "addict.Dict") and not call.args:
        return (Table(tuple((k, v) for k, value in call.keywords if k != "**" for v in evaluator.value(value, where)[:2])),)
    if name in _CONFIG_LOADERS:
        return _configuration(evaluator, call, where)
    if name in ("importlib.resources.files", "pkg_resources.resource_filename", "importlib_resources.files", "importlib.resources.path"):
        return _package_data(evaluator, call, where)
    return commandline.external_call(evaluator, name, call, where, index)


def _join(groups: list[Alternatives]) -> Alternatives:
    if not groups:
        return (Pattern((), "pathlib"),)
    found: list[Pattern] = [as_pattern(a) for a in groups[0][:4]]
    for group in groups[1:]:
        found = [joined(left, as_pattern(right)) for left in found for right in group[:3]][:6]
    return capped(list(found))


def _environment(evaluator: Members, call: Call, where: Where) -> Alternatives:
    names = first_argument(evaluator, call, where, "key") or (Unknown("environment"),)
    hole = Pattern((Hole(as_pattern(names[0]).shown.strip("{}")),), "env")
    default = call.args[1] if len(call.args) > 1 else dict(call.keywords).get("default")
    if default is None:
        return (hole,)
    values = [v for v in evaluator.value(default, where) if not isinstance(v, Known) or v.value is not None]
    found: list[Abstract] = [Pattern(v.parts, "env", v.anchored) if isinstance(v, Pattern) and v.parts else v for v in values]
    return capped(found) if found else (hole,)


def _iteration(evaluator: Members, name: str, call: Call, where: Where) -> Alternatives:
    groups = arguments(evaluator, call, where)
    if name in ("builtins.map", "builtins.filter"):
        return (Many((Unknown("element"),), False),) if name.endswith("map") or len(groups) < 2 else groups[1]
    if not groups:
        return (Unknown("element"),)
    if name == "itertools.chain":
        return (Many(tuple(e for group in groups for a in group for e in evaluator.elements(a, "")), False),)
    if name in ("builtins.next", "builtins.max", "builtins.min"):
        return capped([e for a in groups[0] for e in evaluator.elements(a, "element")])
    elements = [capped([e for a in group for e in evaluator.elements(a, "")]) for group in groups]
    if name == "builtins.enumerate":
        return (Many(tuple(Many((Unknown("index"), e)) for e in elements[0]), False),)
    return (Many((Many(tuple(group[0] if len(group) == 1 else Unknown("element", "loop variable") for group in elements)),), False),)


def _getattr(evaluator: Members, call: Call, where: Where) -> Alternatives | None:
    keys = evaluator.value(call.args[1], where)
    if len(keys) != 1 or not isinstance(keys[0], Pattern) or keys[0].text is None:
        return None
    name = keys[0].text
    return capped([a for base in evaluator.value(call.args[0], where) for a in evaluator.attribute(base, name, where)])


def _configuration(evaluator: Members, call: Call, where: Where) -> Alternatives | None:
    """`yaml.safe_load(open(p))`, `OmegaConf.load(p)`: the configuration file of the repository at that path."""
    values = first_argument(evaluator, call, where, "stream", "file_", "f", "fp")
    if not values:
        return None
    found: list[Abstract] = []
    for value in values:
        if isinstance(value, (ConfigNode, Table)):
            found.append(value)
            continue
        source = opened_path(evaluator, value)
        for pattern in source:
            node = config_node(evaluator, pattern, where.path)
            if node is not None:
                found.append(node)
    return capped(found) if found else None


def opened_path(evaluator: Members, value: Abstract) -> Alternatives:
    """The path behind a file handle (`open(p)`), a read text (`p.read_text()`), or the path itself."""
    if isinstance(value, Result) and value.name in ("builtins.open", "io.open", "codecs.open", "handle", "read_text"):
        call = evaluator.program.facts[value.path].calls[value.call]

        where = Where(value.path, call.scope, call.line, call.block)
        if value.name in ("handle", "read_text"):
            from analyzer.read.values import Attr

            return evaluator.value(call.func.value, where) if isinstance(call.func, Attr) else ()
        return first_argument(evaluator, call, where, "file") or ()
    return (value,) if isinstance(value, (Pattern, Sym)) else ()


def config_node(evaluator: Members, value: Abstract, importer: str) -> ConfigNode | None:
    import posixpath

    if not isinstance(value, Pattern) or value.text is None:
        return None
    text = paths.normal(value.text)
    project = evaluator.program.layout.project_of(importer).root
    bases = [""] if value.anchored else ["", project, posixpath.dirname(importer)]
    for base in bases:
        candidate = posixpath.normpath(posixpath.join(base, text))
        if candidate in evaluator.configs:
            return ConfigNode(candidate)
    return None


def _package_data(evaluator: Members, call: Call, where: Where) -> Alternatives | None:
    groups = arguments(evaluator, call, where)
    if not groups:
        return None
    package = groups[0][0]
    text = package.text if isinstance(package, Pattern) else None
    if text is None:
        return None
    target = evaluator.program.target(where.path, text)
    if target.status != "module":
        return None
    folder = (
        paths.parent(Pattern((target.path,), "pathlib", anchored=True))
        if not target.path.endswith("/")
        else Pattern((target.path[:-1],), "pathlib", anchored=True)
    )
    for group in groups[1:]:
        folder = joined(folder, as_pattern(group[0]))
    return (folder,)


# ---- methods of values ----------------------------------------------------------------------------------------------


def method(evaluator: Members, receiver: Abstract, name: str, call: Call, where: Where, index: int) -> Alternatives | None:
    """The result of `receiver.name(...)` for text, paths, containers and configuration; None when not modelled."""
    if isinstance(receiver, (Pattern, Sym)):
        return _text_method(evaluator, receiver, name, call, where, index)
    if isinstance(receiver, Table):
        if name in ("get", "pop", "setdefault") and call.args:
            found = [v for key in evaluator.value(call.args[0], where) for v in evaluator.item(receiver, key, where)]
            return capped(found)
        if name == "items":
            return (Many(tuple(Many((literal(k, "constant"), v)) for k, v in receiver.entries[:8]), ordered=False),)
        if name == "values":
            return (Many(tuple(v for _, v in receiver.entries[:16]), ordered=False),)
        if name in ("keys", "copy"):
            return (receiver,)
    if isinstance(receiver, ConfigNode):
        if name == "get" and call.args:
            found = [v for key in evaluator.value(call.args[0], where) for v in evaluator.item(receiver, key, where)]
            if all(isinstance(v, Unknown) for v in found) and len(call.args) > 1:
                return evaluator.value(call.args[1], where)
            return capped(found)
        if name in ("copy", "to_dict"):
            return (receiver,)
    if isinstance(receiver, Many) and name in ("copy",):
        return (receiver,)
    return commandline.method(evaluator, receiver, name, call, where)


def _text_method(evaluator: Members, receiver: Pattern | Sym, name: str, call: Call, where: Where, index: int) -> Alternatives | None:
    if isinstance(receiver, Sym) and name in ("get", "items", "values", "keys"):
        if name == "get" and call.args:
            return capped([v for key in evaluator.value(call.args[0], where) for v in evaluator.item(receiver, key, where)])
        return None
    pattern = as_pattern(receiver)
    if name in _IDENTITY_METHODS:
        if name in ("rstrip", "lstrip", "strip") and call.args:
            return None
        return (receiver,)
    if name == "joinpath":
        return _join([(pattern,), *arguments(evaluator, call, where)])
    if name in ("glob", "rglob") and call.args:
        middle = Pattern(("**",)) if name == "rglob" else Pattern(())
        return (
            Many(capped([joined(joined(pattern, middle), as_pattern(a)) for a in evaluator.value(call.args[0], where)]), ordered=False),
        )
    if name == "iterdir":
        return (Many((joined(pattern, Pattern((Hole("file"),))),), ordered=False),)
    if name in ("with_suffix", "with_name", "with_stem") and call.args:
        return capped([_with(pattern, name, as_pattern(a)) for a in evaluator.value(call.args[0], where)])
    if name == "format" and isinstance(receiver, Pattern):
        return (
            _format(
                receiver,
                [as_pattern(g[0]) for g in arguments(evaluator, call, where)],
                {k: as_pattern(evaluator.value(v, where)[0]) for k, v in call.keywords},
            ),
        )
    if name == "join" and isinstance(receiver, Pattern) and call.args:
        return _join_text(receiver, evaluator.value(call.args[0], where))
    if name == "replace" and isinstance(receiver, Pattern) and len(call.args) >= 2:
        old, new = evaluator.value(call.args[0], where)[0], evaluator.value(call.args[1], where)[0]
        if isinstance(old, Pattern) and isinstance(new, Pattern) and old.text and new.text is not None:
            parts = tuple(p.replace(old.text, new.text) if isinstance(p, str) else p for p in receiver.parts)
            return (Pattern(parts, "concat", receiver.anchored, receiver.temporary),)
        return None
    if name in ("lower", "upper") and isinstance(receiver, Pattern):
        return (Pattern(tuple(getattr(p, name)() if isinstance(p, str) else p for p in receiver.parts), receiver.via, receiver.anchored),)
    if name == "open":
        return (Result("handle", where.path, index),)
    if name in ("read_text", "read_bytes"):
        return (Result("read_text", where.path, index),)
    return None


def _with(pattern: Pattern, name: str, new: Pattern) -> Pattern:
    if name == "with_suffix":
        return concat("pathlib", paths.without_suffix(pattern), new)
    folder = paths.parent(pattern)
    if name == "with_stem":
        new = concat("pathlib", new, paths.suffix(pattern))
    return joined(folder, new)


def _format(pattern: Pattern, positional: list[Pattern], named: dict[str, Pattern]) -> Pattern:
    pieces: list[Pattern] = []
    used = 0
    for part in pattern.parts:
        if isinstance(part, Hole):
            pieces.append(Pattern((part,)))
            continue
        for chunk in re.split(r"(\{[^{}]*\})", part.replace("{{", "\0").replace("}}", "\1")):
            if chunk.startswith("{") and chunk.endswith("}"):
                key = re.split(r"[!:.\[]", chunk[1:-1])[0]
                if key == "" and used < len(positional):
                    pieces.append(positional[used])
                    used += 1
                elif key.isdigit() and int(key) < len(positional):
                    pieces.append(positional[int(key)])
                elif key in named:
                    pieces.append(named[key])
                else:
                    pieces.append(Pattern((Hole(key or "value"),)))
            else:
                pieces.append(literal(chunk.replace("\0", "{").replace("\1", "}")))
    return concat("concat", Pattern((), pattern.via, pattern.anchored), *pieces)


def _join_text(separator: Pattern, values: Alternatives) -> Alternatives:
    found: list[Abstract] = []
    for value in values:
        if isinstance(value, Many) and value.ordered and len(value.items) <= 12:
            pieces: list[Pattern] = []
            for position, item in enumerate(value.items):
                pieces.extend([separator] if position else [])
                pieces.append(as_pattern(item))
            found.append(concat("concat", *pieces) if pieces else Pattern(()))
        else:
            found.append(Unknown("joined"))
    return capped(found)


__all__ = ["Opaque", "arguments", "external_attribute", "external_call", "first_argument", "method", "opened_path"]
