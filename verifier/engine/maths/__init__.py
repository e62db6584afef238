"""The maths of the engine: reading any notation into one tree, and deciding whether two trees are equal."""
