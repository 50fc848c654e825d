"""Where tables live. Everything else names a layer and a table, never a path."""

from pathlib import Path

import pandas as pd

ROOT = Path("data")


def table_path(layer: str, name: str) -> Path:
    return ROOT / layer / f"{name}.parquet"


def read_table(layer: str, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    return pd.read_parquet(table_path(layer, name), columns=columns)


def write_table(frame: pd.DataFrame, layer: str, name: str) -> None:
    path = table_path(layer, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(path, index=False)
