from .lanes import Series as Series
from .lanes import lane_gap as lane_gap
from .lanes import series as series
from .lanes import shown_lanes as shown_lanes
from .sheet import Sheet as Sheet
from .sheet import lay_out as lay_out
