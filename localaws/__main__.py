"""`python -m localaws`: see :mod:`localaws.cli`."""

from localaws.cli import main

main()
