"""Python functions as jobs: an executor of ``concurrent.futures`` on top of sweeps."""
