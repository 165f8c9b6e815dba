"""AWS on this machine: moto, and the Batch that moto lacks. For development and tests only."""

from localaws.server import LocalAws

__all__ = ["LocalAws"]
