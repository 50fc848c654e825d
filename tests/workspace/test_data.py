from __future__ import annotations


def test_a_uri_written_here_and_read_there_however_it_is_spelled(linked) -> None:
    maker = {"write.py": "import pandas as pd\npd.DataFrame().to_csv('s3://acme-lake/scores/daily.csv')\n"}
    user = {"read.py": "import pandas as pd\npd.read_csv('https://acme-lake.s3.eu-west-1.amazonaws.com/scores/daily.csv')\n"}
    links, edges = linked({"maker": maker, "user": user})
    (link,) = links
    assert (link.producer, link.consumer, link.kind, link.what) == ("maker", "user", "reads", "s3://acme-lake/scores/daily.csv")
    assert (edges[0].source, edges[0].target) == ("artifact:s3://acme-lake/scores/daily.csv", "user/read.py")


def test_paths_tails_and_patterns_never_join_repositories(told) -> None:
    maker = {
        "write.py": "import pandas as pd\nimport sys\ndf = pd.DataFrame()\n"
        "df.to_csv('data/churn_scores.csv')\ndf.to_csv('/data/churn_scores.csv')\ndf.to_csv(f's3://acme/{sys.argv[1]}/x.csv')\n"
    }
    user = {
        "read.py": "import pandas as pd\nimport sys\n"
        "pd.read_csv('data/churn_scores.csv')\npd.read_csv('/data/churn_scores.csv')\npd.read_csv(f's3://acme/{sys.argv[1]}/x.csv')\n"
    }
    assert told({"maker": maker, "user": user}) == []


def test_tables_need_a_schema_of_their_own(told) -> None:
    maker = {
        "models.py": """
            from sqlalchemy.orm import declarative_base
            Base = declarative_base()

            class Scores(Base):
                __tablename__ = "scores"
                __table_args__ = {"schema": "churn_metadata"}

            class Users(Base):
                __tablename__ = "users"
        """
    }
    user = {
        "read.py": "import pandas as pd\n"
        "pd.read_sql('select * from churn_metadata.scores', con)\npd.read_sql('select * from public.users', con)\n"
        "pd.read_sql('select * from users', con)\n"
    }
    assert told({"maker": maker, "user": user}) == [("maker", "user", "reads", "table churn_metadata.scores", False)]


def test_what_both_only_read_is_shared_in_a_private_store_only(told) -> None:
    code = (
        "import pandas as pd\npd.read_csv('gs://acme-private/a.csv')\n"
        "pd.read_csv('gs://gcp-public-data/b.csv')\npd.read_csv('https://data.org/c.csv')\n"
    )
    assert told({"a": {"read.py": code}, "b": {"load.py": code}}) == [("b", "a", "shares", "gs://acme-private/a.csv", False)]


def test_models_of_a_hub_by_owner_and_name(told) -> None:
    load = "from transformers import AutoModel\nm = AutoModel.from_pretrained('bert-base-uncased')\n"
    maker = {"push.py": load + "m.push_to_hub('acme/ranker')\n"}
    user = {"serve.py": load + "AutoModel.from_pretrained('acme/ranker')\n"}
    assert told({"maker": maker, "user": user}) == [("maker", "user", "reads", "model:acme/ranker", False)]


def test_a_bucket_that_both_configure_is_shared_unless_its_name_is_common(told) -> None:
    one = {"conf.yaml": "store:\n  bucket_name: acme-tiles-2\n  other: acme-tiles-3\n", "a.py": "BUCKET = 'buckets'\n"}
    two = {"settings.py": "TILES_BUCKET = 'acme-tiles-2'\nX = 'acme-tiles-3'\nBUCKET = 'buckets'\n"}
    assert told({"one": one, "two": two}) == [("two", "one", "shares", "bucket acme-tiles-2", False)]
