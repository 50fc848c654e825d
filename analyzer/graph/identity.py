"""From what an expression is to what it names: canonical identities (DESIGN.md, "Artifact identity") and classes (RULES.md §0.1)."""

from __future__ import annotations

import posixpath
import re

from analyzer.link import paths
from analyzer.link.domain import Pattern
from analyzer.link.program import Program

_MODEL = re.compile(
    r"\.(pt|pth|ckpt|h5|hdf5|keras|onnx|joblib|model|safetensors|tflite|pb|mar|gguf|cbm|engine|pmml|bst|ubj)$", re.IGNORECASE
)
_PICKLE = re.compile(r"\.(pkl|pickle|bin|dill|dpkl|sav|p)(\.gz|\.bz2|\.xz)?$", re.IGNORECASE)
_MODEL_WORD = re.compile(
    r"(?:^|[/_.-])(models?|clf|classifier|regressor|estimator|weights|checkpoints?|ckpt|best|vectorizer|tokenizer|encoder|"
    r"scaler|pipeline|net)(?:[/_.\-\d{]|$)",
    re.IGNORECASE,
)
_FITTED = re.compile(
    r"(?:^|[/_.-])(lin_?reg|log_?reg|(?:linear|logistic)_regression|xgb(?:oost)?|lgbm?|lightgbm|catboost|random_?forest|svm|svc|knn|"
    r"gbm|gbdt|kmeans|preprocessor|imputer)(?:[_-]?v?\d+)?\.[^/]*$",
    re.IGNORECASE,
)
"""A pickle named after an estimator and nothing else (`lin_reg.bin`, not `svm_scores.pkl`)."""
_REPORT = re.compile(r"\.(png|svg|pdf|html?|md|jpe?g|gif|rst|tex|docx|pptx)$", re.IGNORECASE)
_LOG = re.compile(r"(\.log(\.\w+)?|\.out|\.err|events\.out[^/]*)$|(?:^|/)(logs?|tensorboard|wandb|mlruns|runs)/", re.IGNORECASE)
_CONFIG = re.compile(
    r"\.(ya?ml|toml|ini|cfg|conf|env|properties)$|(?:^|/)\.env[^/]*$|(?:^|[/_-])(config|params|settings|hparams|schema|args)[^/]*\.json$",
    re.IGNORECASE,
)
_PREDICTION = re.compile(r"(predictions?|preds?|scores?|submission|forecasts?|inference|recommendations)(?=[^a-z/]|[^/]*$)", re.IGNORECASE)
_METRICS = re.compile(r"(metrics?|results?|evaluation|eval|report|summary|stats|scores)[^/]*\.(json|csv|tsv|txt|xlsx)$", re.IGNORECASE)

_BELOW_A_FILE = re.compile(
    r"\.(?:tar\.\w+|tgz|tar|zip|gz|bz2|xz|7z|pt|pth|onnx|pkl|csv|tsv|json|jsonl|jpe?g|png|txt|ya?ml|py)/", re.IGNORECASE
)
"""Nothing is below a file: a variable that holds the file in one branch and a folder in another."""
_GDAL = re.compile(r"/vsi(gzip|zip|tar|7z|rar|cached|sparse|mem|curl|curl_streaming|s3|s3_streaming|gs|gs_streaming|az|adls|hdfs)/(.*)")
_GDAL_STORES = {"s3": "s3", "s3_streaming": "s3", "gs": "gs", "gs_streaming": "gs", "az": "az", "adls": "abfs", "hdfs": "hdfs"}
_SCRIPT_FOLDERS = frozenset(
    "script scripts bin tool tools src lib python py code test tests job jobs task tasks dag dags util utils".split()
)
"""Folders of a project whose files are run from the project's folder."""
_SETTINGS = ("params.yaml", "params.yml", "bentofile.yaml")
"""Files that a program looks for in the folder where it is run."""
_DATA_FOLDERS = frozenset(
    "data dataset datasets input inputs output outputs model models result results tmp out images figures plots logs cache".split()
)
"""Folder names that every place may have its own of."""


def identity(pattern: Pattern, path: str, program: Program, kind: str) -> str | None:
    """The canonical identity of what `pattern` names when used in file `path`; None when it has no text of its own."""
    if not pattern.has_text:
        return None
    shown = pattern.shown.strip()
    if len(shown) > 400 or "\n" in shown or not shown:
        return None
    if shown.startswith("/vsi"):
        shown = _opened_by_gdal(shown)
        if not shown:
            return None
    if shown.startswith("pipe:"):  # a command that webdataset runs: what it brings is the address that it names
        address = re.search(r"[a-z][a-z0-9]*://\S+", shown)
        return _uri(address.group()) if address else None
    if (
        "://" in shown
        or shown.startswith(("dbfs:/", "model:", "dataset:", "runs:", "models:", "wandb:", "redis:"))
        or kind in ("table", "topic")
    ):
        return _uri(shown)
    text = paths.normal(shown)
    if not text or text in ("..", "/") or _BELOW_A_FILE.search(text):
        return None
    if pattern.anchored or text.startswith(("/", "~", "{")) or re.match(r"[A-Za-z]:[\\/]", text):
        return text if not text.startswith("..") else None
    if pattern.base is not None:
        placed = posixpath.normpath(posixpath.join(pattern.base, text))
        return placed if not placed.startswith("..") else None
    return based(text, path, program)


def _opened_by_gdal(shown: str) -> str:
    """What stands behind GDAL's virtual file systems, a path or an address; "" for memory.

    Source: https://gdal.org/user/virtual_file_systems.html
    """
    for _ in range(4):
        found = _GDAL.match(shown)
        if found is None:
            break
        if found[1] in _GDAL_STORES:
            return f"{_GDAL_STORES[found[1]]}://{found[2]}"
        shown = "" if found[1] == "mem" else found[2]
    return shown


def _uri(shown: str) -> str:
    hub = re.match(r"https://huggingface\.co/api/datasets/([^/{}]+/[^/{}]+)", shown)
    if hub:  # the hub's API and its pages name the same dataset
        return f"https://huggingface.co/datasets/{hub.group(1)}"
    registered = re.match(r"models:/([^/@]+)", shown)
    if registered:
        return f"model:{registered.group(1)}"
    return paths.normal(shown.partition("#")[0]) if "://" in shown else shown


def based(text: str, path: str, program: Program) -> str:
    """A relative path, put under the folder it most probably starts from.

    A notebook runs in its own folder, unless only another place holds that very path (it changes directory). `../x` starts from the
    file's own folder, or the repository root when only that place is there. Else it is the folder where a checked-in command runs the
    file, the root, the project or the file's folder: the one with the most evidence, counted in path segments that exist in the
    repository or are declared. Where nothing tells it is the first of these, but its own folder for a script that stands alone
    (`stands_alone`), and the folder of its own settings (`_workplace`).
    """
    own, project = posixpath.dirname(path), program.layout.project_of(path).root
    if text.startswith("../"):
        return _climbing(text, own, program)
    if path.endswith(".ipynb"):
        places = [posixpath.normpath(posixpath.join(base, text)) for base in (own, project, "")]
        exists = program.places
        found = next((place for place in places if place in exists), None)
        if found is None and posixpath.join(own, text.partition("/")[0]) not in exists and "/" in text:
            # a folder of the repository with a name of its own, such as its package, is meant wherever the notebook stands
            first = text.partition("/")[0]
            found = places[-1] if first in program.folders and first.lower() not in _DATA_FOLDERS else None
        return found or places[0]
    # requirements or a Dockerfile alone do not say that people work inside that folder
    is_own_place = program.layout.project_of(path).packaged or any(
        posixpath.join(project, name) in program.files for name in ("dvc.yaml", "Makefile", "MLproject")
    )
    candidates = [project, "", own] if project and is_own_place else ["", project, own]
    workplaces = {project} if is_own_place else set()
    workplace = _workplace(own, project, text, program)
    if workplace:
        candidates.insert(0, workplace)
        workplaces.add(workplace)
    run_from = program.run_from.get(path, ())
    if len(run_from) == 1:
        candidates[:0] = run_from
    elif not run_from and stands_alone(path, project, program):
        candidates.insert(0, own)

    def evidence(base: str) -> int:
        return _evidence(posixpath.normpath(posixpath.join(base, text)), base, program, counts_all=base in workplaces)

    best = max(dict.fromkeys(candidates), key=evidence)
    return posixpath.normpath(posixpath.join(best, text))


def stands_alone(path: str, project: str, program: Program) -> bool:
    """Is it a script that people run in its own folder: in no package, and not among the scripts of its project (`scripts/`, `src/`)?"""
    folder = posixpath.dirname(path)
    if program.imports_neighbours(path):
        return True
    if not folder or posixpath.join(folder, "__init__.py") in program.files:
        return False
    return folder == project or folder[len(project) + 1 if project else 0 :].partition("/")[0].lower() not in _SCRIPT_FOLDERS


def _climbing(text: str, own: str, program: Program) -> str:
    from_own = posixpath.normpath(posixpath.join(own, text))
    from_root = re.sub(r"^(\.\./)+", "", text)
    is_better = _evidence(from_root, "", program) > _evidence(from_own, "", program)
    return from_root if is_better and not from_own.startswith("..") else from_own


def _workplace(own: str, project: str, text: str, program: Program) -> str:
    """The nearest folder above the file, inside its project, that holds settings of its own and the first folder of the path; "" for none.

    Twins of one repository, each with its `params.yaml` and its `data`, work in folders of their own.
    """
    first = text.partition("/")[0]
    while own and own != project:
        if any(f"{own}/{name}" in program.files for name in _SETTINGS):
            return own if f"{own}/{first}" in program.folders else ""
        own = posixpath.dirname(own)
    return ""


def _evidence(candidate: str, base: str, program: Program, *, counts_all: bool = False) -> int:
    """Path segments of `candidate` that exist in the repository, counted from the front.

    Below a base other than the root or a project (`counts_all`) the first one does not count: `src/data` beside `src/a.py` may as well
    hold the code about data.
    """
    literal = candidate.partition("{")[0].partition("*")[0]
    if candidate in program.files or candidate in program.declared_data:
        return 100
    folder = literal if literal != candidate else posixpath.dirname(candidate)
    folder = folder.rstrip("/")
    depth = 0
    while folder and folder != base:
        if folder in program.folders:
            depth = folder.count("/") - (base.count("/") + (not counts_all) if base else -1)
            break
        folder = posixpath.dirname(folder)
    return max(depth, 0)


def class_of(identity_text: str, row_class: str, kind: str) -> str:
    """RULES.md §0.1 class from the library call and the file name; "" when neither tells. RAW and INTERMEDIATE come from the data flow."""
    if row_class == "RAW" and _names_model(identity_text):
        return "MODEL"  # what a URL brings is not always raw data
    if row_class:
        return row_class
    if kind == "model" or _names_model(identity_text):
        return "MODEL"
    if _REPORT.search(identity_text):
        return "REPORT"
    if _LOG.search(identity_text):
        return "LOG"
    if _CONFIG.search(identity_text):
        return "CONFIG"
    if _METRICS.search(identity_text):
        return "REPORT"
    if _PREDICTION.search(posixpath.basename(identity_text)):
        return "PREDICTION"
    return ""


def _names_model(identity_text: str) -> bool:
    if _MODEL.search(identity_text):
        return True
    return bool(_PICKLE.search(identity_text) and (_MODEL_WORD.search(identity_text) or _FITTED.search(identity_text)))
