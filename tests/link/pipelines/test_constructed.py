"""TFX, Azure ML, SageMaker and Vertex AI: steps that are objects, what they read, write and run, and their order."""

from __future__ import annotations

import pytest

from analyzer.graph.system import SystemGraph
from analyzer.scan import graph_of_texts


def graph(text: str) -> SystemGraph:
    return graph_of_texts({"pipeline.py": text, "jobs/train.py": "", "jobs/clean.py": ""})


def declared(found: SystemGraph) -> list[tuple[str, str]]:
    return sorted((d.op, d.artifact) for d in found.declarations)


@pytest.mark.parametrize(
    "text",
    [
        "class Trainer:\n    pass\nTrainer(module_file='jobs/train.py')\n",
        "import tfx\nfrom transformers import Trainer\nTrainer(module_file='jobs/train.py')\n",
        "import sagemaker\nfrom statsmodels import Model\nModel(model_data='s3://b/m.tar.gz')\n",
        "from google.cloud import storage\nstorage.Client().bucket('b')\n",
    ],
)
def test_what_is_no_step(text: str) -> None:
    found = graph(text)
    assert declared(found) == [] and [u for u in found.units if "::" in u] == []


CASES = [
    ("from tfx.components import CsvExampleGen\nCsvExampleGen(input_base='data/in')\n", [("read", "data/in")]),
    ("from tfx import v1 as tfx\ntfx.components.CsvExampleGen(input_base='gs://b/in')\n", [("read", "gs://b/in")]),
    (
        "from tfx import v1 as tfx\ntfx.components.Pusher(model=1, push_destination=tfx.proto.PushDestination("
        "filesystem=tfx.proto.PushDestination.Filesystem(base_directory='serving/model')))\n",
        [("write", "serving/model")],
    ),
    (
        "from tfx.extensions.google_cloud_big_query import BigQueryExampleGen\nBigQueryExampleGen(query='SELECT a FROM p.d.t')\n",
        [("read", "p.d.t")],
    ),
    (
        "from sagemaker.processing import ScriptProcessor, ProcessingInput, ProcessingOutput\np = ScriptProcessor(image_uri='i')\n"
        "p.run(code='jobs/clean.py', inputs=[ProcessingInput(source='s3://b/in', destination='/opt/ml/in')],\n"
        "      outputs=[ProcessingOutput(source='/opt/ml/out', destination='s3://b/out')])\n",
        [("read", "s3://b/in"), ("write", "s3://b/out")],
    ),
    (
        "from sagemaker.sklearn import SKLearn\nfrom sagemaker.inputs import TrainingInput\n"
        "e = SKLearn(entry_point='train.py', source_dir='jobs', output_path='s3://b/models')\ne.fit({'train': TrainingInput('s3://b/train')})\n",
        [("read", "s3://b/train"), ("write", "s3://b/models")],
    ),
    ("from sagemaker.model import Model\nModel(model_data='s3://b/model.tar.gz')\n", [("read", "s3://b/model.tar.gz")]),
    ("from google.cloud import aiplatform\naiplatform.TabularDataset.create(gcs_source='gs://b/t.csv')\n", [("read", "gs://b/t.csv")]),
    ("from google.cloud import aiplatform\naiplatform.Model.upload(artifact_uri='gs://b/m')\n", [("read", "gs://b/m")]),
    (
        "from azure.ai.ml import command, Input, Output\ncommand(code='.', command='python jobs/train.py', "
        "inputs={'d': Input(path='azureml://datastores/x/paths/d')}, outputs={'m': Output(path='azureml://datastores/x/paths/m')})\n",
        [("read", "azureml://datastores/x/paths/d"), ("write", "azureml://datastores/x/paths/m")],
    ),
    ("from tfx.components import CsvExampleGen\nCsvExampleGen(input_base=unknown())\n", []),
]


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_what_steps_read_and_write(text: str, wanted: list[tuple[str, str]]) -> None:
    assert declared(graph(text)) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "from tfx.components import Trainer\nTrainer(module_file='jobs/train.py')\n",
        "from azureml.pipeline.steps import PythonScriptStep as S\nS(name='t', script_name='train.py', source_directory='jobs')\n",
        "from azureml.pipeline.steps import PythonScriptStep as S\nS(name='t', script_name='train.py', source_directory='./jobs/')\n",
        "from azureml.core import ScriptRunConfig\nScriptRunConfig(source_directory='jobs', script='train.py', arguments=['--x', 1])\n",
        "from azure.ai.ml import command\ncommand(code='.', command='python jobs/train.py --x 1')\n",
        "from sagemaker.pytorch import PyTorch\nPyTorch(entry_point='train.py', source_dir='jobs')\n",
        "from sagemaker.workflow.steps import ProcessingStep\nProcessingStep(name='t', code='jobs/train.py')\n",
        "from google.cloud import aiplatform\naiplatform.CustomTrainingJob(display_name='t', script_path='jobs/train.py')\n",
    ],
)
def test_what_steps_run(text: str) -> None:
    assert list(graph(text).invoked_by) == ["jobs/train.py"]


def test_outputs_that_are_passed_on_put_steps_in_order() -> None:
    text = (
        "from tfx.components import CsvExampleGen, Transform, Trainer\ngen = CsvExampleGen(input_base='data')\n"
        "clean = Transform(examples=gen.outputs['examples'], module_file='jobs/clean.py')\n"
        "train = Trainer(examples=clean.outputs['x'], module_file='jobs/train.py')\n"
    )
    assert graph(text).orders == {("jobs/clean.py", "jobs/train.py")}
