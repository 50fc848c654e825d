"""The retention list: the customers most likely to leave, with a phone number and an offer."""

import boto3
import pandas as pd

OFFERS = {"flex": "10-percent-off", "year": "data-upgrade", "two-year": "phone-upgrade"}


def load_subscribers(path: str) -> pd.DataFrame:
    frame = pd.read_csv(path, sep=",", dtype={"customer_id": str, "zip": str})
    frame = frame.rename(columns={"msisdn": "phone", "tariff_cd": "tariff"})
    frame["activated_on"] = pd.to_datetime(frame["activated_on"], format="%Y-%m-%d")
    frame["last_invoice_on"] = pd.to_datetime(frame["last_invoice_on"], format="%Y-%m-%d")
    frame["monthly_fee"] = frame["monthly_fee"].astype("float32")
    frame["tariff"] = frame["tariff"].astype("category")
    frame = frame.drop_duplicates(subset=["customer_id"], keep="first")
    frame = frame.set_index("customer_id").reset_index()
    return frame


def retention_list(size: int) -> pd.DataFrame:
    scores = pd.read_parquet("data/scores/churn_scores.parquet")
    customers = load_subscribers("data/raw/subscribers.csv")
    chosen = scores.nlargest(size, "p_churn").merge(customers, on="customer_id")
    return chosen.assign(offer=chosen["tariff"].map(OFFERS))


def send(customers: pd.DataFrame) -> None:
    pinpoint = boto3.client("pinpoint")
    for row in customers.itertuples():
        pinpoint.send_messages(
            ApplicationId="retention",
            MessageRequest={
                "Addresses": {row.phone: {"ChannelType": "SMS"}},
                "MessageConfiguration": {"SMSMessage": {"Body": row.offer}},
            },
        )
    boto3.client("s3").put_object(Bucket="acme-retention", Key="last_campaign.txt", Body=str(len(customers)).encode())


if __name__ == "__main__":
    send(retention_list(size=2000))
