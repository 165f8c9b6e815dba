"""A sweep for images that have nothing but ``/bin/sh``.

Batch gives every child of an array the same command, and replaces ``Ref::`` alike in all of them.
So the command is wrapped in a shell that finds the child's values in the table (shell built-ins
only, POSIX), exports them, and becomes the command.

A table that is compressed needs ``base64`` and ``gzip`` as well, which busybox, coreutils and gzip
have; one that is in S3 needs ``aws`` or ``curl``. A job in an image without them ends with exit
code 127 and says in its log what is missing.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import urllib.parse
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from batchsdk import sweep_task
from batchsdk.submit import references

_SHELLS = frozenset({"ash", "bash", "dash", "ksh", "sh", "zsh"})

# No name of a sweep begins with __, as these do. $1 of a function is its own:
# the arguments of the script stay what Batch made of them.
_LOOKUP = r"""__t(){ set -f;IFS='
';set -- $__d;unset IFS;__h=$1;shift
__c=${CHILD:-0};__p=$__c
for __r in ${__h#* };do __a=${__r%-*};__n=$((${__r#*-}-__a+1))
[ $__p -lt $__n ]&&break;__p=$((__p-__n));done
BATCHSDK_INDEX=$((__a+__p));export BATCHSDK_INDEX
case $__h in g*)__p=$BATCHSDK_INDEX;;*)__p=$__c;esac
for __l do eval "__x $__l";done;set +f;}
__x(){ __k=$1;shift;__w=0;for __y in $__k;do __w=$((__w+1));done
__n=$(($#/__w));__s=$((__p%__n*__w));__p=$((__p/__n));shift $__s
for __y in $__k;do export "$__y=$1";shift;done;}
__t
""".replace("CHILD", sweep_task.CHILD)

PLAIN = f"__d=${sweep_task.TABLE}\n"
"""Takes the table out of the environment. The decoded table is never exported: a variable that is
longer than 128 KiB would keep Linux from executing anything."""

COMPRESSED = (
    f'__d=$(printf %s "${{{sweep_task.TABLE}#* }}"|base64 -d|gzip -dc)||'
    "{ echo 'batchsdk: the table of this sweep needs base64 and gzip in the image; "
    'else give as_separate_jobs=True, or storage= with through="task"\' >&2;exit 127;}\n'
)
"""Takes a compressed table out of the environment."""

# The credentials of a job's role are JSON at an address that only the container reaches.
_STORED = r"""__f(){ if command -v aws >/dev/null;then
aws s3 cp --only-show-errors --region $__r "$OBJECT" -;return;fi
command -v curl >/dev/null||{ echo >&2 'batchsdk: the table of this sweep is in S3:' \
'the image needs aws or curl; else give through="task"';return 1;}
__j=$AWS_ACCESS_KEY_ID;[ "$__j" ]||{ __u=$AWS_CONTAINER_CREDENTIALS_FULL_URI
[ "$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" ]&&
__u=ADDRESS$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
__j=$(curl -sSf --retry 5 \
${AWS_CONTAINER_AUTHORIZATION_TOKEN:+-H "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN"} \
"$__u")||return
__v(){ __o=${__j#*\"$1\"*\"};__o=${__o%%\"*};}
__v AccessKeyId;AWS_ACCESS_KEY_ID=$__o;__v SecretAccessKey;AWS_SECRET_ACCESS_KEY=$__o
__v Token;AWS_SESSION_TOKEN=$__o;}
__u=${AWS_ENDPOINT_URL_S3:-${AWS_ENDPOINT_URL:-$__e}}
curl -sSf --retry 5 --aws-sigv4 aws:amz:$__r:s3 \
--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-content-sha256: NOTHING" \
${AWS_SESSION_TOKEN:+-H "x-amz-security-token: $AWS_SESSION_TOKEN"} "${__u%/}/$__k";}
__d=$(__f)||exit 127
"""
_FROM_S3 = (
    _STORED.replace("OBJECT", sweep_task.OBJECT)
    .replace("ADDRESS", sweep_task.ECS_CREDENTIALS)
    .replace("NOTHING", hashlib.sha256(b"").hexdigest())
)


def stored(bucket: str, key: str, region: str) -> str:
    """Return the script that takes a table out of an object of S3, by ``aws`` or ``curl``.

    ``curl`` signs the request itself (version 7.88 or newer) with the credentials of the job's
    role, which are asked for where :func:`batchsdk.sweep_task.task` asks.
    """
    endpoint = f"https://s3.{region}.{sweep_task.domain_of(region)}"
    path = shlex.quote(f"{bucket}/{urllib.parse.quote(key)}")
    return f"__r={region};__e={endpoint};__k={path}\n{_FROM_S3}"


def reads_variables(command: Sequence[str], names: Collection[str]) -> bool:
    """Tell whether ``command`` is a shell's that expands a variable of one of ``names``."""
    if not command or PurePosixPath(command[0]).name not in _SHELLS:
        return False
    found = {name for item in command for name in re.findall(r"\$\{?([A-Za-z_]\w*)", item)}
    return bool(found & set(names))


def wrapped(command: Sequence[str], names: Collection[str], read: str = PLAIN) -> list[str]:
    """Return the command that looks up a child's values and then becomes ``command``.

    Args:
        command: with ``Ref::name`` or ``$name`` for the values.
        names: what the sweep goes over.
        read: the script that finds the table: :data:`PLAIN`, :data:`COMPRESSED` or that of
            :func:`stored`.

    ``Ref::name`` of a sweep's name becomes that variable; every other placeholder stays an element
    of its own, for Batch to replace.
    """
    kept: list[str] = []
    words: list[str] = []
    for item in command:
        name = item.removeprefix(references.PREFIX)
        if item.startswith(references.PREFIX) and name in names:
            words.append(f'"${name}"')
        elif item.startswith(references.PREFIX):
            kept.append(item)
            words.append(f'"${{{len(kept)}}}"')
        else:
            words.append(shlex.quote(item))
    script = f"{read}{_LOOKUP}exec {' '.join(words)}"
    return ["sh", "-c", script, *(["sh", *kept] if kept else [])]
