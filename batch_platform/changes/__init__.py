"""What a deployment will do to what is there, told from config alone (`batch-platform plan`)."""
