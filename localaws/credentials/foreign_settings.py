"""What of an environment would lead a client of AWS past the local one.

Sources: the AWS SDKs and Tools Reference Guide ("Settings reference", "Service-specific
endpoints") and botocore's `configprovider` and `credentials`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

SERVICE_ENDPOINT = re.compile(r"AWS_ENDPOINT_URL_\w+")
"""Such as ``AWS_ENDPOINT_URL_S3``: takes precedence over ``AWS_ENDPOINT_URL``."""
OF_OTHER_CREDENTIALS = frozenset(
    {
        "AWS_ACCOUNT_ID",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_DEFAULT_PROFILE",
        "AWS_PROFILE",
        "AWS_ROLE_ARN",
        "AWS_ROLE_SESSION_NAME",
        "AWS_SECURITY_TOKEN",
        "AWS_SESSION_TOKEN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    }
)
"""Variables of credentials that are not the local key: some take its place, some go with it."""
OF_OTHER_ENDPOINTS = frozenset(
    {
        "AWS_ACCOUNT_ID_ENDPOINT_MODE",
        "AWS_AUTH_SCHEME_PREFERENCE",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        "AWS_SIGV4A_SIGNING_REGION_SET",
    }
)
"""Variables that choose another address, or a signature that is not of one region."""
ENDPOINT_SETTINGS: Mapping[str, str] = {
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
    "AWS_USE_DUALSTACK_ENDPOINT": "false",
    "AWS_USE_FIPS_ENDPOINT": "false",
}
"""Set and not only unset: a config file may have them as well, and a variable goes before that."""


def foreign(environ: Mapping[str, str]) -> list[str]:
    """Return the names of variables without which a client reaches the local AWS alone."""
    unwanted = OF_OTHER_CREDENTIALS | OF_OTHER_ENDPOINTS
    return sorted(name for name in environ if name in unwanted or SERVICE_ENDPOINT.fullmatch(name))


def around_proxies(endpoint_url: str) -> dict[str, str]:
    """Return variables that keep this process's HTTP proxy, if it has one, out of local calls.

    Args:
        endpoint_url: of the local AWS.
    """
    host = urlsplit(endpoint_url).hostname or ""
    proxies = getproxies_environment()
    if not {"http", "all"} & proxies.keys() or proxy_bypass(host):
        return {}
    hosts = ",".join(filter(None, (proxies.get("no"), host)))
    return {"NO_PROXY": hosts, "no_proxy": hosts}
