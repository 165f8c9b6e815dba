"""The one room that calls AWS: the transport, boto3 behind it, rate limits and retries."""
