"""What a module is for (RULES.md §0.3), told by the resolved names of what it calls; each role with its evidence."""

from __future__ import annotations

import re

from analyzer.graph.imports import Qualified
from analyzer.graph.system import ExternalUse, Module
from analyzer.model import Evidence
from analyzer.read.facts import Call, Scope
from analyzer.read.values import Attr, CallRef, Name, Value, last_name

_ML = re.compile(
    r"^(sklearn|xgboost|lightgbm|catboost|torch|tensorflow|keras|pytorch_lightning|lightning|transformers|statsmodels|prophet|fastai|mxnet|"
    r"jax|flax|imblearn|surprise|implicit|gensim|spacy|revscoring|tf_keras|autogluon|pycaret|h2o|sktime|hdbscan|umap|"
    r"ultralytics|trl|peft|optuna|"
    r"pyspark\.ml|cuml|skorch|hmmlearn|pomegranate|sentence_transformers|accelerate|detectron2|fairseq|paddle|ray\.train|skopt|"
    r"sklearn_crfsuite)\b"
)
_PREPARERS = re.compile(
    r"(Scaler|Encoder|Vectorizer|Imputer|Transformer|Binarizer|Tokenizer|PCA|SVD|Discretizer|Normalizer|LabelEncoder|scaler|"
    r"encoder|vectorizer|"
    r"imputer|tokenizer|binarizer|pca|^le$|^enc$|^ohe$|^tfidf$|^cv$|^mlb$|^lb$|SMOTE|curve_fit|polyfit|TSNE|UMAP|umap)"
)
_TRAIN_CALLS = re.compile(
    r"^(xgboost\.train|lightgbm\.train|catboost\.train|fasttext\.(train_supervised|train_unsupervised|supervised)|gensim\.models\..*train|"
    r"implicit\..*\.fit|statsmodels\..*\.fit|autogluon\..*\.fit|.*\bTrainer\.(train|fit)|.*\.fit_generator|.*\.partial_fit|"
    r".*\.train_on_batch|"
    r"sagemaker\..*\.fit|.*\.fit_one_cycle|.*\.fine_tune|ultralytics\.YOLO\.train|spacy\.cli\.train.*|trl\..*\.train|"
    r"trlx\.train|keras\..*\.fit|tensorflow\..*\.fit)$"
)
_FIT = re.compile(r"^(fit|partial_fit|fit_generator|fit_one_cycle|fit_predict|train_on_batch)$")
_WEB = frozenset(
    """
    fastapi flask starlette aiohttp sanic quart bottle falcon tornado litestar blacksheep django robyn flask_restful flask_restx apistar
    connexion
    """.split()
)
_ROUTES = {"get", "post", "put", "patch", "delete", "route", "websocket", "api_route", "endpoint", "task_handler"}
_SERVING_BASES = (
    "BaseHandler",
    "kserve.Model",
    "kfserving.KFModel",
    "kserve.ModelServer",
    "RequestHandler",
    "Servicer",
    "MethodView",
    "TritonPythonModel",
    "PythonModelServer",
    "Resource",
    "APIView",
)
_HANDLERS = {"model_fn", "predict_fn", "input_fn", "output_fn", "lambda_handler"}
_ENTRIES = {"model_fn", "predict_fn"}
"""Of SageMaker; an `input_fn` without them feeds the training of a TensorFlow estimator, whose own `model_fn` takes features and a mode."""
_LABELLERS = {"DBSCAN", "HDBSCAN", "OPTICS", "MeanShift", "AgglomerativeClustering", "SpectralClustering", "FeatureAgglomeration"}
"""Clusterers that label the rows they are given and cannot predict others: there is no model to hand on."""
_FALCON = {"on_get", "on_post", "on_put"}
_PREDICT = frozenset(
    """
    predict predict_proba predict_log_proba decision_function score_samples generate infer inference classify recommend predict_batch
    batch_predict
    """.split()
)
_METRICS = re.compile(
    r"^(sklearn\.metrics\.|torchmetrics\.|evaluate\.|tensorflow\.keras\.metrics|keras\.metrics|seqeval\.|sacrebleu|rouge|jiwer|"
    r"pycocotools\.cocoeval|aequitas)"
)
_ORCHESTRATORS = frozenset("airflow prefect dagster zenml luigi flytekit kfp tfx metaflow ploomber hamilton mage_ai".split())
KEDRO_PIPELINE = "defines a Kedro pipeline"
_ORCH_NAMES = frozenset(
    """
    DAG dag task flow Flow op job asset graph pipeline step Task FlowSpec workflow component multi_asset graph_asset Pipeline ExternalTask
    WrapperTask repository Definitions schedule sensor
    """.split()
)


def assign_roles(module: Module, names: Qualified, uses: list[ExternalUse]) -> None:
    """Fill `module.roles` with what the module's own code shows; FEATURE and SCORE need the data flow and come later."""
    train = _training(module, names, uses)
    if train:
        module.roles["TRAIN"] = train
    serve = _serving(module, names)
    if serve:
        module.roles["SERVE"] = serve
    metric = next((u for u in uses if _METRICS.match(u.qualified)), None)
    if metric is not None and not train:
        module.roles["EVAL"] = Evidence(f"computes {metric.qualified}", module.site(metric.line))
    orchestrates = _orchestrating(module, names, uses)
    if orchestrates:
        module.roles["ORCH"] = orchestrates
    if module.is_notebook or module.is_experiment:
        reason = "notebook" if module.is_notebook else "stands in an experiment folder"
        module.roles["EXPERIMENT"] = Evidence(reason, module.site(1))


def _training(module: Module, names: Qualified, uses: list[ExternalUse]) -> Evidence | None:
    for use in uses:
        if _TRAIN_CALLS.match(use.qualified) and not _PREPARERS.search(use.qualified):
            return Evidence(f"trains by {use.qualified}", module.site(use.line))
    learns = any(_ML.match(name) for name in names.bound.values())
    backward: Call | None = None
    steps = False
    for call in module.facts.calls:
        last = last_name(call.func)
        if last == "backward":
            backward = call
        elif last == "step":
            steps = True
        elif _FIT.match(last) and learns and isinstance(call.func, Attr) and _is_estimator(call.func.value, names):
            return Evidence(f"fits a model by .{last}()", module.site(call.line))
        elif last in ("train", "fit") and isinstance(call.func, Attr) and isinstance(call.func.value, (Name, CallRef)):
            owner = names.name(call.func.value) or last_name(call.func.value)
            if owner.endswith(("Trainer", "trainer", "Seq2SeqTrainer", "SFTTrainer")) and (call.args or last == "train" or learns):
                return Evidence(f"trains by {owner}.{last}()", module.site(call.line))
    if backward is not None and steps:
        return Evidence("back-propagates and steps an optimiser", module.site(backward.line))
    for index, scope in enumerate(module.facts.scopes):
        if scope.kind == "function" and scope.name in ("training_step", "configure_optimizers") and index:
            return Evidence(f"defines {scope.name} of a training module", module.site(scope.line))
    return None


def _is_estimator(receiver: Value, names: Qualified) -> bool:
    full = names.name(receiver)
    shown = full or last_name(receiver)
    last = shown.rpartition(".")[2] or shown
    return (
        last not in _LABELLERS
        and not _PREPARERS.search(last)
        and not full.startswith(("sklearn.preprocessing", "sklearn.feature_extraction", "sklearn.decomposition", "scipy", "numpy"))
    )


def _serving(module: Module, names: Qualified) -> Evidence | None:
    facts = module.facts
    web = any(name.partition(".")[0] in _WEB for name in names.bound.values())
    for scope in facts.scopes[1:]:
        found = _serving_scope(scope, module, names, web)
        if found:
            return found
    consumer = next((c for c in facts.calls if _consumes(c)), None)
    if consumer is not None and any(name.startswith("google.cloud.pubsub") for name in names.bound.values()):
        return Evidence("answers messages of a queue (subscribe with a callback)", module.site(consumer.line))
    if web and any(last_name(c.func) in ("add_url_rule", "add_api_route", "add_route", "add_resource") for c in facts.calls):
        return Evidence("registers routes", module.site(1))
    return None


def _consumes(call: Call) -> bool:
    return last_name(call.func) == "subscribe" and any(name == "callback" for name, _ in call.keywords)


def _is_handler(scope: Scope, module: Module) -> bool:
    if scope.name == "lambda_handler":
        return len(scope.params) == 2
    return any(other.parent == 0 and other.name in _ENTRIES for other in module.facts.scopes[1:])


def _serving_scope(scope: Scope, module: Module, names: Qualified, web: bool) -> Evidence | None:
    if scope.kind == "class":
        for base in scope.bases:
            full = names.name(base) or last_name(base)
            if full.endswith(_SERVING_BASES) and (
                web or not full.endswith(("Resource", "BaseHandler", "RequestHandler", "APIView", "MethodView")) or "ts." in full
            ):
                return Evidence(f"is a {full}", module.site(scope.line))
    elif scope.name in _HANDLERS and scope.parent == 0 and _is_handler(scope, module):
        return Evidence(f"defines {scope.name}", module.site(scope.line))
    if scope.name in _FALCON and web:
        return Evidence(f"handles requests by {scope.name}", module.site(scope.line))
    for decorator in scope.decorators:
        func = module.facts.calls[decorator.index].func if isinstance(decorator, CallRef) else decorator
        last = last_name(func)
        if web and last in _ROUTES and isinstance(func, Attr):
            return Evidence(f"answers requests (@….{last})", module.site(scope.line))
        full = names.name(func)
        if full.startswith(
            ("bentoml.service", "bentoml.api", "ray.serve.deployment", "functions_framework", "modal.web_endpoint", "azure.functions")
        ):
            return Evidence(f"is a service (@{full})", module.site(scope.line))
    return None


def _orchestrating(module: Module, names: Qualified, uses: list[ExternalUse]) -> Evidence | None:
    if not any(name.partition(".")[0] in _ORCHESTRATORS for name in names.bound.values()):
        if any(u.qualified.startswith(("kedro.pipeline", "kedro.modular_pipeline")) for u in uses):
            return Evidence(KEDRO_PIPELINE, module.site(1))
        return None
    for scope in module.facts.scopes[1:]:
        for value in (*scope.decorators, *scope.bases):
            func = module.facts.calls[value.index].func if isinstance(value, CallRef) else value
            full = names.name(func)
            if full.partition(".")[0] in _ORCHESTRATORS and full.rpartition(".")[2] in _ORCH_NAMES:
                return Evidence(f"defines work for {full.partition('.')[0]} ({full})", module.site(scope.line))
    for use in uses:
        top, last = use.qualified.partition(".")[0], use.qualified.rpartition(".")[2]
        if top in _ORCHESTRATORS and (last in _ORCH_NAMES or last.endswith("Operator")):
            return Evidence(f"defines work for {top} ({use.qualified})", module.site(use.line))
    return None


def predicts(module: Module) -> int:
    """Line of a predict-like call (RULES.md A8), 0 when there is none."""
    for call in module.facts.calls:
        if isinstance(call.func, Attr) and call.func.name in _PREDICT:
            return call.line
    return 0
