"""`[tool.mldebt]` of pyproject.toml, or `mldebt.toml`, as one frozen value. No key names code; an unknown key is an error.

The keys are explained in docs/configuration.md. Importing this module imports pydantic, so nothing on the way to `mldebt --help` does.
"""

from __future__ import annotations

import datetime
import difflib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError, model_validator

from analyzer.model import FAMILIES, Confidence, Severity

CODE = re.compile(r"(?P<prefix>[A-Z]{3})\d{0,3}")
PREFIX_OF_FAMILY = {name: prefix for prefix, name in FAMILIES.items()}
OWN_FILE = "mldebt.toml"
SHARED_FILE = "pyproject.toml"


class SettingsError(ValueError):
    """The configuration cannot be used; the text names the file, the key and what was expected."""


def nearest(word: str, choices: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    """`; did you mean "x"?` for the choice most like `word`, or "" when none is like it."""
    found = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.5)
    return f'; did you mean "{found[0]}"?' if found else ""


def rule_prefix(text: object) -> str:
    """A rule code (`JGL001`), the start of one (`JGL`) or a family's name (`pipeline-jungle`) as the start of a code.

    Raises ValueError, naming the nearest, for anything else. Whether a rule with that code exists is for the caller to know.
    """
    if not isinstance(text, str):  # pydantic turns a ValueError, and only that, into a message about the key
        raise ValueError("a rule code such as JGL001, or a family such as JGL or pipeline-jungle, was expected")
    if text in PREFIX_OF_FAMILY:
        return PREFIX_OF_FAMILY[text]
    match = CODE.fullmatch(text.upper())
    if match and match["prefix"] in FAMILIES:
        return text.upper()
    raise ValueError(f'"{text}" is no rule code or family{nearest(text, [*FAMILIES, *PREFIX_OF_FAMILY])}')


def _by_name(levels: type[IntEnum], hidden: frozenset[str] = frozenset()) -> Callable[[object], object]:
    names = [level.name for level in levels if level.name not in hidden]

    def look_up(value: object) -> object:
        if isinstance(value, levels):
            return value
        if isinstance(value, str) and value in names:
            return levels[value]
        raise ValueError(f"one of {', '.join(names)} was expected{nearest(str(value), names)}")

    return look_up


def _inside(text: object) -> str:
    """A path or glob below the repository root: a configuration must not make the scan look elsewhere."""
    if not isinstance(text, str):
        raise ValueError("a path or glob was expected")
    if text.startswith(("/", "~")) or "\\" in text or "\0" in text or ".." in PurePosixPath(text).parts:
        raise ValueError(f'"{text}" must be relative to the repository root, with /, without ..')
    return text.removeprefix("./")


Level = Annotated[Severity, BeforeValidator(_by_name(Severity))]
Trust = Annotated[Confidence, BeforeValidator(_by_name(Confidence, frozenset({"below"})))]
RulePrefix = Annotated[str, BeforeValidator(rule_prefix)]
Glob = Annotated[str, BeforeValidator(_inside)]
Role = Literal["TRAIN", "SERVE", "SCORE", "FEATURE", "EVAL", "ORCH", "EXPERIMENT", "TEST", "DOCS", "VENDORED", "GENERATED"]
Positive = Annotated[StrictInt, Field(gt=0)]


Choice = Annotated[StrictInt, Field(ge=0)] | Annotated[StrictStr, Field(min_length=1)]


def _choices(value: object) -> object:
    """A position, keyword or list of them, as `[[io]]` has it; the text is looked at here so that the message can name the key."""
    for choice in value if isinstance(value, (list, tuple)) else (value,):
        if isinstance(choice, str):
            fields = re.findall(r"\{([^{}]*)\}", choice)
            fields = fields if fields and not set(re.sub(r"\{[^{}]*\}", "", choice)) & {"{", "}"} else [choice]
            for field in fields:
                if not re.fullmatch(r"\??(\d+|[A-Za-z_]\w*)(\.\w+)*(\|(\d+|[A-Za-z_]\w*)(\.\w+)*)*(=[^{}]*)?", field):
                    raise ValueError(f'"{field}" is no argument: a position, a keyword, or several with | between them, was expected')
        elif choice is not None and (isinstance(choice, bool) or not isinstance(choice, int)):
            raise ValueError("a position (from 0), a keyword, or a list of them was expected")
    return tuple(value) if isinstance(value, list) else value


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


class Contract(_Table):
    """A declared consumer relation: what `[[contract]]` says is no undeclared consumer."""

    artifact: Annotated[StrictStr, Field(min_length=1, description="the identity or glob of an artifact")]
    producer: Annotated[StrictStr, Field(description="a component")]
    consumers: Annotated[tuple[StrictStr, ...], Field(min_length=1, description="a list of components")]
    owner: Annotated[StrictStr, Field(description="a team or person")] = ""
    reason: Annotated[StrictStr, Field(description="a text")] = ""
    expires: Annotated[datetime.date | None, Field(description="a date such as 2031-12-31")] = None


class IoRow(_Table):
    """One more library call that reads or writes data, in the form of the table the tool ships."""

    call: Annotated[StrictStr, Field(min_length=1, description='the full name of a call, "package.module.function"')]
    argument: Annotated[
        Choice | tuple[Choice, ...],
        BeforeValidator(_choices),
        Field(
            description='which argument names the artifact: a position (from 0), a keyword, a list of them, "recv" for the object itself, '
            'or a text with such fields in braces, "{bucket}/{1}"'
        ),
    ]
    op: Annotated[Literal["read", "write", "mode"], Field(description='"read", "write" or "mode" (by the mode argument of an open call)')]
    kind: Annotated[
        Literal["file", "table", "object", "model", "topic", "dataset", "other"],
        Field(description='"file", "table", "object", "model", "topic", "dataset" or "other"'),
    ] = "file"
    mode: Annotated[
        Choice | tuple[Choice, ...] | None,
        BeforeValidator(_choices),
        Field(description='for op = "mode": the position or keyword of the mode argument, or a list of them'),
    ] = None
    scheme: Annotated[StrictStr, Field(description='what to put before the argument, such as "s3://" or "model:"')] = ""
    artifact_class: Annotated[
        Literal["", "RAW", "INTERMEDIATE", "MODEL", "PREDICTION", "LOG", "REPORT", "CONFIG"],
        Field(description="RAW, INTERMEDIATE, MODEL, PREDICTION, LOG, REPORT or CONFIG"),
    ] = ""
    handle: Annotated[StrictBool, Field(description="true when the argument is an open file as a rule")] = False
    sql: Annotated[StrictBool, Field(description="true when the argument is SQL")] = False

    @model_validator(mode="after")
    def _mode_is_said(self) -> IoRow:
        if self.op == "mode" and self.mode is None:
            raise ValueError('op = "mode" needs the key mode: the position or keyword of the mode argument')
        return self


class Member(_Table):
    """A repository of a workspace."""

    path: Annotated[StrictStr, Field(min_length=1, description="a folder, relative to this file")]
    name: Annotated[StrictStr, Field(pattern=r"^[\w.+@-]+$", description="a name without /")] = ""
    url: Annotated[StrictStr, Field(description="the URL at which the repository is hosted")] = ""


def _member(value: object) -> object:
    return {"path": value} if isinstance(value, str) else value


class WorkspaceTable(_Table):
    """Several repositories that are scanned as one."""

    repositories: Annotated[
        tuple[Annotated[Member, BeforeValidator(_member)], ...],
        Field(min_length=1, description="a list of folders, relative to this file, or of tables path, name, url"),
    ]


class Limits(_Table):
    """Where reading stops. What lies beyond is listed as not analysed, with the limit as the reason."""

    max_file_bytes: Annotated[Positive, Field(description="a number of bytes")] = 5_000_000
    max_notebook_bytes: Annotated[Positive, Field(description="a number of bytes")] = 50_000_000
    max_files: Annotated[Positive, Field(description="a number of files")] = 100_000


class Settings(_Table):
    """Everything a repository or a user may decide about a scan."""

    select: Annotated[tuple[RulePrefix, ...], Field(description="a list of rule codes or families")] = ()
    """Only these; empty means every rule that is on by default. A rule that is off by default runs when its code is named."""
    ignore: Annotated[tuple[RulePrefix, ...], Field(description="a list of rule codes or families")] = ()
    min_severity: Annotated[Level, Field(description="one of info, low, medium, high, critical")] = Severity.info
    min_confidence: Annotated[Trust, Field(description="one of A, B, C")] = Confidence.C
    fail_on: Annotated[
        Literal["info", "low", "medium", "high", "critical", "never"],
        Field(description="one of info, low, medium, high, critical, never"),
    ] = "low"
    severity: Annotated[dict[RulePrefix, Level], Field(description="a table: rule code or family = severity")] = {}
    per_path_ignores: Annotated[
        dict[Glob, tuple[RulePrefix, ...]], Field(description="a table: glob = list of rule codes or families")
    ] = {}
    exclude: Annotated[tuple[Glob, ...], Field(description="a list of globs")] = ()
    include_tests: Annotated[StrictBool, Field(description="true or false")] = False
    history: Annotated[StrictBool, Field(description="true or false")] = True
    components: Annotated[dict[StrictStr, tuple[Glob, ...]], Field(description="a table: component = list of globs")] = {}
    roots: Annotated[tuple[Glob, ...], Field(description="a list of paths or globs")] = ()
    """What runs in production although no checked-in file says so."""
    roles: Annotated[dict[Glob, Role], Field(description="a table: glob = one of " + ", ".join(Role.__args__))] = {}
    archetype: Annotated[
        Literal["library", "application", "research", "tutorial"] | None,
        Field(description="one of library, application, research, tutorial"),
    ] = None
    contract: Annotated[tuple[Contract, ...], Field(description="a list of tables [[contract]]")] = ()
    io: Annotated[tuple[IoRow, ...], Field(description="a list of tables [[io]]")] = ()
    workspace: Annotated[WorkspaceTable | None, Field(description="a table [workspace]")] = None
    require_reasons: Annotated[StrictBool, Field(description="true or false")] = False
    limits: Annotated[Limits, Field(description="a table [limits]")] = Limits()

    @property
    def fails_at(self) -> Severity | None:
        """The lowest severity that makes the exit code 1; None for `never`."""
        return None if self.fail_on == "never" else Severity[self.fail_on]


class Loaded(NamedTuple):
    """Settings, the file they come from ("" for the defaults) and what the user should know about it."""

    settings: Settings
    source: str
    notes: tuple[str, ...] = ()


def load_settings(root: Path, config: Path | None = None) -> Settings:
    """`read_settings` without its notes. Raises SettingsError."""
    return read_settings(root, config).settings


def read_settings(root: Path, config: Path | None = None) -> Loaded:
    """The settings for the repository at `root`: of `config` when given, else of its mldebt.toml or pyproject.toml, else the defaults.

    Raises SettingsError when a file that is surely meant for mldebt cannot be used. A pyproject.toml that is not even TOML is a defect
    of the scanned repository, not of the command: it becomes a note and the defaults apply.
    """
    if config is not None:
        table = _read(config)
        return Loaded(settings_of(_section(table, config.name) if config.name == SHARED_FILE else table, str(config)), str(config))
    notes: tuple[str, ...] = ()
    pyproject: dict[str, Any] = {}
    try:
        pyproject = _read(root / SHARED_FILE) if _is_file(root / SHARED_FILE) else {}
    except SettingsError as error:
        notes = (f"{error}; its [tool.mldebt], if any, was not used",)
    shared = _own_section(pyproject, SHARED_FILE)
    if not _is_file(root / OWN_FILE):
        return Loaded(settings_of(shared or {}, f"{SHARED_FILE} [tool.mldebt]"), SHARED_FILE if shared is not None else "", notes)
    if shared is not None:
        raise SettingsError(f"both {OWN_FILE} and [tool.mldebt] of {SHARED_FILE} configure mldebt; keep one of them")
    return Loaded(settings_of(_read(root / OWN_FILE), OWN_FILE), OWN_FILE, notes)


def settings_of(table: Mapping[str, Any], source: str) -> Settings:
    """The settings that a parsed table says. Raises SettingsError, one line for each key at fault, each starting with `source`."""
    try:
        return Settings.model_validate(dict(table))
    except ValidationError as error:
        lines = [f"{source}: {_in_words(item['loc'], item['type'], item['msg'])}" for item in error.errors(include_url=False)]
        raise SettingsError("\n".join(dict.fromkeys(lines))) from None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path.name}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path.name}: is not UTF-8 (byte {error.start})") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path.name}: is not TOML: {error}") from None


def _own_section(table: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    tool = table.get("tool")
    section = tool.get("mldebt") if isinstance(tool, dict) else None
    if section is not None and not isinstance(section, dict):
        raise SettingsError(f"{name}: [tool.mldebt] is not a table")
    return section


def _section(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = _own_section(table, name)
    if section is None:
        raise SettingsError(f"{name}: has no [tool.mldebt]")
    return section


def _in_words(location: tuple[int | str, ...], kind: str, message: str) -> str:
    """What pydantic says, in the words of the file: the key as it is written there, and what it takes."""
    path = [part for part in location if part != "[key]" and not str(part).startswith("function-")]
    if kind == "extra_forbidden":
        table, key = _table_at(path[:-1]), str(path[-1])
        return f'unknown key "{_dotted(path)}"{nearest(key.replace("-", "_"), list(table.model_fields))}'
    if kind == "missing":
        return f'"{_dotted(path[:-1])}" lacks the key "{path[-1]}"'
    if kind == "value_error":
        return f'"{_dotted(path)}": {message.removeprefix("Value error, ")}'
    key_path = _known_part(path)
    return f'"{_dotted(key_path)}" takes {_description_at(key_path)}'


def _dotted(path: list[int | str]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


TABLES: dict[str, type[_Table]] = {"contract": Contract, "io": IoRow, "limits": Limits, "workspace": WorkspaceTable}


def _table_at(path: list[int | str]) -> type[_Table]:
    return TABLES.get(str(path[0]), Settings) if path else Settings


def _known_part(path: list[int | str]) -> list[int | str]:
    """`path` up to the last part that the schema names: pydantic adds the branch of a union, the validator, the position."""
    if not path or str(path[0]) not in TABLES:
        return path[:1]
    fields = TABLES[str(path[0])].model_fields
    ends = [index for index, part in enumerate(path) if index and part in fields]
    return path[: ends[0] + 1] if ends else path[:2] if len(path) > 1 and isinstance(path[1], int) else path[:1]


def _description_at(path: list[int | str]) -> str:
    key = str(path[-1]) if path else ""
    table = _table_at(path[:-1])
    field = table.model_fields.get(key)
    if field is None or not field.description:
        return "a table" if path else "a table of settings"
    return field.description
