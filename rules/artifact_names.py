"""What an artifact's identity says by itself: whether it names one thing, a version, a part of something declared."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import islice, takewhile

HOLE = re.compile(r"\{[^{}]*\}|\*+")
_GENERIC = """
train test val valid validation dev data dataset datasets input inputs output outputs result results metric metrics prediction
predictions submission sample_submission config params args model models best last latest checkpoint checkpoints ckpt weights
vocab tokenizer label labels feature features meta metadata index manifest log logs history score scores stats report summary tmp
temp cache out readme requirements setup version file files x y df
"""
GENERIC = frozenset(_GENERIC.split())
"""Names that many unrelated files have (RULES.md A2)."""
MAX_SIBLINGS = 5_000
_PLACEHOLDER = re.compile(r"(^|/)(\.git(ignore|keep|attributes)|\.(keep|empty|placeholder)|readme[^/]*|[^/]*\.dvc)$", re.I)
_DATA = re.compile(
    r"\.(csv|tsv|jsonl?|ndjson|parquet|pq|feather|arrow|pkl|pickle|dill|np[yz]|h5|hdf5?|hdf|pt|pth|ckpt|joblib|model|bin|onnx|safetensors|tfrecords?|"
    r"mat|dat|data|db|sqlite|tiff?|nc|zarr|geojson|gpkg|shp|avro|orc|xlsx?)(\.(gz|bz2|xz|zst))?$",
    re.I,
)
_REGISTERED = re.compile(
    r"(models?|dataset|runs|wandb|mlflow-artifacts|redis|hf|dagster):|https?://(www\.)?(huggingface\.co|tfhub\.dev|kaggle\.com)/", re.I
)
_SOURCE = re.compile(
    r"\.(py|ipynb|sh|md|rst|j2|toml|cfg|ini|lock|ya?ml|r|java|c|cpp|go)$|(^|/)(requirements[^/]*\.txt|makefile|dockerfile)$", re.I
)
_NUMBER = re.compile(r"(?:^|[-_.@=:])v?\d+(?:[._-]\d+)*(?=$|[-_.@:])", re.IGNORECASE)
_HASH = re.compile(r"(?:^|[-_.@=:])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}(?=$|[-_.@:])", re.IGNORECASE)
_RUN_ID = re.compile(  # eight signs of base 36, as trackers give them: `22zkdqlr`, `uxgcl1e1`; not `resnet50`, not `word2vec`
    r"(?:^|[-_.@=:])(?=[0-9a-z]{8}(?:$|[-_.@:]))(?:\d+[a-z]{4,}|[a-z]+\d+[a-z]+\d|\d+[a-z]+\d)"
)
_VERSION_HOLE = re.compile(
    r"version|\bver\b|(^|[._])v$|run|step|epoch|iter|hash|digest|sha|commit|tag|rev|date|time|stamp|uuid|(^|[._])id$|_id|fold|trial|today|now|uri",
    re.IGNORECASE,
)


def segments(identity: str) -> tuple[str, ...]:
    """The parts of an identity between slashes, every unknown part as `*`, without `.` and a trailing slash."""
    return tuple(part for part in HOLE.sub("*", identity.strip()).split("/") if part != ".") if identity.strip("/") else ()


@lru_cache(maxsize=20_000)
def canonical(identity: str) -> tuple[str, ...]:
    parts = segments(identity)
    while parts and parts[-1] == "":
        parts = parts[:-1]
    return parts


def known_part(identity: str) -> str:
    """The identity up to the folder that holds its first unknown part: what can be named of it."""
    match = HOLE.search(identity)
    return identity if match is None else identity[: match.start()].rpartition("/")[0]


def is_registered(identity: str) -> bool:
    """An entry of a model registry, hub or key-value store: its interface is the registry's, not a path."""
    return _REGISTERED.match(identity) is not None


def is_uri(identity: str) -> bool:
    return "://" in identity


def is_distinctive(identity: str) -> bool:
    """Does the identity say enough of its own that two places which spell it mean the same thing?

    A leading unknown folder says nothing; then the rest must hold a name that is not generic (RULES.md A2).
    """
    parts = canonical(identity)
    if not parts or "*" in parts[-1]:
        return False
    literal = [part for part in parts[:-1] if part and "*" not in part and part not in ("..", "~")]
    if "*" not in parts[0]:
        return bool(literal) or _own_name(parts[-1])
    return any(part.lower() not in GENERIC for part in literal) and (_own_name(parts[-1]) or len(literal) > 1)


def _own_name(basename: str) -> bool:
    stem = basename.split(".", 1)[0].lower()
    return stem not in GENERIC and len(re.sub(r"[^a-z0-9]", "", stem)) >= 6


def is_source(path: str) -> bool:
    """A file that people write, as opposed to data that programs write."""
    return _SOURCE.search(path) is not None


def is_placeholder(path: str) -> bool:
    """A file that keeps or explains a folder which is otherwise not under version control."""
    return _PLACEHOLDER.search(path) is not None


def is_data(path: str) -> bool:
    """Does the suffix say that programs write it and programs read it?"""
    return _DATA.search(path) is not None


def has_version(identity: str) -> bool:
    """Does a part of the path tell one version from another: a number, date, hash, run id, or a hole that is named like one?

    A digit inside a word (`yolov5s`, `word2vec`) is a name, not a version.
    """
    if any(_VERSION_HOLE.search(hole.strip("{}")) for hole in HOLE.findall(identity)):
        return True
    path = identity.split("://", 1)[-1]
    parts = path.split("/")[1:] if is_uri(identity) else path.split("/")
    literal = [HOLE.sub("\0", part) for part in parts]
    return any(_NUMBER.search(part) or _HASH.search(part) or _RUN_ID.search(part) for part in literal)


def segment_matches(one: str, other: str) -> bool:
    return one == other or ("*" in one and fnmatchcase(other, one)) or ("*" in other and fnmatchcase(one, other))


def unify(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Could both canonical identities name the same thing? A leading `*` stands for any number of folders."""
    if one and other and (one[0] == "*") != (other[0] == "*"):
        short, long = (one[1:], other) if one[0] == "*" else (other[1:], one)
        return bool(short) and len(short) <= len(long) and all(map(segment_matches, short, long[-len(short) :]))
    return len(one) == len(other) and all(map(segment_matches, one, other))


class IdentitySet:
    """Identities that something declares or holds, and the question whether one of them covers another identity."""

    def __init__(self, identities: Iterable[str]) -> None:
        self._whole: set[tuple[str, ...]] = set()
        self._folders: set[tuple[str, ...]] = set()
        self._by_name: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        self._open: list[tuple[str, ...]] = []
        self._sorted: list[tuple[str, ...]] = []
        self._memo: dict[str, bool] = {}
        for parts in dict.fromkeys(canonical(identity) for identity in identities):
            self._add(parts)

    def _add(self, parts: tuple[str, ...]) -> None:
        if not parts:
            return
        if any("*" in part for part in parts):
            self._open.append(parts)
        else:
            self._whole.add(parts)
            self._folders.update(parts[:end] for end in range(1, len(parts)))
        if "*" not in parts[-1]:
            self._by_name[parts[-1]].append(parts)

    def __bool__(self) -> bool:
        return bool(self._whole or self._open)

    def covers(self, identity: str) -> bool:
        """True when `identity` is held, lies in a folder that is, or is a folder of which parts are."""
        if identity not in self._memo:
            self._memo[identity] = self._covers(canonical(identity))
        return self._memo[identity]

    def _covers(self, parts: tuple[str, ...]) -> bool:
        if not parts:
            return False
        if parts in self._whole or parts in self._folders or any(parts[:end] in self._whole for end in range(1, len(parts))):
            return True
        if any(unify(parts, other) for other in self._by_name.get(parts[-1], ())):
            return True
        if any(unify(parts[: len(other)], other) for other in self._open if len(other) <= len(parts)):
            return True
        return "*" in "".join(parts) and self._covers_pattern(parts)

    def _covers_pattern(self, parts: tuple[str, ...]) -> bool:
        if parts[0] == "*":  # an unknown base folder: the tail decides, and a tail of unknowns decides nothing
            return False
        literal = parts[: next(index for index, part in enumerate(parts) if "*" in part)]
        return literal in self._whole or any(unify(parts, whole) for whole in self._below(literal))

    def _below(self, folder: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Held identities in a folder, at most MAX_SIBLINGS."""
        self._sorted = self._sorted or sorted(self._whole)
        start = bisect_left(self._sorted, folder)
        return takewhile(lambda parts: parts[: len(folder)] == folder, islice(self._sorted, start, start + MAX_SIBLINGS))
