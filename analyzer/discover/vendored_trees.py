"""Folders of a repository that hold a copy of somebody else's distribution: told by what the folder calls itself (RULES.md §0.3).

`classify` tells single files; a whole distribution copied in stands under its own name, beside our packages, and is nobody's debt here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from posixpath import basename, dirname, join

PACKAGING = ("setup.py", "pyproject.toml", "setup.cfg")
_LICENCE = re.compile(r"(licen[sc]e|copying)([-_.][\w.-]*)?", re.IGNORECASE)
_HOST = re.compile(r"(?:github|gitlab|bitbucket)\.(?:com|org)[/:](?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?(?=[/\s\"'#)]|$)")
_STATED = re.compile(
    r"""(?:^|[\s,(\[])["']?(?:url|homepage|repository|source|home-page|download_url)["']?\s*[:=]\s*["']?(https?://[^\s"',)]+)""",
    re.IGNORECASE | re.MULTILINE,
)
_BUILT_NAME = re.compile(r"""(?:^|[\s(])name\s*=\s*["']?([\w.-]+)""", re.MULTILINE)
DISTRIBUTIONS = frozenset(
    """
    apex bitsandbytes ctcdecode deepspeed dateutil detectron2 diffusers fairseq fastai flair gensim gluonnlp horovod hydra keras kenlm
    lightgbm lightning lpips megatron mmcls mmcv mmdet mmdet3d mmengine mmocr mmpose mmpretrain mmseg nltk omegaconf onnxruntime
    opencv openclip open_clip opennmt peft pycocotools pytorch3d pytorch_lightning pytorch_pretrained_bert pytorch_transformers requests
    segment_anything sentencepiece sentence_transformers senteval shap simpletransformers six sklearn spacy stanza tensor2tensor
    tensorboardx tensorflow timm tokenizers torchaudio torchtext torchvision transformers trl webdataset whisper xgboost yaml yacs yolov5
    """.split()
)
"""Distributions of the field that repositories carry along with changes of their own."""
_VERSIONS = ("version.py", "_version.py", "__version__.py", "__about__.py")
_INSTALLED = re.compile(
    r"(?P<tree>(?:.*/)?(?:"
    r"lib(?:64)?/python[23]\.\d+(?=/)"  # what virtualenv and conda install into
    r"|build/lib(?=/)"  # what setup.py copied
    r"|\.(?:ipynb_checkpoints|history)(?=/)"  # what Jupyter and editors saved
    r"|\.(?:agents?|claude|cursor|codex|gemini|windsurf|opencode|kiro|roo|continue)(?=/)))"  # what assistants install for themselves
    r"|(?P<environment>.+)/(?:pyvenv\.cfg|conda-meta/history|(?:bin|Scripts)/activate(?:\.csh|\.fish|\.bat|_this\.py))$",
    re.IGNORECASE,
)
_ARCHIVE = re.compile(r".*?[^/]-(?:master|main)(?=/)")
_NUMBERED = re.compile(r"-\d+\.[\d.]+/")
_RELEASE = re.compile(
    r"(?:.*/)?(?!(?:v|ver|version|release|rel|model|exp|experiment|run|data|dataset|step|lab|py|python|cuda)-)"
    r"[A-Za-z][\w+]*-\d+(?:\.\d+)+(?=/(?:python/|(?:PKG-INFO|COPYRIGHT|COPYING|configure)$))",
    re.IGNORECASE,
)
"""A library unpacked under the name of its release, and what only a distribution holds: `tree-1.8/python/`."""
_INSTALLS = ("/python", "/activate", "/pyvenv.cfg", "conda-meta/", "build/lib/", "/.")
_OF_A_REPOSITORY = frozenset(
    """
    .github .gitlab .circleci .travis.yml .gitlab-ci.yml appveyor.yml .appveyor.yml azure-pipelines.yml tox.ini .gitattributes
    .readthedocs.yml .readthedocs.yaml readthedocs.yml .coveragerc .codecov.yml codecov.yml contributing.md contributing.rst
    code_of_conduct.md citation.cff pull_request_template.md changelog.md changelog.rst changes.md changes.rst
    history.md history.rst authors.md authors.rst manifest.in renovate.json .gitmodules .editorconfig .pre-commit-config.yaml
    """.split()
)
"""What only the root of a repository needs; below the root it tells that a repository was copied whole."""
_MANY_MARKS = 3


def vendored_trees(
    files: Iterable[str], packaging: Mapping[str, str], name: str, remotes: Iterable[str], has_version: Callable[[str], bool]
) -> tuple[str, ...]:
    """The folders among `files` that hold another project's distribution, sorted. `name` is the scanned folder's own; `has_version` tells
    of the path of an `__init__.py` whether it says which version its package is.

    Either the folder has packaging and a licence of its own and says that it lives at another owner's address, or it is named like a
    known distribution and has these two, or keeps that distribution's module of the version; or it is named like one and stands beside
    such a folder; or somebody's tool installed it (a virtual environment, an assistant's folder), or unpacked it (`name-master`,
    `name-1.8`). The root is never found.
    """
    files = list(files)
    by_folder: dict[str, set[str]] = {}
    for path in files:
        by_folder.setdefault(dirname(path), set()).add(basename(path))
    own = _own(packaging, name, remotes)
    owners = {owner for url in (*remotes, *_stated(packaging, "")) for owner in _owners(url)}
    known = {folder for folder in _with_parents(by_folder) if plain(basename(folder)) in DISTRIBUTIONS - own}
    found: list[str] = sorted(installed_trees(files) | _downloads(files))
    for folder, names in sorted(by_folder.items()):
        if not folder or any(folder.startswith(f"{outer}/") for outer in found):
            continue
        is_whole = not names.isdisjoint(PACKAGING) and any(_LICENCE.fullmatch(each) for each in names)
        is_named = folder in known and (is_whole or _is_released(folder, names, has_version)) and _is_built_as(packaging, folder)
        if is_named or (is_whole and owners and _is_elsewhere(packaging, folder, owners)):
            found.append(folder)
    beside = {dirname(folder) for folder in found if folder in known} - {""}
    return tuple(sorted({*found, *(folder for folder in known if dirname(folder) in beside)}))


def installed_trees(files: Iterable[str]) -> set[str]:
    """Virtual environments, copies that a build or an editor made, and the folders of coding assistants: a tool put there what is there."""
    found: set[str] = set()
    for path in files:
        if (path.startswith(".") or any(mark in path for mark in _INSTALLS)) and (match := _INSTALLED.match(path)):
            found.add(match["tree"] or match["environment"])
    return found


def _downloads(files: Sequence[str]) -> set[str]:
    """Folders named as code hosts name the archive of a branch, and libraries named by their release: somebody unpacked a download, unless
    it is most of what is here."""
    code = [path for path in files if path.endswith((".py", ".ipynb")) and ("-master/" in path or "-main/" in path)]
    sizes = Counter(match[0] for path in code if (match := _ARCHIVE.match(path)))
    for folder in {match[0] for path in files if _NUMBERED.search(path) and (match := _RELEASE.match(path))}:
        sizes[folder] = sum(path.startswith(f"{folder}/") and path.endswith((".py", ".ipynb")) for path in files)
    every = sum(path.endswith((".py", ".ipynb")) for path in files)
    return {folder for folder, size in sizes.items() if 2 * size <= every}


def whole_repositories(files: Iterable[str], packaging: Mapping[str, str], name: str, remotes: Iterable[str]) -> tuple[str, ...]:
    """Folders that look like a repository of their own: packaging, a licence, and what only a root needs. Sorted.

    A part of a large repository can look the same: it takes the history to tell (`analyzer.history.brought_in`).
    """
    inside: dict[str, set[str]] = {dirname(path): set() for path in packaging if dirname(path) and basename(path) in PACKAGING}
    if not inside:
        return ()
    for path in files:
        folder, child = dirname(path), basename(path)
        while folder:
            if folder in inside:
                inside[folder].add(child)
            folder, child = dirname(folder), basename(folder)
    own = _own(packaging, name, remotes)
    return tuple(
        folder
        for folder, names in sorted(inside.items())
        if any(_LICENCE.fullmatch(each) for each in names)
        and sum(each.lower() in _OF_A_REPOSITORY for each in names) >= _MANY_MARKS
        and own.isdisjoint(map(plain, _built(packaging, folder)))
    )


def _is_released(folder: str, names: set[str], has_version: Callable[[str], bool]) -> bool:
    """Is the folder a package that says which version it is?"""
    return "__init__.py" in names and (not names.isdisjoint(_VERSIONS) or has_version(f"{folder}/__init__.py"))


def _with_parents(folders: Iterable[str]) -> set[str]:
    """The folders and those that hold them, the root left out."""
    every: set[str] = set()
    for folder in folders:
        while folder and folder not in every:
            every.add(folder)
            folder = dirname(folder)
    return every


def _is_built_as(packaging: Mapping[str, str], folder: str) -> bool:
    """Does the folder's packaging build what the folder is named like? A renamed distribution has become ours."""
    names = _built(packaging, folder)
    return not names or any(plain(name) == plain(basename(folder)) for name in names)


def _built(packaging: Mapping[str, str], folder: str) -> list[str]:
    """What the folder's packaging says that it builds."""
    return [name for file in PACKAGING for name in _BUILT_NAME.findall(packaging.get(join(folder, file), ""))]


def _own(packaging: Mapping[str, str], name: str, remotes: Iterable[str]) -> frozenset[str]:
    """What the repository itself is called."""
    said = [name.rpartition("+")[2], name, *(basename(url.rstrip("/")).removesuffix(".git") for url in remotes)]
    said += _built(packaging, "")
    return frozenset(map(plain, said))


def plain(name: str) -> str:
    """A name of a distribution or folder, however it is spelled."""
    return name.lower().replace("-", "_")


def _stated(packaging: Mapping[str, str], folder: str) -> list[str]:
    return [url for file in PACKAGING for url in _STATED.findall(packaging.get(join(folder, file), ""))]


def _owners(url: str) -> list[str]:
    return [match["owner"].lower() for match in _HOST.finditer(url)]


def _is_elsewhere(packaging: Mapping[str, str], folder: str, owners: set[str]) -> bool:
    stated = [owner for url in _stated(packaging, folder) for owner in _owners(url)]
    return bool(stated) and owners.isdisjoint(stated)
