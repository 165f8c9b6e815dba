"""A local AWS of its own process, whose jobs end at once; ends with its standard input."""

from __future__ import annotations

import json
import sys

from localaws import LocalAws


def main() -> None:
    with LocalAws(executor="noop") as local:
        sys.stdout.write(json.dumps(local.client_arguments) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
