"""Airflow: Amazon's own operator and sensor; one task hands the job's id on to the next."""

import os
from datetime import timedelta

from airflow.providers.amazon.aws.operators.batch import BatchOperator
from airflow.providers.amazon.aws.sensors.batch import BatchSensor
from airflow.sdk import DAG

JOB = {
    "job_queue": os.environ["JOB_QUEUE"],
    "job_definition": os.environ["JOB_DEFINITION"],
    "aws_conn_id": None,
    "region_name": "us-east-1",
}

with DAG("squares", schedule=None):
    submitted = BatchOperator(
        task_id="array",
        job_name="array",
        parameters={"number": "{{ ds[:4] }}"},
        array_properties={"size": 2},
        wait_for_completion=False,
        **JOB,
    )
    ended = BatchSensor(
        task_id="ended",
        job_id=submitted.output,
        aws_conn_id=None,
        region_name="us-east-1",
        poke_interval=0.5,
    )
    logged = BatchOperator(
        task_id="logged",
        job_name="logged",
        parameters={"number": "12"},
        awslogs_enabled=True,
        awslogs_fetch_interval=timedelta(seconds=1),
        **JOB,
    )
    submitted >> ended >> logged
