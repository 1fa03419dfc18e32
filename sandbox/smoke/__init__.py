"""`bin/smoke`: the main job on a throw-away installation, acted out by a customer and a vendor from outside."""
