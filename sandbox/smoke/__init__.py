"""`bin/smoke`: the main job on a throw-away installation, acted out from outside by its owner, a customer, a vendor
and a visitor of its website.
"""
