"""Requests to S3 of a shell that has ``curl`` and not ``aws``.

``curl`` signs them itself (version 7.88 or newer) with the credentials of the job's role, which are
asked for where :func:`batchsdk.sweep_task.task` asks.
"""

from __future__ import annotations

import hashlib

from batchsdk import sweep_task

UNSIGNED = "UNSIGNED-PAYLOAD"
"""Digest of a body that is not signed (S3: "Authenticating Requests")."""

# The credentials of a job's role are JSON at an address that only the container reaches. They stay
# in the shell that asked: callers put __q into one of its own, ( ) or $( ).
_SIGNED = r"""__q(){ __j=$AWS_ACCESS_KEY_ID;[ "$__j" ]||{ __u=$AWS_CONTAINER_CREDENTIALS_FULL_URI
[ "$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" ]&&
__u=ADDRESS$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
__j=$(curl -sSf --retry 5 \
${AWS_CONTAINER_AUTHORIZATION_TOKEN:+-H "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN"} \
"$__u")||return
__v(){ __o=${__j#*\"$1\"*\"};__o=${__o%%\"*};}
__v AccessKeyId;AWS_ACCESS_KEY_ID=$__o;__v SecretAccessKey;AWS_SECRET_ACCESS_KEY=$__o
__v Token;AWS_SESSION_TOKEN=$__o;}
__u=${AWS_ENDPOINT_URL_S3:-${AWS_ENDPOINT_URL:-ENDPOINT}};__z=$1;shift
curl -sSf --retry 5 --aws-sigv4 aws:amz:REGION:s3 \
--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-content-sha256: ${__b:-NOTHING}" \
${AWS_SESSION_TOKEN:+-H "x-amz-security-token: $AWS_SESSION_TOKEN"} "$@" "${__u%/}/$__z";}
"""


def signed(region: str) -> str:
    """Return the shell's function ``__q``: bucket and encoded key, then further words for ``curl``.

    The variable ``__b`` is the digest of the body, for requests that have one.
    """
    endpoint = f"https://s3.{region}.{sweep_task.domain_of(region)}"
    return (
        _SIGNED.replace("ADDRESS", sweep_task.ECS_CREDENTIALS)
        .replace("ENDPOINT}}", f"{endpoint}}}}}")
        .replace("REGION", region)
        .replace("NOTHING", hashlib.sha256(b"").hexdigest())
    )
