"""What the shipped rows say of calls, a group of libraries at a time: silence first, then hits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from analyzer.scan import graph_of_texts

Found = list[tuple[str, str]]


def accesses_of(source: str, others: Mapping[str, str] | None = None) -> Found:
    graph = graph_of_texts({"a.py": source, **(others or {})})
    return sorted({(a.op, a.artifact) for a in graph.accesses if a.site.path == "a.py" and a.artifact is not None})


def lines(*parts: str) -> str:
    return "\n".join(parts) + "\n"


MODELS = lines(
    "import peewee",
    "class Base(peewee.Model):",
    "    class Meta:",
    "        schema = 'shop'",
    "        legacy_table_names = False",
    "class OrderLine(Base):",
    "    pass",
    "class Customer(Base):",
    "    class Meta:",
    "        table_name = 'clients'",
)
DECLARATIVE = lines(
    "from sqlalchemy.orm import DeclarativeBase, Session",
    "from sqlalchemy import select, insert",
    "class Base(DeclarativeBase):",
    "    pass",
    "class User(Base):",
    "    __tablename__ = 'users'",
    "    __table_args__ = {'schema': 'crm'}",
    "class Draft:",
    "    __tablename__ = 'drafts'",
)

SILENCE = {
    "methods of what nobody knows": lines(
        "x.load('a.bin')", "x.save('a.bin')", "x.get('key')", "x.put('a', 'b')", "x.find('a')", "x.update('a')", "x.insert('a')",
        "x.export('a')", "x.write('a')", "x.read('a')", "x.delete('a')", "x.download('a')", "x.upload('a', 'b')",
    ),
    "methods of objects that do something else": lines(
        "import pymongo, redis, boto3",
        "db = pymongo.MongoClient()['shop']",
        "db['orders'].create_index('day')",
        "redis.Redis().ping()",
        "boto3.client('s3').get_waiter('bucket_exists')",
        "boto3.client('ec2').stop_instances(InstanceIds=['i'])",
    ),
    "archives: members are no files of their own": lines(
        "import zipfile", "def names(z: zipfile.ZipFile):", "    z.open('a.csv').read()", "    return z.read('b.csv')",
    ),
    "in memory": lines(
        "import io, numpy as np, pandas as pd, torch",
        "buffer = io.BytesIO()",
        "np.save(buffer, x)",
        "torch.save(m, buffer)",
        "pd.read_csv(io.StringIO('a,b'))",
    ),
    "handles that somebody else opened": lines(
        "import json, pickle, csv, yaml",
        "def dump(obj, fp):",
        "    json.dump(obj, fp)",
        "    pickle.dump(obj, fp)",
        "    csv.writer(fp).writerow(obj)",
        "    return yaml.safe_load(fp)",
    ),
    "classes that no mapper maps": DECLARATIVE + lines("session.query(Draft)", "session.add(Draft())"),
    "a mapper of the project's own": lines(
        "class Model:", "    def create(self): pass", "class A(Model): pass", "A.create()", "A.select()",
    ),
    "data, no paths": lines(
        "import pandas as pd, xgboost as xgb", "xgb.DMatrix(pd.DataFrame({'a': [1]}))", "import ee", "ee.Image(other)", "ee.Image(1)",
    ),
    "models without weights": lines("import timm", "timm.create_model('resnet50')", "timm.create_model('resnet50', pretrained=False)"),
    "other requests": lines("import requests", "requests.request(method, url)", "requests.codes.ok"),
}  # fmt: skip


@pytest.mark.parametrize("source", SILENCE.values(), ids=SILENCE.keys())
def test_silence(source: str) -> None:
    assert accesses_of(source) == []


HITS: dict[str, tuple[str, Found]] = {
    # files and archives
    "unbound Path.open": ("from pathlib import Path\nwith Path.open('a.json') as f: f.read()", [("read", "a.json")]),
    "an annotated path": (
        "from pathlib import Path\ndef go(p: Path):\n    with p.open('w') as f: f.write('x')\ngo(Path('out/a.txt'))",
        [("write", "out/a.txt")],
    ),
    "read and write": ("open('a.txt', 'r+')", [("read", "a.txt"), ("write", "a.txt")]),
    "copy": ("import shutil\nshutil.copy('a.csv', 'b.csv')", [("read", "a.csv"), ("write", "b.csv")]),
    "move": ("import os\nos.replace('a.csv', 'b.csv')", [("read", "a.csv"), ("write", "b.csv")]),
    "unpack": (
        "import zipfile\nwith zipfile.ZipFile('a.zip') as z:\n    z.extractall('raw')\n    z.open('x.csv')",
        [("read", "a.zip"), ("write", "raw")],
    ),
    "pack": ("import tarfile\nwith tarfile.open('a.tgz', 'w:gz') as t:\n    t.add('out')", [("read", "out"), ("write", "a.tgz")]),
    "read a tar.xz": ("import tarfile\ntarfile.open('a.tar.xz', 'r:xz')", [("read", "a.tar.xz")]),
    "make an archive": ("import shutil\nshutil.make_archive('out/a', 'zip', 'data')", [("read", "data"), ("write", "out/a.zip")]),
    "glob of a folder": ("from pathlib import Path\nfor p in Path('data').glob('*.csv'): pass", [("read", "data/*.csv")]),
    "xml": ("import xml.etree.ElementTree as ET\ntree = ET.parse('a.xml')\ntree.write('b.xml')", [("read", "a.xml"), ("write", "b.xml")]),
    "code as configuration": (
        "import importlib.util\nimportlib.util.spec_from_file_location('conf', 'conf/model.py')",
        [("read", "conf/model.py")],
    ),
    "log file": ("import logging\nlogging.FileHandler('run.log')", [("write", "run.log")]),
    # data frames
    "modin": ("import modin.pandas as pd\npd.read_csv('a.csv')", [("read", "a.csv")]),
    "a table with its schema": ("df.to_sql('orders', con, schema='shop')", [("write", "shop.orders")]),
    "a table without schema": ("df.to_sql('orders', con, schema=None)", [("write", "orders")]),
    "spark table option": ("spark.read.format('bigquery').option('table', 'shop.orders').load()", [("read", "shop.orders")]),
    "spark save": ("df.write.mode('overwrite').saveAsTable('shop.orders')", [("write", "shop.orders")]),
    "parquet": ("import pyarrow.parquet as pq\npq.write_table(t, 'a.parquet')", [("write", "a.parquet")]),
    # arrays
    "hdf5": ("import h5py\nh5py.File('a.h5')\nh5py.File('b.h5', 'w')", [("read", "a.h5"), ("write", "b.h5")]),
    "zarr appends by default": ("import zarr\nzarr.open('a.zarr')", [("write", "a.zarr")]),
    # torch, keras, sklearn
    "lightning callback": (
        "from lightning.pytorch.callbacks import ModelCheckpoint\nModelCheckpoint(dirpath='ckpt', filename='best')",
        [("write", "ckpt/best")],
    ),
    "keras model": (
        "import tensorflow as tf\nm = tf.keras.Sequential([])\nm.save('m.keras')\nm.load_weights('w.h5')",
        [("read", "w.h5"), ("write", "m.keras")],
    ),
    "own keras class": ("import keras\nclass Net(keras.Model): pass\nNet().save('m.keras')", [("write", "m.keras")]),
    "tf1 saver": (
        "import tensorflow.compat.v1 as tf\ns = tf.train.Saver()\ns.save(sess, 'ckpt/m')\ns.restore(sess, 'ckpt/m')",
        [("read", "ckpt/m"), ("write", "ckpt/m")],
    ),
    "script module": ("import torch\ntorch.jit.script(net).save('m.pt')", [("write", "m.pt")]),
    "booster": ("import lightgbm as lgb\nlgb.Booster(model_file='m.txt')", [("read", "m.txt")]),
    "matrix file": ("import xgboost as xgb\nxgb.DMatrix('a.libsvm')", [("read", "a.libsvm")]),
    "session": ("import onnxruntime as ort\nort.InferenceSession('m.onnx')", [("read", "m.onnx")]),
    # hubs
    "hub upload": (
        "from huggingface_hub import HfApi\nHfApi().upload_large_folder(repo_id='o/d', folder_path='out', repo_type='dataset')",
        [("read", "out"), ("write", "https://huggingface.co/datasets/o/d")],
    ),
    "keyword arguments from a dict": (
        "from datasets import load_dataset\nkw = {'path': 'o/d', 'split': 'train'}\nload_dataset(**kw)",
        [("read", "https://huggingface.co/datasets/o/d")],
    ),
    "a downloaded file is what was downloaded": (
        "import torch\nfrom huggingface_hub import hf_hub_download\ntorch.load(hf_hub_download('o/m', 'w.bin'))",
        [("read", "model:o/m"), ("read", "model:o/m")],
    ),
    "adapter": ("from peft import PeftModel\nPeftModel.from_pretrained(base, 'o/lora')", [("read", "model:o/lora")]),
    "pretrained": ("import timm\ntimm.create_model('resnet50', pretrained=True)", [("read", "model:resnet50")]),
    "spacy by name and by path": (
        "import spacy\nspacy.load('en_core_web_sm')\nspacy.load('out/model-best')",
        [("read", "model:en_core_web_sm"), ("read", "out/model-best")],
    ),
    # trackers
    "dvclive": (
        "from dvclive import Live\nwith Live('eval') as live:\n    live.log_metric('auc', 1)\n"
        "    live.log_sklearn_plot('roc', y, p, name='roc/test')\n"
        "    live.log_image('i.png', fig)",
        [
            ("write", "eval/metrics.json"), ("write", "eval/metrics.json"), ("write", "eval/plots/images/i.png"),
            ("write", "eval/plots/metrics/auc.tsv"), ("write", "eval/plots/sklearn/roc/test.json"),
        ],
    ),
    "dvclive without a folder": ("from dvclive import Live\nLive()", [("write", "dvclive/metrics.json")]),
    "mlflow": (
        "import mlflow\nmlflow.pyfunc.load_model('models:/churn@live')\nmlflow.register_model('runs:/1/m', 'churn')",
        [("read", "model:churn"), ("read", "runs:/1/m"), ("write", "model:churn")],
    ),
    "mlflow alias": (
        "from mlflow.tracking import MlflowClient\nMlflowClient().set_registered_model_alias('churn', 'live', 3)",
        [("write", "model:churn")],
    ),
    "wandb artifact": (
        "import wandb\nrun = wandb.init()\na = wandb.Artifact('raw', 'dataset')\na.add_file('a.csv')\nrun.log_artifact(a)",
        [("read", "a.csv"), ("write", "wandb:raw")],
    ),
    "wandb run of the API": ("import wandb\nwandb.Api().run('team/proj/1')", [("read", "wandb:team/proj/1")]),
    "neptune": ("import neptune\nrun = neptune.init_run()\nrun['model'].upload('m.pt')", [("read", "m.pt"), ("write", "neptune:model")]),
    # object stores
    "s3 client": (
        "import boto3\ns3 = boto3.client('s3')\ns3.download_file('b', 'k.csv', 'data/k.csv')",
        [("read", "s3://b/k.csv"), ("write", "data/k.csv")],
    ),
    "s3 resource": (
        "import boto3\ns3 = boto3.resource('s3')\ns3.Bucket('b').upload_file('a.csv', 'k.csv')\ns3.Object('b', 'x.csv').put(Body=b'')",
        [("read", "a.csv"), ("write", "s3://b/k.csv"), ("write", "s3://b/x.csv")],
    ),
    "s3 copy": (
        "import boto3\nboto3.client('s3').copy({'Bucket': 'a', 'Key': 'x'}, 'b', 'y')",
        [("read", "s3://a/x"), ("write", "s3://b/y")],
    ),
    "s3 listing": (
        "import boto3\nfor o in boto3.resource('s3').Bucket('b').objects.filter(Prefix='raw'):\n    o.get()",
        [("read", "s3://b/raw"), ("read", "s3://b/raw{key}")],
    ),
    "gcs": (
        "from google.cloud import storage\nb = storage.Client().bucket('b')\nb.blob('x.csv').upload_from_filename('a.csv')\n"
        "with b.blob('y.csv').open('w') as f: f.write('x')",
        [("read", "a.csv"), ("write", "gs://b/x.csv"), ("write", "gs://b/y.csv")],
    ),
    "gcs from a helper": (
        "from google.cloud import storage\ndef bucket(name): return storage.Client().get_bucket(name)\n"
        "bucket('b').blob('k').download_as_bytes()",
        [("read", "gs://b/k")],
    ),
    "azure": (
        "from azure.storage.blob import BlobServiceClient\nc = BlobServiceClient.from_connection_string(s)\n"
        "c.get_blob_client(container='c', blob='k').upload_blob(d)\nc.get_container_client('c').download_blob('x')",
        [("read", "az://c/x"), ("write", "az://c/k")],
    ),
    "file system": (
        "import gcsfs\nfs = gcsfs.GCSFileSystem()\nwith fs.open('b/a.csv', 'w') as f: f.write('x')\nfs.get('b/k', 'data/k')",
        [("read", "gs://b/k"), ("write", "data/k"), ("write", "gs://b/a.csv")],
    ),
    "file system by protocol": ("import fsspec\nfsspec.filesystem('s3').ls('b/raw')", [("read", "s3://b/raw")]),
    # databases
    "mongo": (
        "from pymongo import MongoClient\nclient = MongoClient()\nclient['shop']['orders'].find({})\nclient.shop.users.insert_one({})",
        [("read", "shop.orders"), ("write", "shop.users")],
    ),
    "mongo by methods and attributes": (
        "from pymongo import MongoClient\nclass Store:\n    def __init__(self, url):\n"
        "        self.db = MongoClient(url).get_database('shop')\n"
        "        self.orders = self.db.get_collection('orders')\n    def all(self):\n        return self.orders.aggregate([])",
        [("read", "shop.orders")],
    ),
    "mongo in a parameter": (
        "from pymongo.database import Database\ndef orders(db: Database):\n    return db['orders'].find()\n",
        [("read", "{db}.orders")],
    ),
    "redis": (
        "import redis\nr = redis.Redis()\nr.hset('scores', 1, 2)\nr.get('flag')\nr.publish('news', 'x')",
        [("read", "redis:flag"), ("write", "news"), ("write", "redis:scores")],
    ),
    "redis in a wrapper": (
        "import redis\nclass Cache:\n    def __init__(self, c: redis.Redis): self.c = c\n    def put(self, k, v): self.c.set(k, v)\n"
        "Cache(redis.Redis()).put('flag', 1)",
        [("write", "redis:flag")],
    ),
    "bigquery": (
        "from google.cloud import bigquery\nc = bigquery.Client()\nc.load_table_from_dataframe(df, 'shop.orders')\n"
        "c.get_table('shop.users')",
        [("read", "shop.users"), ("write", "shop.orders")],
    ),
    "elasticsearch": (
        "from elasticsearch import Elasticsearch\nes = Elasticsearch()\nes.index(index='docs', body={})\nes.search(index='docs')",
        [("read", "docs"), ("write", "docs")],
    ),
    "peewee": (
        MODELS + "OrderLine.create(a=1)\nCustomer.select()\nc = Customer(name='x')\nc.save()",
        [("read", "shop.clients"), ("write", "shop.clients"), ("write", "shop.order_line")],
    ),
    "sqlalchemy": (
        DECLARATIVE + "def go(session: Session):\n    session.query(User)\n    session.add(User())\n    session.execute(insert(User))",
        [("read", "crm.users"), ("write", "crm.users"), ("write", "crm.users")],
    ),
    "flask-sqlalchemy": (
        "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\nclass UserLog(db.Model): pass\nUserLog.query.all()\n"
        "db.session.add(UserLog())",
        [("read", "user_log"), ("write", "user_log")],
    ),
    # streams, web, media, geo, features, figures
    "kafka": ("from kafka import KafkaProducer\nKafkaProducer().send('orders', b'')", [("write", "orders")]),
    "pubsub": (
        "from google.cloud import pubsub_v1\np = pubsub_v1.PublisherClient()\np.publish(p.topic_path('proj', 'orders'), b'')",
        [("write", "projects/proj/topics/orders")],
    ),
    "download": (
        "import urllib.request\nurllib.request.urlretrieve('https://x.org/a.csv', 'a.csv')",
        [("read", "https://x.org/a.csv"), ("write", "a.csv")],
    ),
    "a downloaded file": (
        "import pandas as pd, wget\npd.read_csv(wget.download('https://x.org/a.csv', 'a.csv'))",
        [("read", "a.csv"), ("read", "https://x.org/a.csv"), ("write", "a.csv")],
    ),
    "image": ("from PIL import Image\nImage.open('a.png').convert('L').save('b.png')", [("read", "a.png"), ("write", "b.png")]),
    "raster": ("import rasterio\nrasterio.open('a.tif')\nrasterio.open('b.tif', 'w')", [("read", "a.tif"), ("write", "b.tif")]),
    "vector": ("import geopandas as gpd\ngpd.read_file('a.shp').to_file('b.shp')", [("read", "a.shp"), ("write", "b.shp")]),
    "earth engine": ("import ee\nee.ImageCollection('COPERNICUS/S2')", [("read", "COPERNICUS/S2")]),
    "feature group": (
        "import hopsworks\nfs = hopsworks.login().get_feature_store()\nfs.get_feature_group('trips', version=1).read()",
        [("read", "trips")],
    ),
    "figure": ("import matplotlib.pyplot as plt\nplt.savefig('a.png')", [("write", "a.png")]),
    "chart": ("import altair as alt\nalt.Chart(df).mark_bar().encode(x='a').save('a.html')", [("write", "a.html")]),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), HITS.values(), ids=HITS.keys())
def test_hits(source: str, expected: Found) -> None:
    assert accesses_of(source) == sorted(set(expected))


@pytest.mark.parametrize(
    "way",
    [
        lambda client: f"{client}\ns3.get_object(Bucket='b', Key='k')",
        lambda client: f"{client}\ndef go():\n    return s3.get_object(Bucket='b', Key='k')",
        lambda client: f"{client}\ndef go(s3=s3):\n    return s3.get_object(Bucket='b', Key='k')",
    ],
)
@pytest.mark.parametrize(
    "client", ["import boto3\ns3 = boto3.client('s3')", "import boto3\ns3 = boto3.Session().client(service_name='s3')"]
)
def test_it_does_not_matter_where_a_client_comes_from(way: Callable[[str], str], client: str) -> None:
    assert accesses_of(way(client)) == [("read", "s3://b/k")]


def test_a_users_row_replaces_the_shipped_one() -> None:
    from analyzer.settings import Settings

    row = {"call": "pandas.read_csv", "argument": "{1}/{0}", "op": "read", "scheme": "s3://"}
    graph = graph_of_texts({"a.py": "import pandas as pd\npd.read_csv('k.csv', 'b')\n"}, Settings.model_validate({"io": [row]}))
    assert [(a.op, a.artifact) for a in graph.accesses] == [("read", "s3://b/k.csv")]


def test_a_users_row_by_mode() -> None:
    from analyzer.settings import Settings

    row = {
        "call": "lake.Client.open",
        "argument": ["name", 0],
        "op": "mode",
        "mode": ["how", 1],
        "kind": "object",
        "artifact_class": "MODEL",
    }
    source = "import lake\nc = lake.Client()\nc.open('a')\nc.open(name='b', how='w')\n"
    graph = graph_of_texts({"a.py": source}, Settings.model_validate({"io": [row]}))
    assert [(a.op, a.artifact, a.klass) for a in graph.accesses] == [("read", "a", "MODEL"), ("write", "b", "MODEL")]
