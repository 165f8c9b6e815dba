"""A script for each client; it is run in the environment of that client."""
