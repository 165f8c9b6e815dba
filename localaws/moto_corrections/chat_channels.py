"""The API of Amazon Q Developer in chat applications (chatbot), which moto does not have.

It keeps which channel is told of which topics. Nothing is sent to Slack or Teams, and whether the
account may use a workspace, which is granted in AWS's console, is not looked at.

Source: botocore's model of the service, for members and their forms; API reference, "Errors".
"""

from __future__ import annotations

import functools
import json
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import botocore.session
from botocore.validate import ParamValidator
from moto.sns.models import sns_backends

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from botocore.model import ServiceModel, Shape

SLACK, TEAMS = "slack-channel", "microsoft-teams-channel"
_KEPT = "localaws_chat_configurations"
"""Attribute of SNS's backend that has the configurations: so they survive as its topics do."""
_HOME = "us-east-1"
_TAGS = "Tags"


class ChatError(Exception):
    """What AWS refuses: the code of the error, and its text."""


def answer(
    environ: WSGIEnvironment, start_response: StartResponse, account_id: str
) -> Iterable[bytes]:
    """Answer one request (REST with JSON)."""
    try:
        operation, members = _request(environ)
        status, body = HTTPStatus.OK, _OPERATIONS[operation](account_id, members)
        if operation.startswith("Create"):
            status = HTTPStatus.CREATED
        elif operation.startswith("Delete"):
            status = HTTPStatus.NO_CONTENT
    except ChatError as fault:
        code, message = fault.args
        status = HTTPStatus.CONFLICT if code == "ConflictException" else HTTPStatus.BAD_REQUEST
        if code == "ResourceNotFoundException":
            status = HTTPStatus.NOT_FOUND
        body = {"__type": code, "message": message}
    payload = b"" if status is HTTPStatus.NO_CONTENT else json.dumps(body).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(payload))),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    ]
    if "__type" in body:
        headers.append(("x-amzn-ErrorType", body["__type"]))
    start_response(f"{status.value} {status.phrase}", headers)
    return [payload]


def _request(environ: WSGIEnvironment) -> tuple[str, dict[str, Any]]:
    operation = _paths().get(environ["PATH_INFO"], "")
    if operation not in _OPERATIONS:
        text = f"The local AWS does not have this operation of chatbot: {operation or 'none'}"
        raise ChatError("UnknownOperationException", text)
    length = int(environ.get("CONTENT_LENGTH") or 0)
    try:
        members = json.loads(environ["wsgi.input"].read(length) or b"{}")
    except ValueError:
        raise ChatError("InvalidParameterException", "The request is not JSON") from None
    shape = cast("Shape", _model().operation_model(operation).input_shape)
    report = ParamValidator().validate(members, shape)
    if report.has_errors():
        raise ChatError("InvalidParameterException", report.generate_report())
    for name, value in members.items():
        form = shape.members[name].metadata.get("pattern")  # type: ignore[attr-defined]
        if form and isinstance(value, str) and not re.fullmatch(form, value):
            text = f"Value '{value}' at '{name}' must satisfy regular expression pattern: {form}"
            raise ChatError("InvalidParameterException", text)
    return operation, members


@functools.cache
def _model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("chatbot")


@functools.cache
def _paths() -> dict[str, str]:
    names = _model().operation_names
    return {_model().operation_model(each).http["requestUri"]: each for each in names}


def _kept(account_id: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = sns_backends[account_id][_HOME].__dict__.setdefault(
        _KEPT, {}
    )
    return found


def _one(account_id: str, arn: str) -> dict[str, Any]:
    found = _kept(account_id).get(arn)
    if found is None:
        raise ChatError("ResourceNotFoundException", f"There is no configuration {arn}")
    return found


def _create(kind: str, account_id: str, members: Mapping[str, Any]) -> dict[str, Any]:
    name = members["ConfigurationName"]
    arn = f"arn:aws:chatbot::{account_id}:chat-configuration/{kind}/{name}"
    if arn in _kept(account_id):
        raise ChatError("ConflictException", f"A configuration {name} exists already")
    _refuse_unknown_topics(account_id, members)
    team = members.get("SlackTeamId")
    named = {"SlackTeamName": team, "SlackChannelName": "channel"} if team else {}
    made = {
        **named,
        "SnsTopicArns": [],
        "LoggingLevel": "NONE",
        "UserAuthorizationRequired": False,
        "State": "ENABLED",
        _TAGS: [],
        **members,
        "ChatConfigurationArn": arn,
    }
    _kept(account_id)[arn] = made
    return {"ChannelConfiguration": made}


def _update(account_id: str, members: Mapping[str, Any]) -> dict[str, Any]:
    found = _one(account_id, members["ChatConfigurationArn"])
    _refuse_unknown_topics(account_id, members)
    found.update(members)
    return {"ChannelConfiguration": found}


def _delete(account_id: str, members: Mapping[str, Any]) -> dict[str, Any]:
    _one(account_id, members["ChatConfigurationArn"])
    del _kept(account_id)[members["ChatConfigurationArn"]]
    return {}


def _get(account_id: str, members: Mapping[str, Any]) -> dict[str, Any]:
    return {"ChannelConfiguration": _one(account_id, members["ChatConfigurationArn"])}


def _listed(kind: str, under: str, account_id: str, members: Mapping[str, Any]) -> dict[str, Any]:
    wanted = members.get("ChatConfigurationArn")
    return {
        under: [
            each
            for arn, each in _kept(account_id).items()
            if f"/{kind}/" in arn and wanted in (None, arn)
        ]
    }


def _tags(account_id: str, members: Mapping[str, Any]) -> dict[str, Any]:
    return {_TAGS: _one(account_id, members["ResourceARN"])[_TAGS]}


def _tag(account_id: str, members: Mapping[str, Any]) -> dict[str, Any]:
    found = _one(account_id, members["ResourceARN"])
    new = {each["TagKey"] for each in members[_TAGS]}
    kept = [each for each in found[_TAGS] if each["TagKey"] not in new]
    found[_TAGS] = [*kept, *members[_TAGS]]
    return {}


def _untag(account_id: str, members: Mapping[str, Any]) -> dict[str, Any]:
    found = _one(account_id, members["ResourceARN"])
    found[_TAGS] = [each for each in found[_TAGS] if each["TagKey"] not in members["TagKeys"]]
    return {}


def _refuse_unknown_topics(account_id: str, members: Mapping[str, Any]) -> None:
    for arn in members.get("SnsTopicArns") or ():
        region = (arn.split(":") + [""] * 4)[3]
        if not region or arn not in sns_backends[account_id][region].topics:
            raise ChatError("InvalidRequestException", f"There is no SNS topic {arn}")


_Operation = Callable[[str, Mapping[str, Any]], dict[str, Any]]
_OPERATIONS: Mapping[str, _Operation] = {
    "CreateMicrosoftTeamsChannelConfiguration": functools.partial(_create, TEAMS),
    "CreateSlackChannelConfiguration": functools.partial(_create, SLACK),
    "DeleteMicrosoftTeamsChannelConfiguration": _delete,
    "DeleteSlackChannelConfiguration": _delete,
    "DescribeSlackChannelConfigurations": functools.partial(
        _listed, SLACK, "SlackChannelConfigurations"
    ),
    "GetMicrosoftTeamsChannelConfiguration": _get,
    "ListMicrosoftTeamsChannelConfigurations": functools.partial(
        _listed, TEAMS, "TeamChannelConfigurations"
    ),
    "ListTagsForResource": _tags,
    "TagResource": _tag,
    "UntagResource": _untag,
    "UpdateMicrosoftTeamsChannelConfiguration": _update,
    "UpdateSlackChannelConfiguration": _update,
}
