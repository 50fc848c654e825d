"""Which data a command reads and writes: redirections, and what the table of tools says of its words."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from analyzer.link.command_table import OPTION, Token, ToolRow, row_of
from analyzer.link.command_words import tool_words, unwrapped
from analyzer.read.step_facts import Command

_NO_READERS = frozenset(
    """
    echo printf test [ mkdir touch git pip pip3 export dvc ls chmod chown black ruff flake8 mypy isort pre-commit
    source . cd pushd set alias
    umask apt apt-get brew npm yarn conda docker kubectl find tree which type true false sleep exit return wait kill trap
    """.split()
)
DATA_SUFFIX = re.compile(
    r"\.(csv|tsv|psv|json|jsonl|ndjson|parquet|pq|pkl|pickle|joblib|npy|npz|h5|hdf5|hdf|txt|xml|yaml|yml|gz|bz2|xz|zip|tar|tgz|tbz2?|7z|rar|pt|pth|"
    r"ckpt|bin|model|onnx|keras|tflite|gguf|engine|mar|pb|feather|arrow|xlsx?|db|sqlite3?|duckdb|md|html|pdf|png|svg|log|tfrecords?|avro|orc|"
    r"geojson|gpkg|shp|kml|las|laz|tiff?|vrt|nc|grib2?|zarr|wav|mp3|mp4|flac|ogg|avi|mkv|mov|webm|gif|jpe?g|webp|lz4|zst|lzo|Z|sql|dump|bak|"
    r"safetensors|vocab|vec|arpa|mat|rds|rdata|sav|dta|sas7bdat|vcf|bam|sam|bed|fasta|fa|fastq|fq|gff3?|gtf|pdb|sdf|mol2?|conllu?|bio|iob|spm)$",
    re.IGNORECASE,
)
_DATA_PLACE = re.compile(
    r"(?:^|/)(?:data|datasets?|inputs?|outputs?|models?|results?|reports?|artifacts?|checkpoints?|predictions?|features?|embeddings?|raw|interim|"
    r"processed|corpus|corpora)(?:/|$)",
    re.IGNORECASE,
)
_OUTPUTS = re.compile(
    r"--?(?:o|out|output|outfile|outdir|dest|destination|save|write|target|export|report)(?:[-_].*)?$|--?\w*[-_](?:out|output)$"
)
_EDITS = re.compile(r"[sy]([/|#,@]).*\1")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://")
_OBJECTS = ("s3://", "gs://", "az://", "hdfs://", "abfs://", "abfss://", "wasb://", "wasbs://", "s3a://", "oss://")
_OPS = {"R": ("read",), "W": ("write",), "RW": ("read", "write"), "-": ()}
_MEANT = {"read": ("read",), "write": ("write",), "both": ("read", "write")}


@dataclass(frozen=True, slots=True)
class CommandAccess:
    """`kind` `sql` marks a query that still has to be read for its tables, `dvc` a target of dvc ("" is everything)."""

    op: str
    kind: str
    artifact: str
    line: int
    tool: str
    append: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    op: str
    word: str
    kind: str = ""
    at: str = ""
    """The word of the command that holds it, for its line; `word` unless it was put together."""


def accesses(command: Command, folder: str, known: Container[str] = (), outs: Container[str] = ()) -> Iterator[CommandAccess]:
    """What a command that runs in `folder` reads and writes: redirections, and the arguments of tools that move, fetch or make data.

    `known` are paths that are certainly data (files of the repository, declared inputs and outputs): an argument of any other tool that
    names one is read, or written when it is one of `outs` or the value of an option that says so.
    """
    words = tool_words(unwrapped(command.words))
    if command.stdin and command.stdin != "/dev/stdin":
        yield CommandAccess("read", "file", anchored(command.stdin, folder), command.stdin_line or command.line, "<")
    if command.stdout and not command.stdout.startswith(("/dev/", "&")):
        yield CommandAccess("write", "file", anchored(command.stdout, folder), command.stdout_line or command.line, ">", command.append)
    if not words:
        return
    tool = posixpath.basename(words[0])
    if command.fed and _takes_queries(words):
        yield CommandAccess("read", "sql", command.fed, command.fed_line, tool)
    lines = dict(zip(command.words, command.word_lines, strict=False))
    places = _places(tool, words)
    if places is None:
        places = list(_known_words(tool, words, folder, known, outs))
    for place in dict.fromkeys(places):
        line = lines.get(place.at or place.word, command.line)
        kind = place.kind or kind_of(place.word)
        name = anchored(place.word, folder) if kind in ("file", "object", "other", "dvc") and place.word else place.word
        yield CommandAccess(place.op, kind, name, line, tool)


def _takes_queries(words: tuple[str, ...]) -> bool:
    """Is it the client of a database, which runs the queries that it is fed with?"""
    found = row_of(words)
    return found is not None and (found[0].sql_word or "sql" in found[0].options.values())


def _places(tool: str, words: tuple[str, ...]) -> list[_Place] | None:
    """What a tool that we know does; None for the others."""
    special = _SPECIAL.get(tool)
    if special is not None:
        return list(special(words))
    found = row_of(words)
    if found is None:
        return None
    row, end = found
    return list(_of_row(row, words, end))


def _of_row(row: ToolRow, words: tuple[str, ...], end: int) -> Iterator[_Place]:
    positional, options = _told_apart(row, words[end:])
    for name, value, at in options:
        meaning = row.options.get(name, "")
        if meaning == "sql":
            yield _Place("read", value, "sql", at)
        elif meaning == "table":
            yield _Place("write", _table(value), "table", at)
        elif _is_place(value):
            name = _with_scheme(value, row.scheme if meaning == "read" else "")
            yield from (_Place(op, name, "model" if name.startswith("model:") else "", at) for op in _MEANT.get(meaning, ()))
    if row.pattern and not any(name in row.pattern for name, _, _ in options):
        positional = positional[1:]
    if row.sql_word and len(positional) > len([t for t in row.positional if t.op != "-"]):
        yield _Place("read", positional[-1], "sql")
    usable = [word for word in positional if (not row.data or looks_like_data(word)) and (row.match is None or row.match.search(word))]
    yield from _of_positional(row, usable)
    for op, templates in (("read", row.reads), ("write", row.writes)):
        for template in templates:
            place = _substituted(template, options)
            if place:
                yield _Place(op, place, row.kind)


def _of_positional(row: ToolRow, words: list[str]) -> Iterator[_Place]:
    if row.positional and row.positional[0].what == "dvc" and not words:
        yield _Place(_OPS[row.positional[0].op][0], "", "dvc")
    for token, word in _matched(row.positional, words):
        if not _is_place(word):
            continue
        name = _with_scheme(word, row.scheme) if token.what == "named" else _table(word) if token.what == "table" else word
        kind = token.what if token.what in ("table", "dvc") else "model" if name.startswith("model:") else ""
        yield from (_Place(op, name, kind, word) for op in _OPS[token.op])
        derived = _derived(row, word)
        if derived:
            yield _Place("write", derived, "", word)


def _derived(row: ToolRow, word: str) -> str:
    if row.appended:
        return word + row.appended
    suffix = next((suffix for suffix in row.stripped if word.endswith(suffix)), "")
    return word[: -len(suffix)] if suffix else ""


def _matched(tokens: tuple[Token, ...], words: list[str]) -> Iterator[tuple[Token, str]]:
    """Each word with the token that stands for it; nothing when words are missing."""
    needed = sum(not token.many and not token.optional for token in tokens)
    leading = bool(tokens) and tokens[0].many and tokens[0].op != "-" and len(tokens) > 1
    if len(words) < needed + leading:
        return
    at = 0
    for position, token in enumerate(tokens):
        behind = sum(not later.many and not later.optional for later in tokens[position + 1 :])
        left = len(words) - at - behind
        count = max(left, 0) if token.many else min(1, max(left, 0))
        for word in words[at : at + count]:
            yield token, word
        at += count


def _told_apart(row: ToolRow, words: tuple[str, ...]) -> tuple[list[str], list[tuple[str, str, str]]]:
    """(positional words, (option, value, word that holds it)) of the words behind a tool's name."""
    positional: list[str] = []
    options: list[tuple[str, str, str]] = []
    at = 0
    while at < len(words):
        word = words[at]
        name, equals, value = word.partition("=")
        if word == "--":
            positional.extend(words[at + 1 :])
            break
        if not word.startswith("-") or word == "-":
            positional.append(word)
        elif equals:
            options.append((name, value, word))
        elif word in row.options and at + 1 < len(words):
            options.append((word, words[at + 1], words[at + 1]))
            at += 1
        elif not word.startswith("--") and len(word) > 2 and word[:2] in row.options:
            options.append((word[:2], word[2:], word))
        at += 1
    return positional, options


def _substituted(template: str, options: list[tuple[str, str, str]]) -> str:
    """A template with the values of its options; "" when none of them is given."""
    given = {name: value for name, value, _ in options}
    names = [match[1].split("|") for match in OPTION.finditer(template)]
    if not any(name in given for group in names for name in group):
        return ""

    def fill(match: re.Match[str]) -> str:
        choices = match[1].split("|")
        return next((given[name] for name in choices if name in given), "{" + choices[0].strip("-") + "}")

    return OPTION.sub(fill, template)


def _with_scheme(word: str, scheme: str) -> str:
    """A name of a hub or registry; a local path stays one."""
    if not scheme or "://" in word or word.startswith((".", "/", "~", "{", scheme)) or word.count("/") > 1:
        return word
    return scheme + word


def _table(word: str) -> str:
    return word.replace(":", ".", 1).partition("$")[0] if "://" not in word else word


def _is_place(word: str) -> bool:
    return bool(word) and word not in ("-", "/dev/null", "/dev/stdout", "/dev/stdin", ".", "./") and not word.startswith("-")


def looks_like_data(word: str) -> bool:
    """Is a word more probably a data file or folder than a pattern, a number or a program text?"""
    if len(word) > 400 or re.search(r"[\s'\"|;()$^\\]", word) or _EDITS.match(word):
        return False
    return bool(DATA_SUFFIX.search(word) or _URL.match(word) or _DATA_PLACE.search(word))


def _known_words(tool: str, words: tuple[str, ...], folder: str, known: Container[str], outs: Container[str]) -> Iterator[_Place]:
    """Arguments of a tool that we do not know, where they name data that is known or an option says that they are output."""
    if tool in _NO_READERS:
        return
    before = ""
    for word in words[1:]:
        name, equals, value = word.partition("=")
        option, text = (name, value) if word.startswith("-") and equals else (before, word)
        before = word if word.startswith("-") and not equals else ""
        if text.startswith("-") or not DATA_SUFFIX.search(text):
            continue
        place = anchored(text, folder)
        is_output = bool(option and _OUTPUTS.search(option))
        if text in outs or place in outs:
            yield _Place("write", text, "", word)
        elif text in known or place in known:
            yield _Place("write" if is_output else "read", text, "", word)
        elif is_output and "/" in text and not _URL.match(text):
            yield _Place("write", text, "", word)


def kind_of(word: str) -> str:
    if word.startswith(_OBJECTS):
        return "object"
    return "other" if "://" in word or word.startswith(("dataset:", "wandb:", "runs:")) else "file"


def anchored(word: str, folder: str) -> str:
    word = re.sub(r"^\{HOME\}(?=/|$)", "~", word)
    if "://" in word or word.startswith(("/", "~", "{", "dataset:", "model:", "wandb:", "runs:")) or not folder:
        return word
    return posixpath.join(folder, word)


# ---- tools with a grammar of their own -------------------------------------------------------------------------------


def _curl(words: tuple[str, ...]) -> Iterator[_Place]:
    yield from _fetched(words, ("-o", "--output"), ("-T", "--upload-file"))


def _wget(words: tuple[str, ...]) -> Iterator[_Place]:
    yield from _fetched(words, ("-O", "--output-document"), ())


def _fetched(words: tuple[str, ...], output: tuple[str, ...], upload: tuple[str, ...]) -> Iterator[_Place]:
    urls: list[str] = []
    saved = uploads = False
    folder = ""
    at = 1
    while at < len(words):
        word = words[at]
        name, equals, value = word.partition("=")
        following = value if equals and name.startswith("--") else words[at + 1] if at + 1 < len(words) else ""
        step = 1 if equals and name.startswith("--") else 2
        if name in output:
            saved = True
            if _is_place(following):
                yield _Place("write", following, "", word if equals else following)
            at += step
        elif name in upload:
            uploads = True
            yield _Place("read", following)
            at += step
        elif name in ("-P", "--directory-prefix", "--output-dir"):
            folder = following
            at += step
        elif name in _FETCH_VALUES:
            at += step
        else:
            if re.match(r"-[a-zA-Z]*O-?$", word) and output[0] == "-O":
                saved = True
                if not word.endswith("-") and _is_place(following):
                    yield _Place("write", following)
                    at += 1
            if "://" in word and not word.startswith("-"):
                urls.append(word)
            at += 1
    named = output[0] == "-O" or any(re.match(r"-[a-zA-Z]*O", w) or w == "--remote-name" for w in words)
    for url in urls:
        yield _Place("write" if uploads else "read", url.partition("#")[0], "", url)
        base = posixpath.basename(url.partition("?")[0].rstrip("/"))
        if named and not saved and "{" not in base and DATA_SUFFIX.search(base):
            yield _Place("write", posixpath.join(folder, base) if folder else base, "", url)


_FETCH_VALUES = frozenset(
    """
    -X --request -I -H --header -d --data --data-raw --data-binary --data-urlencode -F --form -u
    --user -A --user-agent -e --referer -b --cookie -c --cookie-jar --retry --retry-delay --max-time -m
    --connect-timeout -w --write-out --url-query --cacert --cert --key --proxy -x
    --tries -t --timeout --waitretry --limit-rate -U --password --load-cookies --save-cookies --post-data -i --input-file -a --append-output
    --accept -R --reject -l --level --quota -Q --wait --exclude-directories
    """.split()
)


def _tar(words: tuple[str, ...]) -> Iterator[_Place]:
    modes = {
        "--create": "c", "--extract": "x", "--get": "x", "--list": "t", "--append": "r", "--update": "u",
    }  # fmt: skip
    first = words[1] if len(words) > 1 else ""
    bundle = first.lstrip("-") if not first.startswith("--") else ""
    mode = next((modes[word] for word in words if word in modes), "") or next((m for m in "cxtru" if m in bundle), "")
    archive, members, folder = "", [], ""
    at = 1 if first.startswith("-") else 2
    takes = "f" in bundle and not first.startswith("-")
    while at < len(words):
        word = words[at]
        name, equals, value = word.partition("=")
        following = words[at + 1] if at + 1 < len(words) else ""
        if takes:
            archive, takes = word, False
        elif name == "--file":
            archive, at = (value, at) if equals else (following, at + 1)
        elif name in ("-C", "--directory"):
            folder, at = (value, at) if equals else (following, at + 1)
        elif word in ("-T", "-X", "--exclude", "--strip-components", "-I", "--transform"):
            at += 1
        elif re.fullmatch(r"-[a-zA-Z]*f", word):
            archive, at = following, at + 1
            mode = mode or next((m for m in "cxtru" if m in word), "")
        elif not word.startswith("-"):
            members.append(word)
        at += 1
    if not archive and members and DATA_SUFFIX.search(members[0]):
        archive, members = members[0], members[1:]
    if not _is_place(archive):
        return
    yield _Place("write" if mode in "cru" and mode else "read", archive)
    if mode in ("c", "r", "u"):
        yield from (_Place("read", posixpath.join(folder, m) if folder else m, "", m) for m in members if _is_place(m) and "$" not in m)
    elif mode == "x" and folder and _is_place(folder):
        yield _Place("write", folder)


def _dd(words: tuple[str, ...]) -> Iterator[_Place]:
    for word in words[1:]:
        name, _, value = word.partition("=")
        if name in ("if", "of") and _is_place(value) and not value.startswith("/dev/"):
            yield _Place("read" if name == "if" else "write", value, "", word)


def _dvc(words: tuple[str, ...]) -> Iterator[_Place]:
    found = row_of(words)
    if found is None:
        return
    row, end = found
    yield from _of_row(row, words, end)
    if words[1:2] in (("get",), ("import",)):
        positional, options = _told_apart(row, words[end:])
        if len(positional) >= 2:
            yield _Place("read", f"{positional[0].rstrip('/').removesuffix('.git')}/{positional[1].lstrip('/')}", "other", positional[1])
            if not any(name in ("-o", "--out") for name, _, _ in options):
                yield _Place("write", posixpath.basename(positional[1].rstrip("/")), "", positional[1])


_SPECIAL = {"curl": _curl, "wget": _wget, "tar": _tar, "gtar": _tar, "bsdtar": _tar, "dd": _dd, "dvc": _dvc}
