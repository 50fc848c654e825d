import pandas as pd

forecast = pd.read_parquet("out/demand_forecast.parquet")
forecast.groupby("store")["expected"].sum().to_csv("out/budget.csv")
