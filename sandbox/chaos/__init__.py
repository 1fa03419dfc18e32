"""Named faults against a whole installation on free ports, with everything counted at the outside world."""
