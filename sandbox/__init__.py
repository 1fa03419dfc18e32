"""The outside world in a box: embedded services, the supervisor of bin/dev, and the fake vendors."""
