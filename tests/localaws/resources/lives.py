"""What the test of each resource type makes, changes and imports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.localaws.resources.made_resources import (
    compute_resources,
    container,
    trust,
)

TAGS = {"team": "data", "cost": "7"}
RETAGGED = {"tags": {"team": "science"}}


@dataclass(frozen=True)
class Life:
    """What the test of one type does."""

    make: Any
    """From :class:`Makes`: the resource, with tags where the type has them."""
    changes: Any = None
    """From :class:`Makes`: inputs of an update; ``None`` for a type that has none."""
    import_id: Any = lambda made: made.id
    """What ``pulumi import`` takes for the resource."""
    stays: bool = False
    """Whether AWS keeps it when it is deleted, since it is part of something else."""


def statement(action):
    allowed = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allowed]})


def make_address(makes):
    return makes("aws:ec2/eip:Eip", domain="vpc", tags=TAGS)


def make_egress_only_gateway(makes):
    vpc = makes("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", assignGeneratedIpv6CidrBlock=True)
    return makes(
        "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", vpcId=vpc.id, tags=TAGS
    )


def make_nat_gateway(makes):
    vpc = makes.vpc()
    subnet = makes.subnet(vpc)
    address = make_address(makes)
    return makes(
        "aws:ec2/natGateway:NatGateway", subnetId=subnet.id, allocationId=address.id, tags=TAGS
    )


def make_route(makes):
    vpc = makes.vpc()
    gateway = makes.internet_gateway(vpc)
    return makes(
        "aws:ec2/route:Route",
        routeTableId=make_route_table(makes, vpc).id,
        destinationCidrBlock="0.0.0.0/0",
        gatewayId=gateway.id,
    )


def to_nat_gateway(makes):
    return {"gatewayId": None, "natGatewayId": make_nat_gateway(makes).id}


def make_route_table(makes, vpc=None):
    vpc = vpc or makes.vpc()
    return makes("aws:ec2/routeTable:RouteTable", vpcId=vpc.id, tags=TAGS)


def make_association(makes):
    vpc = makes.vpc()
    makes.table = make_route_table(makes, vpc)
    table, subnet = make_route_table(makes, vpc), makes.subnet(vpc)
    return makes(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        routeTableId=table.id,
        subnetId=subnet.id,
    )


def make_rule(direction):
    def make(makes):
        vpc = makes.vpc()
        return makes(
            f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
            securityGroupId=makes.security_group(vpc).id,
            ipProtocol="tcp",
            fromPort=443,
            toPort=443,
            cidrIpv4="0.0.0.0/0",
            description="HTTPS",
            tags=TAGS,
        )

    return make


def change_rule(_):
    return {"fromPort": 22, "toPort": 22, "cidrIpv4": "10.0.0.0/8", "description": "SSH"}


def make_endpoint(makes):
    vpc = makes.vpc()
    makes.table = make_route_table(makes, vpc)
    return makes(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        vpcId=vpc.id,
        serviceName="com.amazonaws.us-east-1.s3",
        vpcEndpointType="Gateway",
        routeTableIds=[make_route_table(makes, vpc).id],
        policy=statement("s3:GetObject"),
        tags=TAGS,
    )


def make_vpc_block(makes):
    return makes(
        "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
        vpcId=makes.vpc().id,
        cidrBlock="100.64.0.0/20",
    )


def make_profile(makes):
    return makes(
        "aws:iam/instanceProfile:InstanceProfile",
        name=makes.name("profile"),
        role=makes.role().id,
        tags=TAGS,
    )


def make_role(makes):
    return makes(
        "aws:iam/role:Role",
        name=makes.name("role"),
        assumeRolePolicy=trust("ec2.amazonaws.com"),
        description="Of a test",
        tags=TAGS,
    )


def make_policy(makes):
    return makes(
        "aws:iam/rolePolicy:RolePolicy",
        name=makes.name("policy"),
        role=makes.role().id,
        policy=statement("s3:GetObject"),
    )


def make_attachment(makes):
    return makes(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        role=makes.role().id,
        policyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    )


def make_parameter(makes):
    return makes(
        "aws:ssm/parameter:Parameter",
        name=f"/{makes.name('parameter')}",
        type="String",
        tier="Intelligent-Tiering",
        value="one",
        description="Of a test",
        tags=TAGS,
    )


def make_launch_template(makes):
    volume = {"encrypted": "true", "deleteOnTermination": "true", "volumeSize": 30}
    copied = {"deleteOnTermination": "true", "snapshotId": "snap-0a1b", "volumeType": "gp3"}
    return makes(
        "aws:ec2/launchTemplate:LaunchTemplate",
        name=makes.name("template"),
        description="Of a test",
        blockDeviceMappings=[
            {"deviceName": "/dev/xvda", "ebs": {**volume, "volumeType": "gp3"}},
            {"deviceName": "/dev/sdf", "ebs": copied},
        ],
        cpuOptions={"coreCount": 8, "threadsPerCore": 1},
        placement={"tenancy": "dedicated"},
        instanceMarketOptions={"marketType": "capacity-block"},
        capacityReservationSpecification={
            "capacityReservationTarget": {"capacityReservationId": "cr-0a1b"}
        },
        networkInterfaces=[
            {
                "networkCardIndex": 0,
                "deviceIndex": 0,
                "interfaceType": "efa",
                "securityGroups": ["sg-0a1b"],
                "deleteOnTermination": "true",
            }
        ],
        metadataOptions={
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
        },
        tagSpecifications=[{"resourceType": "volume", "tags": TAGS}],
        userData="b25l",
        tags=TAGS,
    )


def make_placement_group(makes):
    return makes(
        "aws:ec2/placementGroup:PlacementGroup",
        name=makes.name("group"),
        strategy="partition",
        partitionCount=3,
        tags=TAGS,
    )


def make_log_group(makes):
    return makes(
        "aws:cloudwatch/logGroup:LogGroup", name=makes.name("/group"), retentionInDays=7, tags=TAGS
    )


def make_flow_log(makes):
    return makes(
        "aws:ec2/flowLog:FlowLog",
        vpcId=makes.vpc().id,
        trafficType="REJECT",
        logDestination=make_log_group(makes).state["arn"],
        iamRoleArn=makes.role("vpc-flow-logs.amazonaws.com").state["arn"],
        tags=TAGS,
    )


def make_rule_of_events(makes):
    return makes(
        "aws:cloudwatch/eventRule:EventRule",
        name=makes.name("rule"),
        eventPattern=json.dumps({"source": ["aws.batch"]}),
        description="Of a test",
        tags=TAGS,
    )


def make_sqs_queue(makes):
    return makes(
        "aws:sqs/queue:Queue",
        name=makes.name("queue"),
        messageRetentionSeconds=3600,
        sqsManagedSseEnabled=True,
        tags=TAGS,
    )


def make_schedule_group(makes):
    return makes(
        "aws:scheduler/scheduleGroup:ScheduleGroup", name=makes.name("schedules"), tags=TAGS
    )


def make_schedule(makes):
    makes.role = makes(
        "aws:iam/role:Role", name=makes.name("role"), assumeRolePolicy=trust("scheduler")
    )
    return makes(
        "aws:scheduler/schedule:Schedule",
        name=makes.name("schedule"),
        groupName=make_schedule_group(makes).id,
        description="Of a test",
        scheduleExpression="cron(0 2 * * ? *)",
        scheduleExpressionTimezone="Asia/Tokyo",
        endDate="2199-12-31T00:00:00Z",
        flexibleTimeWindow={"mode": "FLEXIBLE", "maximumWindowInMinutes": 5},
        target=target_of_schedule(makes, 60),
    )


def target_of_schedule(makes, age):
    return {
        "arn": "arn:aws:scheduler:::aws-sdk:batch:submitJob",
        "roleArn": makes.role.state["arn"],
        "input": json.dumps({"JobName": "nightly"}),
        "retryPolicy": {"maximumEventAgeInSeconds": age, "maximumRetryAttempts": 3},
    }


def make_target(makes):
    makes.dead_letters = make_sqs_queue(makes)
    return makes(
        "aws:cloudwatch/eventTarget:EventTarget",
        rule=make_rule_of_events(makes).id,
        targetId="queue",
        arn=make_sqs_queue(makes).state["arn"],
    )


def redrive(makes):
    target = {"deadLetterTargetArn": make_sqs_queue(makes).state["arn"], "maxReceiveCount": 5}
    return json.dumps(target)


def make_repository(makes):
    return makes(
        "aws:ecr/repository:Repository",
        name=makes.name("repository"),
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfigurations=[{"encryptionType": "AES256"}],
        tags=TAGS,
    )


def make_lifecycle_policy(makes):
    newest = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 3}
    rule = {"rulePriority": 1, "selection": newest, "action": {"type": "expire"}}
    return makes(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        repository=make_repository(makes).id,
        policy=json.dumps({"rules": [rule]}),
    )


def make_bucket(makes):
    return makes("aws:s3/bucket:Bucket", bucket=makes.name("bucket"), tags=TAGS)


def of_bucket(kind, **inputs):
    """Return the life of what is set of a bucket, at first as given."""
    token = f"aws:s3/{kind[0].lower()}{kind[1:]}:{kind}"
    return lambda makes: makes(token, bucket=make_bucket(makes).id, **inputs)


def kept_for(days):
    rule = {"id": "runs", "status": "Enabled", "filter": {"prefix": "runs/"}}
    everything = {"id": "all", "status": "Enabled", "filter": {"prefix": ""}}
    return {
        "rules": [
            {**rule, "expiration": {"days": days}},
            {
                **everything,
                "noncurrentVersionExpiration": {"noncurrentDays": days},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            },
        ]
    }


def encrypted_by(**how):
    key = "kmsMasterKeyId" in how
    return {"rules": [{"applyServerSideEncryptionByDefault": how, "bucketKeyEnabled": key}]}


def make_budget(makes):
    told = {
        "comparisonOperator": "GREATER_THAN",
        "notificationType": "ACTUAL",
        "threshold": 80,
        "thresholdType": "PERCENTAGE",
        "subscriberEmailAddresses": ["a@example.com"],
        "subscriberSnsTopicArns": [make_topic(makes).state["arn"]],
    }
    makes.told = told
    return makes(
        "aws:budgets/budget:Budget",
        name=makes.name("budget"),
        budgetType="COST",
        timeUnit="MONTHLY",
        limitAmount="500.00",
        limitUnit="USD",
        costFilters=[{"name": "TagKeyValue", "values": ["user:stack$dev"]}],
        notifications=[told, {**told, "notificationType": "FORECASTED"}],
        tags=TAGS,
    )


def make_channel(kind, **where):
    token = f"aws:chatbot/{kind[0].lower()}{kind[1:]}:{kind}"
    return lambda makes: makes(
        token,
        configurationName=makes.name("channel"),
        iamRoleArn=makes.role("chatbot.amazonaws.com").state["arn"],
        snsTopicArns=[make_topic(makes).state["arn"]],
        guardrailPolicyArns=["arn:aws:iam::aws:policy/AWSDenyAll"],
        tags=TAGS,
        **where,
    )


UUID = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"


def make_topic(makes):
    return makes("aws:sns/topic:Topic", name=makes.name("topic"), tags=TAGS)


def make_dashboard(makes):
    body = json.dumps({"widgets": []})
    return makes(
        "aws:cloudwatch/dashboard:Dashboard", dashboardName=makes.name("board"), dashboardBody=body
    )


def make_alarm(makes):
    return makes(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        name=makes.name("alarm"),
        comparisonOperator="GreaterThanThreshold",
        evaluationPeriods=1,
        metricName="TriggeredRules",
        namespace="AWS/Events",
        dimensions={"RuleName": "rule"},
        period=300,
        statistic="Sum",
        threshold=0,
        treatMissingData="notBreaching",
        tags=TAGS,
    )


def make_group(makes):
    vpc = makes.vpc()
    makes.subnets = [makes.subnet(vpc).id]
    makes.template = makes(
        "aws:ec2/launchTemplate:LaunchTemplate",
        name=makes.name("template"),
        imageId="ami-12c6146b",
        instanceType="c5.large",
        keyName="ops",
        iamInstanceProfile={"arn": "arn:aws:iam::123456789012:instance-profile/any"},
        vpcSecurityGroupIds=[makes.security_group(vpc).id],
    )
    return makes(
        "aws:autoscaling/group:Group",
        name=makes.name("group"),
        minSize=1,
        maxSize=2,
        vpcZoneIdentifiers=makes.subnets,
        launchTemplate={"id": makes.template.id, "version": "1"},
    )


def of_several_types(makes):
    named = {"launchTemplateId": makes.template.id, "version": "1"}
    types = [{"instanceType": each} for each in ("c5.large", "m5.large")]
    return {
        "minSize": 0,
        "maxSize": 3,
        "desiredCapacity": 3,
        "launchTemplate": None,
        "mixedInstancesPolicy": {
            "instancesDistribution": {"onDemandAllocationStrategy": "prioritized"},
            "launchTemplate": {"launchTemplateSpecification": named, "overrides": types},
        },
    }


LIVES = {
    "aws:autoscaling/group:Group": Life(make_group, of_several_types),
    "aws:batch/computeEnvironment:ComputeEnvironment": Life(
        lambda makes: makes.environment(tags=TAGS),
        lambda _: {
            "state": "DISABLED",
            "computeResources": compute_resources(maxVcpus=32, instanceTypes=["c5.xlarge"]),
            "updatePolicy": {"jobExecutionTimeoutMinutes": 10, "terminateJobsOnUpdate": True},
        },
    ),
    "aws:batch/jobDefinition:JobDefinition": Life(
        lambda makes: makes.definition(
            parameters={"Target": "you"},
            platformCapabilities=["EC2"],
            retryStrategy={
                "attempts": 2,
                "evaluateOnExits": [{"action": "RETRY", "onReason": "Host EC2*"}],
            },
            timeout={"attemptDurationSeconds": 60},
            tags=TAGS,
        ),
        lambda _: {"containerProperties": container(command=["false"]), "parameters": None},
    ),
    "aws:batch/jobQueue:JobQueue": Life(
        lambda makes: makes.queue(makes.environment(), makes.environment(), tags=TAGS),
        lambda makes: {
            "priority": 7,
            "state": "DISABLED",
            "computeEnvironmentOrders": [
                {"order": 1, "computeEnvironment": makes.made[1].state["arn"]},
                {"order": 2, "computeEnvironment": makes.made[0].state["arn"]},
            ],
            "jobStateTimeLimitActions": [
                {
                    "action": "CANCEL",
                    "maxTimeSeconds": 600,
                    "reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
                    "state": "RUNNABLE",
                }
            ],
        },
    ),
    "aws:batch/schedulingPolicy:SchedulingPolicy": Life(
        lambda makes: makes(
            "aws:batch/schedulingPolicy:SchedulingPolicy",
            name=makes.name("policy"),
            fairSharePolicy={
                "computeReservation": 0,
                "shareDecaySeconds": 3600,
                "shareDistributions": [
                    {"shareIdentifier": "research", "weightFactor": 0.5},
                    {"shareIdentifier": "daily*", "weightFactor": 1},
                ],
            },
            tags=TAGS,
        ),
        lambda _: {
            "fairSharePolicy": {
                "computeReservation": 10,
                "shareDecaySeconds": 0,
                "shareDistributions": [],
            }
        },
    ),
    "aws:budgets/budget:Budget": Life(
        make_budget,
        lambda makes: {
            "limitAmount": "700.00",
            "notifications": [{**makes.told, "threshold": 90, "subscriberEmailAddresses": []}],
        },
    ),
    "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration": Life(
        make_channel("SlackChannelConfiguration", slackTeamId="T0AB", slackChannelId="C0AB"),
        lambda _: {"slackChannelId": "C0CD", "loggingLevel": "ERROR"},
    ),
    "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration": Life(
        make_channel(
            "TeamsChannelConfiguration",
            tenantId=UUID,
            teamId=UUID,
            channelId="19%3Aab%40thread.tacv2",
        ),
        lambda _: {"channelId": "19%3Acd%40thread.tacv2", "loggingLevel": "ERROR"},
    ),
    "aws:cloudwatch/dashboard:Dashboard": Life(
        make_dashboard,
        lambda _: {"dashboardBody": json.dumps({"widgets": [{"type": "text"}]})},
    ),
    "aws:cloudwatch/eventRule:EventRule": Life(
        make_rule_of_events,
        lambda _: {"eventPattern": json.dumps({"detail-type": ["x"]}), "description": "Another"},
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Life(
        make_target,
        lambda makes: {
            "deadLetterConfig": {"arn": makes.dead_letters.state["arn"]},
            "retryPolicy": {"maximumEventAgeInSeconds": 60, "maximumRetryAttempts": 3},
            "inputTransformer": {"inputPaths": {"a": "$.time"}, "inputTemplate": '{"at": "<a>"}'},
            "batchTarget": {
                "jobDefinition": "d",
                "jobName": "n",
                "arraySize": 2,
                "jobAttempts": 3,
            },
            "roleArn": "arn:aws:iam::123456789012:role/any",
        },
        lambda made: f"{made.inputs['rule']}/queue",
    ),
    "aws:cloudwatch/logGroup:LogGroup": Life(make_log_group, lambda _: {"retentionInDays": 30}),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Life(
        make_alarm,
        lambda makes: {"threshold": 7, "alarmActions": [make_topic(makes).id]},
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": Life(
        lambda makes: makes(
            "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", vpcId=makes.vpc().id, tags=TAGS
        ),
        lambda _: {},
        stays=True,
    ),
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": Life(
        make_egress_only_gateway, lambda _: RETAGGED
    ),
    "aws:ec2/eip:Eip": Life(make_address, lambda _: {}),
    "aws:ec2/flowLog:FlowLog": Life(make_flow_log, lambda _: {}),
    "aws:ec2/internetGateway:InternetGateway": Life(
        lambda makes: makes(
            "aws:ec2/internetGateway:InternetGateway", vpcId=makes.vpc().id, tags=TAGS
        ),
        lambda makes: {"vpcId": makes.vpc().id},
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": Life(
        make_launch_template, lambda _: {"description": "Another", "userData": "dHdv"}
    ),
    "aws:ec2/natGateway:NatGateway": Life(make_nat_gateway, lambda _: {}),
    "aws:ec2/placementGroup:PlacementGroup": Life(make_placement_group, lambda _: {}),
    "aws:ec2/route:Route": Life(
        make_route, to_nat_gateway, lambda made: f"{made.inputs['routeTableId']}_0.0.0.0/0"
    ),
    "aws:ec2/routeTable:RouteTable": Life(make_route_table, lambda _: {}),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Life(
        make_association,
        lambda makes: {"routeTableId": makes.table.id},
        lambda made: f"{made.inputs['subnetId']}/{made.inputs['routeTableId']}",
    ),
    "aws:ec2/securityGroup:SecurityGroup": Life(
        lambda makes: makes(
            "aws:ec2/securityGroup:SecurityGroup",
            name=makes.name("group"),
            vpcId=makes.vpc().id,
            tags=TAGS,
        ),
        lambda _: {},
    ),
    "aws:ec2/subnet:Subnet": Life(
        lambda makes: makes(
            "aws:ec2/subnet:Subnet",
            vpcId=makes.vpc().id,
            cidrBlock="10.0.1.0/24",
            availabilityZone="us-east-1b",
            tags=TAGS,
        ),
        lambda _: {"mapPublicIpOnLaunch": True},
    ),
    "aws:ec2/vpc:Vpc": Life(
        lambda makes: makes("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", tags=TAGS),
        lambda _: {"enableDnsHostnames": True, "enableDnsSupport": False},
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": Life(
        make_endpoint,
        lambda makes: {"routeTableIds": [makes.table.id], "policy": statement("s3:PutObject")},
    ),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": Life(make_vpc_block),
    "aws:iam/instanceProfile:InstanceProfile": Life(
        make_profile, lambda makes: {"role": makes.role().id}
    ),
    "aws:iam/policy:Policy": Life(
        lambda makes: makes(
            "aws:iam/policy:Policy",
            name=makes.name("policy"),
            description="Of a test",
            policy=statement("s3:GetObject"),
            tags=TAGS,
        ),
        lambda _: {"policy": statement("s3:PutObject")},
    ),
    "aws:iam/role:Role": Life(
        make_role,
        lambda _: {
            "assumeRolePolicy": trust("ecs-tasks.amazonaws.com"),
            "description": None,
            "maxSessionDuration": 7200,
        },
    ),
    "aws:iam/rolePolicy:RolePolicy": Life(
        make_policy, lambda _: {"policy": statement("s3:PutObject")}
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Life(make_attachment),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Life(make_lifecycle_policy),
    "aws:ecr/repository:Repository": Life(
        make_repository,
        lambda _: {
            "imageTagMutability": "MUTABLE",
            "imageScanningConfiguration": {"scanOnPush": False},
            **RETAGGED,
        },
    ),
    "aws:s3/bucket:Bucket": Life(make_bucket, lambda _: {}),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Life(
        of_bucket("BucketLifecycleConfiguration", **kept_for(30)), lambda _: kept_for(7)
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Life(
        of_bucket("BucketOwnershipControls", rule={"objectOwnership": "BucketOwnerEnforced"}),
        lambda _: {"rule": {"objectOwnership": "ObjectWriter"}},
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Life(
        of_bucket("BucketPolicy", policy=statement("s3:GetObject")),
        lambda _: {"policy": statement("s3:PutObject")},
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Life(
        of_bucket("BucketPublicAccessBlock", blockPublicAcls=True, blockPublicPolicy=True),
        lambda _: {"restrictPublicBuckets": True},
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Life(
        of_bucket("BucketServerSideEncryptionConfiguration", **encrypted_by(sseAlgorithm="AES256")),
        lambda _: encrypted_by(sseAlgorithm="aws:kms", kmsMasterKeyId="alias/own"),
    ),
    "aws:s3/bucketVersioning:BucketVersioning": Life(
        of_bucket("BucketVersioning", versioningConfiguration={"status": "Enabled"}),
        lambda _: {"versioningConfiguration": {"status": "Suspended"}},
        stays=True,
    ),
    "aws:scheduler/schedule:Schedule": Life(
        make_schedule,
        lambda makes: {
            "scheduleExpression": "rate(5 minutes)",
            "state": "DISABLED",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": target_of_schedule(makes, 120),
        },
    ),
    "aws:scheduler/scheduleGroup:ScheduleGroup": Life(make_schedule_group, lambda _: RETAGGED),
    "aws:sns/topic:Topic": Life(make_topic, lambda _: {"displayName": "Jobs"}),
    "aws:sns/topicPolicy:TopicPolicy": Life(
        lambda makes: makes(
            "aws:sns/topicPolicy:TopicPolicy",
            arn=make_topic(makes).id,
            policy=statement("sns:Publish"),
        ),
        lambda _: {"policy": statement("sns:Subscribe")},
    ),
    "aws:sns/topicSubscription:TopicSubscription": Life(
        lambda makes: makes(
            "aws:sns/topicSubscription:TopicSubscription",
            topic=make_topic(makes).id,
            protocol="email",
            endpoint="someone@example.com",
        ),
    ),
    "aws:sqs/queue:Queue": Life(
        make_sqs_queue,
        lambda makes: {"messageRetentionSeconds": 60, "redrivePolicy": redrive(makes)},
    ),
    "aws:sqs/queuePolicy:QueuePolicy": Life(
        lambda makes: makes(
            "aws:sqs/queuePolicy:QueuePolicy",
            queueUrl=make_sqs_queue(makes).id,
            policy=statement("sqs:SendMessage"),
        ),
        lambda _: {"policy": statement("sqs:ReceiveMessage")},
    ),
    "aws:ssm/parameter:Parameter": Life(
        make_parameter, lambda _: {"value": "two", "description": "Of another"}
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Life(
        make_rule("Egress"), change_rule
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Life(
        make_rule("Ingress"), change_rule
    ),
}
