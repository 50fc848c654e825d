"""Families of modelling back ends and vendor services: packages that usually go together count as one (RULES.md §1.1)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backend:
    """A family of packages whose dialect code can speak. `is_vendor` tells a service's SDK from a modelling library."""

    name: str
    packages: tuple[str, ...]
    is_vendor: bool = False

    def owns(self, qualified: str) -> bool:
        """Whether the API of this full name belongs to the family."""
        return any(qualified == package or qualified.startswith(package + ".") for package in self.packages)


BACKENDS = (
    Backend(
        "PyTorch",
        (
            *("torch", "torchvision", "torchaudio", "torchtext", "lightning", "pytorch_lightning"),
            *("accelerate", "transformers", "diffusers", "peft"),
        ),
    ),
    Backend("TensorFlow", ("tensorflow", "keras", "tf_keras", "tensorflow_hub", "tensorflow_addons")),
    Backend("scikit-learn", ("sklearn", "xgboost", "lightgbm", "catboost", "imblearn")),
    Backend("Spark", ("pyspark",)),
    Backend("JAX", ("jax", "flax", "optax")),
    Backend("statistics", ("statsmodels", "prophet", "fbprophet")),
    Backend("text", ("spacy", "gensim", "nltk", "fasttext")),
    Backend("inference runtime", ("onnxruntime", "tensorrt", "openvino", "tflite_runtime")),
    Backend("AWS", ("boto3", "botocore", "aioboto3", "aiobotocore", "sagemaker"), is_vendor=True),
    Backend("Vertex AI", ("google.cloud.aiplatform", "google.cloud.aiplatform_v1", "vertexai"), is_vendor=True),
    Backend("Azure ML", ("azureml", "azure.ai.ml"), is_vendor=True),
    Backend("OpenAI", ("openai",), is_vendor=True),
    Backend("Anthropic", ("anthropic",), is_vendor=True),
    Backend("Databricks", ("databricks",), is_vendor=True),
    Backend("Snowflake", ("snowflake",), is_vendor=True),
)
"""Trackers (mlflow, wandb, comet, clearml, neptune), numpy, pandas and image libraries are not back ends."""


_TOPS = frozenset(package.partition(".")[0] for backend in BACKENDS for package in backend.packages)
"""First names of all packages: most names are settled by theirs."""
_NEUTRAL = ("sklearn.metrics", "sklearn.model_selection", "sklearn.utils", "sklearn.datasets", "sklearn.exceptions", "nltk.download")
"""Plain functions on plain data: replacing one is a line, so using it is no dialect."""


def backend_of(qualified: str) -> Backend | None:
    """The family that the API of this full name belongs to, None when it is of none."""
    if qualified.partition(".")[0] not in _TOPS:
        return None
    if any(qualified == neutral or qualified.startswith(neutral + ".") for neutral in _NEUTRAL):
        return None
    for backend in BACKENDS:
        if backend.owns(qualified):
            return backend
    return None
