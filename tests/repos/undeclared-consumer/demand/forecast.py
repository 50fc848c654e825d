import joblib
import pandas as pd

sales = pd.read_parquet("data/sales.parquet")  # JGL009
model = joblib.load("models/demand-2031-02-01.joblib")  # JGL009
sales["expected"] = model.predict(sales[["week", "store"]])
sales.to_parquet("out/demand_forecast.parquet")
