"""Folders of a job that are filled from S3 before its command, and copied to S3 after it.

The command becomes the last words of a shell's, which copies by the AWS CLI, or else by ``curl``:
the image needs ``sh`` and one of the two, and the job's role the rights. Placeholders stay words of
their own, for Batch to replace.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from batchsdk.errors import Problem
from batchsdk.submit import references
from batchsdk.submit.signed_requests import UNSIGNED, signed
from batchsdk.submit.submission import Submission
from batchsdk.submit.targets import Definition
from batchsdk.submit.tasks import Task

FIELDS = ("inputs", "outputs")
MARK = "# batchsdk copies files"
"""First line of the script, by which a reader of the job's command knows it."""

_URI = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>.*))?")
_LONGEST_KEY = 1024
"""Bytes of a key (S3 user guide: Naming Amazon S3 objects)."""
_LONGEST_PATH = 4096
_ACTING = re.compile(r'[\x00-\x1f\x7f"`\\]|\$(?![A-Za-z_])')
"""What a shell would do more with than to replace ``$NAME``."""

_PRELUDE = r"""__f(){ echo "batchsdk: $1">&2;exit "$2";}
if command -v aws >/dev/null;then
__e(){ aws s3 ls --region REGION "$1">/dev/null;}
__c(){ aws s3 cp --only-show-errors --region REGION --recursive "$1" "$2";}
elif command -v curl >/dev/null;then
BY_CURL
else __f 'inputs and outputs need aws or curl in the image' 127;fi
__d(){ mkdir -p "$1"||__f "cannot make the folder $1 (is the root file system read-only?)" 1;}
__i(){ __e "$1"||__f "there is no object below $1" 1
__d "$2";__c "$1" "$2"||__f "cannot copy $1 to $2" 1;}
__o(){ [ "$(ls -A "$1")" ]||{ echo "batchsdk: $1 is empty: nothing is copied to $2">&2;return;}
__c "$1" "$2"||__f "cannot copy $1 to $2" 1;}
"""
# Keys are shown in XML, and sent as S3 encodes them: curl signs what it sends. Other names than
# those of printable ASCII would need more of the shell than all have.
_BY_CURL = r"""SIGNED
__w()(LC_ALL=C;case $1 in *[!\ -~]*)echo "batchsdk: $1: such a name needs aws in the image">&2
exit 1;esac
printf %s "$1"|sed 's/%/%25/g;s/ /%20/g;s/!/%21/g;s/"/%22/g;s/#/%23/g;s/\$/%24/g;s/&/%26/g'"
s/'/%27/g;s,/,${2:-/},g;"'s/(/%28/g;s/)/%29/g;s/\*/%2A/g;s/+/%2B/g;s/,/%2C/g;s/:/%3A/g
s/;/%3B/g;s/</%3C/g;s/=/%3D/g;s/>/%3E/g;s/?/%3F/g;s/@/%40/g;s/\[/%5B/g;s/]/%5D/g
s/\\/%5C/g;s/\^/%5E/g;s/`/%60/g;s/{/%7B/g;s/|/%7C/g;s/}/%7D/g')
__l()(__m=${1#s3://};__a=;__p=$(__w "${__m#*/}" %2F)||exit
while :;do __x=$(__q "${__m%%/*}?list-type=2&prefix=$__p${__a:+&start-after=$__a}")||exit
__y=$(printf %s "$__x"|tr '<' '\n'|sed -n 's/^Key>//p'|sed "s/&lt;/</g;s/&gt;/>/g
s/&quot;/\"/g;s/&#39;/'/g;s/&apos;/'/g;s/&amp;/\&/g");[ "$__y" ]||exit 0;printf '%s\n' "$__y"
case $__x in *'<IsTruncated>true'*);;*)exit 0;esac
__a=$(__w "$(printf %s "$__y"|tail -n 1)" %2F)||exit;done)
__e(){ [ "$(__l "$1")" ];}
__c()(case $1 in s3://*)__x=$(__l "$1")||exit
printf '%s\n' "$__x"|while IFS= read -r __n;do __z=${1#s3://};__g=${__n#"${__z#*/}"}
case /$__g/ in */../*)exit 1;;*//)continue;esac
case $__g in */*)mkdir -p "$2/${__g%/*}";esac
__n=$(__w "$__n")&&(__q "${__z%%/*}/$__n" -o "$2/$__g")||exit 1;done;;
*)cd "$1"&&find . -type f|while IFS= read -r __n;do __z=${2#s3://};__g=$(__w "${__z#*/}${__n#./}")&&
(__b=UNSIGNED;__q "${__z%%/*}/$__g" -T "$__n" -o /dev/null)||exit 1;done;esac)
"""
# A shell that waits passes no signal on by itself, and its wait ends with one.
_RUN = r"""trap 'kill -TERM $__p 2>/dev/null' TERM
"$@"&
__p=$!;wait $__p;__s=$?
while kill -0 $__p 2>/dev/null;do wait $__p;__s=$?;done
trap - TERM
[ $__s = 0 ]||__f "the command ended with exit code $__s: no outputs are copied" $__s
"""


def own_problems(wanted: Submission) -> Iterator[Problem]:
    """Yield the broken rules that need no knowledge of the job definition."""
    for field in FIELDS:
        for folder, uri in getattr(wanted, field).items():
            place = f"{field}[{folder!r}]"
            yield from _folder_problems(place, folder)
            yield from _uri_problems(place, uri)
    yield from _clashes(wanted)


def _folder_problems(place: str, folder: str) -> Iterator[Problem]:
    path = PurePosixPath(folder)
    is_plain = path.is_absolute() and ".." not in path.parts and len(path.parts) > 1
    if not is_plain or not folder.isprintable() or len(folder) > _LONGEST_PATH:
        rule = "the folder must be an absolute path below /, without .. and control characters"
        yield Problem(place, None, rule, "give e.g. '/tmp/in'")


def _uri_problems(place: str, uri: str) -> Iterator[Problem]:
    found = _URI.fullmatch(uri)
    prefix = (found["prefix"] or "") if found else ""
    if found is None or len(prefix.encode()) > _LONGEST_KEY:
        rule = f"must be s3://bucket/prefix, with at most {_LONGEST_KEY} bytes of prefix"
        yield Problem(place, uri, rule, "name a bucket and what its keys begin with")
    elif references.PREFIX in uri:
        rule = "Batch replaces Ref:: in the command alone"
        yield Problem(place, uri, rule, "use $NAME of a variable of the environment")
    elif _ACTING.search(prefix):
        rule = 'must be without control characters, " ` \\ and $ but for $NAME of a variable'
        yield Problem(place, uri, rule, "rename it")


def _clashes(wanted: Submission) -> Iterator[Problem]:
    given = [
        (f"{field}[{folder!r}]", PurePosixPath(folder))
        for field in FIELDS
        for folder in getattr(wanted, field)
    ]
    for (place, one), (other_place, other) in itertools.combinations(given, 2):
        if one.is_relative_to(other) or other.is_relative_to(one):
            rule = f"is the folder of {other_place}, or one is within the other"
            yield Problem(place, None, rule, "give each a folder of its own")
    written = [uri.rstrip("/") for uri in wanted.outputs.values()]
    for folder, uri in wanted.outputs.items():
        if written.count(uri.rstrip("/")) > 1:
            rule = "two folders are copied to the same prefix"
            yield Problem(f"outputs[{folder!r}]", uri, rule, "give each a prefix of its own")


def problems(
    wanted: Submission, definition: Definition, tasks: Sequence[Task]
) -> Iterator[Problem]:
    """Yield why a job of a definition takes no inputs and outputs, if they are given."""
    field = next((each for each in FIELDS if getattr(wanted, each)), None)
    if field is None:
        return
    if definition.is_multi_node:
        rule = "a job of several nodes has no folder of its own"
        yield Problem(field, None, rule, "copy in the job's command")
    elif not tasks[0].main_command:
        rule = "the command is the image's, which the copying goes around"
        yield Problem(field, None, rule, "give command=[...]")


def staged(wanted: Submission, tasks: Sequence[Task], region: str) -> Submission:
    """Return the submission whose command copies.

    Args:
        wanted: has inputs or outputs, and :func:`problems` finds nothing in it.
        tasks: what its job runs.
        region: of the stack, where S3 is asked first.
    """
    command = ["sh", "-c", script(wanted.inputs, wanted.outputs, region), "sh"]
    return dataclasses.replace(wanted, command=[*command, *tasks[0].main_command])


def script(inputs: Mapping[str, str], outputs: Mapping[str, str], region: str) -> str:
    """Return the script that runs its arguments between copying in and out (POSIX sh)."""
    by_curl = _BY_CURL.replace("SIGNED\n", signed(region)).replace("=UNSIGNED;", f"={UNSIGNED};")
    prelude = _PRELUDE.replace("REGION", region).replace("BY_CURL\n", by_curl)
    lines = [MARK, prelude.rstrip("\n")]
    lines += [f"__i {_expanding(uri)} {shlex.quote(path)}" for path, uri in inputs.items()]
    if not outputs:
        return "\n".join([*lines, 'exec "$@"'])
    lines += [f"__d {shlex.quote(path)}" for path in outputs]
    lines += [_RUN.rstrip("\n")]
    lines += [f"__o {shlex.quote(path)} {_expanding(uri)}" for path, uri in outputs.items()]
    return "\n".join([*lines, "exit 0"])


def _expanding(uri: str) -> str:
    """Return a prefix as a word in which the shell replaces ``$NAME``, and nothing else."""
    return f'"{uri.rstrip("/")}/"'
