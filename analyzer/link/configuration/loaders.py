"""Calls that load a configuration file of the repository: `yaml.safe_load(open(p))`, `OmegaConf.load(p)` and their kin."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from analyzer.link import paths
from analyzer.link.call_arguments import first_argument
from analyzer.link.configuration.made_in_code import as_node
from analyzer.link.domain import Abstract, Alternatives, ConfigNode, Hole, Many, Pattern, Result, Sym, capped
from analyzer.link.where import Where
from analyzer.read.facts import Call
from analyzer.read.values import Attr

if TYPE_CHECKING:
    from analyzer.link.asking import Asking

LOADERS = frozenset(
    """
    yaml.safe_load yaml.load yaml.full_load yaml.unsafe_load oyaml.safe_load oyaml.load ruamel.yaml.safe_load ruamel.yaml.load
    ruamel.yaml.round_trip_load strictyaml.load json.load json.loads orjson.loads ujson.load ujson.loads simplejson.load
    simplejson.loads json5.load json5.loads hjson.load commentjson.load toml.load toml.loads tomllib.load tomllib.loads tomli.load
    tomli.loads tomlkit.load tomlkit.parse tomlkit.loads rtoml.load pytoml.load anyconfig.load srsly.read_yaml srsly.read_json
    srsly.yaml_loads mmcv.Config.fromfile mmengine.Config.fromfile mmengine.config.Config.fromfile dotenv.dotenv_values
    dotenv.main.dotenv_values omegaconf.OmegaConf.load box.Box.from_yaml box.Box.from_json box.Box.from_toml box.ConfigBox.from_yaml
    box.ConfigBox.from_json munch.Munch.fromYAML munch.Munch.fromJSON benedict.benedict detectron2.config.LazyConfig.load
    transformers.PretrainedConfig.from_json_file pyaml_env.parse_config
    """.split()
)
_ALL_DOCUMENTS = frozenset({"yaml.load_all", "yaml.safe_load_all", "yaml.full_load_all"})
OTHERS = _ALL_DOCUMENTS | {"dvc.api.params_show"}
WRAPPERS = frozenset(
    """
    easydict.EasyDict box.Box box.ConfigBox box.BoxList munch.Munch munch.munchify munch.DefaultMunch.fromDict munch.Munch.fromDict
    attrdict.AttrDict attrdict.AttrMap addict.Dict dotmap.DotMap ml_collections.ConfigDict ml_collections.config_dict.ConfigDict
    ml_collections.FrozenConfigDict ml_collections.config_dict.config_dict.ConfigDict yacs.config.CfgNode fvcore.common.config.CfgNode
    omegaconf.OmegaConf.create omegaconf.DictConfig omegaconf.ListConfig mmcv.Config mmengine.Config mmengine.config.Config bunch.Bunch
    bunch.bunchify namedlist types.MappingProxyType builtins.dict collections.OrderedDict prodict.Prodict.from_dict scalpl.Cut
    flatten_dict.unflatten
    """.split()
)
"""Constructors that give a mapping other clothes."""
_OPENERS = ("builtins.open", "io.open", "codecs.open", "handle", "read_text")
_READS = ("?.read", "?.readlines", "?.decode", "?.getvalue")
_KEYWORDS = ("stream", "file_", "f", "fp", "filename", "file", "path", "dotenv_path", "s", "__fp", "path_or_stream", "json_file", "data")
MAX_FILES = 4


def loaded(evaluator: Asking, name: str, call: Call, where: Where) -> Alternatives | None:
    """What a call of LOADERS or WRAPPERS gives; None when nothing about its argument is known."""
    if name == "dvc.api.params_show":
        return _dvc_parameters(evaluator, call, where)
    if name in WRAPPERS:
        values = evaluator.value(call.args[0], where) if len(call.args) == 1 and not call.keywords else ()
        known = [as_node(evaluator, value, where, call) for value in values]
        return capped([value for value in known if value is not None]) if known and any(value is not None for value in known) else None
    if name not in LOADERS and name not in _ALL_DOCUMENTS:
        return None
    values = first_argument(evaluator, call, where, *_KEYWORDS) or ()
    found: list[Abstract] = []
    for value in values:
        if isinstance(value, ConfigNode):
            found.append(value)
            continue
        for source in opened_path(evaluator, value):
            found.extend((source.then("loaded", ""),) if isinstance(source, Sym) else config_nodes(evaluator, source, where.path))
    if not found:
        return None
    return (Many(tuple(found), ordered=False),) if name in _ALL_DOCUMENTS else capped(found)


def _dvc_parameters(evaluator: Asking, call: Call, where: Where) -> Alternatives | None:
    """`dvc.api.params_show(*targets)`: params.yaml unless told otherwise (dvc.org, "dvc.api.params_show()")."""
    targets = [value for argument in call.args for value in evaluator.value(argument, where)] or [Pattern(("params.yaml",))]
    found = [node for target in targets for node in config_nodes(evaluator, target, where.path)]
    return capped(list(found)) if found else None


def opened_path(evaluator: Asking, value: Abstract, depth: int = 0) -> Alternatives:
    """The path behind a file handle (`open(p)`), a read text (`p.read_text()`, `open(p).read()`), or the path itself."""
    if isinstance(value, (Pattern, Sym)):
        return (value,)
    if not isinstance(value, Result) or depth > 4:
        return ()
    call = evaluator.program.facts[value.path].calls[value.call]
    where = Where(value.path, call.scope, call.at, call.block)
    if value.name in ("handle", "read_text", *_READS):
        inner = evaluator.value(call.func.value, where) if isinstance(call.func, Attr) else ()
        if value.name in _READS:
            return capped([path for handle in inner if isinstance(handle, Result) for path in opened_path(evaluator, handle, depth + 1)])
        return inner
    if value.name in _OPENERS or value.name.endswith(".open"):
        return first_argument(evaluator, call, where, "file", "path", "name", "urlpath") or ()
    return ()


def config_nodes(evaluator: Asking, value: Abstract, importer: str) -> Alternatives:
    """The configuration files that a path means, seen from `importer`; several when a part of the path is unknown and few files fit."""
    if not isinstance(value, Pattern) or value.temporary:
        return ()
    text = value.text
    if text is None:
        return _fitting(evaluator, value, importer)
    found = file_at(evaluator, paths.normal(text), importer, value.anchored)
    return (ConfigNode(found),) if found else ()


def file_at(evaluator: Asking, text: str, importer: str, anchored: bool = False) -> str:
    """The configuration file at a path of the code, "" when there is none: from the root, the project, or the file's own folder."""
    for base in _bases(evaluator, importer, anchored):
        candidate = posixpath.normpath(posixpath.join(base, text))
        if candidate in evaluator.configurations:
            return candidate
    return ""


def _bases(evaluator: Asking, importer: str, anchored: bool) -> list[str]:
    own, project = posixpath.dirname(importer), evaluator.program.layout.project_of(importer).root
    if anchored:
        return [""]
    return [own, project, ""] if importer.endswith(".ipynb") else ["", project, own]


def _fitting(evaluator: Asking, pattern: Pattern, importer: str) -> Alternatives:
    """`f"conf/{name}.yaml"`: the files whose name fits, when the folder is known and they are few."""
    first, last = pattern.parts[0], pattern.parts[-1]
    if not isinstance(first, str) or "/" not in first or not isinstance(last, str) or "." not in last:
        return ()
    expression = "".join(re.escape(part) if isinstance(part, str) else r"[^/]+" for part in _normal(pattern))
    for base in _bases(evaluator, importer, pattern.anchored):
        fits = re.compile(re.escape(base + "/" if base else "") + expression)
        found = [path for path in evaluator.configurations.facts if fits.fullmatch(path)]
        if found:
            return tuple(ConfigNode(path) for path in sorted(found)) if len(found) <= MAX_FILES else ()
    return ()


def _normal(pattern: Pattern) -> list[str | Hole]:
    head = pattern.parts[0]
    return [head.removeprefix("./") if isinstance(head, str) else head, *pattern.parts[1:]]
