"""What IAM policies allow: documents read, conditions, decisions. Nothing here knows moto."""
