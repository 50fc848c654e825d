"""What hangs loose in the data flow: reads that nothing feeds and writes that nothing takes up, after everything that could explain them.

Shared by JGL008 and JGL009: whose code counts, and what is held, documented, made or mentioned anywhere in the repository.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cached_property

from analyzer.graph.system import SystemGraph
from analyzer.model import Access, Site
from analyzer.read.step_facts import Command
from analyzer.read.values import Attr, Const
from rules.artifact_names import GENERIC, HOLE, IdentitySet, is_data, known_part
from rules.handed_on import COMMON, HandedOn
from rules.handoffs import TUTORIAL, deletes

_FILE_NAME = re.compile(r"[\w.-]+\.[A-Za-z0-9]{1,8}\b")
MAX_TEXT = 2_000
MIN_END = 3
MIN_FORM = 8
_CUTS = re.compile(r"[_-]")
COURSE = re.compile(
    r"(^|[/_-])(cohorts?|week[_-]?\d+|guided[_-]projects?|day[_-]?\d+|solutions?|immersion|\d\d[-_][a-z][\w-]*/|codelabs?|samples?|quests?|quickstarts?)([/_-]|$)",
    re.I,
)
_TEST_DATA = re.compile(r"(^|/)(test[_-]?data|testing|fixtures?|golden)/", re.I)
_SUFFIX = r"\.(jsonl?|ya?ml|csv|tsv|pkl|pickle|pth|pt|parquet|np[yz]|h5|txt|bin|zip|gz|onnx)"
_INVENTED = re.compile(rf"(^|/)\.[A-Za-z][A-Za-z0-9]{{1,7}}$|{_SUFFIX}(?<!\.gz){_SUFFIX}(?<!gz)$|\.gz\.zip$", re.I)
"""A suffix alone, or one suffix behind another: a wrapper's text for names that have none."""
_OUTPUT = re.compile(r"-*([\w.]*[_.-])?(out|output|save|dest|destination|target)([_-]\w+)*$|-o$", re.I)
_DATED = re.compile(r"(s3|gs|abfss?|hdfs)://[^/{}*\s]+/[^{}*\s]*20\d\d[-_]?[01]\d([-_]?[0-3]\d)?[^/{}*\s]*\.[A-Za-z][A-Za-z0-9]{1,8}\Z")
_ANY_STORE = re.compile(r"\w+://[{*]")
_ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar", ".7z")
_COPIES = frozenset({"rsync", "cp", "scp", "zip", "tar", "docker", "rclone"})
_UNPACKS = frozenset({"extractall", "unpack_archive", "urlretrieve", "snapshot_download", "dataset_download_files", "copy_tree"})
_FETCHES = re.compile(
    r"(^|[._/])(unzip|untar|tar|7z|unrar|gunzip|extract(all)?|unpack_archive|kaggle\w*|gdown|git|dvc|aws|gsutil|\w*download\w*)$",
    re.I,
)


class LooseEnds:
    """Ask `graph.once` for it."""

    def __init__(self, graph: SystemGraph) -> None:
        self.graph = graph
        tracked = (item.path for facts in graph.steps.values() for item in facts.tracked)
        files = graph.tracked_files | graph.manifest.files
        self._held = IdentitySet([*sorted(files), *tracked])
        used = [access for access in graph.accesses if access.artifact is not None]
        makes = [a for a in used if a.op == "write" and not deletes(a) and not _fetches_some(a)]
        asked = {(a.site.path, a.artifact): a.site for a in reversed(used) if a.op == "read" and a.site.cell is not None and not a.guarded}
        makes = [a for a in makes if not (a.append and _is_before(asked.get((a.site.path, a.artifact)), a.site))]
        self._written = IdentitySet(a.artifact or "" for a in makes if not HOLE.match((a.artifact or "").rpartition("://")[2]))
        self._fills_any_store = any(_ANY_STORE.match(a.artifact or "") for a in makes)
        self._code_folders = frozenset(posixpath.dirname(path) for path in graph.modules)
        around = {folder[:end] for folder in self._code_folders for end in (*_slashes(folder), len(folder))}
        self._read = IdentitySet(a.artifact or "" for a in used if a.op == "read" and not _takes_code(graph, a, around))
        self._fetchers = [(a.artifact or "", a.site.path) for a in used if a.op == "write" and _fetches_some(a)]
        self._written_names = {base_name(name) for name in {*(a.artifact or "" for a in makes), *(name for name, _ in self._fetchers)}}
        ends = (name.rpartition("*")[2] for name in self._written_names if name.startswith("*"))
        self._written_ends = {end for end in ends if _is_telling(end)}
        """`_all.csv`: how the names end that a file gets whose beginning only the run knows."""
        self._explained = _explained(graph, self._code_folders | {""})
        self._written_forms = [name for name in self._written_names if "*" in name.strip("*") and len(_letters(name)) >= MIN_FORM]
        """`stack_*_test.csv`: names of which the run fills in the middle."""
        self._beginnings = _beginnings(graph)
        self._read_names = {base_name(name) for name in {a.artifact or "" for a in used if a.op == "read"}}
        self._fetching = _fetching(graph)
        self._making_tables = {a.site.path for a in makes if a.kind == "table" and a.call.startswith("SQL CREATE")}
        self._mentions: dict[str, set[str]] = {}
        self._own: dict[tuple[str, bool], bool] = {}
        self._held_names = {_plain(path) for path in files}
        self._docstrings = {
            name
            for module in graph.modules.values()
            for text in module.facts.texts
            if text.role == "docstring" and "." in text.value
            for name in _FILE_NAME.findall(text.value[:MAX_TEXT])
        }
        self._docstrings |= {name for m in graph.modules.values() if "." in m.facts.about for name in _FILE_NAME.findall(m.facts.about)}
        self._docstrings |= {base_name(name) for facts in graph.steps.values() for name in facts.put_aside}
        self._from_commands = _from_commands(graph)
        self._provisioning = {base_name(name) for name in graph.provisioned}
        self._handed = HandedOn(graph)

    # ---- whose code ---------------------------------------------------------------------------------------------------

    def accesses(self, op: str) -> Iterator[Access]:
        """What the project's own code accesses by a name that stands there, in the order of the places."""
        return (access for access in self.graph.accesses if access.op == op and self.is_spelled(access))

    def is_spelled(self, access: Access, *, in_libraries: bool = False) -> bool:
        """Is it an access of the project's own code, of libraries only where that is said, by a name that stands there?"""
        if access.artifact is None or access.borrowed or access.temporary or access.guarded or access.via in ("env", "declaration"):
            return False
        return _INVENTED.search(access.artifact) is None and self._is_own(
            access.site.path, in_store=in_libraries or "://" in access.artifact
        )

    def dated_objects(self) -> Iterator[Access]:
        """Objects of one day that own code names by a literal address, whatever then fetches them: nobody writes to a past date."""
        for path, module in self.graph.modules.items():
            for text in module.facts.texts:
                if text.role == "" and _DATED.match(text.value) and self._is_own(path, in_store=True):
                    yield Access(module.site(text.line), "read", "object", text.value, "literal", path, "a literal address")

    def _is_own(self, path: str, *, in_store: bool) -> bool:
        if (path, in_store) not in self._own:
            self._own[path, in_store] = self._tell_own(path, in_store=in_store)
        return self._own[path, in_store]

    def _tell_own(self, path: str, *, in_store: bool) -> bool:
        folder = posixpath.dirname(path) + "/"
        if TUTORIAL.search(folder) or COURSE.search(folder) or _TEST_DATA.search(folder):
            return False
        module = self.graph.modules.get(path)
        if module is None:
            return path.endswith((".sh", ".bash")) and not path.startswith(".")
        project = self.graph.projects.get(module.project)
        in_library = module.is_packaged and project is not None and project.archetype == "library"
        return not module.is_excluded and (in_store or not in_library)

    def fetches(self, path: str) -> bool:
        """Does the file fetch or unpack something, whose names only the tool knows?"""
        return path in self._fetching

    # ---- what explains a read -----------------------------------------------------------------------------------------

    def is_fed(self, name: str, *, dated: bool = False) -> bool:
        """Does anything in the repository hold, make, fetch or explain what is read? Nothing makes an object of a day that is over."""
        base = base_name(name)
        is_named = any(part.isalnum() for part in base.partition(".")[0])
        return (
            self._held.covers(name)
            or any(self._held.covers(tail) for tail in _tails(name))
            or (not dated and (self._written.covers(name) or ("://" in name and self._fills_any_store)))
            or any(base.endswith(end) for end in self._written_ends)
            or (is_named and base in self._written_names)
            or (not dated and not name.startswith("/") and self._has_open_writer(name, base))
            or (is_named and base.partition(".")[0].lower() not in GENERIC and _plain(base) in self._held_names)
            or self._is_from_command(name)
            or base in self.graph.downloads
            or any(name.startswith(folder.rstrip("/") + "/") and path in self.mentions(base) for folder, path in self._fetchers)
            or ("://" not in name and any(part in self.graph.addressed for part in name.split("/")))  # a competition's page
            or self.is_documented(name)
        )

    def is_made_or_told(self, name: str) -> bool:
        """Does anything write what is held under that name or base name, or a text tell of it?"""
        base = base_name(name)
        is_made = base in self._written_names or any(base.endswith(end) for end in self._written_ends) or self._written.covers(name)
        return is_made or self._is_from_command(name) or base in self.graph.downloads or self.is_documented(name)

    def _has_open_writer(self, name: str, base: str) -> bool:
        """Does something write files or folders of which it spells only parts: the ends, the middle, or the beginning as an argument?"""
        folders = HOLE.sub("*", name).split("/")[:-1]
        if any(part[1:] in self._written_ends for part in folders if part.startswith("*")):
            return True
        if any(fnmatchcase(base, form) for form in self._written_forms):
            return True
        return any(base[: cut.end()] in self._beginnings for cut in _CUTS.finditer(base))

    def _is_from_command(self, name: str) -> bool:
        """Does some command get the file, or a folder above it, as its output?"""
        *folders, base = HOLE.sub("*", name).split("/")
        return base in self._from_commands or any(part in self._from_commands for part in folders if part.lower() not in COMMON)

    def is_own_store(self, name: str, readers: set[str]) -> bool:
        """Does code beside the readers name the bucket or container? It is the repository's, and that code may fill it."""
        if "://" not in name:
            return False
        bucket = name.split("/")[2]
        return any(bucket in names for path, names in self._named_texts.items() if path not in readers)

    @cached_property
    def _named_texts(self) -> dict[str, set[str]]:
        """Path of a module that uploads or writes → the literals that it gives a name."""
        found = {}
        for path in {a.site.path for a in self.graph.accesses if a.op == "write"} & self.graph.modules.keys():
            assigns = self.graph.modules[path].facts.assigns
            found[path] = {a.value.value for a in assigns if isinstance(a.value, Const) and isinstance(a.value.value, str)}
        return found

    def makes(self, base: str) -> bool:
        """Does anything write a file of that base name?"""
        return base in self._written_names

    def makes_folders(self, path: str) -> bool:
        """Does the file make folders, which it may then list?"""
        module = self.graph.modules.get(path)
        calls = module.facts.calls if module is not None else ()
        return any((call.func.name if isinstance(call.func, Attr) else "") in ("makedirs", "mkdir") for call in calls)

    def makes_tables(self, path: str) -> bool:
        """Does the file create tables, so that a database which is missing becomes one that is empty?"""
        return path in self._making_tables

    def is_documented(self, name: str) -> bool:
        """Does prose name the file, or its folder where that holds nothing but data?"""
        parts = [part for part in known_part(name).split("/") if part not in ("", ".", "..", "~")]
        told = self.graph.named_in_prose
        if parts and (parts[-1] in told or parts[-1] in self._docstrings):
            return True
        folder = parts if HOLE.search(name) else parts[:-1]
        if "/".join(folder) in self._explained and (HOLE.search(name) or not self._explained["/".join(folder)]):
            return True
        if any(f"{part}{suffix}" in told for part in folder for suffix in _ARCHIVES):
            return True  # an archive that prose tells to unpack
        if any(self.mentions(f"{part}{suffix}") for part in folder if part.lower() not in COMMON for suffix in _ARCHIVES):
            return True  # one that code fetches
        is_code = "/".join(folder) in self._code_folders
        least = 3 if name.startswith("/") else 2  # `images/products` of prose is no folder of a server
        return not is_code and any("/".join(folder[start:]) in told for start in range(len(folder) - least + 1))

    # ---- what takes up a write ----------------------------------------------------------------------------------------

    def is_taken(self, name: str, writes: Sequence[Access]) -> bool:
        """Does anything read the artifact, hold it, or name it beside the places that write it?

        Args:
            writes: every access of own code that writes a file of that base name.
        """
        base = base_name(name)
        if self._read.covers(name) or base in self._read_names or self._held.covers(name) or self.is_documented(name):
            return True
        if _plain(base) in self._held_names or base in self._provisioning:
            return True
        return not self.mentions(base) <= {write.site.path for write in writes} or any(self._handed.is_handed(a) for a in writes)

    def mentions(self, base: str) -> set[str]:
        """The files of the repository that say a file name in a text, a command or a setting."""
        if not self._mentions:
            self._mentions = _mentions(self.graph)
        return self._mentions.get(base, set())


def _explained(graph: SystemGraph, others: Collection[str]) -> dict[str, set[str]]:
    """Folders with a text of their own and no code → the files of data that it names: without any, it tells of all that lies there."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, names in graph.told_by.items():
        folder = posixpath.dirname(path)
        if folder not in others:
            found[folder].update(name for name in names if is_data(name))
    return dict(found)


def _letters(name: str) -> str:
    return re.sub(r"[^A-Za-z]", "", name.rpartition(".")[0])


def _beginnings(graph: SystemGraph) -> frozenset[str]:
    """Literals such as `clf_anna_` of files that write what they name only partly: how the names begin that they then compose."""
    composing = {a.site.path for a in graph.accesses if a.op == "write" and (a.artifact is None or HOLE.search(base_name(a.artifact)))}
    words = (word for path in composing if path in graph.modules for word in graph.modules[path].facts.words)
    return frozenset(word for word in words if len(word) >= MIN_FORM and word[-1] in "_-" and "/" not in word)


def _slashes(path: str) -> Iterator[int]:
    return (at for at, sign in enumerate(path) if sign == "/")


def _takes_code(graph: SystemGraph, read: Access, around: set[str]) -> bool:
    """Does an image or a copy take in a whole folder of code? It wants none of the data there."""
    if (read.artifact or "").rstrip("/") not in around:
        return False
    unit = graph.units.get(read.unit)
    return read.call in _COPIES or (unit is not None and unit.kind == "docker")


def _is_before(read: Site | None, write: Site) -> bool:
    """Does a notebook read the file before it appends to it? Then the file was there before the notebook."""
    return read is not None and (read.cell or 0, read.line) < (write.cell or 0, write.line)


def _is_telling(end: str) -> bool:
    stem = end.partition(".")[0].strip("_-").lower()
    return len(stem) >= MIN_END and stem not in GENERIC


def _tails(identity: str) -> Iterator[str]:
    """The path without its first folders, as long as two folders and the name are left: `../data` may be one level off."""
    parts = identity.split("/")
    if not identity.startswith("/") and "://" not in identity:
        yield from ("/".join(parts[start:]) for start in range(1, len(parts) - 2))


def base_name(identity: str) -> str:
    whole = HOLE.sub("*", identity) if "{" in identity else identity.replace("**", "*")
    return whole.rstrip("/").rpartition("/")[2]


def _from_commands(graph: SystemGraph) -> set[str]:
    """Last parts of the paths that commands take as outputs: `--out-dir=a/b`, `output_manifest=b.jsonl`, `-o b`."""
    found: set[str] = set()
    steps = [facts.steps for facts in graph.steps.values()] + [module.facts.steps for module in graph.modules.values()]
    for step in (step for each in steps for step in each):
        for command in step.commands:
            before = ""
            for word in command.words:
                option, _, value = word.rpartition("=")
                if _OUTPUT.match(option) or (not word.startswith("-") and _OUTPUT.match(before)):
                    found.add(posixpath.basename(value.rstrip("/")))
                before = word if word.startswith("-") else ""
    return found - {""}


def _plain(path: str) -> str:
    """A base name as tools that load files into tables or packages respell it: `rules_v2.0.csv` is `rules_v2_0.csv`."""
    stem, _, suffix = posixpath.basename(path).lower().rpartition(".")
    return re.sub(r"[^a-z0-9]+", "_", stem) + "." + suffix


def _fetching(graph: SystemGraph) -> set[str]:
    fetching = {call for call in {access.call for access in graph.accesses} if _FETCHES.search(call)}
    found = {access.site.path for access in graph.accesses if access.call in fetching}
    for path, module in graph.modules.items():
        words = (command.words for step in module.facts.steps for command in step.commands)
        names = (call.func.name for call in module.facts.calls if isinstance(call.func, Attr))
        if any(_FETCHES.search(word) for each in words for word in each[:2]) or any(name in _UNPACKS for name in names):
            found.add(path)
    return found


def _fetches_some(access: Access) -> bool:
    """A snapshot of one thing, put into a folder at the top where other things lie as well."""
    return access.call.endswith("snapshot_download") and "/" not in (access.artifact or "").strip("/")


def _fed(command: Command) -> str:
    """The text that a command is fed with, such as a program in a here-document."""
    return command.fed or (command.text if "<<" in command.text else "")


def _mentions(graph: SystemGraph) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path, module in graph.modules.items():
        for text in module.facts.texts:
            if text.role not in ("docstring", "regex") and "." in text.value:
                for name in _FILE_NAME.findall(text.value[:MAX_TEXT]):
                    found[name].add(path)
    for path, facts in graph.steps.items():
        for step in facts.steps:
            words = (word for command in step.commands for word in (*command.words, command.stdin, command.stdout, _fed(command)))
            for word in words:
                for name in _FILE_NAME.findall(word[:MAX_TEXT]) if "." in word else ():
                    found[name].add(path)
    for path, names in graph.foreign.items():
        for name in names:
            found[name].add(path)
    for path, config in graph.configs.items():
        for _, value, _ in config.leaves:
            if isinstance(value, str) and "." in value:
                for name in _FILE_NAME.findall(value[:MAX_TEXT]):
                    found[name].add(path)
    return found
