from .counting import Beside as Beside
from .critical import CriticalPoints as CriticalPoints
from .critical import critical_points as critical_points
from .links import WeakestLink as WeakestLink
from .links import weakest_link as weakest_link
from .ranking import Barriers as Barriers
from .ranking import rank as rank
