"""Data to try the pipeline with: ``python -m shop.sample`` makes the bucket and fills it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import boto3

BUCKET = "acme-shop-data"
ARTICLES, WEEKS, DAYS = 10_000, 8, 10


def sales() -> str:
    """Return a line for each article: its number, the stock, and the sales of each week."""
    weeks = range(1, WEEKS + 1)
    rows = ([f"A{n:05}", n % 90, *(n * week % 50 for week in weeks)] for n in range(ARTICLES))
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def orders(day: date) -> str:
    """Return the orders of a day: a line for each, with the article and the pieces."""
    first = day.toordinal() % 100
    return "".join(f"A{n:05},{n % 7 + 1}\n" for n in range(first, ARTICLES, 100))


def main(today: date) -> None:
    """Make the bucket, with the sales of all articles and the orders of some days."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="articles/sales.csv", Body=sales().encode())
    for number in range(DAYS):
        day = today + timedelta(days=number)
        s3.put_object(Bucket=BUCKET, Key=f"orders/{day}.csv", Body=orders(day).encode())


if __name__ == "__main__":
    main(datetime.now(UTC).date())
