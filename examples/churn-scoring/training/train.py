"""Fit the churn model on the feature table."""

import argparse
from datetime import date
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

from features.build import NUMERIC
from storage.settings import params
from storage.tables import write_table

try:
    import mlflow
except ImportError:
    mlflow = None

USE_SMOTE = False


def balance(rows: pd.DataFrame, label: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    if USE_SMOTE:
        from imblearn.over_sampling import SMOTE

        sampler = SMOTE(k_neighbors=5, random_state=13)
        rows, label = sampler.fit_resample(rows, label)
        print(f"oversampled to {len(rows)} rows")
    return rows, label


def fit(rows: pd.DataFrame, label: pd.Series, settings: dict) -> HistGradientBoostingClassifier:
    model = HistGradientBoostingClassifier(
        max_depth=settings["max_depth"],
        learning_rate=settings["learning_rate"],
        max_iter=settings["iterations"],
        random_state=settings["seed"],
    )
    return model.fit(rows, label)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", default="data/features/churn_features.parquet")
    parser.add_argument("--model", default="models/churn.joblib")
    parser.add_argument("--track", action="store_true", help="log parameters and score to MLflow")
    arguments = parser.parse_args()

    settings = params("train")
    table = pd.read_parquet(arguments.features)
    kept, held_out = train_test_split(table, test_size=settings["test_share"], random_state=settings["seed"])
    write_table(held_out, "features", "holdout_2024")

    rows, label = balance(kept[NUMERIC], kept["cancelled_on"].notna())
    model = fit(rows, label, settings)
    if arguments.track and mlflow is not None:
        mlflow.log_params(settings)
        mlflow.log_metric("train_accuracy", model.score(rows, label))

    Path(arguments.model).parent.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, arguments.model)
    joblib.dump(model, f"models/archive/churn-{date.today():%Y-%m-%d}.joblib")
    joblib.dump(model, "models/live/churn.joblib")


if __name__ == "__main__":
    main()
