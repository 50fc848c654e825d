def rerank(items, boost=1.3):
    return sorted(items, key=lambda item: item["score"] * (boost if item["fresh"] else 1.0), reverse=True)
