"""JGL009: inputs that nothing in the repository makes, holds, fetches or explains."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from analyzer.graph.foreign_reads import is_provisioned
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Access, Confidence, Cost, Evidence, Finding, Severity, Subject
from analyzer.read.values import Const, last_name
from analyzer.result import Coverage
from rules.artifact_names import HOLE, IdentitySet, has_version, is_data, is_distinctive, is_registered, is_source, known_part
from rules.base import Rule, guarded_confidence, open_world_note
from rules.held_without_recipe import held_without_recipe, named_in_commands
from rules.loose_ends import LooseEnds, base_name
from rules.severity import in_context
from rules.spelled import spelled_at
from rules.unfilled_tables import unfilled_tables
from rules.wording import ticked

MAX_PLACES = 40
MAX_SHOWN = 12
_DOCUMENT = re.compile(r"\.(html?|pdf|png|jpe?g|txt|xml|wav|mp3|zip|tar|tgz|gz|7z|docx?|tex|lark|model|vec|bz2)$", re.I)
_OF_THE_SYSTEM = re.compile(
    r"/(proc|sys|dev|etc|usr|bin|sbin|lib|run|var|tmp|opt|kaggle|mnt/models|secrets?|cloudsql|app|workspace|workdir|code|src|root|dbfs|FileStore|databricks|"
    r"content(?!/drive))(/|$)"
)
_MOUNTS = re.compile(r"/(data|datasets?|models?|inputs?|outputs?|loc|mnt|mount|volumes?|work|project|weights|checkpoints?)/")
"""Where containers and clusters mount what whoever starts them chooses."""
_PLACEHOLDER = re.compile(
    r"path[-_/ ]?to|(^|[/_.-])(your|my|some|dummy|placeholder|foo|bar|xxx+)([/_.-]|$)|"
    r"(^|/)(fixtures?|tests?|\.?caches?|tmp|temp|logs?|target|lib|share)/|kaggle|(^|/)artifacts/|^(\.\./)?input/[a-z0-9]+(-[a-z0-9]+)+/|(^|/)yolov?\d+\w*\.pt$|\.(pem|key|crt)$|(^|[/_.-])(profile|pgpass|credentials?)$|(^|/)examples?/path|\bpath\b.*\bhere\b|<|\.\.\.|…",
    re.I,
)
_PUBLIC = re.compile(
    r"public|sample|example|tutorial|dataset|opendata|open-data|tf-|tfds|download|pretrained|kaggle|\bsra\b|noaa|ecmwf|era5", re.I
)
_PICTURE = re.compile(r"\.(png|jpe?g|gif|svg|mp3|wav|mp4|html?|pdf)$", re.I)
_WEIGHTS = re.compile(r"\.(pth?|ckpt|onnx|safetensors|bin|pb|tflite|model|vec)(\.tar)?$", re.I)
_BENCHMARK = re.compile(
    r"coco|imagenet|\bVOC\d*|cityscapes|kitti|lvis|FlyingChairs|FlyingThings|sintel|\bmnist|cifar|squad|wikitext|librispeech|ljspeech|"
    r"\bBFM\b|3dmm|ibtracs|cmudict|glove|word2vec|msmarco|oasst|movielens|\bml-\d+m|hotpot|\bnq\b|\bimdb|celeba|ade20k|audioset|voxceleb|"
    r"\bm?c4\b|cc100|cc-news|common[_-]?crawl|(few|super)?glue\b|bookcorpus|laion|\bwmt\d\d|xnli|conll|mimic|\bdfdc\b|m-?ai-?labs|libri-?tts|\bvctk|css10|"
    r"\blsun|open-?images|artbench|\bffhq|shapenet|scannet|nuscenes|\bwaymo|kinetics-?\d|ucf101|criteo|avazu|goodreads|\byelp",
    re.I,
)
"""Published data: its name says where it comes from."""
_ASIDE = re.compile(r"(^|/)(tests?|testing|docs?|vendor(ed)?|third[_-]?party|node_modules|examples?|templates?)/", re.I)
_SETTINGS = re.compile(r"(^|/)(configs?|conf|settings)/")
_HOLE_AT_TOP = re.compile(r"/([^/{]*/)?[^/{]*\{")
"""A mount whose second folder at the latest only the run knows."""
_REHEARSAL = re.compile(r"(^|[-_.])(test|tests|staging|dev|sandbox|backfill|tmp|temp|scratch)([-_.]|$)", re.I)
_SPELLED = frozenset({"literal", "constant", "concat", "fstring", "pathlib", "cli-default"})
_FIXED = _SPELLED - {"cli-default"}
_SERVER = re.compile(r"\bservers?\b|\bin production\b", re.I)
_RESULTS = re.compile(r"(^|/)(outputs?|outs?|results?|runs|experiments?|build|site|dist|checkpoints?|logs?)(/|$)", re.I)
_DATA_FOLDER = re.compile(r"(^|/)[\w-]*(data|raw|interim|corpus|images|annotations?|labels|samples|tables|csvs?)[\w-]*/", re.I)
_FOLDERS = frozenset({"os.listdir", "os.scandir", "os.walk", "glob.glob", "glob.iglob", "shutil.copytree"})


_HOME = re.compile(r"/(?:home|Users)/([^/]+)/")
_NOBODY = frozenset("testdata ann user username user_name me name alice bob foo xxx *".split())


class InputWithoutProducer(Rule):
    """Code reads files that nothing in the repository makes, holds, fetches or explains.

    Whoever runs the step on another machine learns at run time that a file is missing, and nothing tells where it came from: a
    colleague's export, a hand-made table, a folder that was called otherwise. The result cannot be reproduced, and when the file's
    only copy is lost, neither can the model (Sculley et al. 2015, sections 4 and 5.2: inputs that nobody owns).

    One finding stands for the missing inputs of one folder or bucket, with all places that read them. Inputs that a make rule or a dvc
    stage declares count as read. Tables count where the repository makes others of their schema (tentative): one finding a schema.
    Tentative too: binary or dated data that git holds, that code reads, and of which nothing tells how they were made.

    Exempt: what git, a `.dvc` file or a submodule holds; what any code, command or stage of the repository writes, by name or as a
    folder; files or folders that a README names, or whose name stands in an address there; names that a writer spells only partly;
    defaults of options that a checked-in command passes; what is put away with `mv`; names from the environment; optional inputs behind
    an existence test; system, container and platform folders, placeholders, public or rehearsal buckets and versions in them; published
    data, weights and pictures by name; what other files name or the module's docstring explains; defaults of packages; folders that a
    shell decides; archives that prose tells to unpack; configuration and credentials; entries of hubs and registries, addresses;
    databases whose tables the code creates; held data beside a text that tells their source, or that a library ships in its package;
    resources of nltk; tests, documentation, tutorials and the modules of libraries.
    (`JGL007` tells that a home is one machine's.)

    Known false positives: data that a document outside the repository explains; files that a tool writes under a name of its own.
    """

    code = "JGL009"
    name = "input-without-producer"
    severity = Severity.medium
    confidence = Confidence.B
    on_by_default = False
    cost = Cost(base=30, per_item=10, friction=15)
    source = (
        "Sculley et al. 2015, Hidden Technical Debt in Machine Learning Systems, sections 4 (Data Dependencies) and 5.2 (Pipeline Jungles)"
    )
    remedy = (
        "Put the file under version control (dvc, git LFS), add the step that makes it, or say in the README where it comes from "
        "and let the code fail with that sentence when it is missing."
    )
    BAD = ({"train.py": 'import pandas as pd\n\nframe = pd.read_csv("data/manual/relabelled_2023.csv")  # JGL009\nprint(frame.mean())\n'},)
    GOOD = (
        {
            "train.py": 'import pandas as pd\n\nframe = pd.read_csv("data/manual/relabelled_2023.csv")\nprint(frame.mean())\n',
            "README.md": "Ask the labelling team for `data/manual/relabelled_2023.csv`.\n",
        },
        {
            "make.py": 'import pandas as pd\n\npd.DataFrame().to_csv("data/manual/relabelled_2023.csv")\n',
            "train.py": 'import pandas as pd\n\nframe = pd.read_csv("data/manual/relabelled_2023.csv")\nprint(frame.mean())\n',
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        ends = graph.once(LooseEnds)
        groups: dict[tuple[str, str], list[Access]] = defaultdict(list)
        candidates = [access for access in ends.accesses("read") if _is_input(access) and _is_run_as_it_stands(graph, access)]
        readers: dict[str, set[str]] = defaultdict(set)
        for access in candidates:
            readers[base_name(access.artifact or "")].add(access.site.path)
        for access in candidates:
            name = access.artifact or ""
            if access.call == "sqlite3.connect" and ends.makes_tables(access.site.path):
                continue
            if access.call in _FOLDERS and (_RESULTS.search(name) or ends.makes_folders(access.site.path)):
                continue  # what the step has put there itself
            mine = readers[base_name(name)]
            is_known_elsewhere = not ends.mentions(base_name(name)) <= mine or ends.is_own_store(name, mine)
            if not is_known_elsewhere and not ends.fetches(access.site.path) and not ends.is_fed(name):
                groups[_place(access)].append(access)
        for access in _declared(graph):
            if not ends.is_fed(access.artifact or ""):
                groups[_place(access)].append(access)
        for access in ends.dated_objects():
            if _is_input(access, dated=True) and not ends.is_fed(access.artifact or "", dated=True):
                groups[_place(access)].append(access)
        tables = unfilled_tables(graph)
        coverage = graph.uncovered_share(graph.modules) if groups or tables else Coverage()
        for (place, reader), group in sorted(groups.items()):
            finding = self._finding(graph, f"{place or '.'} {reader}".strip(), group, coverage)
            if finding.confidence >= Confidence.C:
                yield finding
        for schema, reads in tables.items():
            finding = self._unfilled(graph, schema, reads, coverage)
            if finding.confidence >= Confidence.C:
                yield finding

        for folder, reads in held_without_recipe(graph).items():
            yield self._without_recipe(graph, folder, reads)

    def _without_recipe(self, graph: SystemGraph, folder: str, reads: Sequence[Access]) -> Finding:
        names = sorted({access.artifact or "" for access in reads})
        sites = list(dict.fromkeys([*(access.site for access in reads), *named_in_commands(graph, names)]))
        return self.found(
            f"{ticked(names, 2)} {'lies' if len(names) == 1 else 'lie'} in the repository and {'is' if len(names) == 1 else 'are'} read, "
            f"and nothing here tells how {'it was' if len(names) == 1 else 'they were'} made",
            Subject("held input", folder or "."),
            sites[:MAX_PLACES],
            [
                *(Evidence(f"{access.unit} reads `{access.artifact}`", access.site) for access in reads[:MAX_SHOWN]),
                Evidence("no code, command or stage writes a file of that name, and no README or docstring names it"),
            ],
            severity=Severity.low,
            confidence=Confidence.C,
            remedy="Check in the script that made the file, or say in a README where it comes from and how it is brought up to date.",
            items=len(names),
            members=len(names),
        )

    def _unfilled(self, graph: SystemGraph, schema: str, reads: Sequence[Access], coverage: Coverage) -> Finding:
        names = sorted({(access.artifact or "").lower() for access in reads})
        sites = list(dict.fromkeys(access.site for access in reads))
        return self.found(
            f"{ticked(names, 2)} {'is' if len(names) == 1 else 'are'} read, and nothing here fills {'it' if len(names) == 1 else 'them'}, "
            f"although the repository makes other tables of `{schema}`",
            Subject("schema", schema),
            sites[: 2 * MAX_PLACES],
            [
                *(Evidence(f"{access.unit} reads `{access.artifact}`", access.site) for access in reads[:MAX_SHOWN]),
                Evidence("no statement, command or load of the repository writes a table of that name, and no README tells of one"),
                open_world_note(coverage),
            ],
            severity=in_context(graph, self.severity, sorted({site.path for site in sites})),
            confidence=Confidence.C,
            items=len(names),
            members=len(names),
        )

    def _finding(self, graph: SystemGraph, place: str, group: Sequence[Access], coverage: Coverage) -> Finding:
        names = sorted({access.artifact or "" for access in group})
        sites = list(dict.fromkeys(access.site for access in group))
        paths = {site.path for site in sites}
        places = {(site.path, site.cell, site.line) for site in sites}
        sites += [site for site in spelled_at(graph, paths, names) if (site.path, site.cell, site.line) not in places]
        return self.found(
            f"{ticked(names, 2)} {'is' if len(names) == 1 else 'are'} read, and nothing here makes, holds, fetches or explains "
            f"{'it' if len(names) == 1 else 'them'}",
            Subject("input", place),
            sites[:MAX_PLACES],
            [
                *(
                    Evidence(f"{access.unit} reads `{access.artifact}` with {access.call or 'a command'}", access.site)
                    for access in group[:MAX_SHOWN]
                ),
                Evidence("no access, command, stage or tracked file of the repository has that name, and no README names it"),
                open_world_note(coverage),
            ],
            severity=in_context(graph, self.severity, paths),
            confidence=guarded_confidence(self.confidence, coverage, escapes=False),
            items=len(names),
            members=len(names),
        )


def _declared(graph: SystemGraph) -> Iterator[Access]:
    """Inputs that make and dvc ask for and that no rule or stage of any file gives."""
    needs = [entry for entry in graph.declarations if entry.op == "read" and entry.mechanism in ("make", "dvc") and entry.kind == "file"]
    given = IdentitySet(entry.artifact for entry in graph.declarations if entry.op == "write") if needs else None
    for entry in needs:
        name = entry.artifact
        if given is None or HOLE.search(name) or "://" in name or name.startswith(("/", "~", "..", "$")) or _ASIDE.search(entry.site.path):
            continue
        is_file = (is_data(name) or _DOCUMENT.search(name) is not None) and is_distinctive(name) and not _PICTURE.search(name)
        if is_file and not given.covers(name):
            yield Access(entry.site, "read", "file", name, "declaration", entry.unit, f"a declaration ({entry.mechanism})")


def _is_input(access: Access, *, dated: bool = False) -> bool:
    name = access.artifact or ""
    if access.call == "mv" or access.call.startswith("nltk.data."):  # what is put away was made here; a package's own resources
        return False
    if access.kind not in ("file", "object", "model") or access.klass in ("CONFIG", "LOG") or is_registered(name) or is_source(name):
        return False
    if _BENCHMARK.search(name):
        return False
    if "://" in name:
        return _is_bucket(access, name, dated=dated)
    home = _HOME.match(name)
    if home is not None:
        inside = name[home.end() :].replace(".cache/", "")
        return home[1] not in _NOBODY and "{" not in home[1] and not _PLACEHOLDER.search(inside)
    if name.startswith(("{", "*", "~", ".")) or ":" in name.partition("/")[0] or _PLACEHOLDER.search(name):
        return False
    if name.startswith("/"):
        return not _OF_THE_SYSTEM.match(name) and not _HOLE_AT_TOP.match(name) and name.count("/") > 2
    return _names_data(access, name) and not _SETTINGS.search(name)


def _is_run_as_it_stands(graph: SystemGraph, access: Access) -> bool:
    """Does the place itself decide what is read, whoever runs it: no shell's folder, no caller, no package's default, no server?"""
    name, module = access.artifact or "", graph.modules.get(access.site.path)
    if module is not None and graph.once(_Options).choose(module, name):
        return False
    if "://" in name and is_provisioned(graph, name.split("/")[2]):
        return False
    if "://" in name or _HOME.match(name):
        return module is None or not module.is_packaged or access.via in _SPELLED
    if module is None:
        return name.startswith("/")
    if name.startswith("/"):
        return not _MOUNTS.match(name) and not _SERVER.search(module.facts.about)
    by_command = "." not in access.call and (not module.is_notebook or access.call in ("zip", "tar", "cp", "mv"))
    is_fixed = not module.is_packaged or (access.is_exact and access.via in _FIXED and graph.archetype_of(module.path) != "library")
    return is_fixed and not by_command and not _PICTURE.search(name) and not _WEIGHTS.search(name)


class _Options:
    """Options of command lines, by the defaults that they have, as far as a checked-in command passes them. Ask `graph.once` for it."""

    def __init__(self, graph: SystemGraph) -> None:
        words = (word for lines in graph.command_lines.values() for line in lines for word in line.words)
        self._passed = frozenset(word.partition("=")[0] for word in words if word.startswith("--"))
        self._defaults: dict[str, tuple[str, ...]] = {}

    def choose(self, module: Module, name: str) -> bool:
        """Does the name begin with the default of an option that people are told to pass?"""
        if not self._passed:
            return False
        if module.path not in self._defaults:
            self._defaults[module.path] = tuple(self._of(module))
        return name.startswith(self._defaults[module.path])

    def _of(self, module: Module) -> Iterator[str]:
        for call in module.facts.calls:
            default = dict(call.keywords).get("default") if last_name(call.func) == "add_argument" else None
            options = {arg.value for arg in call.args if isinstance(arg, Const)} if default is not None else set()
            if isinstance(default, Const) and isinstance(default.value, str) and default.value and not self._passed.isdisjoint(options):
                yield default.value.rstrip("/")


def _is_bucket(access: Access, name: str, *, dated: bool) -> bool:
    scheme, _, rest = name.partition("://")
    bucket = rest.partition("/")[0]
    is_store = scheme in ("s3", "gs", "az", "abfs", "abfss", "hdfs", "wasbs") and "{" not in bucket and "*" not in bucket and bool(bucket)
    return (
        is_store
        and access.via in ("literal", "constant", "concat", "pathlib", "fstring")
        and not (_PUBLIC.search(bucket) or _PLACEHOLDER.search(name) or _REHEARSAL.search(bucket) or "=" in rest)
        and (dated or not has_version(HOLE.sub("*", name)))
    )


def _names_data(access: Access, name: str) -> bool:
    """Does a relative path name a file of data, or a folder whose files are listed or matched?"""
    base = base_name(name)
    if not is_distinctive(known_part(name) or "x"):
        return False
    if "*" not in base:
        is_file = is_data(base) or _DOCUMENT.search(base) is not None
        return is_file if "." in base else access.call in _FOLDERS and _DATA_FOLDER.search(name) is not None
    return known_part(name).count("/") >= 2 and (is_data(base) or _DOCUMENT.search(base) is not None)


def _place(access: Access) -> tuple[str, str]:
    """What is missing together: the folder or bucket; what lies beside the code that reads it, by that file."""
    name = access.artifact or ""
    if "://" in name:
        return "/".join(name.split("/")[:3]), ""
    if home := _HOME.match(name):
        return home[0].rstrip("/"), ""
    folder = posixpath.dirname(known_part(name)) if "*" not in base_name(name) else known_part(name)
    if folder == posixpath.dirname(access.site.path) or not folder:
        return folder, access.site.path
    return folder, ""
