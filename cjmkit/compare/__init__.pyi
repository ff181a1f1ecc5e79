from .gap import ExpectationGap as ExpectationGap
from .gap import expectation_gap as expectation_gap
from .maps import Comparison as Comparison
from .maps import journeys as journeys
