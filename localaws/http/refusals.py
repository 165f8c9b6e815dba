"""What the door refuses, and the code that each kind of service has for it.

Sources: "Common Error Types" in the API reference of IAM and of AWS Batch, "Error responses" in
that of Amazon S3, "Error codes" in that of Amazon EC2.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """An error code, with the HTTP status that belongs to it."""

    name: str
    status: int


class Codes(NamedTuple):
    """One refusal, as services of each kind tell it.

    Attributes:
        json: services that speak JSON or CBOR.
        query: services that take forms and answer XML, such as IAM.
        s3: Amazon S3.
        ec2: Amazon EC2.
    """

    json: Code
    query: Code
    s3: Code
    ec2: Code

    @classmethod
    def same(cls, name: str, status: int) -> Codes:
        """Return one code for every kind of service."""
        return cls(*[Code(name, status)] * 4)


_EC2_KEY = Code("AuthFailure", 401)

NOT_SIGNED = Codes(
    Code("MissingAuthenticationTokenException", 403),
    Code("MissingAuthenticationToken", 403),
    Code("AccessDenied", 403),
    _EC2_KEY,
)
INCOMPLETE = Codes(
    Code("IncompleteSignatureException", 403),
    Code("IncompleteSignature", 403),
    Code("AuthorizationHeaderMalformed", 400),
    _EC2_KEY,
)
INCOMPLETE_QUERY = INCOMPLETE._replace(s3=Code("AuthorizationQueryParametersError", 400))
UNKNOWN_KEY = Codes(
    Code("UnrecognizedClientException", 403),
    Code("InvalidClientTokenId", 403),
    Code("InvalidAccessKeyId", 403),
    _EC2_KEY,
)
WRONG_SIGNATURE = Codes(
    Code("InvalidSignatureException", 403),
    Code("SignatureDoesNotMatch", 403),
    Code("SignatureDoesNotMatch", 403),
    _EC2_KEY,
)
OTHER_TIME = WRONG_SIGNATURE._replace(
    s3=Code("RequestTimeTooSkewed", 403), ec2=Code("RequestExpired", 400)
)
EXPIRED_URL = OTHER_TIME._replace(s3=Code("AccessDenied", 403))
WRONG_TOKEN = UNKNOWN_KEY._replace(s3=Code("InvalidToken", 400))
EXPIRED_TOKEN = Codes(
    Code("ExpiredTokenException", 403),
    Code("ExpiredToken", 403),
    Code("ExpiredToken", 400),
    Code("RequestExpired", 400),
)
FORBIDDEN = Codes.same("AccessDenied", 403)._replace(json=Code("AccessDeniedException", 403))
OTHER_SIGNATURE = INCOMPLETE._replace(s3=Code("InvalidRequest", 400))
TOO_LARGE = Codes.same("RequestEntityTooLarge", 413)._replace(
    json=Code("RequestEntityTooLargeException", 413), s3=Code("EntityTooLarge", 400)
)
OTHER_BODY = Codes.same("XAmzContentSHA256Mismatch", 400)
INVALID = Codes.same("InvalidRequest", 400)
INCOMPLETE_BODY = Codes.same("IncompleteBody", 400)
BAD_DIGEST = Codes.same("BadDigest", 400)
INVALID_DIGEST = Codes.same("InvalidDigest", 400)
MALFORMED_TRAILER = Codes.same("MalformedTrailerError", 400)
INVALID_POLICY = Codes.same("InvalidPolicyDocument", 400)
MALFORMED_POST = Codes.same("MalformedPOSTRequest", 400)
INVALID_ARGUMENT = Codes.same("InvalidArgument", 400)
TOO_SMALL = Codes.same("EntityTooSmall", 400)


class RefusedError(Exception):
    """The request may not come in.

    Attributes:
        codes: what each kind of service calls it.
        details: further elements of S3's errors, by name.
    """

    def __init__(self, codes: Codes, message: str, **details: str) -> None:
        self.codes = codes
        self.details = details
        super().__init__(message)
