"""The steps of the workflow, each a job: ``python -m shop.steps orders s3://…``."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections import Counter
from typing import Any

import boto3

import batchsdk

from .demand import Article, expected, missing

MORE_MEMORY = {"OUT_OF_MEMORY": batchsdk.Escalate(memory_factor=2, memory_cap="4GiB")}


def forecast(sales: str) -> None:
    """Work out what each article will sell: 10,000 calls of a function in 10 jobs."""
    articles = [
        Article(row[0], int(row[1]), tuple(map(int, row[2:]))) for row in csv.reader(lines(sales))
    ]
    pool = batchsdk.connect().executor(
        "work", queue="default", name="forecast-articles", memory="512MiB", on_failure=MORE_MEMORY
    )
    with pool:
        found = pool.map(expected, articles, chunksize=1000)
        store("forecast", {a.number: [a.stock, e] for a, e in zip(articles, found, strict=True)})


def orders(of_the_day: str) -> None:
    """Add up what was ordered on a day."""
    pieces: Counter[str] = Counter()
    for number, count in csv.reader(lines(of_the_day)):
        pieces[number] += int(count)
    store("orders", pieces)


def reorder() -> None:
    """Store what is missing of each article."""
    ordered = json.loads("".join(lines(os.environ["BATCHSDK_INPUT_ORDERS"] + "orders.json")))
    known = json.loads("".join(lines(os.environ["BATCHSDK_INPUT_FORECAST"] + "forecast.json")))
    wanted = {
        number: missing(stock, ordered.get(number, 0), expectation)
        for number, (stock, expectation) in known.items()
    }
    store("reorder", {number: pieces for number, pieces in wanted.items() if pieces})
    print(f"{sum(wanted.values())} pieces of {sum(map(bool, wanted.values()))} articles")


def lines(uri: str) -> list[str]:
    """Return the lines of an object."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    content: bytes = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return content.decode().splitlines()


def store(name: str, value: Any) -> None:
    """Keep the result of this step where the next ones find it."""
    bucket, _, prefix = os.environ["BATCHSDK_OUTPUT"].removeprefix("s3://").partition("/")
    body = json.dumps(value).encode()
    boto3.client("s3").put_object(Bucket=bucket, Key=f"{prefix}{name}.json", Body=body)


if __name__ == "__main__":
    {each.__name__: each for each in (forecast, orders, reorder)}[sys.argv[1]](*sys.argv[2:])
