"""Runs in the scanners' environment: what `parliament` finds in IAM policy documents.

Reads from stdin a JSON list of ``{"name": …, "kind": …, "document": …}``; writes a list of
``{"name": …, "issue": …, "detail": …}``.
"""

import json
import sys
from pathlib import Path

import parliament

TRUST, ENDPOINT = "assumeRolePolicy", "aws_vpc_endpoint"
"""Kinds of policies that give nobody a permission to act on resources."""
THE_ROLE = "arn:aws:iam::123456789012:role/any"


def findings(policy):
    """Yield what is found in one document, community auditors included."""
    document = policy["document"]
    if policy["kind"] == TRUST:  # it names no resource, being the role's own: parliament wants one
        statements = [{**each, "Resource": THE_ROLE} for each in document["Statement"]]
        document = {**document, "Statement": statements}
    analysed = parliament.analyze_policy_string(
        json.dumps(document),
        # They ask what somebody who has the policy could do. A trust is for one action, and what
        # an endpoint lets through must be allowed by another policy.
        include_community_auditors=policy["kind"] not in {TRUST, ENDPOINT},
        config=parliament.config,
    )
    for found in analysed.findings:
        yield {"name": policy["name"], "issue": found.issue, "detail": str(found.detail)}


if __name__ == "__main__":
    folder = Path(parliament.__file__).parent
    parliament.override_config(folder / "community_auditors" / "config_override.yaml")
    asked = json.load(sys.stdin)
    json.dump([found for policy in asked for found in findings(policy)], sys.stdout)
