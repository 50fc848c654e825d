import joblib
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor

if __name__ == "__main__":
    clicks = pd.read_parquet("s3://news-logs/clicks.parquet")  # UDC003 JGL009
    model = GradientBoostingRegressor(random_state=1).fit(clicks[["age", "clicks"]], clicks["dwell"])
    joblib.dump(model, "models/ranker.joblib")
