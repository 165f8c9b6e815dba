"""The config of one environment: typed, checked as a whole, every error at once.

``load`` serves the Pulumi program (values from the engine, positions from the stack file),
``read_stack_file`` and ``validate`` serve whoever has just the file.
"""

from batch_platform.settings.errors import Problem, SettingsError
from batch_platform.settings.loading import load, validate_stack_file
from batch_platform.settings.model import Settings
from batch_platform.settings.stack_file import StackFile, parse_stack_file, read_stack_file

__all__ = [
    "Problem",
    "Settings",
    "SettingsError",
    "StackFile",
    "load",
    "parse_stack_file",
    "read_stack_file",
    "validate_stack_file",
]
