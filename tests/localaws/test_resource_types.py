"""What resource types say as data is what boto3 and pulumi-aws have: no name is misspelt."""

from __future__ import annotations

import dataclasses
import functools

import boto3
import pytest

from localaws.provider import schema
from localaws.resources.calls import Create, Delete, Describe, Get
from localaws.resources.table import RESOURCE_TYPES
from localaws.resources.tags import Ec2Tagging


@functools.cache
def client(service):
    return boto3.client(
        service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )


def operation(call, name):
    api_name = client(call.service).meta.method_to_api_mapping[name]
    return client(call.service).meta.service_model.operation_model(api_name)


def parameters(call, name):
    return operation(call, name).input_shape.members


def answered(call, path):
    """Return the shape at a dotted path of an answer."""
    shape = operation(call, call.operation).output_shape
    for member in path.split("."):
        shape = shape.members[member]
    return shape


def is_list(shape):
    return shape.type_name == "list"


TAGS_WITH_MORE = {"aws:autoscaling/group:Group"}
"""Types whose tags are lists, with what else a tag says."""

TAGGED_AS_A_WHOLE = {"aws:s3/bucket:Bucket"}
"""Types all of whose tags one call replaces; tests/localaws/resources/test_lifecycle.py has it."""

CALLS = [
    pytest.param(call, id=f"{token.rpartition(':')[2]}-{type(call).__name__}")
    for token, each in RESOURCE_TYPES.items()
    for call in (getattr(each, field.name) for field in dataclasses.fields(each))
    if isinstance(call, Create | Delete | Describe | Get)
]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_has_its_parameters_and_its_answer(call):
    takes = parameters(call, call.operation)
    match call:
        case Create():
            assert set(call.sends.values()) <= set(takes)
            assert answered(call, call.returns).type_name == "string"
        case Describe():
            assert is_list(takes[call.by])
            assert is_list(answered(call, call.under))
        case Get():
            assert not is_list(takes[call.by])
            assert call.under is None or answered(call, call.under)
        case Delete():
            assert is_list(takes[call.by]) == call.many


@pytest.mark.parametrize(
    "token",
    [
        token
        for token, each in RESOURCE_TYPES.items()
        if each.tagging and token not in TAGGED_AS_A_WHOLE
    ],
)
def test_a_service_has_the_calls_that_tag(token):
    tagging = RESOURCE_TYPES[token].tagging
    adds, removes = parameters(tagging, tagging.add), parameters(tagging, tagging.remove)
    assert {tagging.resource, tagging.tags, *tagging.always} <= set(adds)
    assert {tagging.resource, tagging.keys, *tagging.always} <= set(removes)
    assert is_list(adds[tagging.tags]) != tagging.as_mapping
    assert is_list(adds[tagging.resource]) == isinstance(tagging, Ec2Tagging)
    if tagging.listing is not None:
        listing, member = tagging.listing
        assert tagging.resource in parameters(tagging, listing)
        assert member in operation(tagging, listing).output_shape.members


@pytest.mark.parametrize("token", RESOURCE_TYPES)
def test_properties_are_those_of_pulumi_aws(token):
    each = RESOURCE_TYPES[token]
    inputs, outputs = schema.input_names(each), schema.output_names(each)
    assert each.replace_on | each.update_on | set(each.defaults) | each.unread <= inputs
    assert set(each.names) <= outputs | {"id"}
    assert not each.replace_on & each.update_on
    assert each.not_carried <= each.replace_on
    has_plain_tags = "tags" in inputs and token not in TAGS_WITH_MORE
    assert has_plain_tags == (each.tagging is not None)
