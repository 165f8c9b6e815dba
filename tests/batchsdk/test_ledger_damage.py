"""A ledger that is damaged anywhere is refused with its name and the way out, or read as it was."""

from __future__ import annotations

import gzip
import os
import random
import re
import shutil
import uuid
from pathlib import Path

import pytest

from batchsdk import LedgerError, Submission
from batchsdk.aws.gateway import AwsGateway
from batchsdk.runs.ledger_s3 import S3Ledger
from batchsdk.runs.ledger_sqlite import SqliteLedger
from tests.aws_clients import client_of
from tests.batchsdk.fakes import FakeTransport, connect

pytestmark = pytest.mark.sampled(3)

SCOPE = "123456789012/us-east-1/dev"


def flip_bits(content, chance):
    damaged = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 20])):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def cut(content, chance):
    return content[: chance.randrange(1, len(content))]


def fill_with_zeros(content, chance):
    start = chance.randrange(len(content))
    length = min(chance.choice([1, 16, 512, 4096]), len(content) - start)
    return content[:start] + bytes(length) + content[start + length :]


def another_file(content, chance):
    return chance.choice(
        [
            b"{}",
            b"[" * 100_000,
            b'{"runs": []}' * 400,
            chance.randbytes(5000),
            b"SQLite format 3\x00" + chance.randbytes(5000),
            content[100:] + content[:100],
        ]
    )


DAMAGES = (flip_bits, flip_bits, flip_bits, cut, fill_with_zeros, another_file)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A closed ledger with two runs and a text, as bytes; and what it says."""
    path = tmp_path_factory.mktemp("whole") / "ledger"
    transport = FakeTransport()
    transport.submit_answers.extend({"jobId": f"job-{number}"} for number in range(30))
    batch = connect(transport)
    for name in ("nightly", "weekly"):
        with batch.run(name, ledger=path) as run:
            run.submit_many({f"k{n}": Submission(job_definition="hello") for n in range(10)})
    with batch.run("nightly", ledger=path) as run:
        run.write_document("what the run is of")
    ledger = SqliteLedger(path)
    said = everything(ledger)
    ledger.close()
    content = path.read_bytes()
    path.unlink()  # else the damaged ones are refused as its copies
    return content, said


def everything(ledger):
    return [
        (run.id, run.name, ledger.document(run), sorted(ledger.entries(run), key=lambda e: e.key))
        for run in sorted(ledger.runs(SCOPE), key=lambda each: each.name)
    ]


def hold_against(said, damaged, tmp_path):
    """Open each damaged file: it says what the whole one did, or is refused with the way out.

    Returns:
        How many are refused.
    """
    faults = {}
    for number, content in enumerate(damaged):
        path = tmp_path / f"ledger-{number}"
        path.write_bytes(content)
        try:
            ledger = SqliteLedger(path)
            try:
                found = everything(ledger)
            finally:
                ledger.close()
        except LedgerError as fault:
            faults[path] = fault
        else:
            assert found == said, number
        finally:
            for each in list(tmp_path.glob(f"{path.name}*")):
                shutil.rmtree(each) if each.is_dir() else each.unlink()
    for path, fault in faults.items():
        assert str(path) in fault.message
        assert re.search("move it away|[Nn]ame another|Install", fault.hint), fault
    return len(faults)


def random_damages(content, seeds):
    for seed in seeds:
        chance = random.Random(seed)
        yield chance.choice(DAMAGES)(content, chance)


def test_three_hundred_random_damages(whole, tmp_path):
    content, said = whole
    assert hold_against(said, random_damages(content, range(300)), tmp_path) > 300 // 4


@pytest.mark.survival
@pytest.mark.timeout(600)
def test_two_thousand_random_damages(whole, tmp_path):
    content, said = whole
    assert hold_against(said, random_damages(content, range(300, 2_300)), tmp_path) > 2_000 // 4


def test_a_damaged_name_of_a_checksum_is_damage(whole, tmp_path):
    content, said = whole
    for name in (b'"checksum"', b'"text"'):
        places = [match.start() + 1 for match in re.finditer(re.escape(name), content)]
        damaged = [
            content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1 :]
            for place in places
        ]
        hold_against(said, damaged, tmp_path)


def test_a_cut_in_the_header_and_around_each_page(whole, tmp_path):
    content, said = whole
    pages = range(4096, len(content), 4096)
    # One byte alone is nothing to SQLite: an empty ledger, as below.
    places = [*range(2, 101), *(page + by for page in pages for by in (-1, 0, 1))]
    cuts = [content[:place] for place in places]
    assert hold_against(said, cuts, tmp_path) == len(cuts)


@pytest.mark.survival
@pytest.mark.timeout(600)
def test_a_cut_at_every_eighth_byte(whole, tmp_path):
    content, said = whole
    cuts = [content[:place] for place in range(random.randrange(2, 10), len(content), 8)]
    # What a cut takes of the last page may not be in use: then the ledger is whole.
    assert hold_against(said, cuts, tmp_path) > 0.95 * len(cuts)


FOREIGN = {
    "text": b"a,b\n1,2\n",
    "json": b'{"runs": [], "version": 1}',
    "gzip": gzip.compress(b"text"),
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "program": Path("/proc/self/exe").resolve().read_bytes()[:100_000],
    "python": Path(__file__).read_bytes(),
}


@pytest.mark.parametrize("kind", [*FOREIGN, "folder", "pipe", "endless", "link to nothing"])
def test_a_file_of_something_else_is_refused_and_left_as_it_is(tmp_path, kind):
    path = tmp_path / "ledger"
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "endless":
            path.symlink_to("/dev/zero")
        case "link to nothing":
            path.symlink_to(tmp_path / "no" / "such" / "file")
        case _:
            path.write_bytes(FOREIGN[kind])
    with pytest.raises(LedgerError, match=f"ledger {path}: ") as refused:
        SqliteLedger(path)
    assert "name another one" in refused.value.hint
    if kind in FOREIGN:
        assert path.read_bytes() == FOREIGN[kind]


@pytest.mark.parametrize("far", [0, 1])
def test_a_cut_at_a_page_is_refused_or_is_an_empty_ledger(whole, tmp_path, far):
    content, _ = whole
    path = tmp_path / "ledger"
    path.write_bytes(content[: far * 4096])
    if far:
        with pytest.raises(LedgerError, match="ledger: "):
            SqliteLedger(path)
    else:
        ledger = SqliteLedger(path)
        assert everything(ledger) == []
        ledger.close()


GARBAGE = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"[" * 100_000,
    b"\xff\xfe",
    b'{"id": 1}',
    b'{"state": "GONE"}',
    b"{}",
]


@pytest.mark.parametrize("kind", ["runs", "entries", "documents"])
def test_objects_of_garbage_in_s3(kind, local, monkeypatch):
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    s3 = client_of(local, "s3")
    bucket = f"bucket-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    ledger = S3Ledger(f"s3://{bucket}/runs", AwsGateway("us-east-1"))
    with connect(FakeTransport()).run("nightly", ledger=ledger) as run:
        run.submit("k", "hello")
        run.write_document("text")
    (key,) = [
        each["Key"]
        for each in s3.list_objects_v2(Bucket=bucket)["Contents"]
        if f"/{kind}/" in each["Key"]
    ]
    content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    chance = random.Random(kind)
    damaged = [*GARBAGE, *(flip_bits(content, chance) for _ in range(20))]
    said = everything(ledger)
    refused = []
    for body in damaged:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
        try:
            found = everything(ledger)
        except LedgerError as fault:
            refused.append(fault)
        else:
            assert found == said, body
    assert len(refused) >= len(GARBAGE)
    for fault in refused:
        assert f"s3://{bucket}/{key}" in fault.message
        assert "start the program again" in fault.hint
