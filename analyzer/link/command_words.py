"""The words of a command without what only stands in front of the program: settings, `sudo`, `uv run`, `srun -n 4`, `docker run image` …"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SETTING = re.compile(r"[A-Za-z_]\w*\+?=")
_NUMBER = re.compile(r"\d+(?:\.\d+)?[smhd]?$")
MAX_WRAPPERS = 8


@dataclass(frozen=True, slots=True)
class _Wrapper:
    """A program that runs the rest of its words. Options in `valued` take the word behind them; `skipped` words are its own."""

    valued: frozenset[str] = frozenset()
    skipped: int = 0
    numbers: bool = False
    """Bare numbers in front of the command are the wrapper's own (`timeout 60`)."""


def _wrapper(valued: str = "", skipped: int = 0, numbers: bool = False) -> _Wrapper:
    return _Wrapper(frozenset(valued.split()), skipped, numbers)


_WRAPPERS: dict[tuple[str, ...], _Wrapper] = {
    ("sudo",): _wrapper("-u --user -g --group -C -h -p"),
    ("time",): _wrapper("-f --format -o --output"),
    ("nice",): _wrapper("-n --adjustment"),
    ("ionice",): _wrapper("-c -n"),
    ("timeout",): _wrapper("-s --signal -k --kill-after", numbers=True),
    ("env",): _wrapper("-u --unset -C --chdir"),
    ("xargs",): _wrapper("-I -n -P -L -d -a -s --max-args --max-procs --delimiter --arg-file", numbers=True),
    ("parallel",): _wrapper("-j --jobs --joblog --colsep -N"),
    ("srun",): _wrapper(
        "-n -N -c -p -J -t -w -o -e -A --ntasks --nodes --partition --gres --mem --time --account --cpus-per-task --output --error"
    ),
    ("mpirun",): _wrapper("-n -np -H --host --hostfile -x --bind-to --map-by", numbers=True),
    ("mpiexec",): _wrapper("-n -np -H --host --hostfile -x", numbers=True),
    ("horovodrun",): _wrapper("-np -H -p --num-proc --hostfile"),
    ("taskset",): _wrapper("-c", numbers=True),
    ("numactl",): _wrapper(),
    ("stdbuf",): _wrapper("-i -o -e"),
    ("xvfb-run",): _wrapper("-s -n --server-args"),
    ("uv", "run"): _wrapper(
        "--with --extra --group --python -p --project --directory --env-file --with-requirements --package --index-url"
    ),
    ("uvx",): _wrapper("--from --with --python -p"),
    ("pipx", "run"): _wrapper("--spec --python"),
    ("poetry", "run"): _wrapper("-C --directory"),
    ("pipenv", "run"): _wrapper(),
    ("pdm", "run"): _wrapper("-p --project"),
    ("rye", "run"): _wrapper(),
    ("hatch", "run"): _wrapper(),
    ("pixi", "run"): _wrapper("-e --environment --manifest-path"),
    ("conda", "run"): _wrapper("-n --name -p --prefix --cwd"),
    ("mamba", "run"): _wrapper("-n --name -p --prefix --cwd"),
    ("micromamba", "run"): _wrapper("-n --name -p --prefix --cwd -r"),
    ("dotenv", "run"): _wrapper("-f --file"),
    ("dotenv",): _wrapper("-f --file -e"),
    ("doppler", "run"): _wrapper("-p -c --project --config"),
    ("op", "run"): _wrapper("--env-file"),
    ("aws-vault", "exec"): _wrapper("-d --duration", 1),
    ("chamber", "exec"): _wrapper("", 1),
    ("dvc", "exp", "run"): _wrapper(),
    ("docker", "compose", "run"): _wrapper("-e -v -w -u -p --entrypoint --name --volume --workdir --user --env --publish", 1),
    ("docker", "compose", "exec"): _wrapper("-e -w -u --workdir --user --env --index", 1),
    ("docker-compose", "run"): _wrapper("-e -v -w -u -p --entrypoint --name --volume --workdir --user", 1),
    ("docker-compose", "exec"): _wrapper("-e -w -u --workdir --user --index", 1),
    ("docker", "exec"): _wrapper("-e -w -u --workdir --user --env", 1),
    ("kubectl", "exec"): _wrapper("-n -c --namespace --container", 1),
    ("coverage", "run"): _wrapper("--source --omit --include --rcfile --data-file"),
    ("docker", "run"): _wrapper(
        "-e -v -p -w -u -h -m --name --network --gpus --entrypoint --memory --env --env-file --volume --publish --workdir --user --mount"
        " --shm-size --ipc --cpus --platform --label --runtime --restart --add-host --device --log-driver --pull --ulimit",
        1,
    ),
}
_BARE = frozenset("nohup exec command builtin then do ! caffeinate eval setsid chronic unbuffer catchsegv winpty watch".split())
_WRAPPERS |= {(name,): _wrapper() for name in _BARE}


def unwrapped(words: tuple[str, ...]) -> tuple[str, ...]:
    """A command without environment settings and wrappers in front of it; `python -m tool` of a well-known tool stays as it is."""
    for _ in range(MAX_WRAPPERS):
        position = 0
        while position < len(words) and _SETTING.match(words[position]):
            position += 1
        words = words[position:]
        rest = _behind_wrapper(words)
        if rest is None:
            return words
        words = rest
    return words


def _behind_wrapper(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """What a wrapper runs; None when the first word is no wrapper, or runs nothing that we can see."""
    if not words:
        return None
    first = words[0].rpartition("/")[2]
    for length in (3, 2, 1):
        wrapper = _WRAPPERS.get((first, *words[1:length])) if len(words) >= length else None
        if wrapper is not None:
            rest = _own_words(words[length:], wrapper)
            return rest or None
    return None


def _own_words(words: tuple[str, ...], wrapper: _Wrapper) -> tuple[str, ...]:
    at, skipped = 0, 0
    while at < len(words):
        word = words[at]
        if word == "--":
            return words[at + 1 :]
        if word.startswith("-") and len(word) > 1:
            if word in ("-m", "--module"):  # `coverage run -m pkg`, `uv run -m pkg`: python is meant
                return ("python", *words[at:])
            at += 2 if word in wrapper.valued else 1
        elif _SETTING.match(word) or (wrapper.numbers and _NUMBER.match(word)):
            at += 1
        elif skipped < wrapper.skipped:
            skipped += 1
            at += 1
        else:
            break
    return words[at:]


def tool_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """`python -m tool …` as `tool …`; other commands as they are."""
    name = words[0].rpartition("/")[2] if words else ""
    if not (name.startswith(("python", "pypy")) or name in ("{PYTHON}", "{python}")):
        return words
    for position, word in enumerate(words[1:], 1):
        if word in ("-m", "--module"):
            return words[position + 1 :] or words
        if not word.startswith("-"):
            return words
    return words
