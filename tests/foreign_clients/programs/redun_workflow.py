"""redun: two tasks that are one array job, and a script that is a job."""

import os

from redun import task

redun_namespace = "foreign"


@task(executor="batch")
def square(number: int) -> tuple[int, str, str]:
    variables = os.environ
    return number**2, variables["AWS_BATCH_JOB_ARRAY_INDEX"], variables["AWS_BATCH_JQ_NAME"]


@task(executor="batch", script=True)
def shout(word: str) -> str:
    return f'echo "{word} from $AWS_BATCH_CE_NAME"'


@task()
def main() -> list[object]:
    return [square(3), square(4), shout("hello")]
