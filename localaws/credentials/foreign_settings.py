"""What of an environment would lead a client of AWS past the local one.

Sources: the AWS SDKs and Tools Reference Guide ("Settings reference", "Service-specific
endpoints") and botocore's `configprovider` and `credentials`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
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
FIRST_CLI_THAT_KNOWS = {1: (1, 29, 0), 2: (2, 13, 0)}
"""By major version: the first AWS CLI that reads ``AWS_ENDPOINT_URL`` (their changelogs)."""
CLI_SECONDS = 10


def foreign(environ: Mapping[str, str]) -> list[str]:
    """Return the names of variables without which a client reaches the local AWS alone."""
    unwanted = OF_OTHER_CREDENTIALS | OF_OTHER_ENDPOINTS
    return sorted(name for name in environ if name in unwanted or SERVICE_ENDPOINT.fullmatch(name))


def around_proxies(host: str) -> dict[str, str]:
    """Return variables that keep this process's HTTP proxy, if it has one, out of local calls.

    Args:
        host: of the local AWS.
    """
    proxies = getproxies_environment()
    if not {"http", "all"} & proxies.keys() or proxy_bypass(host):
        return {}
    hosts = ",".join(filter(None, (proxies.get("no"), host)))
    return {"NO_PROXY": hosts, "no_proxy": hosts}


def complaint_about_cli(path: str | None = None) -> str | None:
    """Say so if the AWS CLI is too old to know ``AWS_ENDPOINT_URL``, and so would call AWS itself.

    Args:
        path: where to look for it; ``None``: on PATH.
    """
    program = shutil.which("aws", path=path)
    if program is None:
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - the user's own
            [program, "--version"],
            capture_output=True,
            text=True,
            timeout=CLI_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Version 1 on Python 2 wrote it to stderr.
    found = re.search(r"aws-cli/(\d+)\.(\d+)\.(\d+)", answer.stdout + answer.stderr)
    if found is None:
        return None
    version = tuple(int(number) for number in found.groups())
    needed = FIRST_CLI_THAT_KNOWS.get(version[0], version)
    if version >= needed:
        return None
    return (
        f"{program} is AWS CLI {'.'.join(found.groups())}, which does not know AWS_ENDPOINT_URL "
        f"and calls AWS itself: use {'.'.join(map(str, needed))} or newer, or give each command "
        '--endpoint-url "$AWS_ENDPOINT_URL"'
    )
