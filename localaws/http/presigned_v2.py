"""Presigned URLs and posts of Amazon S3 in Signature Version 2, which boto3 makes by default.

Source: "Signing and authenticating REST requests (AWS Signature Version 2)" in the Amazon S3 API
reference: "Query string request authentication alternative", and the regions that have it.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlsplit

from botocore.auth import HmacV1QueryAuth
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from localaws.http.refusals import FORBIDDEN, OTHER_SIGNATURE, RefusedError
from localaws.http.signatures import header_of, query_pairs

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

QUERY_PARAMETERS = frozenset({"AWSAccessKeyId", "Signature", "Expires"})
"""What such a URL says of its signature."""
REGIONS = frozenset(
    {
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "sa-east-1",
        "us-east-1",
        "us-west-1",
        "us-west-2",
    }
)
"""Where S3 takes Signature Version 2; it has been of no other region since 2014."""


@dataclass(frozen=True)
class PresignedHead:
    """The head of a request by such a URL.

    Attributes:
        expires: when it ends, in epoch seconds.
        resource: path, with the bucket, that is signed.
    """

    key_id: str
    signature: str
    expires: str
    session_token: str | None
    method: str
    url: str
    resource: str
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, environ: WSGIEnvironment, resource: str) -> Self | None:
        """Read the head of a WSGI request; ``None`` if it is not signed so.

        Args:
            environ: of WSGI.
            resource: path with the bucket, as it was sent.

        Raises:
            RefusedError: half of a signature.
        """
        query = dict(query_pairs(environ))
        if not QUERY_PARAMETERS & query.keys():
            return None
        if QUERY_PARAMETERS - query.keys():
            raise RefusedError(
                FORBIDDEN,
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId "
                "parameters",
            )
        names = ["content-md5", "content-type"]
        names += [
            each[5:].lower().replace("_", "-") for each in environ if each.startswith("HTTP_X_AMZ_")
        ]
        found = {name: header_of(environ, name) for name in names}
        found |= {
            name.lower(): value for name, value in query.items() if name.lower().startswith("x-amz")
        }
        return cls(
            key_id=query["AWSAccessKeyId"],
            signature=query["Signature"],
            expires=query["Expires"],
            session_token=found.get("x-amz-security-token"),
            method=environ["REQUEST_METHOD"],
            url=f"http://host{resource}?{environ.get('QUERY_STRING', '')}",
            resource=resource,
            headers=tuple((name, value) for name, value in found.items() if value is not None),
        )

    def is_signed_with(self, secret: str) -> bool:
        """Whether the signature is made with that secret key."""
        headers = HTTPHeaders()
        for name, value in self.headers:
            headers[name] = value
        signer = _Signer(self, secret)
        found = signer.get_signature(
            self.method, urlsplit(self.url), cast("Mapping[str, Any]", headers), None, self.resource
        )
        return hmac.compare_digest(found, self.signature)


class _Signer(HmacV1QueryAuth):
    def __init__(self, head: PresignedHead, secret: str) -> None:
        super().__init__(Credentials(head.key_id, secret))
        self._head = head

    def _get_date(self) -> str:
        return self._head.expires


def is_text_signed_with(secret: str, text: str, signature: str) -> bool:
    """Whether a text, e.g. the policy of a post, is signed with that secret key."""
    signer = HmacV1QueryAuth(Credentials("", secret))
    return hmac.compare_digest(str(signer.sign_string(text)), signature)


def check_region(region: str) -> None:
    """Check that S3 takes Signature Version 2 there.

    Raises:
        RefusedError: it does not.
    """
    if region not in REGIONS:
        raise RefusedError(
            OTHER_SIGNATURE,
            "The authorization mechanism you have provided is not supported. Please use "
            "AWS4-HMAC-SHA256.",
        )


def fields_of(form: Mapping[str, str]) -> tuple[str, str] | None:
    """Return key id and signature of a post's form, if it is signed so."""
    if "AWSAccessKeyId" in form and "signature" in form:
        return form["AWSAccessKeyId"], form["signature"]
    return None
