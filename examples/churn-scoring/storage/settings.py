"""Settings that the command lines may change. `VERBOSE` is set by `--verbose`."""

import yaml

VERBOSE = False
BUCKET = "acme-churn"


def params(section: str) -> dict:
    with open("params.yaml") as stream:
        return yaml.safe_load(stream)[section]
