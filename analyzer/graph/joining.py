"""The form of an identity by which two places that write it differently are one: the key that edges are joined by.

Shown to people is the identity as the code spells it; the key is for comparing only. Sources: the URL forms of Amazon S3 (virtual-hosted
and path style), Google Cloud Storage (XML API, browser and console), Azure Blob Storage and ADLS, Databricks file system and the
Hugging Face Hub, as their documentation gives them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)$", re.DOTALL)
_ALIASES = {"s3a": "s3", "s3n": "s3", "gcs": "gs", "abfs": "abfss", "wasb": "wasbs", "adl": "abfss", "http": "https", "https": "https"}
_S3_HOST = re.compile(r"(?:(?P<bucket>[a-z0-9][a-z0-9.-]+)\.)?s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$")
_GCS_HOST = re.compile(r"(?:(?P<bucket>[a-z0-9][a-z0-9._-]+)\.)?storage(?:-download)?\.(?:cloud\.)?google(?:apis)?\.com$")
_GCS_API = re.compile(r"(?:download/)?storage/v1/b/([^/]+)/o/([^/]+)$")
_AZURE = re.compile(r"(?:([^@/]+)@)?([a-z0-9]+)\.(?:blob|dfs)\.core\.windows\.net$")
_DELIVERY = re.compile(
    r"(dl|raw|download|inline|alt|usp|token|access_token|sig|signature|sv|se|sp|X-Amz-[\w-]+|X-Goog-[\w-]+)(=|$)", re.IGNORECASE
)
"""Parts of a query that say how a web server hands the thing out, not which thing it is."""
_HUB_FILE = re.compile(r"/(?:resolve|blob|raw|tree)/.*$")
_HUB_PAGES = frozenset("docs blog papers spaces collections join login pricing organizations settings tasks learn chat".split())


@lru_cache(maxsize=65536)
def joining_key(identity: str) -> str:
    """`identity` in the one spelling that all its spellings share; a path or a name without a scheme stays as it is.

    `s3a://b/k` and `https://b.s3.eu-west-1.amazonaws.com/k?versionId=1` give `s3://b/k`; `https://storage.googleapis.com/b/k` gives
    `gs://b/k`; `https://huggingface.co/owner/name/resolve/main/f` and `hf://owner/name` give `model:owner/name`.
    """
    if identity.startswith("/dbfs/"):
        return "dbfs:/" + identity[len("/dbfs/") :].strip("/")
    if identity.startswith("dbfs:/"):
        return "dbfs:/" + identity[len("dbfs:/") :].strip("/")
    if identity.startswith("dataset:"):
        return _dataset(identity.removeprefix("dataset:"))
    match = _SCHEME.match(identity)
    if match is None:
        return identity.rstrip("/") if len(identity) > 1 else identity
    scheme, rest = match[1].lower(), match[2]
    scheme = _ALIASES.get(scheme, scheme)
    if scheme == "hf":
        return _hub(rest)
    if scheme in ("abfss", "wasbs", "az"):
        return _azure(scheme, rest)
    if scheme == "https":
        return _web(rest)
    return f"{scheme}://{_plain(rest)}"


def _plain(rest: str) -> str:
    """Authority and path without credentials, doubled and trailing slashes; percent-encoding undone."""
    authority, slash, path = rest.partition("/")
    return (authority.rpartition("@")[2] + slash + re.sub(r"/{2,}", "/", unquote(path)).strip("/")).rstrip("/")


def _web(rest: str) -> str:
    address, _, query = rest.partition("#")[0].partition("?")
    authority, _, path = address.partition("/")
    host = authority.rpartition("@")[2].lower().removesuffix(":443").removesuffix(":80")
    path = re.sub(r"/{2,}", "/", path).strip("/")
    found = _S3_HOST.match(host) if "amazonaws" in host else None
    if found:
        return _bucket("s3", found["bucket"], path)
    found = _GCS_HOST.match(host) if "google" in host else None
    if found:
        api = _GCS_API.match(path)
        return f"gs://{api[1]}/{unquote(api[2])}" if api else _bucket("gs", found["bucket"], path)
    if _AZURE.match(host):
        container, _, blob = path.partition("/")
        return _azure("https", f"{container}@{host}/{blob}")
    if host in ("huggingface.co", "hf.co"):
        return _hub(path)
    asked = "&".join(sorted(part for part in query.split("&") if part and not _DELIVERY.match(part)))
    return f"https://{host}/{unquote(path)}".rstrip("/") + (f"?{asked}" if asked else "")


def _bucket(scheme: str, bucket: str | None, path: str) -> str:
    return f"{scheme}://{bucket}/{unquote(path)}".rstrip("/") if bucket else f"{scheme}://{unquote(path)}"


def _azure(scheme: str, rest: str) -> str:
    authority, _, path = rest.partition("/")
    found = _AZURE.match(authority)
    if found and found[1]:
        return f"azure://{found[2]}/{found[1]}/{unquote(path)}".rstrip("/")
    return f"{scheme}://{_plain(rest)}"


def _hub(path: str) -> str:
    path = re.sub(r"^api/", "", path.strip("/"))
    kind, _, below = path.partition("/")
    if kind == "datasets":
        return _dataset(_HUB_FILE.sub("", below.partition("@")[0]))
    path = below if kind == "models" else path
    owner, _, name = _HUB_FILE.sub("", path).partition("/")
    name = name.partition("/")[0].partition("@")[0]
    if kind in _HUB_PAGES or not name:
        return f"https://huggingface.co/{path}"
    return f"model:{owner}/{name}"


def _dataset(name: str) -> str:
    owner, _, rest = name.strip("/").partition("/")
    return f"dataset:{owner}/{rest.partition('/')[0]}" if rest else f"dataset:{owner}"


def is_global(identity: str) -> bool:
    """Does the identity mean the same thing wherever it is written (RULES.md §0.4, M3)? A wildcard does not, nor a place on one machine.

    URIs, hub names, registered models and tables with a schema of their own do; a bare table, a topic or a key lives in some server.
    """
    key = joining_key(identity)
    if "{" in key or "*" in key:
        return False
    if key.startswith(("file://", "tmp://", "sqlite://", "redis:", "localhost")):
        return False
    if key.startswith(("model:", "dataset:")):
        return len(key.partition(":")[2]) > 1
    if "://" in key:
        authority = key.partition("://")[2].partition("/")[0]
        return bool(authority) and not _LOCAL.match(authority)
    return key.startswith("wandb:") and key.count("/") >= 2


_LOCAL = re.compile(
    r"(localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|host\.docker\.internal|example\.(com|org)|my-?bucket|your-?bucket|bucket-?name|bucket$)"
)
