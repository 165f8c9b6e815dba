"""Print the sentences of the installed botocore that the table does not have."""

from __future__ import annotations

import sys

from tests.batch_model.sentences import sentences
from tests.batch_model.table import no_rules, rows


def untold() -> dict[str, set[str]]:
    """Return each sentence with the members at which no row has it."""
    told: dict[str, set[str]] = {sentence: set() for sentence in no_rules()}
    for row in rows():
        told.setdefault(row.says, set()).update(row.of)
    return {
        sentence: missing
        for sentence, members in sentences().items()
        if sentence not in no_rules() and (missing := members - told.get(sentence, set()))
    }


if __name__ == "__main__":
    for sentence, members in sorted(untold().items()):
        sys.stdout.write(f"{', '.join(sorted(members))}: {sentence}\n")
