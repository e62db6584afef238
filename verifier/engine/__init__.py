"""The pure engine: sample and rules in, verdict out."""
