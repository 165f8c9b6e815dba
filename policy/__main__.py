"""What the engine runs: serves the pack until the engine is done."""

import sys
from pathlib import Path

from pulumi_policy import EnforcementLevel, PolicyPack

if __name__ == "__main__":
    # The engine runs this folder, so that only what is in it would be found.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from policy.pack import POLICIES

    PolicyPack("batch-platform", POLICIES, enforcement_level=EnforcementLevel.MANDATORY)
