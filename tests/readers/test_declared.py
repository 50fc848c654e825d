"""YAML files whose content says what they are: each format in its documented form."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.read.configuration_facts import ConfigFacts
from analyzer.read.dispatch import read_facts
from analyzer.read.step_facts import Step, StepFacts


def facts(text: str, path: str = "deploy/x.yaml") -> StepFacts | None:
    found, _ = read_facts("config", path, text.encode())
    assert isinstance(found, ConfigFacts), found
    assert found.declared is None or isinstance(found.declared, StepFacts)
    return found.declared


def steps(text: str, path: str = "deploy/x.yaml") -> dict[str, Step]:
    found = facts(text, path)
    return {step.name: step for step in found.steps} if found else {}


def run(step: Step) -> list[tuple[tuple[str, ...], int]]:
    return [(command.words, command.line) for command in step.commands]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1",
        "kind: Deployment",
        "apiVersion: v1\nkind: ConfigMap\ndata: {command: [python, x.py]}",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {source: {path: x}}",
        "apiVersion: tekton.dev/v1\nkind: Task",
        "tasks: [a]",
        "containers:\n- command: [python, x.py]",
        "implementation: {graph: {}}",
        "command: python x.py",
    ],
)
def test_plain_configuration_stays_that(text: str) -> None:
    assert facts(text) is None


# ---- Kubernetes ---------------------------------------------------------------------------------------------------------


def test_containers_of_a_cron_job() -> None:
    text = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          initContainers:
            - name: fetch
              image: app
              command: ["sh", "-c", "gsutil cp gs://b/a.csv /data/a.csv"]
          containers:
            - name: train
              image: app:1
              workingDir: /app
              env: [{name: OUT, value: models}]
              command: ["python"]
              args: ["train.py", "--out", "$(OUT)"]
"""
    found = steps(text)
    assert facts(text).kind == "kubernetes"  # type: ignore[union-attr]
    assert run(found["nightly/fetch"]) == [(("gsutil", "cp", "gs://b/a.csv", "/data/a.csv"), 12)]
    assert run(found["nightly/train"]) == [(("python", "train.py", "--out", "models"), 18)]
    assert (found["nightly/train"].cwd, found["nightly/train"].after) == ("/app", ("nightly/fetch",))


def test_resources_that_serve_or_submit() -> None:
    serving = "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: m}\nspec:\n  predictor:\n    model:\n"
    found = steps(serving + "      storageUri: gs://b/model\n")
    assert [(d.path, d.line, d.kind) for d in found["m"].deps] == [("gs://b/model", 7, "model")]
    spark = "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata: {name: s}\nspec:\n"
    found = steps(spark + "  mainApplicationFile: local:///opt/app/etl.py\n  arguments: ['--day', '1']\n")
    assert run(found["s"]) == [(("spark-submit", "/opt/app/etl.py", "--day", "1"), 5)]
    ray = "apiVersion: ray.io/v1\nkind: RayJob\nmetadata: {name: r}\nspec:\n  entrypoint: python train.py\n"
    assert run(steps(ray)["r"]) == [(("python", "train.py"), 5)]


# ---- Argo ---------------------------------------------------------------------------------------------------------------

ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: flow}
spec:
  entrypoint: main
  arguments:
    parameters: [{name: day, value: today}]
  templates:
    - name: main
      dag:
        tasks:
          - name: a
            template: prepare
            arguments: {parameters: [{name: out, value: "{{workflow.parameters.day}}.csv"}]}
          - {name: b, template: train, depends: a.Succeeded}
    - name: prepare
      inputs: {parameters: [{name: out}]}
      script:
        image: python
        command: [bash]
        source: |
          python prepare.py --out {{inputs.parameters.out}}
    - name: train
      inputs:
        artifacts:
          - name: data
            path: /tmp/x
            s3: {bucket: b, key: raw/x.csv}
      container:
        command: [python, train.py]
      outputs:
        artifacts:
          - {name: m, path: /m, gcs: {bucket: c, key: m.pkl}}
"""


def test_templates_and_their_order() -> None:
    found = steps(ARGO)
    assert run(found["prepare"]) == [(("python", "prepare.py", "--out", "{inputs.parameters.out}"), 22)]
    assert found["train"].after == ("prepare",)
    assert [d.path for d in found["train"].deps] == ["s3://b/raw/x.csv"] and [d.path for d in found["train"].outs] == ["gs://c/m.pkl"]
    assert found["main"].uses[0].arguments == (("inputs.parameters.out", "{workflow.parameters.day}.csv"),)


def test_steps_and_cron_and_other_languages() -> None:
    text = """\
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: c}
spec:
  schedule: "0 0 * * *"
  workflowSpec:
    templates:
      - name: main
        steps:
          - - {name: x, template: one}
          - - {name: y, template: two}
      - {name: one, container: {command: [python, one.py]}}
      - {name: two, script: {command: [python], source: "print(1)"}}
"""
    found = steps(text)
    assert found["two"].after == ("one",) and run(found["two"]) == [] and run(found["one"]) == [(("python", "one.py"), 12)]


# ---- Tekton -------------------------------------------------------------------------------------------------------------


def test_a_task() -> None:
    text = """\
apiVersion: tekton.dev/v1
kind: Task
metadata: {name: train}
spec:
  params:
    - {name: data, default: gs://b/x}
    - {name: out}
  steps:
    - image: python
      workingDir: /workspace/source
      script: |
        #!/usr/bin/env bash
        gsutil cp $(params.data) in.csv
        python train.py --out $(params.out)
    - name: other
      script: |
        #!/usr/bin/env python
        print("a")
"""
    step = steps(text)["train"]
    assert run(step)[0] == (("gsutil", "cp", "{params.data}", "in.csv"), 13)
    assert run(step)[1][0] == ("python", "train.py", "--out", "{params.out}") and len(step.commands) == 2
    assert step.parameters == (("params.data", "gs://b/x"), ("params.out", "{params.out}"))


def test_the_first_version_of_a_task() -> None:
    text = "apiVersion: tekton.dev/v1alpha1\nkind: Task\nmetadata: {name: t}\nspec:\n  inputs:\n    params:\n    - {name: a, default: ''}\n"
    step = steps(text + '  steps:\n  - {command: [cp], args: ["$(inputs.params.a)", "b"]}\n')["t"]
    assert run(step)[0][0] == ("cp", "{params.a}", "b") and step.parameters == (("params.a", ""),)


def test_pipelines_and_runs() -> None:
    text = """\
apiVersion: tekton.dev/v1
kind: Pipeline
metadata: {name: p}
spec:
  params: [{name: bucket}]
  tasks:
    - {name: first, taskRef: {name: train}, params: [{name: out, value: "$(params.bucket)/m"}]}
    - name: second
      runAfter: [first]
      taskSpec: {steps: [{script: python score.py}]}
---
apiVersion: tekton.dev/v1
kind: PipelineRun
metadata: {generateName: p-}
spec:
  pipelineRef: {name: p}
  params: [{name: bucket, value: gs://b}]
"""
    found = facts(text)
    assert found is not None
    by_template = {step.template: step for step in found.steps}
    assert run(by_template["tekton/embedded/p/second"]) == [(("python", "score.py"), 10)]
    assert by_template["tekton/pipeline/p"].uses[0].arguments == (("params.out", "{params.bucket}/m"),)
    assert by_template[""].uses[0].target == "tekton/pipeline/p" and by_template[""].uses[0].arguments == (("params.bucket", "gs://b"),)


# ---- Kubeflow, Azure ML, Taskcluster ------------------------------------------------------------------------------------


def test_a_kubeflow_component() -> None:
    text = """\
name: Train
inputs: [{name: Data}]
outputs: [{name: Model}]
implementation:
  container:
    image: x
    command: [python3, /app/train.py, --data, {inputPath: Data}]
    args:
      - --model
      - {outputPath: Model}
      - {if: {cond: {isPresent: N}, then: [--n, {inputValue: N}]}}
"""
    assert run(steps(text)["Train"])[0][0] == ("python3", "/app/train.py", "--data", "{Data}", "--model", "{Model}", "--n", "{N}")


AZURE = "$schema: https://azuremlschemas.azureedge.net/latest/{}.schema.json\n"


def test_an_azure_job() -> None:
    text = (
        AZURE.format("commandJob")
        + """\
name: train
code: ../src
command: >-
  python train.py
  --data ${{inputs.data}} --lr ${{inputs.lr}}
inputs:
  data: {type: uri_file, path: azureml:credit:3}
  local: {type: uri_file, path: ../data/x.csv}
  lr: 0.1
outputs:
  model: {type: mlflow_model, path: azureml://datastores/d/paths/m}
"""
    )
    step = steps(text, "jobs/train.yml")["train"]
    assert step.cwd == "../src" and step.commands[0].words == ("python", "train.py", "--data", "{inputs.data}", "--lr", "{inputs.lr}")
    assert dict(step.parameters)["inputs.data"] == "dataset:credit" and dict(step.parameters)["inputs.lr"] == "0.1"
    assert [d.path for d in step.deps] == ["dataset:credit", "../data/x.csv"]
    assert [d.path for d in step.outs] == ["azureml://datastores/d/paths/m"]


def test_an_azure_pipeline() -> None:
    text = (
        AZURE.format("pipelineJob")
        + """\
inputs: {raw: {type: uri_folder, path: azureml:raw:1}}
jobs:
  prep:
    component: ./prep.yml
    inputs: {data: "${{parent.inputs.raw}}"}
    outputs: {clean: {path: azureml://datastores/d/paths/clean}}
  fit:
    type: command
    command: python fit.py --data ${{inputs.data}}
    inputs: {data: "${{parent.jobs.prep.outputs.clean}}"}
"""
    )
    found = steps(text, "p/pipeline.yml")
    assert found["pipeline"].uses[0].target == "./p/prep.yml" and found["pipeline"].uses[0].arguments == (("inputs.data", "dataset:raw"),)
    assert found["fit"].after == ("prep",) and found["fit"].parameters == (("inputs.data", "azureml://datastores/d/paths/clean"),)


def test_azure_assets_and_deployments() -> None:
    asset = steps(AZURE.format("data") + "name: credit\npath: ./credit.csv\n")["credit"]
    assert ([d.path for d in asset.deps], [d.path for d in asset.outs]) == (["./credit.csv"], ["dataset:credit"])
    text = AZURE.format("managedOnlineDeployment") + "name: blue\nmodel: azureml:m:1\n"
    step = steps(text + "code_configuration: {code: src, scoring_script: score.py}\n")["blue"]
    assert (step.cwd, [d.path for d in step.deps], run(step)[0][0]) == ("src", ["model:m"], ("python", "score.py"))


def test_taskcluster() -> None:
    text = """\
version: 1
tasks:
  $let: {x: 1}
  in:
    - ID: fetch
      payload:
        command: [data-fetch, --day, "${day}"]
        artifacts:
          public/a.json: {path: /data/a.json, type: file}
    - taskId: {$eval: as_slugid("lint")}
      dependencies: [fetch]
      payload:
        command:
          - [sh, -c, "cd x && python lint.py"]
        artifacts: [{name: public/b, path: /tmp/b.json}]
"""
    found = steps(text)
    assert run(found["fetch"]) == [(("data-fetch", "--day", "{day}"), 7)]
    assert [(d.path, d.line) for d in found["fetch"].outs] == [("data/a.json", 9)]
    assert found["lint"].after == ("fetch",) and found["lint"].outs == () and found["lint"].commands[1].words == ("python", "lint.py")


KEYS = ["apiVersion", "kind", "spec", "templates", "containers", "command", "args", "tasks", "payload", "steps", "params", "implementation"]
VALUES = st.sampled_from(["tekton.dev/v1", "argoproj.io/v1alpha1", "Task", "Pipeline", "Workflow", "x", "", "v1", "1"])
TREES = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4), max_leaves=12
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["tekton.dev/v1", "argoproj.io/v1alpha1", "apps/v1", ""]), st.sampled_from(["Task", "Pipeline", "Workflow"]), TREES)
def test_any_tree_gives_facts(group: str, kind: str, tree: object) -> None:
    for text in (json.dumps({"apiVersion": group, "kind": kind, "spec": tree}), json.dumps({"version": 1, "tasks": tree})):
        read_facts("config", "a.yaml", text.encode())
