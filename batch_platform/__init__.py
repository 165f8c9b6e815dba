"""AWS Batch for one environment as Pulumi resources, from the YAML config of its stack."""
