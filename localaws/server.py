"""The local AWS: moto's services and our Batch on one loopback port.

with LocalAws(executor="process") as local:
    boto3.client("batch", **local.client_arguments) ...
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import boto3
from botocore.config import Config
from moto.backends import get_backend
from moto.core.base_backend import BackendDict
from moto.core.config import default_user_config
from moto.utilities.utils import get_partition

from localaws.authorization import policy_simulation
from localaws.authorization.authorizer import Authorizer
from localaws.authorization.denials import Denial
from localaws.authorization.policy_simulation import role_allows
from localaws.authorization.public_buckets import PublicBuckets
from localaws.authorization.service_roles import ServiceRoles
from localaws.batch import clusters
from localaws.batch.agent_rights import AgentRights
from localaws.batch.delays import NO_DELAYS, StateDelays
from localaws.batch.ecs_agent import EcsAgent
from localaws.batch.ecs_exec import MOST_BYTES as EXEC_BYTES
from localaws.batch.ecs_exec import PREFIX as EXEC_PREFIX
from localaws.batch.ecs_exec import EcsExec
from localaws.batch.engine import DEFAULT_STOP_TIMEOUT, Engine, SavedRegions
from localaws.batch.errors import ClientException
from localaws.batch.events import EventBridge
from localaws.batch.executors.choice import ExecutorName, choose_executor, make_executor
from localaws.batch.reachability import Network
from localaws.batch.role_clients import RoleClients
from localaws.batch.roles import Roles
from localaws.batch.schedules.firing import Schedules
from localaws.batch.task_endpoints import MOST_BYTES as AGENT_BYTES
from localaws.batch.task_endpoints import PREFIX as AGENT_PREFIX
from localaws.batch.task_endpoints import TaskEndpoints
from localaws.batch.task_roles import TaskRole
from localaws.batch.wsgi import BatchApplication
from localaws.control.requests import SCHEDULES_PATH, Control
from localaws.credentials.access_keys import AccessKeys
from localaws.credentials.connection import (
    ACCOUNT_ID,
    DEFAULT_REGION,
    HEALTH_PATH,
    KEY_VARIABLES,
    PREFIX,
    PROVIDER_AGENT,
    Connection,
)
from localaws.faults import Faults
from localaws.http.door import CALLER, Caller, Door
from localaws.http.faults import FaultyWire
from localaws.http.moto_services import MotoServices
from localaws.http.protocols import error_answer
from localaws.http.refusals import Code
from localaws.http.server import HOST, HttpServer
from localaws.moto_corrections import chat_channels, correct_moto, price_list, state_machines
from localaws.persistence.data_directory import DataDirectory
from localaws.persistence.pulumi_state import PulumiState

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["LocalAws", "StateDelays"]

REFILLED: tuple[Literal["ec2"], Literal["iam"]] = ("ec2", "iam")
"""Services of moto whose state takes long to make."""
DENIED = Code("AccessDeniedException", 403)


class LocalAws:
    """A local AWS that runs from ``__enter__`` (or :meth:`start`) to ``__exit__`` (or ``stop``).

    moto keeps its state for the whole process: have one at a time.
    """

    _running: ClassVar[LocalAws | None] = None

    def __init__(
        self,
        *,
        executor: ExecutorName = "auto",
        port: int = 0,
        region: str = DEFAULT_REGION,
        stop_timeout: float = DEFAULT_STOP_TIMEOUT,
        delays: StateDelays = NO_DELAYS,
        data: Path | None = None,
        reachability: bool = True,
        role_checks: bool = True,
        enforce_iam: bool = False,
    ) -> None:
        """Prepare a local AWS.

        Args:
            executor: what runs jobs; ``auto`` is containers where a container engine answers,
                else processes of this machine. ``noop`` runs nothing: every job succeeds at once,
                for benchmarks of clients.
            port: TCP port on 127.0.0.1; 0 takes a free one.
            region: the default region of :attr:`connection`; every region is served.
            stop_timeout: seconds between SIGTERM and SIGKILL for a job that is stopped.
            delays: how long states of jobs, compute environments and queues last at least.
            data: folder that keeps everything over a restart; ``None``: in memory only.
            reachability: whether instances register, and images are pulled, only where the routes,
                endpoints and security groups of their VPC let them. The default VPC always does.
            role_checks: whether an environment turns INVALID whose roles are not there, or do not
                let Batch do what it must.
            enforce_iam: whether every call, and the work of the ECS agent, is held against the
                policies that IAM has. The accounts' own keys (:attr:`connection`) may do all.

        Raises:
            OSError: the port is taken, or the data directory is used by another server.
            RuntimeError: no container engine answers, and ``container`` is wanted.
            ValueError: there is no executor of that name.
        """
        self._executor_name = choose_executor(executor)
        self._keys = AccessKeys()
        self.faults = Faults()
        """Failures on demand: see :mod:`localaws.faults`."""
        self.control = Control(self)
        unsigned = {HEALTH_PATH: 0, AGENT_PREFIX: AGENT_BYTES, EXEC_PREFIX: EXEC_BYTES}
        door = Door(self._keys, PublicBuckets(), unsigned=unsigned)
        self._server = HttpServer(self._enter, door, port)
        try:
            self._data = DataDirectory(data) if data is not None else None
        except OSError:
            self._server.close()
            raise
        self._pulumi = self._data.pulumi if self._data else PulumiState.temporary()
        self.deployed = self._data.deployed if self._data else {}
        """What `deploy` has deployed: stacks, and of each the resources by their URNs."""
        self._region = region
        self._stop_timeout = stop_timeout
        self._delays = delays
        self._reachability = reachability
        self._role_checks = role_checks
        self.enforce_iam = enforce_iam
        """Whether calls are held against the policies of IAM; may be changed at any time."""
        self._lock = threading.Lock()
        self._service_roles: dict[tuple[str, str], ServiceRoles] = {}
        self._authorizer = Authorizer(self._keys.is_of_account, self._newest_definition)
        self._moto = MotoServices()
        self._runs_state_machines = False
        self._role_clients = RoleClients(self._roles_for_services, self._client)
        self.schedules = Schedules(self._role_clients)
        """What EventBridge Scheduler fires, and the clock by which it does."""
        self._wire = FaultyWire(self._dispatch, self.faults)

    def connection_for(self, account_id: str, region: str | None = None) -> Connection:
        """Return how to reach this AWS as an account; the account exists from then on.

        Raises:
            ValueError: an account id has 12 digits.
        """
        key = self._keys.of_account(account_id)
        return Connection(
            endpoint_url=f"http://{HOST}:{self._server.port}",
            region=region or self._region,
            access_key_id=key.id,
            secret_access_key=key.secret,
        )

    @property
    def connection(self) -> Connection:
        """How to reach this AWS as its default account, 123456789012."""
        return self.connection_for(ACCOUNT_ID)

    @property
    def executor(self) -> str:
        """``process``, ``container`` or ``noop``: what runs the jobs."""
        return self._executor_name

    @property
    def endpoint_url(self) -> str:
        """URL of the server, e.g. ``http://127.0.0.1:40123``."""
        return self.connection.endpoint_url

    @property
    def environ(self) -> dict[str, str]:
        """``AWS_*`` variables that point boto3, the AWS CLI and Pulumi here."""
        return self.connection.environ

    @property
    def client_arguments(self) -> dict[str, Any]:
        """Keyword arguments for ``boto3.client`` that point it here."""
        return {
            "endpoint_url": self.connection.endpoint_url,
            "region_name": self.connection.region,
            "aws_access_key_id": self.connection.access_key_id,
            "aws_secret_access_key": self.connection.secret_access_key,
        }

    def start(self) -> Self:
        """Serve, with nothing in any account but what the data directory kept.

        Raises:
            DataVersionError: the data directory is another version's.
            ForbiddenObjectError: what is in it was not written by this.
            OSError: somebody else can write what is in it.
            RuntimeError: another one runs in this process.
        """
        if LocalAws._running is not None:
            self._let_go()
            raise RuntimeError(
                f"a local AWS runs in this process already, at {LocalAws._running.endpoint_url}: "
                "moto keeps its state for the whole process, so stop that one first"
            )
        # AWS's managed policies must exist to be attached to roles.
        default_user_config["iam"]["load_aws_managed_policies"] = True
        default_user_config["stepfunctions"]["execute_state_machine"] = True
        correct_moto()
        policy_simulation.correct()
        BackendDict.reset()
        saved = self._load()
        # A container has its own: of the image, and of the container engine.
        inherited = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(Path.home()),
            "HOSTNAME": socket.gethostname(),
        }
        endpoints = TaskEndpoints(f"http://{HOST}:{self._server.port}")
        self._engine = Engine(
            make_executor(self._executor_name),
            job_environment={} if self._executor_name == "container" else inherited,
            account_environment=self._account_environment,
            stop_timeout=self._stop_timeout,
            delays=self._delays,
            faults=self.faults,
            saved=saved,
            endpoints=endpoints,
            network=Network if self._reachability else None,
            roles=self._roles if self._role_checks else None,
            agent=self._agent_rights,
            events=EventBridge(self._role_clients),
        )
        self.faults.on_change = self._engine.wake
        self._batch = BatchApplication(self._engine)
        self._agent = EcsAgent(self._engine, endpoints, self._credentials)
        self._exec = EcsExec(self._engine, f"http://{HOST}:{self._server.port}")
        if self._data is not None:
            self._data.save_regularly(self._engine)
        self._started_at = time.time()
        self._server.start()
        self.schedules.start()
        LocalAws._running = self
        return self

    def stop(self) -> None:
        """Stop serving, kill the jobs that run, and forget what no data directory keeps."""
        LocalAws._running = None
        self.schedules.close()
        state_machines.stop_executions()
        try:
            self._server.stop()
            if self._data is not None:
                self._data.close(self._engine)
        finally:
            self._engine.close()
            if self._data is None:
                self._pulumi.remove()

    def reset(self) -> None:
        """Empty every account and take all faults back; keys and the port stay."""
        self.faults.clear()
        self._engine.reset(self._forget)

    def _forget(self) -> None:
        # moto would fill them anew (default VPCs, all managed policies) before it drops them.
        for service in REFILLED:
            get_backend(service).clear()
        state_machines.stop_executions()
        BackendDict.reset()
        self._service_roles.clear()
        self.schedules.reset()
        self._pulumi.clear()
        self.deployed.clear()

    def status(self) -> dict[str, Any]:
        """Say what runs here: address, executor, seconds since the start, counts."""
        return {
            "endpointUrl": self.endpoint_url,
            "processId": os.getpid(),
            "executor": self.executor,
            "region": self._region,
            "dataDirectory": str(self._data.path) if self._data is not None else None,
            "pulumiState": str(self._pulumi.path),
            "uptimeSeconds": round(time.time() - self._started_at),
            "faults": len(self.faults.describe()),
            "batch": self._engine.counts(),
        }

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _load(self) -> SavedRegions | None:
        if self._data is None:
            return None
        try:
            return self._data.load()
        except BaseException:
            self._let_go()
            raise

    def _let_go(self) -> None:
        """Give back the port and the data directory of a start that fails."""
        self._server.close()
        if self._data is None:
            self._pulumi.remove()
        if self._data is not None:
            self._data.release()

    @staticmethod
    def _roles(account_id: str, region: str) -> Roles:
        return Roles(account_id, region, role_allows)

    def _roles_for_services(self, account_id: str, region: str) -> ServiceRoles:
        with self._lock:
            found = self._service_roles.get((account_id, region))
            if found is None:
                found = ServiceRoles(account_id, region, lambda: self.enforce_iam)
                self._service_roles[account_id, region] = found
            return found

    def _agent_rights(self, account_id: str, region: str) -> AgentRights:
        judge = self._roles_for_services(account_id, region)
        return AgentRights(account_id, region, get_partition(region), judge)

    def _credentials(self, role: TaskRole, account_id: str, region: str) -> dict[str, Any]:
        return self._roles_for_services(account_id, region).credentials(role)

    def _correct_state_machines(self) -> None:
        with self._lock:
            if not self._runs_state_machines:
                state_machines.correct(self._client_of_execution)
                self._runs_state_machines = True

    def _client_of_execution(self, service: str, region: str, role_arn: str) -> Any:
        """Return a client of a service with the rights of a state machine's role."""
        _, partition, _, _, account_id, _ = role_arn.split(":", maxsplit=5)
        roles = self._roles_for_services(account_id, region)
        role = TaskRole(role_arn, "StepFunctions", "states.amazonaws.com")
        source = f"arn:{partition}:states:{region}:{account_id}:stateMachine:*"
        if not roles.is_assumable(role, source):
            raise PermissionError(f"Step Functions is not authorized to assume {role_arn}")
        return self._client(service, region, roles.credentials(role))

    def _client(self, service: str, region: str, keys: Mapping[str, Any]) -> Any:
        """Return a boto3 client of this AWS with the keys of a role's session."""
        name: Any = service  # one of the hundreds that the types of boto3 tell apart
        with self._lock:  # boto3 makes clients on a session that is not thread-safe
            return boto3.client(
                name,
                endpoint_url=self.endpoint_url,
                region_name=region,
                aws_access_key_id=keys["AccessKeyId"],
                aws_secret_access_key=keys["SecretAccessKey"],
                aws_session_token=keys["Token"],
                config=Config(retries={"total_max_attempts": 1}),
            )

    def _account_environment(self, account_id: str, region: str) -> dict[str, str]:
        """Jobs reach this AWS as they would the real one; their credentials are their role's."""
        environ = self.connection_for(account_id, region).environ
        return {name: value for name, value in environ.items() if name not in KEY_VARIABLES}

    def _enter(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_ours = environ[CALLER].service in ("", "localaws")  # the former: what is not signed
        if is_ours and environ["PATH_INFO"].startswith(AGENT_PREFIX):
            return self._agent(environ, start_response)
        if is_ours and environ["PATH_INFO"].startswith(EXEC_PREFIX):
            return self._exec(environ, start_response)
        if is_ours and environ["PATH_INFO"].startswith(PREFIX):
            if not self._may_control(environ):
                text = "only the key that `python -m localaws env` prints controls the local AWS"
                return error_answer(environ, "localaws", DENIED, text).send(start_response)
            # What schedules call are requests of their own, for which a save must not wait.
            if self._data is not None and not environ["PATH_INFO"].startswith(SCHEDULES_PATH):
                with self._data.serving(is_engines=False):
                    return self.control(environ, start_response)
            return self.control(environ, start_response)
        if self._data is None:
            return self._wire(environ, start_response)
        is_engines = PROVIDER_AGENT in environ.get("HTTP_USER_AGENT", "")
        with self._data.serving(is_engines=is_engines):
            return self._wire(environ, start_response)

    def _may_control(self, environ: WSGIEnvironment) -> bool:
        """Tell whether a request for the server itself comes from an account, not from a job."""
        caller: Caller = environ[CALLER]
        is_health = environ["PATH_INFO"].startswith(HEALTH_PATH)
        return is_health or self._keys.is_of_account(caller.access_key_id)

    def _newest_definition(self, account_id: str, region: str, name: str) -> str | None:
        with self._engine.lock:
            state, _ = self._engine.region(account_id, region)
            try:
                return state.job_definition(name).arn
            except ClientException:
                return None

    def _register_instances(self, account_id: str, region: str) -> None:
        """Have ECS know the instances that run now, before it is asked about them."""
        with self._engine.lock:
            state, _ = self._engine.region(account_id, region)
            clusters.register_instances(state)

    def _denial(self, environ: WSGIEnvironment, caller: Caller) -> Denial | None:
        if not self.enforce_iam:
            return None
        return self._authorizer.refusal(
            environ,
            key_id=caller.access_key_id,
            account_id=caller.account_id,
            service=caller.service,
            region=caller.region,
        )

    def _dispatch(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        caller: Caller = environ[CALLER]
        denial = self._denial(environ, caller)
        if denial is not None:
            code = Code(denial.code, denial.status)
            answer = error_answer(environ, caller.service, code, denial.message)
            return answer.send(start_response)
        if caller.service == "batch":
            return self._batch.answer(environ, start_response, caller.account_id, caller.region)
        if caller.service == "states":
            self._correct_state_machines()
        if caller.service == "pricing":
            return price_list.answer(environ, start_response)
        if caller.service == "chatbot":
            return chat_channels.answer(environ, start_response, caller.account_id)
        if caller.service == "ecs":
            place = (caller.account_id, caller.region)
            self._register_instances(*place)
            judge = self._roles_for_services(*place)
            answer_of_exec = self._exec.answer(environ, start_response, place, judge)
            if answer_of_exec is not None:
                return answer_of_exec
        # moto would ask its IAM whose key it is, which does not know ours.
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = caller.account_id
        return self._moto.answer(environ, start_response, caller.service)
