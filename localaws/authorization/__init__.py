"""Holds every call against the policies that IAM has: who calls, for what, and is it allowed.

moto keeps users, roles and policies; ``localaws.iam`` decides. moto's own check
(``moto.core.authorization``) is not used: it judges every call but S3's and a few others on the
resource ``*``, reads no conditions but a trust policy's, no boundaries and no session policies, and
begins after a fixed number of requests.
"""
