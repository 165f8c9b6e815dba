"""The network: addresses, endpoint policies, and whether jobs can reach AWS from it."""
