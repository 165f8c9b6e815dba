"""The team's own test, on the local AWS of batchsdk's pytest plugin: ``python -m pytest``."""

from __future__ import annotations

import json

import boto3
import pytest
from shop import steps
from shop.demand import Article, expected, missing


def test_the_last_weeks_count_most() -> None:
    assert expected(Article("A1", 0, (10, 10, 20))) == 15


def test_what_is_there_is_not_ordered() -> None:
    assert missing(stock=10, ordered=4, expectation=8.2) == 3
    assert missing(stock=10, ordered=0, expectation=8.2) == 0


@pytest.mark.usefixtures("local_aws")
def test_orders_of_an_article_are_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="orders.csv", Body=b"A1,2\nA2,1\nA1,3\n")
    monkeypatch.setenv("BATCHSDK_OUTPUT", "s3://data/out/")

    steps.orders("s3://data/orders.csv")

    stored = s3.get_object(Bucket="data", Key="out/orders.json")["Body"].read()
    assert json.loads(stored) == {"A1": 5, "A2": 1}
