"""A machine as a coder: one that learns, one that is asked, validated against people, its shares corrected for its
errors.
"""
