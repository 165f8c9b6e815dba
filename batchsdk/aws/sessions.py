"""Sessions of boto3 that have the credentials that a caller means, by botocore's own providers.

botocore reads the region from ``AWS_DEFAULT_REGION``, the other SDKs of AWS from ``AWS_REGION``:
here both are read, the latter first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import boto3
import botocore.config
import botocore.session
from botocore import credentials
from botocore.configprovider import ConfigChainFactory
from botocore.utils import InstanceMetadataFetcher

from batchsdk.aws.access import Access

_NO_OTHER_ENDPOINT = botocore.config.Config(
    ignore_configured_endpoint_urls=True,  # type: ignore[call-arg]  # newer than the stubs
)


@dataclass(frozen=True)
class Sessions:
    """Makes clients of the services of AWS for one connection."""

    session: boto3.session.Session
    region: str | None
    """Where clients speak to, unless they are made for another region."""
    environ: Mapping[str, str] | None = None
    """Variables in the place of the process's."""

    @classmethod
    def of(cls, access: Access, region: str | None) -> Sessions:
        """Make the session that a caller means; asks for no credentials yet.

        Raises:
            botocore.exceptions.ProfileNotFound: there is no such profile.
        """
        environ = os.environ if access.environ is None else access.environ
        session = access.session
        if session is None and access.environ is None and access.profile is None:
            session = _set_up()
        if session is None:
            core = botocore.session.Session(profile=access.profile)
            if access.environ is not None:
                _read_from(core, access.environ, region)
            default = region or environ.get("AWS_REGION") or None
            session = boto3.session.Session(botocore_session=core, region_name=default)
        where = region or session.region_name or environ.get("AWS_REGION") or None
        found = cls(session, where, access.environ)
        return found._in_role(access) if access.role_arn is not None else found

    def client(
        self,
        service: str,
        config: botocore.config.Config | None = None,
        region_name: str | None = None,
        **more: Any,
    ) -> Any:
        """Make a client, as ``boto3.Session.client`` does."""
        make: Any = self.session.client
        if self.environ is not None:
            make = partial(_make, make, self.session._session, self.environ)
        return make(service, config=config, region_name=region_name or self.region, **more)

    def _in_role(self, access: Access) -> Sessions:
        """Return sessions whose credentials are those of a role, renewed before they expire."""
        given = {
            "RoleSessionName": access.role_session_name or "batchsdk",
            "ExternalId": access.external_id,
        }
        core = botocore.session.Session(profile=self.session._session.profile)
        core.register_component(
            "credential_provider",
            credentials.CredentialResolver([_Role(self, access.role_arn or "", given)]),
        )
        session = boto3.session.Session(botocore_session=core, region_name=self.region)
        return Sessions(session, self.region, self.environ)


def _make(
    make: Callable[..., Any],
    core: botocore.session.Session,
    environ: Mapping[str, str],
    service: str,
    *,
    config: botocore.config.Config | None = None,
    **more: Any,
) -> Any:
    """Make a client for the endpoint that the variables, or else the profile, name."""
    name = core.get_service_model(service).service_id.replace(" ", "_").upper()
    in_profile = core.get_scoped_config().get("endpoint_url")
    endpoint = environ.get(f"AWS_ENDPOINT_URL_{name}") or environ.get("AWS_ENDPOINT_URL")
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        endpoint = in_profile = None
    config = config.merge(_NO_OTHER_ENDPOINT) if config else _NO_OTHER_ENDPOINT
    return make(service, config=config, endpoint_url=endpoint or in_profile, **more)


def _set_up() -> boto3.session.Session | None:
    """Return what ``boto3.setup_default_session`` has made.

    Not what ``boto3.client`` makes by itself: it would keep credentials that are not any more in
    the environment.
    """
    session: boto3.session.Session | None = boto3.DEFAULT_SESSION
    if session is None:
        return None
    core: Any = session._session
    own = core._credentials  # read only if they were given or used before
    is_given = own is not None and own.method != credentials.EnvProvider.METHOD
    return session if core.instance_variables() or is_given else None


class _Role(credentials.CredentialProvider):
    METHOD = "assume-role"

    def __init__(self, source: Sessions, role_arn: str, given: Mapping[str, str | None]) -> None:
        self._source = source
        self._role_arn = role_arn
        self._given = {name: value for name, value in given.items() if value is not None}

    def load(self) -> credentials.DeferredRefreshableCredentials | None:
        own = self._source.session.get_credentials()
        if own is None:
            return None
        fetcher = credentials.AssumeRoleCredentialFetcher(
            self._source.client, own, self._role_arn, extra_args=self._given, cache={}
        )
        return credentials.DeferredRefreshableCredentials(fetcher.fetch_credentials, self.METHOD)


def _read_from(
    core: botocore.session.Session, environ: Mapping[str, str], region: str | None
) -> None:
    """Have a session read its settings and credentials from other variables than the process's."""
    factory = ConfigChainFactory(core, environ=environ)
    settings = core.get_component("config_store")
    for name, (in_file, variables, default, convert) in core.session_var_map.items():
        chain = factory.create_config_chain(name, variables, in_file, default, convert)
        settings.set_config_provider(name, chain)
    found = [
        _reading(each, core, environ, region)
        for each in core.get_component("credential_provider").providers
    ]
    core.register_component("credential_provider", credentials.CredentialResolver(found))


def _reading(
    provider: Any, core: botocore.session.Session, environ: Mapping[str, str], region: str | None
) -> Any:
    """Return a provider of credentials like another one that reads the variables."""
    kind = type(provider)
    environment = credentials.EnvProvider(environ)
    container = credentials.ContainerProvider(environ)
    instance = credentials.InstanceMetadataProvider(
        InstanceMetadataFetcher(
            timeout=core.get_config_variable("metadata_service_timeout"),
            num_attempts=core.get_config_variable("metadata_service_num_attempts"),
            env=environ,
            user_agent=core.user_agent(),
        )
    )
    profile = core.get_config_variable("profile") or "default"
    client_of = partial(_make, core.create_client, core, environ, region_name=region)
    if kind is credentials.EnvProvider:
        return environment
    if kind is credentials.ContainerProvider:
        return container
    if kind is credentials.InstanceMetadataProvider:
        return instance
    if kind in (credentials.OriginalEC2Provider, credentials.BotoProvider):
        return kind(environ)
    if kind is credentials.AssumeRoleProvider:
        return kind(
            lambda: core.full_config,
            client_of,
            {},
            profile,
            credential_sourcer=credentials.CanonicalNameCredentialSourcer(
                [environment, container, instance]
            ),
            profile_provider_builder=credentials.ProfileProviderBuilder(core),
        )
    if kind is credentials.AssumeRoleWithWebIdentityProvider:
        config = partial(_with_web_identity, core, profile, environ)
        return kind(config, client_of, profile, disable_env_vars=True)
    return provider


def _with_web_identity(
    core: botocore.session.Session, profile: str, environ: Mapping[str, str]
) -> dict[str, Any]:
    """Return the configuration, with what variables say of a web identity in the profile."""
    known: dict[str, Any] = core.full_config
    variables = {
        "web_identity_token_file": "AWS_WEB_IDENTITY_TOKEN_FILE",
        "role_arn": "AWS_ROLE_ARN",
        "role_session_name": "AWS_ROLE_SESSION_NAME",
    }
    said = {key: environ[name] for key, name in variables.items() if name in environ}
    if "web_identity_token_file" not in said:
        return known
    profiles = known.get("profiles", {})
    return {**known, "profiles": {**profiles, profile: {**profiles.get(profile, {}), **said}}}
