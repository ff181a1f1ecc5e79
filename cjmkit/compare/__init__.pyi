from ._gap import ExpectationGap as ExpectationGap
from ._gap import expectation_gap as expectation_gap
from ._journeys import Comparison as Comparison
from ._journeys import journeys as journeys
