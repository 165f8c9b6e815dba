"""A recorded run as `pulumi stack export` has it after an update."""

from __future__ import annotations

import json
from typing import Any

from tests.batch_platform.recorded_run import Registered, Run


def deployment(run: Run) -> str:
    """Return the run's resources as `pulumi stack export` has them after an update."""
    resources = [{"urn": urn("pulumi:pulumi:Stack", "x"), "type": "pulumi:pulumi:Stack"}]
    resources[0]["outputs"] = run.outputs  # type: ignore[assignment]
    resources += [exported(one) for one in run.resources]
    return json.dumps({"version": 3, "deployment": {"resources": resources}})


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:test::batch-platform::{kind}::{name}"


def exported(one: Registered) -> dict[str, Any]:
    kind = one.typ.rpartition(":")[2]
    name = one.inputs.get("name", f"{one.name}-1a2b3c4")
    trigger = {"replacementTrigger": one.replacement_trigger} if one.replacement_trigger else {}
    outputs = {**one.inputs, "name": name, "arn": f"arn:{kind}/{name}", **one.component_outputs}
    if kind == "LaunchTemplate":
        outputs["latestVersion"] = 7
    if kind == "Stash":
        outputs["output"] = one.inputs["input"]
    return {
        "urn": one.urn,
        "type": one.typ,
        "custom": one.custom,
        "id": f"{kind}/{one.name}",
        "inputs": one.inputs,
        "outputs": outputs,
        "propertyDependencies": one.property_dependencies,
        **trigger,
    }
