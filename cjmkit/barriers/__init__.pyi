from ._critical import CriticalPoints as CriticalPoints
from ._critical import critical_points as critical_points
from ._links import WeakestLink as WeakestLink
from ._links import weakest_link as weakest_link
from ._rank import rank as rank
from ._result import Barriers as Barriers
