"""``python -m batchsdk``."""

from batchsdk.cli import main

main()
