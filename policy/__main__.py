"""What the engine runs: serves the pack until the engine is done."""

from batch_platform.policy.pack import serve

if __name__ == "__main__":
    serve()
