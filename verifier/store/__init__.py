"""Where the opinions of models are kept, so that none is paid for twice."""
