"""Surveys: real exports in, honest numbers out, linked to the stages of the journey.

>>> import cjmkit as cj
>>> cj.survey.sample_size("share", margin=0.05).n
385
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
