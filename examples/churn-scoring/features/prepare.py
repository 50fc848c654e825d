"""Raw subscriber export → one clean row per customer."""

import argparse

import boto3
import pandas as pd

from storage import settings
from storage.tables import write_table

DATES = ["activated_on", "last_invoice_on", "cancelled_on"]


def fetch_export(day: str) -> None:
    """Yesterday's export, dropped into the bucket by the billing system."""
    s3 = boto3.client("s3")
    listing = s3.list_objects_v2(Bucket=settings.BUCKET, Prefix=f"exports/{day}/")
    newest = max(listing["Contents"], key=lambda entry: entry["LastModified"])
    s3.download_file(settings.BUCKET, newest["Key"], "data/raw/subscribers.csv")
    s3.put_object_tagging(Bucket=settings.BUCKET, Key=newest["Key"], Tagging={"TagSet": [{"Key": "state", "Value": "read"}]})


def load_subscribers(path: str) -> pd.DataFrame:
    frame = pd.read_csv(path, sep=";", dtype={"customer_id": str, "zip": str})
    frame = frame.rename(columns={"msisdn": "phone", "tariff_cd": "tariff"})
    frame["activated_on"] = pd.to_datetime(frame["activated_on"], format="%Y-%m-%d")
    frame["last_invoice_on"] = pd.to_datetime(frame["last_invoice_on"], format="%Y-%m-%d")
    frame["monthly_fee"] = frame["monthly_fee"].astype("float64")
    frame["tariff"] = frame["tariff"].astype("category")
    frame = frame.drop_duplicates(subset=["customer_id"], keep="last")
    frame = frame.set_index("customer_id").reset_index()
    return frame


def keep_scorable(frame: pd.DataFrame, min_tenure_days: int) -> pd.DataFrame:
    tenure = (frame["last_invoice_on"] - frame["activated_on"]).dt.days
    return frame.assign(tenure_days=tenure)[tenure >= min_tenure_days]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", default="data/raw/subscribers.csv")
    parser.add_argument("--fetch", metavar="DAY", help="get the export of that day first")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    settings.VERBOSE = arguments.verbose
    if arguments.fetch:
        fetch_export(arguments.fetch)
    customers = keep_scorable(load_subscribers(arguments.raw), settings.params("prepare")["min_tenure_days"])
    if settings.VERBOSE:
        print(customers.describe(include="all"))
    write_table(customers, "interim", "customers")


if __name__ == "__main__":
    main()
