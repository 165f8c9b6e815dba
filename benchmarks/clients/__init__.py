"""batchsdk and its peers, side by side on one local AWS."""
