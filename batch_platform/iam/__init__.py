"""IAM policy documents: of roles, and of those who use a stack."""
