"""The Pulumi program: one environment of AWS Batch, from the YAML config of its stack."""

from pathlib import Path

import pulumi

from infra.components.program import register
from infra.lookups import look_up
from infra.plan import make_plan
from infra.settings import load
from infra.workable import refuse_unworkable, warnings

# Nothing is registered before all of these have agreed to the config.
settings = load(Path(__file__).parent)
plan = make_plan(settings, look_up(settings))
refuse_unworkable(plan)

for warning in warnings(plan):
    pulumi.log.warn(warning)
register(plan).export()
