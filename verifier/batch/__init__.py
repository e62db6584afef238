"""Files of trajectories: graded, merged, reported."""
