"""Runs: jobs under keys, each submitted once, and the ledger that remembers them."""
