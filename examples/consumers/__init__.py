"""How other services find what a stack has: one example for each way. See docs/platform.md."""
