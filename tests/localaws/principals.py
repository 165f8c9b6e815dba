"""Users, roles and sessions for tests of what IAM allows."""

from __future__ import annotations

import json
import uuid

import boto3
import pytest
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"
EVERYBODY_HERE = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def allow(actions, resources="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions, resources="*", **more):
    return {**allow(actions, resources, **more), "Effect": "Deny"}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal, **more):
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


class Somebody:
    """A user or a session of a role."""

    def __init__(self, local, arn, key, secret, token=None):
        self.arn = arn
        self._arguments = {
            **local.client_arguments,
            "aws_access_key_id": key,
            "aws_secret_access_key": secret,
            "aws_session_token": token,
        }
        self.environ = {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token or "",
        }

    def client(self, service):
        return boto3.client(service, **self._arguments)

    def denied(self, service, operation, **request):
        """Make a call that must be denied; return code, text and HTTP status."""
        with pytest.raises(ClientError) as caught:
            getattr(self.client(service), operation)(**request)
        answer = caught.value.response
        status = answer["ResponseMetadata"]["HTTPStatusCode"]
        return answer["Error"]["Code"], answer["Error"]["Message"], status


class Principals:
    """Makes them as the account itself."""

    def __init__(self, local):
        self._local = local

    def root(self, service):
        return boto3.client(service, **self._local.client_arguments)

    def user(self, *statements):
        iam, name = self.root("iam"), f"user-{uuid.uuid4().hex[:8]}"
        arn = iam.create_user(UserName=name)["User"]["Arn"]
        if statements:
            policy = document(*statements)
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Somebody(self._local, arn, key["AccessKeyId"], key["SecretAccessKey"])

    def role(self, *statements, trusts=EVERYBODY_HERE, boundary=None, path="/", **more):
        """Make a role; return its ARN."""
        iam, name = self.root("iam"), f"role-{uuid.uuid4().hex[:8]}"
        limited = {}
        if boundary:
            policy = iam.create_policy(PolicyName=name, PolicyDocument=document(*boundary))
            limited["PermissionsBoundary"] = policy["Policy"]["Arn"]
        trusted = document(trust(trusts, **more))
        made = iam.create_role(
            RoleName=name, Path=path, AssumeRolePolicyDocument=trusted, **limited
        )
        if statements:
            policy = document(*statements)
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
        return made["Role"]["Arn"]

    def session(self, role, by=None, **more):
        """Assume a role, as the account or as somebody."""
        sts = by.client("sts") if by else self.root("sts")
        made = sts.assume_role(RoleArn=role, RoleSessionName="test", **more)
        keys = [
            made["Credentials"][each] for each in ("AccessKeyId", "SecretAccessKey", "SessionToken")
        ]
        return Somebody(self._local, made["AssumedRoleUser"]["Arn"], *keys)
