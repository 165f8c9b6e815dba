"""Connecting to the stack of one environment, and where its outputs are read."""
