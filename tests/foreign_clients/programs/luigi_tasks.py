"""luigi: a task that is a job, and whose output is in S3."""

import os

import luigi
from luigi.contrib.batch import BatchTask
from luigi.contrib.s3 import S3Target


class Squared(BatchTask):
    number = luigi.IntParameter()

    @property
    def parameters(self):
        return {"number": str(self.number), "to": self.output().path}

    def output(self):
        return S3Target(f"s3://{os.environ['BUCKET']}/squared/{self.number}")


class Told(luigi.Task):
    """Say what the job has written."""

    number = luigi.IntParameter()

    def requires(self):
        names = {name: os.environ[name.upper()] for name in ("job_definition", "job_queue")}
        return Squared(number=self.number, poll_time=1, **names)

    def run(self):
        print("squared:", self.input().open().read())
        with self.output().open("w") as told:
            told.write("told\n")

    def output(self):
        return luigi.LocalTarget(f"told-{self.number}")
