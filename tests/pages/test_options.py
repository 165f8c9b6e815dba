"""Each verb and option that the text of a page names is one that the command has."""

from __future__ import annotations

import functools
import re
from contextlib import redirect_stdout
from io import StringIO

import pytest
from click.testing import CliRunner

from batch_platform.__main__ import main as batch_platform
from batchsdk.cli import command_line as batchsdk
from localaws.cli import main as localaws
from tests.pages.shell_blocks import FENCE, pages, text_of

SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
COMMAND = re.compile(r"^(?:[A-Z_]+=\S+ )*(?:python -m )?(batchsdk|batch.platform|localaws) (.+)$")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


@functools.cache
def help_of(program: str, verbs: tuple[str, ...]) -> str | None:
    """Return what `--help` prints for some verbs; ``None`` if there are none of that name."""
    if program.startswith("batch") and program != "batchsdk":
        written = StringIO()
        with redirect_stdout(written), pytest.raises(SystemExit) as ended:
            batch_platform([*verbs, "--help"])
        return written.getvalue() if ended.value.code == 0 else None
    group = batchsdk if program == "batchsdk" else localaws
    answer = CliRunner().invoke(group, [*verbs, "--help"])
    return answer.output if answer.exit_code == 0 else None


def named(page: str) -> list[tuple[str, list[str]]]:
    """Return the commands in the text of a page: program, and words up to a lone `--`."""
    spans = SPAN.findall(FENCE.sub("", text_of(page)))
    found = [match for each in spans if (match := COMMAND.match(each)) is not None]
    return [(match[1], match[2].split(" -- ")[0].split()) for match in found]


@pytest.mark.parametrize("page", [each for each in pages() if named(each)])
def test_options_of_the_text_exist(page):
    for program, words in named(page):
        top = help_of(program, ())
        verbs = [word for word in words[:2] if re.fullmatch("[a-z][a-z-]+", word)]
        known = None
        while verbs and known is None:
            known = help_of(program, tuple(verbs))
            verbs = verbs[:-1]
        told = f"{page}: {program} {' '.join(words)}"
        assert known is not None or words[0].startswith("-") or words[0].isupper(), told
        assert {*OPTION.findall(" ".join(words))} <= {*OPTION.findall(f"{top} {known}")}, told
