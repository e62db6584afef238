"""Where chunks are graded."""
