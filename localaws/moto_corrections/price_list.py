"""The Price List API, which moto does not have, and the Spot prices that moto makes up.

GetProducts knows an example price list: instance types of a few families, and Fargate. The shape is
AWS's (Price List API reference, and the offer files that it quotes); every price is made up from
what an instance has, and says so in its description.
"""

from __future__ import annotations

import functools
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import botocore.session
from botocore.validate import ParamValidator
from moto.core.responses import ActionResult
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES
from moto.ec2.responses import EC2Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from botocore.model import ServiceModel, Shape

FAMILIES = (
    "c4", "c5", "c6g", "c6i", "c7g", "c7i", "g4dn", "m5", "m6g", "m6i", "p3", "r6g", "r6i", "t3",
)  # fmt: skip
"""Of the example price list."""
PUBLISHED = "2026-11-01T00:00:00Z"
_VCPU_HOUR, _GIB_HOUR, _GPU_HOUR = 0.034, 0.0035, 0.35
_SPOT_PART = 0.4
_FARGATE = {"": (0.04, 0.0044), "ARM-": (0.032, 0.0035)}
_MIB_PER_GIB = 1024
_MOST_RESULTS = 100
"""API: GetProducts ``MaxResults``, and its default."""
_SPOT_PAGE = 1000
"""API: DescribeSpotPriceHistory ``MaxResults``."""
_DESCRIPTIONS = ("Linux/UNIX",)


class PriceListError(Exception):
    """What AWS refuses; its first argument is the code of the error."""


def correct() -> None:
    """Answer DescribeSpotPriceHistory with present prices of the example's types."""
    EC2Response.describe_spot_price_history = _spot_price_history  # type: ignore[assignment,method-assign]


def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request to the Price List API (JSON 1.1)."""
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    try:
        status, body = HTTPStatus.OK, get_products(_request(environ, target))
    except PriceListError as fault:
        code, message = fault.args
        status, body = HTTPStatus.BAD_REQUEST, {"__type": code, "Message": message}
    payload = json.dumps(body).encode()
    headers = [
        ("Content-Type", "application/x-amz-json-1.1"),
        ("Content-Length", str(len(payload))),
        ("x-amzn-RequestId", str(uuid.uuid4())),
    ]
    start_response(f"{status.value} {status.phrase}", headers)
    return [payload]


def _request(environ: WSGIEnvironment, target: str) -> dict[str, Any]:
    """Read the members of a request, held against AWS's model of it."""
    if target != "AWSPriceListService.GetProducts":
        text = f"The local AWS does not have this operation of pricing: {target or 'none'}"
        raise PriceListError("UnknownOperationException", text)
    length = int(environ.get("CONTENT_LENGTH") or 0)
    try:
        members = json.loads(environ["wsgi.input"].read(length) or b"{}")
    except ValueError:
        raise PriceListError("SerializationException", "The request is not JSON") from None
    shape = cast("Shape", _model().operation_model("GetProducts").input_shape)
    report = ParamValidator().validate(members, shape)
    if report.has_errors():
        raise PriceListError("InvalidParameterException", report.generate_report())
    return members  # type: ignore[no-any-return]


@functools.cache
def _model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("pricing")


def get_products(request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer GetProducts.

    Args:
        request: its members, in the types of the API.

    Raises:
        PriceListError: no such service, a value that the API does not take, or a filter that is
            not here.
    """
    service, filters = request.get("ServiceCode"), request.get("Filters") or []
    if request.get("FormatVersion", "aws_v1") != "aws_v1":
        raise PriceListError("InvalidParameterException", "Invalid FormatVersion")
    if service not in ("AmazonEC2", "AmazonECS"):
        raise PriceListError("NotFoundException", f"Invalid ServiceCode: {service}")
    if any(each.get("Type") != "TERM_MATCH" for each in filters):
        text = "The local AWS knows filters of type TERM_MATCH alone."
        raise PriceListError("InvalidParameterException", text)
    size = request.get("MaxResults", _MOST_RESULTS)
    if not 1 <= size <= _MOST_RESULTS:
        raise PriceListError("InvalidParameterException", "MaxResults must be 1 to 100")
    wanted = {each["Field"]: each["Value"] for each in filters}
    found = [
        each
        for each in _products(service, wanted.get("regionCode", "us-east-1"))
        if all(_matches(each, field, value) for field, value in wanted.items())
    ]
    start = _start(request.get("NextToken"), len(found))
    answer: dict[str, Any] = {
        "FormatVersion": "aws_v1",
        "PriceList": [json.dumps(each) for each in found[start : start + size]],
    }
    if start + size < len(found):
        answer["NextToken"] = str(start + size)
    return answer


def _start(token: str | None, count: int) -> int:
    if token is None:
        return 0
    if not token.isdecimal() or int(token) >= count:
        raise PriceListError("InvalidNextTokenException", "The pagination token is invalid.")
    return int(token)


def _matches(product: Mapping[str, Any], field: str, value: str) -> bool:
    found = {
        "productFamily": product["product"]["productFamily"],
        "serviceCode": product["serviceCode"],
        **product["product"]["attributes"],
    }
    # User guide of the Price List API: TERM_MATCH minds neither case nor anything else.
    return str(found.get(field, "")).lower() == value.lower()


@functools.cache
def _products(service: str, region: str) -> tuple[dict[str, Any], ...]:
    if region not in INSTANCE_TYPE_OFFERINGS["region"]:
        return ()
    return tuple(_instances(region) if service == "AmazonEC2" else _fargate(region))


def _sizes(region: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for offering in INSTANCE_TYPE_OFFERINGS["region"][region]:
        name = offering["InstanceType"]
        if name.partition(".")[0] in FAMILIES and name in INSTANCE_TYPES:
            yield name, INSTANCE_TYPES[name]


def _size(data: Mapping[str, Any]) -> tuple[int, float, int]:
    gpus = sum(each["Count"] for each in data.get("GpuInfo", {}).get("Gpus", []))
    return data["VCpuInfo"]["DefaultVCpus"], data["MemoryInfo"]["SizeInMiB"] / _MIB_PER_GIB, gpus


def _hour(data: Mapping[str, Any]) -> float:
    vcpus, gib, gpus = _size(data)
    return round(vcpus * _VCPU_HOUR + gib * _GIB_HOUR + gpus * _GPU_HOUR, 4)


def _instances(region: str) -> Iterator[dict[str, Any]]:
    for name, data in _sizes(region):
        vcpus, gib, gpus = _size(data)
        attributes = {
            "servicecode": "AmazonEC2",
            "instanceType": name,
            "vcpu": str(vcpus),
            "memory": f"{gib:,g} GiB",
            **({"gpu": str(gpus)} if gpus else {}),
            "operatingSystem": "Linux",
            "preInstalledSw": "NA",
            "licenseModel": "No License required",
            "tenancy": "Shared",
            "capacitystatus": "Used",
            "marketoption": "OnDemand",
            "operation": "RunInstances",
            "usagetype": f"BoxUsage:{name}",
            "regionCode": region,
            "locationType": "AWS Region",
        }
        text = f"example price of the local AWS per On Demand Linux {name} Instance Hour"
        yield _product(attributes, _hour(data), family="Compute Instance", unit="Hrs", text=text)


def _fargate(region: str) -> Iterator[dict[str, Any]]:
    for kind, (vcpu, gib) in _FARGATE.items():
        for what, price in (("vCPU-Hours:perCPU", vcpu), ("GB-Hours", gib)):
            attributes = {
                "servicecode": "AmazonECS",
                "usagetype": f"LOCAL-Fargate-{kind}{what}",
                "regionCode": region,
                "locationType": "AWS Region",
                "operation": "",
            }
            text = "example price of the local AWS per hour of AWS Fargate"
            yield _product(attributes, price, family="Compute", unit="hours", text=text)


def _product(
    attributes: dict[str, str], price: float, *, family: str, unit: str, text: str
) -> dict[str, Any]:
    named = json.dumps(attributes, sort_keys=True).encode()
    sku = hashlib.sha256(named).hexdigest()[:16].upper()
    offer, rate = f"{sku}.JRTCKXETXF", f"{sku}.JRTCKXETXF.6YS6EN2CT7"
    return {
        "product": {"productFamily": family, "attributes": attributes, "sku": sku},
        "serviceCode": attributes["servicecode"],
        "terms": {
            "OnDemand": {
                offer: {
                    "priceDimensions": {
                        rate: {
                            "unit": unit,
                            "endRange": "Inf",
                            "description": f"${price:.10f} ({text})",
                            "appliesTo": [],
                            "rateCode": rate,
                            "beginRange": "0",
                            "pricePerUnit": {"USD": f"{price:.10f}"},
                        }
                    },
                    "sku": sku,
                    "effectiveDate": PUBLISHED,
                    "offerTermCode": "JRTCKXETXF",
                    "termAttributes": {},
                }
            }
        },
        "version": PUBLISHED.replace("-", "").replace(":", ""),
        "publicationDate": PUBLISHED,
    }


def _spot_price_history(self: EC2Response) -> ActionResult:
    types, filters = self._get_param("InstanceTypes", []), self._filters_from_querystring()
    wanted = self._get_param("ProductDescriptions", [])
    offered = self.ec2_backend.describe_spot_price_history(types, filters)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    prices = [
        {
            "InstanceType": each["InstanceType"],
            "ProductDescription": description,
            "SpotPrice": f"{_hour(INSTANCE_TYPES[each['InstanceType']]) * _SPOT_PART:.6f}",
            "AvailabilityZone": each["Location"],
            "Timestamp": now,
        }
        for each in offered
        if each["InstanceType"].partition(".")[0] in FAMILIES
        and each["InstanceType"] in INSTANCE_TYPES
        for description in _DESCRIPTIONS
        if not wanted or description in wanted
    ]
    size = self._get_int_param("MaxResults") or _SPOT_PAGE
    token = self._get_param("NextToken") or "0"
    start = int(token) if token.isdecimal() else 0
    more = str(start + size) if start + size < len(prices) else ""
    return ActionResult({"SpotPriceHistory": prices[start : start + size], "NextToken": more})
