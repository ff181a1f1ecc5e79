"""Priorities: what to do first, whom to tell what, where to spend, and what it would bring.

>>> from cjmkit import priorities
"""

from cjmkit.priorities._benchmark import Benchmark, best_group, moves
from cjmkit.priorities._budget import BudgetSplit, allocate, budget_split
from cjmkit.priorities._formulas import ice_mean, ice_product, impact_effort, opportunity, rice
from cjmkit.priorities._plan import CommunicationPlan, communication_plan
from cjmkit.priorities._rank import rank
from cjmkit.priorities._result import Priorities
from cjmkit.priorities._whatif import WhatIf, absorption, what_if

__all__ = [
    "Benchmark",
    "BudgetSplit",
    "CommunicationPlan",
    "Priorities",
    "WhatIf",
    "absorption",
    "allocate",
    "best_group",
    "budget_split",
    "communication_plan",
    "ice_mean",
    "ice_product",
    "impact_effort",
    "moves",
    "opportunity",
    "rank",
    "rice",
    "what_if",
]
