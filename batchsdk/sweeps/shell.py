"""A sweep for images that have nothing but ``/bin/sh``.

Batch gives every child of an array the same command, and replaces ``Ref::`` alike in all of them.
So the command is wrapped in a shell that finds the child's values in the table (shell built-ins
only, POSIX), exports them, and becomes the command.

A table that is compressed needs ``base64`` and ``gzip`` as well, which busybox, coreutils and gzip
have; one that is in S3 needs ``aws`` or ``curl``. A job in an image without them ends with exit
code 127 and says in its log what is missing.
"""

from __future__ import annotations

import re
import shlex
import urllib.parse
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from batchsdk import sweep_task
from batchsdk.submit import references
from batchsdk.submit.signed_requests import signed

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

_STORED = r"""__f(){ if command -v aws >/dev/null;then
aws s3 cp --only-show-errors --region REGION "$OBJECT" -;return;fi
command -v curl >/dev/null||{ echo >&2 'batchsdk: the table of this sweep is in S3:' \
'the image needs aws or curl; else give through="task"';return 1;}
__q KEY;}
__d=$(__f)||exit 127
"""


def stored(bucket: str, key: str, region: str) -> str:
    """Return the script that takes a table out of an object of S3, by ``aws`` or ``curl``."""
    path = shlex.quote(f"{bucket}/{urllib.parse.quote(key)}")
    table = _STORED.replace("OBJECT", sweep_task.OBJECT).replace("REGION", region)
    return signed(region) + table.replace("KEY", path)


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
