"""The table of other clients in docs/localaws.md tells the versions that the tests run."""

from __future__ import annotations

import re

from tests.conftest import PROJECT
from tests.foreign_clients.versions import versions


def test_the_table_of_clients_has_the_versions_that_are_run_and_tests_that_exist():
    text = (PROJECT / "docs" / "localaws.md").read_text()
    section = text.split("## Other clients", 1)[1].split("\n## ", 1)[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ][2:]
    assert {row[0]: row[1] for row in rows} == versions()
    for name, _, _, _, tests in rows:
        named = re.findall(r"\[`(test_\w+)`\]\(\.\./(\S+\.py)\)", tests)
        assert named, name
        for test, path in named:
            assert f"\ndef {test}(" in (PROJECT / path).read_text(), test
