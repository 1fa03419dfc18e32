"""`bin/bench`: how fast an installation is, beside the least that could do the same work, in one and the same run."""
