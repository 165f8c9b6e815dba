"""AWS Batch on this machine: what moto's Batch lacks, behind the same HTTP API.

``wsgi`` answers requests through ``operations``; ``scheduler`` (I/O-free) decides what happens to
jobs; ``engine`` carries its decisions to an executor and the job's output to CloudWatch Logs.
"""
