from sklearn.feature_extraction.text import TfidfVectorizer

from jobs.io import load, save

if __name__ == "__main__":
    closed = load("closed_tickets")
    closed["length"] = TfidfVectorizer().fit_transform(closed["text"]).sum(axis=1)
    save(closed, "ticket_vectors")
