"""The one path of the platform: the steps called in order, each of which knows nothing of the others.

taxonomies  the public taxonomies of segments, judged
gating      a bid request through sensitivity, permission and release
"""
