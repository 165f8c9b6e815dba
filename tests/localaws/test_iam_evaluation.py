"""The rules by which IAM decides, a row each.

The sources are pages of the IAM user guide: "Policy evaluation logic", "IAM JSON policy elements:
Condition operators", "Set operators for multivalued context keys", "IAM JSON policy elements:
Resource", "IAM policy elements: Variables and tags", "Permissions boundaries for IAM entities".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from localaws.iam.documents import Policy, read_policy
from localaws.iam.evaluation import Decision, Request, Verdict, evaluate
from localaws.iam.simulation import simulate

CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/a"
OBJECT = "arn:aws:s3:::bucket/home/kim/file"


def policy(*statements: Mapping[str, Any], version: str = "2012-10-17") -> Policy:
    return read_policy("p", json.dumps({"Version": version, "Statement": statements}))


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    found = {"Effect": effect, **elements}
    if "NotAction" not in found:
        found.setdefault("Action", "*")
    if "NotResource" not in found:
        found.setdefault("Resource", "*")
    return found


def judged(
    *policies: Policy,
    boundary: Policy | None = None,
    action: str = "ecs:Poll",
    resource: str = CLUSTER,
    **context: Sequence[str],
) -> Verdict:
    known = {key.replace("__", ":").lower(): tuple(values) for key, values in context.items()}
    return evaluate(Request(action, resource, known), policies, boundary)


ALLOW, DENY, NOTHING = statement(), statement("Deny"), statement(Action="s3:GetObject")
_ALLOWED, _EXPLICIT, _IMPLICIT = Decision.ALLOWED, Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY


@pytest.mark.parametrize(
    ("statements", "boundary", "decision", "is_within"),
    [
        ([], None, _IMPLICIT, None),  # "by default, all requests are implicitly denied"
        ([NOTHING], None, _IMPLICIT, None),
        ([ALLOW], None, _ALLOWED, None),
        ([DENY, ALLOW], None, _EXPLICIT, None),  # "an explicit deny overrides the allow"
        ([ALLOW], [ALLOW], _ALLOWED, True),  # "the intersection of both"
        ([ALLOW], [NOTHING], _IMPLICIT, False),
        ([ALLOW], [ALLOW, DENY], _EXPLICIT, False),
        ([], [ALLOW], _IMPLICIT, True),  # "do not grant permissions on their own"
        ([], [NOTHING], _IMPLICIT, False),
        ([], [DENY], _EXPLICIT, False),
        ([DENY], [NOTHING], _EXPLICIT, False),
        ([DENY], [ALLOW], _EXPLICIT, True),
    ],
)
def test_decisions(statements, boundary, decision, is_within):
    found = judged(policy(*statements), boundary=policy(*boundary) if boundary else None)
    assert (found.decision, found.is_within_boundary) == (decision, is_within)


def test_the_statements_that_decided_are_told():
    allows, denies = policy(ALLOW, NOTHING), policy(DENY)
    assert judged(allows).matched == ((allows, allows.statements[0]),)
    assert judged(allows, denies).matched == ((denies, denies.statements[0]),)
    assert judged(allows, boundary=policy(NOTHING)).matched == ()


@pytest.mark.parametrize(
    ("elements", "is_named"),
    [
        ({"Action": "ecs:Poll"}, True),
        ({"Action": "ECS:poll"}, True),  # actions know no case
        ({"Action": ["s3:*", "ecs:P*"]}, True),
        ({"Action": "ecs:Pol?"}, True),
        ({"Action": "ecs:Pol?l"}, False),
        ({"Action": "ecs.Poll"}, False),  # no regular expression
        ({"Action": "*c*:*o?l"}, True),
        ({"Action": "*o*o*"}, False),
        ({"Action": "**"}, True),
        ({"NotAction": "s3:*"}, True),
        ({"NotAction": ["s3:*", "ecs:Poll"]}, False),
        ({"Resource": CLUSTER}, True),
        ({"Resource": CLUSTER.replace("cluster/a", "cluster/A")}, False),  # resources know case
        ({"Resource": "arn:aws:ecs:*:*:cluster/*"}, True),
        ({"Resource": "arn:aws:ecs:*:cluster/*"}, True),  # an ARN of fewer parts is completed
        ({"Resource": "arn:aws:ecs:*:123:cluster/*"}, False),  # a wildcard stays in its part
        ({"Resource": "arn:aws:ecs:us-east-?:123456789012:cluster/?"}, True),
        ({"NotResource": "arn:aws:s3:::*"}, True),
        ({"NotResource": ["arn:aws:s3:::*", "arn:aws:ecs:*:*:*"]}, False),
    ],
)
def test_actions_and_resources(elements, is_named):
    assert (judged(policy(statement(**elements))).decision is _ALLOWED) is is_named


@pytest.mark.timeout(120)  # the way that takes longer takes years
def test_many_wildcards_take_no_longer():
    many = f"arn:aws:s3:::{'*a' * 500}"
    for name, decision in (("a" * 500, _ALLOWED), ("a" * 1000 + "b", _IMPLICIT)):
        found = judged(policy(statement(Resource=many)), resource=f"arn:aws:s3:::{name}")
        assert found.decision is decision


def test_a_request_without_a_resource_is_about_all():
    assert judged(policy(ALLOW), resource="*").decision is _ALLOWED
    for limited in (CLUSTER, "arn:aws:ecs:*:*:*"):
        assert judged(policy(statement(Resource=limited)), resource="*").decision is _IMPLICIT


HOME = statement(Resource="arn:aws:s3:::bucket/home/${aws:username}/*")


@pytest.mark.parametrize(
    ("document", "context", "resource", "is_allowed"),
    [
        (policy(HOME), {"aws__username": ["kim"]}, OBJECT, True),
        (policy(HOME), {"aws__username": ["lee"]}, OBJECT, False),
        (policy(HOME), {"aws__username": ["*"]}, OBJECT, False),  # a value is no pattern
        (policy(HOME), {}, OBJECT, False),
        (policy(HOME), {"aws__username": ["kim", "lee"]}, OBJECT, False),
        (policy(HOME, version="2008-10-17"), {"aws__username": ["kim"]}, OBJECT, False),
        (policy(statement(Resource="arn:aws:s3:::bucket/home/${aws:username, 'kim'}/*")),
         {}, OBJECT, True),
        (policy(statement(Resource="arn:aws:s3:::${*}")), {}, OBJECT, False),
        (policy(statement(Resource="arn:aws:s3:::${*}")), {}, "arn:aws:s3:::*", True),
    ],
)  # fmt: skip
def test_variables(document, context, resource, is_allowed):
    found = judged(document, resource=resource, **context)
    assert (found.decision is _ALLOWED) is is_allowed


ARN = "arn:aws:sns:us-east-1:123456789012:topic"


@pytest.mark.parametrize(
    ("operator", "wanted", "met", "unmet"),
    [
        ("StringEquals", ["a", "b"], ["b"], ["B"]),
        ("StringEquals", "a*", ["a*"], ["ab"]),  # no wildcards
        ("StringEqualsIgnoreCase", "a", ["A"], ["b"]),
        ("StringLike", "a*?", ["abc"], ["a"]),
        ("StringNotEquals", ["a", "b"], ["c"], ["b"]),
        ("StringNotEqualsIgnoreCase", "a", ["b"], ["A"]),
        ("StringNotLike", ["a*", "b*"], ["c"], ["bc"]),
        ("NumericEquals", "10", ["10.0"], ["11"]),
        ("NumericEquals", 10, ["10"], ["x"]),
        ("NumericNotEquals", "10", ["11"], ["10"]),
        ("NumericLessThan", "10", ["9"], ["10"]),
        ("NumericLessThanEquals", "10", ["10"], ["11"]),
        ("NumericGreaterThan", "10", ["100"], ["10"]),
        ("NumericGreaterThanEquals", "10", ["10"], ["NaN"]),
        ("DateEquals", "2026-01-01T00:00:00Z", ["1767225600"], ["2026-01-02"]),
        ("DateNotEquals", "2026-01-01", ["2026-01-02"], ["2026-01-01T00:00:00Z"]),
        ("DateLessThan", "2026-01-01", ["2025-12-31T23:59:59Z"], ["2026-01-01"]),
        ("DateLessThanEquals", "2026-01-01", ["2026-01-01"], ["2026-01-01T00:00:01Z"]),
        ("DateGreaterThan", "2026-01-01T00:00:00+01:00", ["2026-01-01"], ["2025-12-31"]),
        ("DateGreaterThanEquals", "2026-01-01", ["2026-01-01"], ["soon"]),
        ("Bool", "true", ["True"], ["false"]),
        ("Bool", False, ["false"], ["true"]),
        ("BinaryEquals", "QmluYXJ5", ["QmluYXJ5"], ["QmluYXJ6"]),
        ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], ["2001:db8::1"], ["11.0.0.1"]),
        ("IpAddress", "203.0.113.7", ["203.0.113.7"], ["here"]),
        ("NotIpAddress", "10.0.0.0/8", ["11.0.0.1"], ["10.1.2.3"]),
        ("ArnEquals", "arn:aws:sns:*:123456789012:top*", [ARN], [ARN.replace("123", "1")]),
        ("ArnLike", "arn:aws:sns:*:*:topic", [ARN], ["arn:aws:sns:topic"]),
        ("ArnNotEquals", "arn:aws:sns:*:*:other", [ARN], ["arn:aws:sns:a:b:other"]),
        ("ArnNotLike", "arn:aws:sns:*:*:other*", [ARN], ["arn:aws:sns:a:b:others"]),
        ("Null", "true", [], ["a"]),
        ("Null", "false", ["a"], []),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], ["c", "d"]),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], ["a", "b"]),
        ("ForAllValues:StringLike", ["a*", "b"], ["ab", "b"], ["b", "c"]),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], ["c", "a"]),
        ("ForAllValues:StringEqualsIfExists", "a", [], ["a", "b"]),
        ("ForAnyValue:ArnLikeIfExists", "arn:aws:sns:*:*:topic", [], ["arn:aws:sns:a:b:c"]),
    ],
)  # fmt: skip
def test_operators_of_conditions(operator, wanted, met, unmet):
    limited = policy(statement(Condition={operator: {"aws:Key": wanted}}))
    for given, decision in ((met, _ALLOWED), (unmet, _IMPLICIT)):
        # Names of keys know no case.
        assert judged(limited, **({"AWS__key": given} if given else {})).decision is decision


_POSITIVE = ("StringEquals", "StringLike", "NumericLessThan", "DateEquals", "Bool", "IpAddress",
             "ArnLike", "BinaryEquals")  # fmt: skip
_NEGATED = ("StringNotEquals", "StringNotLike", "NumericNotEquals", "DateNotEquals",
            "NotIpAddress", "ArnNotLike")  # fmt: skip


@pytest.mark.parametrize(
    ("operator", "is_met"),
    [
        *((each, False) for each in _POSITIVE),
        *((each, True) for each in _NEGATED),
        *((f"{each}IfExists", True) for each in (*_POSITIVE, *_NEGATED)),
        *((f"ForAllValues:{each}", True) for each in (*_POSITIVE, *_NEGATED)),
        *((f"ForAnyValue:{each}", False) for each in (*_POSITIVE, *_NEGATED)),
    ],
)
def test_a_key_that_the_request_lacks(operator, is_met):
    found = judged(policy(statement(Condition={operator: {"aws:Key": "1"}})))
    assert (found.decision is _ALLOWED) is is_met
    assert found.missing == ("aws:Key",)


def test_all_keys_of_a_condition_must_be_met():
    limited = policy(
        statement(Condition={"StringEquals": {"a:b": "1", "a:c": "2"}, "Bool": {"a:d": "true"}})
    )
    given = {"a__b": ["1"], "a__c": ["2"], "a__d": ["true"]}
    assert judged(limited, **given).decision is _ALLOWED
    for key in given:
        assert judged(limited, **{**given, key: ["3"]}).decision is _IMPLICIT


def test_what_is_missing_is_what_the_action_needs():
    others = statement(Action="s3:*", Condition={"Bool": {"aws:Secure": "true"}})
    of_it = statement(
        Resource="arn:aws:s3:::${aws:username}", Condition={"Bool": {"aws:A": "${aws:B, 'true'}"}}
    )
    assert judged(policy(others, of_it)).missing == ("aws:A", "aws:username")
    assert judged(policy(others, of_it), aws__a=["true"]).missing == ("aws:username",)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{", "is not JSON"),
        ("[]", "a policy is an object with a Statement"),
        ('{"Version": "2012-10-17"}', "a policy is an object with a Statement"),
        ({"Version": "2020-01-01", "Statement": ALLOW}, "Version 2020-01-01 must be one of"),
        ({"Statement": ["Allow"]}, "each statement of a policy is an object"),
        ({"Statement": statement("allow")}, "Effect allow must be one of Allow | Deny"),
        ({"Statement": statement(NotResource="*", Resource="*")}, "either Resource or NotResource"),
        ({"Statement": {"Effect": "Allow", "Resource": "*"}}, "either Action or NotAction"),
        ({"Statement": statement(Principal="*")}, "a statement of an identity has no Principal"),
        ({"Statement": statement(Action={"a": 1})}, "Action must be a string or a list of strings"),
        ({"Statement": statement(Condition={"Bool": "a"})}, "each of which is an object of keys"),
        ({"Statement": statement(Condition={"StringIs": {"a:b": "c"}})}, "StringIs is not a cond"),
        ({"Statement": statement(Condition={"NullIfExists": {"a:b": "c"}})}, "NullIfExists is not"),
    ],
)  # fmt: skip
def test_what_is_no_policy(document, reason):
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(ValueError, match=f"mine.*{reason.replace('|', '[|]')}"):
        read_policy("mine", text)


def test_every_policy_of_aws_can_be_read():
    documents = json.loads(aws_managed_policies_data)
    assert len(documents) > 1000
    for name, each in documents.items():
        assert read_policy(name, json.dumps(each["Document"])).statements


AFTER_2018 = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
    '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'
)
SEVERAL = """{
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Deny", "Action": "a:b", "Resource": "*"},
        {"Effect": "Allow", "Action": "a:c", "Resource": "*"}
    ]
}"""


def span(document: str, action: str, **context: str) -> list[tuple[int, ...]]:
    entries = [
        {"ContextKeyName": key.replace("__", ":"), "ContextKeyType": "date",
         "ContextKeyValues": [value]}
        for key, value in context.items()
    ]  # fmt: skip
    policies = [read_policy("p", document)]
    (found,) = simulate(
        actions=[action], resources=[], entries=entries, policies=policies, boundary=None
    )
    return [
        tuple(each[place][name] for place in ("StartPosition", "EndPosition")
              for name in ("Line", "Column"))
        for each in found["MatchedStatements"]
    ]  # fmt: skip


def test_statements_are_found_at_their_positions():
    # The first is the example of simulate-custom-policy in the AWS CLI's reference.
    backup = "dynamodb:CreateBackup"
    assert span(AFTER_2018, backup, aws__CurrentTime="2019-04-25T11:00:00Z") == [(1, 38, 1, 167)]
    assert span(AFTER_2018, backup, aws__CurrentTime="2014-04-25T11:00:00Z") == []
    assert span(SEVERAL, "a:b") == [(3, 19, 4, 61)]
    assert span(SEVERAL, "a:c") == [(4, 62, 5, 62)]
