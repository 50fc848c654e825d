import joblib
from sklearn.ensemble import RandomForestRegressor

from jobs.io import load

if __name__ == "__main__":
    vectors = load("ticket_vectors")
    model = RandomForestRegressor(random_state=3).fit(vectors[["length"]], vectors["hours"])
    joblib.dump(model, "work/hours_2031-02-01.joblib")
