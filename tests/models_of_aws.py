"""botocore's models of the services, read once in a process instead of once in a session."""

from __future__ import annotations

import functools

import botocore.session


def read_once() -> None:
    """Let all sessions that are made from now on have one loader: EC2's model takes half a second.

    A session's clients share a loader as well, so none of them changes what it has read.
    """
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
