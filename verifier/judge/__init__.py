"""Opinions from outside the engine: what may be slow, uncertain or absent, and is asked only where rules pass."""
