"""How each Pulumi resource type and function that the program uses is carried out by boto3.

The names and shapes are those of pulumi-aws 7, the rules those of the Terraform provider that it
bridges. Both :mod:`localaws.embedded` and the gRPC provider for the real engine create, update and
delete by these handlers. :mod:`localaws.resources.table` has them all.
"""
