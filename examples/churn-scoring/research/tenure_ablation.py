"""Does the model need tenure in buckets? (It did not.)"""

import joblib
from sklearn.model_selection import cross_val_score

from features.build import NUMERIC, add_tenure_buckets
from storage.tables import read_table

if __name__ == "__main__":
    table = read_table("features", "churn_features")
    model = joblib.load("models/archive/churn-2023-11-01.joblib")
    for columns in (NUMERIC, [*NUMERIC, "tenure_bucket"]):
        print(columns[-1], cross_val_score(model, add_tenure_buckets(table)[columns], table["cancelled_on"].notna()).mean())
