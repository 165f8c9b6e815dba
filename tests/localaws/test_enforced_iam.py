"""With IAM enforced, callers may do what their policies allow, and nothing else."""

from __future__ import annotations

import dataclasses
import uuid

import pytest
from botocore.exceptions import ClientError

from localaws.control.client import ControlError, call
from tests.localaws.principals import ACCOUNT, Principals, allow, deny, document

pytestmark = pytest.mark.sampled(3)


@pytest.fixture(autouse=True)
def enforced(local):
    local.enforce_iam = True
    yield
    local.enforce_iam = False


@pytest.fixture
def principals(local):
    return Principals(local)


@pytest.fixture
def root(principals):
    return principals.root


@pytest.fixture
def user(principals):
    return principals.user


@pytest.fixture
def role(principals):
    return principals.role


@pytest.fixture
def session(principals):
    return principals.session


def arn_of(service, resource):
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}"


def test_a_user_may_do_what_its_policies_allow_alone(user):
    somebody = user(allow("ssm:GetParameter", arn_of("ssm", "parameter/mine/*")))
    with pytest.raises(ClientError, match="ParameterNotFound"):
        somebody.client("ssm").get_parameter(Name="/mine/a")
    code, message, status = somebody.denied("ssm", "get_parameter", Name="/others/a")
    assert (code, status) == ("AccessDeniedException", 400)
    assert message == (
        f"User: {somebody.arn} is not authorized to perform: ssm:GetParameter on resource: "
        f"{arn_of('ssm', 'parameter/others/a')} because no identity-based policy allows the "
        "ssm:GetParameter action"
    )


DENIED = {
    "batch": ("describe_job_queues", {}, "AccessDeniedException", 403),
    "ec2": ("describe_vpcs", {}, "UnauthorizedOperation", 403),
    "ecs": ("list_clusters", {}, "AccessDeniedException", 400),
    "iam": ("list_users", {}, "AccessDenied", 403),
    "logs": ("describe_log_groups", {}, "AccessDeniedException", 400),
    "s3": ("list_buckets", {}, "AccessDenied", 403),
    "sns": ("list_topics", {}, "AuthorizationError", 403),
    "sqs": ("list_queues", {}, "AccessDenied", 403),
    "cloudwatch": ("list_metrics", {}, "AccessDenied", 403),
}


def test_the_log_tells_once_what_a_caller_was_allowed(user, caplog):
    somebody = user(allow("sqs:ListQueues"))
    with caplog.at_level("INFO", logger="localaws.authorization"):
        for _ in range(2):
            somebody.client("sqs").list_queues()
        somebody.denied("sns", "list_topics")
    told = [text for text in caplog.messages if "is allowed" in text]
    assert told == [f"{somebody.arn} is allowed sqs:ListQueues, first on *"]


@pytest.mark.parametrize("service", sorted(DENIED))
def test_each_service_denies_in_its_own_way(user, service):
    operation, request, code, status = DENIED[service]
    somebody = user()
    found, message, answered = somebody.denied(service, operation, **request)
    assert (found, answered) == (code, status)
    assert f"User: {somebody.arn} is not authorized to perform: {service}:" in message
    assert "because no identity-based policy allows the" in message


def test_the_account_itself_may_do_everything_and_is_told_who_it_is(root):
    assert root("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert root("batch").describe_job_queues()["jobQueues"] is not None


def test_everybody_may_ask_who_they_are(user):
    somebody = user(deny("*"))
    assert somebody.client("sts").get_caller_identity()["Arn"] == somebody.arn


def test_a_deny_overrides_what_is_allowed(user):
    somebody = user(allow("*"), deny("ssm:PutParameter", arn_of("ssm", "parameter/no")))
    name = f"/yes/{uuid.uuid4().hex}"
    somebody.client("ssm").put_parameter(Name=name, Value="1", Type="String")
    _, message, _ = somebody.denied("ssm", "put_parameter", Name="no", Value="1", Type="String")
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_policies_of_groups_and_managed_policies_count(root, user):
    iam, name = root("iam"), f"group-{uuid.uuid4().hex[:8]}"
    iam.create_group(GroupName=name)
    iam.attach_group_policy(
        GroupName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
    )
    somebody = user()
    assert somebody.denied("sqs", "list_queues")
    iam.add_user_to_group(GroupName=name, UserName=somebody.arn.rpartition("/")[2])
    assert somebody.client("sqs").list_queues()
    assert somebody.denied("sqs", "create_queue", QueueName="q")


def test_a_session_has_the_permissions_of_its_role(role, session):
    somebody = session(role(allow("logs:DescribeLogGroups")))
    assert somebody.arn.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/role-")
    assert somebody.client("sts").get_caller_identity()["Arn"] == somebody.arn
    assert somebody.client("logs").describe_log_groups()["logGroups"] is not None
    assert somebody.arn in somebody.denied("ec2", "describe_vpcs")[1]


def test_a_boundary_limits_what_a_role_may(role, session):
    somebody = session(role(allow("*"), boundary=[allow("sqs:*"), deny("sqs:PurgeQueue")]))
    assert somebody.client("sqs").list_queues()
    _, message, _ = somebody.denied("ssm", "describe_parameters")
    assert message.endswith(
        "because no permissions boundary allows the ssm:DescribeParameters action"
    )
    _, message, _ = somebody.denied("sqs", "purge_queue", QueueUrl=f"http://x/{ACCOUNT}/q")
    assert message.endswith("with an explicit deny in a permissions boundary")


def test_session_policies_limit_a_session(root, role, session):
    arn = role(allow("*"))
    somebody = session(arn, Policy=document(allow("sqs:*"), deny("sqs:CreateQueue")))
    assert somebody.client("sqs").list_queues()
    _, message, _ = somebody.denied("ssm", "describe_parameters")
    assert message.endswith("because no session policy allows the ssm:DescribeParameters action")
    _, message, _ = somebody.denied("sqs", "create_queue", QueueName="q")
    assert message.endswith("with an explicit deny in a session policy")
    managed = "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
    narrowed = session(arn, PolicyArns=[{"arn": managed}])
    assert narrowed.client("sqs").list_queues()
    assert narrowed.denied("sqs", "create_queue", QueueName="q")


def test_a_role_is_assumed_only_by_whom_it_trusts(root, user, role, session):
    may = user(allow("sts:AssumeRole"))
    named = {"AWS": may.arn}
    assert session(role(), by=may).arn
    assert session(role(trusts=named), by=may).arn
    stranger = user()
    assert session(role(trusts={"AWS": stranger.arn}), by=stranger).arn
    of_batch = role(trusts={"Service": "batch.amazonaws.com"})
    wanted = {"RoleArn": of_batch, "RoleSessionName": "test"}
    _, message, _ = may.denied("sts", "assume_role", **wanted)
    assert message.endswith("because no role trust policy allows the sts:AssumeRole action")
    _, message, _ = stranger.denied("sts", "assume_role", RoleArn=role(), RoleSessionName="test")
    assert message.endswith("because no identity-based policy allows the sts:AssumeRole action")
    nowhere = f"arn:aws:iam::{ACCOUNT}:role/nowhere"
    assert may.denied("sts", "assume_role", RoleArn=nowhere, RoleSessionName="test")
    guarded = role(trusts=named, Condition={"StringEquals": {"sts:ExternalId": "seven"}})
    assert may.denied("sts", "assume_role", RoleArn=guarded, RoleSessionName="test")
    assert session(guarded, by=may, ExternalId="seven").arn


def test_a_bucket_policy_lets_somebody_in_and_keeps_somebody_out(root, user):
    s3, name = root("s3"), f"bucket-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="open/a", Body=b"1")
    s3.put_object(Bucket=name, Key="closed/a", Body=b"1")
    reader, owner = user(), user(allow("s3:*"))
    objects = f"arn:aws:s3:::{name}"
    s3.put_bucket_policy(
        Bucket=name,
        Policy=document(
            {**allow("s3:GetObject", f"{objects}/open/*"), "Principal": {"AWS": reader.arn}},
            {**deny("s3:GetObject", f"{objects}/closed/*"), "Principal": "*"},
        ),
    )
    assert reader.client("s3").get_object(Bucket=name, Key="open/a")["ContentLength"] == 1
    code, message, status = reader.denied("s3", "get_object", Bucket=name, Key="other")
    assert (code, status) == ("AccessDenied", 403)
    assert message == (
        f"User: {reader.arn} is not authorized to perform: s3:GetObject on resource: "
        f'"{objects}/other" because no identity-based policy allows the s3:GetObject action'
    )
    _, message, _ = owner.denied("s3", "get_object", Bucket=name, Key="closed/a")
    assert message.endswith("with an explicit deny in a resource-based policy")
    assert owner.client("s3").list_objects_v2(Bucket=name)["KeyCount"] == 2


def test_a_prefix_is_a_condition_of_listing(root, user):
    name = f"bucket-{uuid.uuid4().hex[:8]}"
    root("s3").create_bucket(Bucket=name)
    below = {"StringLike": {"s3:prefix": ["mine/*"]}}
    somebody = user(allow("s3:ListBucket", f"arn:aws:s3:::{name}", Condition=below))
    assert somebody.client("s3").list_objects_v2(Bucket=name, Prefix="mine/a")["KeyCount"] == 0
    assert somebody.denied("s3", "list_objects_v2", Bucket=name, Prefix="others/")
    assert somebody.denied("s3", "list_objects_v2", Bucket=name)


def test_queues_topics_and_secrets_have_policies_of_their_own(root, user):
    somebody = user()
    unique = uuid.uuid4().hex[:8]
    queue = root("sqs").create_queue(QueueName=unique)["QueueUrl"]
    topic = root("sns").create_topic(Name=unique)["TopicArn"]
    secret = root("secretsmanager").create_secret(Name=unique, SecretString="s")["ARN"]
    assert somebody.denied("sqs", "send_message", QueueUrl=queue, MessageBody="1")
    assert somebody.denied("sns", "publish", TopicArn=topic, Message="1")
    assert somebody.denied("secretsmanager", "get_secret_value", SecretId=unique)

    def policy(action, resource):
        return document({**allow(action, resource), "Principal": {"AWS": somebody.arn}})

    root("sqs").set_queue_attributes(
        QueueUrl=queue, Attributes={"Policy": policy("sqs:SendMessage", arn_of("sqs", unique))}
    )
    root("sns").set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=policy("sns:Publish", topic)
    )
    root("secretsmanager").put_resource_policy(
        SecretId=secret, ResourcePolicy=policy("secretsmanager:GetSecretValue", "*")
    )
    assert somebody.client("sqs").send_message(QueueUrl=queue, MessageBody="1")["MessageId"]
    assert somebody.client("sns").publish(TopicArn=topic, Message="1")["MessageId"]
    found = somebody.client("secretsmanager").get_secret_value(SecretId=unique)
    assert found["SecretString"] == "s"


def test_a_queue_with_a_key_of_its_own_needs_the_key_as_well(root, user):
    key = root("kms").create_key()["KeyMetadata"]["Arn"]
    name = uuid.uuid4().hex[:8]
    queue = root("sqs").create_queue(QueueName=name, Attributes={"KmsMasterKeyId": key})["QueueUrl"]
    _, message, _ = user(allow("sqs:*")).denied("sqs", "receive_message", QueueUrl=queue)
    assert "kms:Decrypt" in message
    via = {"StringEquals": {"kms:ViaService": "sqs.us-east-1.amazonaws.com"}}
    reader = user(allow("sqs:*"), allow("kms:Decrypt", key, Condition=via))
    reader.client("sqs").receive_message(QueueUrl=queue)


def test_a_role_is_handed_to_a_service_only_by_who_may_pass_it(user, role):
    arn = role(path="/jobs/")
    request = {
        "jobDefinitionName": f"d-{uuid.uuid4().hex[:8]}",
        "type": "container",
        "containerProperties": {
            "image": "busybox",
            "vcpus": 1,
            "memory": 100,
            "command": ["true"],
            "jobRoleArn": arn,
        },
    }
    registers = allow("batch:RegisterJobDefinition")
    _, message, _ = user(registers).denied("batch", "register_job_definition", **request)
    assert message.endswith(
        f"is not authorized to perform: iam:PassRole on resource: {arn} because no identity-based "
        "policy allows the iam:PassRole action"
    )
    to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    passes = user(registers, allow("iam:PassRole", arn, Condition=to_tasks))
    assert passes.client("batch").register_job_definition(**request)["revision"] == 1
    to_batch = {"StringEquals": {"iam:PassedToService": "batch.amazonaws.com"}}
    other = user(registers, allow("iam:PassRole", arn, Condition=to_batch))
    assert "iam:PassRole" in other.denied("batch", "register_job_definition", **request)[1]


def test_nobody_but_an_account_controls_the_server(local, user):
    somebody = user(allow("*"))
    arguments = somebody.environ
    connection = dataclasses.replace(
        local.connection,
        access_key_id=arguments["AWS_ACCESS_KEY_ID"],
        secret_access_key=arguments["AWS_SECRET_ACCESS_KEY"],
    )
    for method, operation in (("GET", "status"), ("POST", "account-key"), ("POST", "stop")):
        with pytest.raises(ControlError, match="only the key that"):
            call(connection, method, operation, {"account": ACCOUNT})
