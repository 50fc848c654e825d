"""Customers and usage → the feature table that training, scoring and the service share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from storage.settings import params
from storage.tables import read_table, write_table

if TYPE_CHECKING:
    from collections.abc import Sequence

HOLIDAYS = Path("data/cache/holidays.parquet")
NUMERIC = ["tenure_days", "monthly_fee", "minutes_7", "minutes_30", "minutes_90"]


def holidays(year: int) -> pd.DataFrame:
    """The calendar is slow to compute, so the first call keeps it."""
    if not HOLIDAYS.exists():
        HOLIDAYS.parent.mkdir(parents=True, exist_ok=True)
        days = pd.date_range(f"{year}-01-01", f"{year}-12-31", freq="D")
        pd.DataFrame({"day": days, "free": days.dayofweek >= 5}).to_parquet(HOLIDAYS)
    return pd.read_parquet(HOLIDAYS)


def add_usage_windows(customers: pd.DataFrame, usage: pd.DataFrame, windows: Sequence[int]) -> pd.DataFrame:
    for days in windows:
        recent = usage.groupby("customer_id")["minutes"].apply(lambda minutes, weeks=max(1, days // 7): minutes.tail(weeks).sum())
        customers = customers.join(recent.rename(f"minutes_{days}"), on="customer_id")
    return customers.fillna({f"minutes_{days}": 0.0 for days in windows})


def add_contract_end(customers: pd.DataFrame) -> pd.DataFrame:
    months_left = customers["tariff"].map({"flex": 0, "year": 12, "two-year": 24}).astype("float64")
    return customers.assign(months_left=months_left - customers["tenure_days"] / 30.4)


def main() -> None:
    customers = read_table("interim", "customers")
    usage = read_table("interim", "usage_weekly")
    table = add_contract_end(add_usage_windows(customers, usage, params("features")["windows"]))
    table["last_day_free"] = table["last_invoice_on"].isin(holidays(2024).query("free")["day"])
    write_table(table, "features", "churn_features")


if __name__ == "__main__":
    main()
