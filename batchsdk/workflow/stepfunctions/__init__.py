"""A workflow as a state machine of AWS Step Functions, which does what a client of a run does."""
