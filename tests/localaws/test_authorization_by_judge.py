"""Whether every kind of policy allows a call: decided as an independent evaluator decides it."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from localaws.iam.authorization import Caller, Guard, denial
from localaws.iam.documents import read_policy, read_resource_policy
from localaws.iam.evaluation import Request
from tests.localaws.principals import ACCOUNT, allow, deny, trust
from tests.tool_environment import node_packages

pytestmark = [pytest.mark.scanners, pytest.mark.timeout(900)]  # installing it is in it

JUDGE = Path(__file__).parents[1] / "batch_platform" / "iam_judge"
OTHER_ACCOUNT = "210987654321"
USER = f"arn:aws:iam::{ACCOUNT}:user/someone"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/1"
PRINCIPALS = {
    "user": {"AWS": USER},
    "role": {"AWS": ROLE},
    "session": {"AWS": SESSION},
    "account": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "everybody": "*",
}
CALLS = {
    "s3:GetObject": "arn:aws:s3:::bucket/key",
    "kms:Decrypt": "arn:aws:kms:us-east-1:{account}:key/1",
    "sts:AssumeRole": "arn:aws:iam::{account}:role/other",
}
LIMITS = {"allow": [allow("*")], "other": [allow("ec2:*")], "deny": [allow("*"), deny("*")]}


def documents():
    """Return every policy that is tried, by its name."""
    made = {**LIMITS, "nothing": []}
    for name, principal in PRINCIPALS.items():
        for kind, statement in (("lets", allow("*")), ("bars", deny("*"))):
            made[f"{kind} {name}"] = [{**statement, "Principal": principal}]
            trusted = {**trust(principal), "Effect": statement["Effect"]}
            made[f"trust {kind} {name}"] = [trusted]
    version = {"Version": "2012-10-17"}
    return {name: {**version, "Statement": statements} for name, statements in made.items()}


def simulations():
    """Yield every combination of caller, policies and owner of the resource."""
    limits = [None, *LIMITS]
    of_resource = [None, *(f"{kind} {name}" for kind in ("lets", "bars") for name in PRINCIPALS)]
    for action, own, session, boundary, guard, account in itertools.product(
        CALLS, LIMITS, limits, limits, of_resource, (ACCOUNT, OTHER_ACCOUNT)
    ):
        needs_policy = action in ("kms:Decrypt", "sts:AssumeRole")
        if guard is None and needs_policy:
            continue  # there is none without
        trusts = "trust " if action == "sts:AssumeRole" else ""
        # What narrows a session has no say about a user.
        for principal in (USER, SESSION) if session is None else (SESSION,):
            yield {
                "principal": principal,
                "action": action,
                "resource": CALLS[action].format(account=account),
                "account": account,
                "context": {},
                "policies": [own],
                "boundary": boundary,
                "session": session,
                "of_resource": f"{trusts}{guard}" if guard else None,
            }


def own_verdict(one, texts):
    def of_identity(name):
        return read_policy(name, texts[name])

    guard = one["of_resource"]
    found = read_resource_policy(guard, texts[guard]) if guard else None
    caller = Caller(
        arn=one["principal"],
        account_id=ACCOUNT,
        role_arn=ROLE if one["principal"] == SESSION else "",
        policies=tuple(map(of_identity, one["policies"])),
        boundary=of_identity(one["boundary"]) if one["boundary"] else None,
        session_policies=(of_identity(one["session"]),) if one["session"] else (),
    )
    reason = denial(
        Request(one["action"], one["resource"], {}),
        caller,
        Guard(
            found,
            one["account"],
            must_allow=one["action"] in ("kms:Decrypt", "sts:AssumeRole"),
        ),
    )
    if reason is None:
        return "Allowed"
    return "ExplicitlyDenied" if "explicit deny" in reason else "ImplicitlyDenied"


def is_told_by_aws(one):
    """Tell whether AWS's own words decide otherwise than the evaluator.

    "Permissions granted directly to a session are not limited by an implicit deny in an
    identity-based policy, a permissions boundary, or session policy" (IAM user guide, "Policy
    evaluation logic"): by the ARN of the session, in the same account.
    """
    is_session = one["principal"] == SESSION and one["account"] == ACCOUNT
    names_session = (one["of_resource"] or "").endswith("lets session")
    is_narrowed = one["session"] == "other" and "deny" not in (*one["policies"], one["boundary"])
    return is_session and names_session and is_narrowed


def test_all_kinds_of_policies_together_are_judged_alike():
    folder = node_packages("scanners-iam-simulate", JUDGE)
    shutil.copy(JUDGE / "simulate.mjs", folder)
    asked = {"documents": documents(), "simulations": list(simulations())}
    done = subprocess.run(
        ["node", folder / "simulate.mjs"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    texts = {name: json.dumps(each) for name, each in documents().items()}
    differing = [
        (one, answer, found)
        for one, answer in zip(asked["simulations"], json.loads(done.stdout), strict=True)
        if (found := own_verdict(one, texts))
        != ("Allowed" if is_told_by_aws(one) else answer.get("result", answer))
    ]
    assert len(asked["simulations"]) > 1000
    assert differing == []
