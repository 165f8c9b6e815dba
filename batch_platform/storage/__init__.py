"""The stack's storage in S3: where it is, who may do what below it, how long things are kept."""
