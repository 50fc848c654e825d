import joblib
from fastapi import FastAPI

from research.rerank import rerank  # OWN003

app = FastAPI()
model = joblib.load("models/ranker.joblib")  # UDC001 UDC006 OWN002


@app.post("/rank")
def rank(items: list[dict]):
    scores = model.predict([[item["age"], item["clicks"]] for item in items])
    return rerank([item | {"score": float(score)} for item, score in zip(items, scores, strict=True)])
