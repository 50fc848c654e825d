"""`POST /score`: the churn probability of one customer, for the self-care app."""

import logging

import boto3
import joblib
import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel

from features.build import NUMERIC
from research.segments import segment_of

log = logging.getLogger("churn.service")
app = FastAPI(title="churn")
model = joblib.load("models/live/churn.joblib")


class Customer(BaseModel):
    customer_id: str
    tenure_days: int
    monthly_fee: float
    minutes_7: float = 0.0
    minutes_30: float = 0.0
    minutes_90: float = 0.0


def remember(customer: Customer, probability: float) -> None:
    stream = boto3.client("firehose")
    stream.put_record(DeliveryStreamName="churn-requests", Record={"Data": customer.model_dump_json().encode()})
    boto3.client("cloudwatch").put_metric_data(Namespace="churn", MetricData=[{"MetricName": "p", "Value": probability}])


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/score")
def score(customer: Customer) -> dict[str, object]:
    row = pd.DataFrame([customer.model_dump()])
    probability = float(model.predict_proba(row[NUMERIC])[0, 1])
    remember(customer, probability)
    return {"p_churn": probability, "segment": segment_of(customer.tenure_days, customer.monthly_fee)}
