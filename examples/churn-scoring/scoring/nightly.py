"""Score every active customer. Cron runs it through `make score`."""

import argparse
import time

import boto3
import joblib

from features.build import NUMERIC
from storage.settings import BUCKET, params
from storage.tables import read_table, table_path, write_table

RETRY_SECONDS = 30


def publish(date: str) -> None:
    """Copy the scores to the bucket, tell the topic, and count the run."""
    s3 = boto3.client("s3")
    s3.upload_file(str(table_path("scores", "churn_scores")), BUCKET, f"scores/{date}/churn_scores.parquet")
    s3.put_object(Bucket=BUCKET, Key=f"scores/{date}/_SUCCESS", Body=b"")
    boto3.client("sns").publish(TopicArn="arn:aws:sns:eu-central-1:000000000000:churn-scored", Message=date)
    boto3.client("cloudwatch").put_metric_data(Namespace="churn", MetricData=[{"MetricName": "scored", "Value": 1}])


def wait_for_features(attempts: int = 20):
    while True:
        try:
            return read_table("features", "churn_features")
        except FileNotFoundError:
            attempts -= 1
            if attempts == 0:
                raise
            time.sleep(RETRY_SECONDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--date", required=True)
    parser.add_argument("--dry-run", action="store_true")
    arguments = parser.parse_args()

    version = params("scoring")["model_version"]
    model = joblib.load(f"models/archive/churn-{version}.joblib")
    table = wait_for_features()
    table["p_churn"] = model.predict_proba(table[NUMERIC])[:, 1]
    scores = table[["customer_id", "p_churn"]].assign(model_version=version, scored_on=arguments.date)
    if arguments.dry_run:
        print(scores.nlargest(20, "p_churn"))
        return
    write_table(scores, "scores", "churn_scores")
    publish(arguments.date)


if __name__ == "__main__":
    main()
