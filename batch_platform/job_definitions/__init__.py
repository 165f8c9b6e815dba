"""Job definitions in the API's form, their defaults, permissions and revisions."""
