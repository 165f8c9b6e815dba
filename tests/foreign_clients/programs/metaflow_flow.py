"""metaflow: a step that is a job; its code, its data and its log are in S3."""

import os

from metaflow import FlowSpec, Parameter, batch, environment, step

INSTALLED = {
    name: os.environ[name]
    for name in ("PATH", "HTTP_PROXY", "NO_PROXY", "METAFLOW_SKIP_INSTALL_DEPENDENCIES")
    if name in os.environ
}
"""What an image would bring: metaflow's own Python, and no instance metadata to ask."""


class SquareFlow(FlowSpec):
    """The square of a number."""

    number = Parameter("number", type=int)

    @environment(vars=INSTALLED)
    @batch(cpu=1, memory=500, image="metaflow")
    @step
    def start(self):
        print("the number is", self.number)
        self.squared = self.number**2
        self.queue = os.environ["AWS_BATCH_JQ_NAME"]
        self.next(self.end)

    @step
    def end(self):
        print("squared:", self.squared, self.queue)


if __name__ == "__main__":
    SquareFlow()
