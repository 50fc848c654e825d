"""GLU002."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from analyzer.graph.backend_calls import FamilyCall, Handover, family_calls, handovers, meeting
from analyzer.graph.system import Module, SystemGraph
from analyzer.model import Confidence, Cost, Evidence, Finding, Severity, Subject
from rules.backends import backend_of
from rules.base import Rule
from rules.severity import in_context

_MIN_FAMILIES = 3
_MIN_CONVERSIONS = 3
_SHOWN = 12
_BRIDGES = re.compile(
    r"(^|[_.])(export\w*|convert\w*|to_?onnx|to_?tflite|benchmark\w*|bench|profil\w*|compar\w*|seed\w*|set_seed|determinis\w*|reproduc\w*"
    r"|versions?|collect_env|env_info|is_available|check_\w*available|test\w*|demo\w*)($|[_.])",
    re.IGNORECASE,
)
"""Names of what has to speak several dialects: exporters, converters, comparisons, seeding, reports of the environment."""
_HARMLESS = re.compile(
    r"(^torch\.(cuda|device|backends|version|manual_seed|get_default_dtype|set_\w+)\b|^tensorflow\.(config|random\.set_seed|version|get_logger)\b"
    r"|^jax\.(config|random\.PRNGKey|devices)\b|\.__version__$|\.logging\b)"
)
"""Calls that do not model anything: devices, seeds, versions, logging."""


@lru_cache(maxsize=20_000)
def _family(qualified: str) -> str:
    backend = backend_of(qualified)
    return "" if backend is None or _HARMLESS.search(qualified) else backend.name


class MultiBackendFunction(Rule):
    """One function speaks the dialects of several modelling packages or vendor services.

    "Glue code is costly in the long term because it tends to freeze a system to the peculiarities of a specific package." A function
    that trains with one package, reshapes for the next and asks a third is frozen to all of them: an upgrade of any, and a test of
    anything in it, needs all.

    Found are functions in which one run calls three families of packages or more (PyTorch with what belongs to it, TensorFlow,
    scikit-learn with boosting, Spark, …, AWS, OpenAI, …), or in which a value travels from one family to another through three
    conversions or more (a move between devices or a change of shape is none).

    Exempt: dispatchers, whose families stand in arms that exclude each other (that is a facade: the cure); exporters, converters,
    benchmarks, seeding and reports of the environment; calls that only ask for devices, versions or seeds; notebooks' top level, tests.

    Known false positives: a comparison of packages that is not called one; a function that is itself the adapter that others call.
    """

    code = "GLU002"
    name = "multi-backend-function"
    severity = Severity.medium
    confidence = Confidence.B
    cost = Cost(45, 10, friction=8)
    source = 'Sculley et al. 2015, §5.1 (glue code: "wrap black-box packages into common APIs")'
    remedy = (
        "Cut the function where a value goes from one package to the next, and give each part an adapter that takes and returns the "
        "project's own types."
    )
    on_by_default = False
    BAD = (
        {
            "train.py": """\
import tensorflow as tf
import torch
from sklearn.linear_model import LogisticRegression


def train(frame, labels):
    linear = LogisticRegression().fit(frame, labels)  # GLU002
    tensor = tf.convert_to_tensor(linear.predict_proba(frame))
    return torch.from_numpy(tensor.numpy())
""",
        },
        {
            "embed.py": """\
import pandas as pd
import torch
from sklearn.cluster import KMeans


def group(net, rows):
    found = torch.nn.functional.normalize(net(rows))  # GLU002
    array = found.detach().cpu().numpy()
    frame = pd.DataFrame(array).dropna()
    return KMeans(8).fit(frame.to_numpy())
""",
        },
    )
    GOOD = (
        {
            "load.py": """\
import onnxruntime
import tensorflow as tf
import torch
from sklearn.cluster import KMeans


def group(net, rows):
    found = torch.nn.functional.normalize(net(rows))
    return KMeans(8).fit(found.detach().cpu().numpy().reshape(len(rows), -1))


def load(kind, path):
    if kind == "onnx":
        return onnxruntime.InferenceSession(path)
    elif kind == "tf":
        return tf.keras.models.load_model(path)
    return torch.jit.load(path)


def set_seed(seed):
    torch.manual_seed(seed)
    tf.random.set_seed(seed)
""",
        },
    )

    def check(self, graph: SystemGraph) -> Iterator[Finding]:
        for module, scope, calls in family_calls(graph, _family):
            if _BRIDGES.search(module.path.rpartition("/")[2]) or _BRIDGES.search(module.facts.scopes[scope].qualname):
                continue
            together = meeting(calls)
            families = sorted({call.family for call in together})
            if len(families) >= _MIN_FAMILIES:
                yield self._mixed(graph, module, scope, together, families)
                continue
            longest = max(handovers(module, scope, calls, _MIN_CONVERSIONS), key=lambda each: len(each.steps), default=None)
            if longest is not None:
                yield self._handed_over(graph, module, scope, longest)

    def _mixed(self, graph: SystemGraph, module: Module, scope: int, calls: list[FamilyCall], families: list[str]) -> Finding:
        firsts = [next(call for call in calls if call.family == family) for family in families]
        firsts.sort(key=lambda call: call.line)
        name = module.facts.scopes[scope].qualname
        return self.found(
            f"`{name}` speaks {len(families)} families of packages: {', '.join(families)}",
            Subject("function", module.qualname(scope)),
            [module.site(line) for line in dict.fromkeys(call.line for call in [*firsts, *calls])],
            [Evidence(f"{call.family}: `{call.qualified}`", module.site(call.line)) for call in calls[:_SHOWN]],
            severity=in_context(graph, self.severity, [module.path]),
            items=len(families),
        )

    def _handed_over(self, graph: SystemGraph, module: Module, scope: int, way: Handover) -> Finding:
        name = module.facts.scopes[scope].qualname
        steps = " → ".join(step for step, _ in way.steps)
        middle = [Evidence(f"converted by `{step}`", module.site(line)) for step, line in way.steps[:_SHOWN]]
        return self.found(
            f"`{name}` hands a value from {way.start.family} to {way.end.family} through {len(way.steps)} conversions ({steps})",
            Subject("function", module.qualname(scope)),
            [module.site(line) for line in dict.fromkeys([way.start.line, way.end.line, *(line for _, line in way.steps)])],
            [
                Evidence(f"made by {way.start.family}: `{way.start.qualified}`", module.site(way.start.line)),
                *middle,
                Evidence(f"taken by {way.end.family}: `{way.end.qualified}`", module.site(way.end.line)),
            ],
            severity=in_context(graph, self.severity, [module.path]),
            items=2,
        )
