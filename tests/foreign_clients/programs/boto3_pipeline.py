"""boto3: `python boto3_pipeline.py QUEUE BUCKET` prints what a pipeline of jobs has found.

Numbers are put into S3, an array of jobs squares them, a job that depends on it sums them up.
"""

import io
import json
import sys
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.waiter import WaiterModel, create_waiter_with_client

MIB = 1024 * 1024
SQUARE = """
import boto3, os, sys
s3, index = boto3.client("s3"), os.environ["AWS_BATCH_JOB_ARRAY_INDEX"]
number = int(s3.get_object(Bucket=sys.argv[1], Key=f"numbers/{index}")["Body"].read())
s3.put_object(Bucket=sys.argv[1], Key=f"squares/{index}", Body=str(number**2))
"""
TOTAL = """
import boto3, sys
bucket = boto3.resource("s3").Bucket(sys.argv[1])
total = sum(int(each.get()["Body"].read()) for each in bucket.objects.filter(Prefix="squares/"))
bucket.put_object(Key="total", Body=str(total))
"""
queue, bucket = sys.argv[1:]
batch, logs, s3 = (boto3.client(name) for name in ("batch", "logs", "s3"))


def define(name: str, code: str) -> str:
    answer = batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        containerProperties={
            "image": "python",
            "command": [sys.executable, "-c", code, "Ref::bucket"],
            "resourceRequirements": [
                {"type": "VCPU", "value": "1"},
                {"type": "MEMORY", "value": "256"},
            ],
        },
        parameters={"bucket": bucket},
    )
    return answer["jobDefinitionArn"]


def submit(name: str, code: str, **more: object) -> str:
    answer = batch.submit_job(
        jobName=name, jobQueue=queue, jobDefinition=define(name, code), **more
    )
    return answer["jobId"]


def waiter(name: str):
    """boto3 has no waiter of jobs; this is how one is made of botocore's parts."""
    status = {"matcher": "pathAny", "argument": "jobs[].status"}
    steps = [
        {**status, "expected": "SUCCEEDED", "state": "success"},
        {**status, "expected": "FAILED", "state": "failure" if name == "done" else "success"},
    ]
    waiting = {"operation": "DescribeJobs", "delay": 0.1, "maxAttempts": 600, "acceptors": steps}
    model = WaiterModel({"version": 2, "waiters": {name: waiting}})
    return create_waiter_with_client(name, model, batch)


def describe(job_id: str) -> dict:
    return batch.describe_jobs(jobs=[job_id])["jobs"][0]


for index, number in enumerate((3, 4, 5)):
    s3.put_object(Bucket=bucket, Key=f"numbers/{index}", Body=str(number))
array = submit("square", SQUARE, arrayProperties={"size": 3})
total = submit("total", TOTAL, dependsOn=[{"jobId": array}])
fails = submit("fails", "print('no such number'); exit(7)")
waiter("done").wait(jobs=[total])
waiter("ended").wait(jobs=[fails])

failed = describe(fails)
stream = failed["container"]["logStreamName"]
pages = list(
    batch.get_paginator("list_jobs").paginate(
        arrayJobId=array, jobStatus="SUCCEEDED", PaginationConfig={"PageSize": 1}
    )
)
large = io.BytesIO(b"0123456789" * 600_000)
s3.upload_fileobj(
    large, bucket, "large", Config=TransferConfig(5 * MIB, multipart_chunksize=5 * MIB)
)
url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "total"})
result = {
    "array": describe(array)["status"],
    "summary": {
        status: count
        for status, count in describe(array)["arrayProperties"]["statusSummary"].items()
        if count
    },
    "total": int(s3.get_object(Bucket=bucket, Key="total")["Body"].read()),
    "failed": [failed["status"], failed["container"]["exitCode"], failed["statusReason"]],
    "log": [
        event["message"]
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName="/aws/batch/job", logStreamNames=[stream]
        )
        for event in page["events"]
    ],
    "pages": len([page for page in pages if page["jobSummaryList"]]),
    "parts": int(s3.head_object(Bucket=bucket, Key="large")["ETag"].strip('"').split("-")[1]),
    "presigned": urllib.request.urlopen(url).read().decode(),
}
print(json.dumps(result))
