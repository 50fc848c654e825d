"""Weekly usage from the billing dump. Run by hand whenever billing sends a new one."""

import re

import pandas as pd

from storage.tables import write_table

BILLING_DUMP = "/home/mkoch/exports/billing_usage.csv"
HOME_FOLDER = re.compile(r"^/home/[a-z]+/")


def source_name(path: str) -> str:
    return HOME_FOLDER.sub("", path)


def weekly_usage(dump: pd.DataFrame) -> pd.DataFrame:
    dump["week"] = pd.to_datetime(dump["event_time"]).dt.to_period("W").astype(str)
    usage = dump.groupby(["customer_id", "week"], as_index=False).agg(minutes=("minutes", "sum"), megabytes=("megabytes", "sum"))
    return usage.assign(source=source_name(BILLING_DUMP))


if __name__ == "__main__":
    write_table(weekly_usage(pd.read_csv(BILLING_DUMP)), "interim", "usage_weekly")
