"""``python -m batch_platform.recovery --stack dev``: ``recover`` without the other verbs.

It imports no Pulumi until there is something to recover, and so costs `make up` next to nothing.
"""

from __future__ import annotations

import sys

from batch_platform.recovery.command import main

if __name__ == "__main__":
    sys.exit(main())
