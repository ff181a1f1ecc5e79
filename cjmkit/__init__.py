"""cjmkit: customer journey research in Jupyter, from raw material to an evidence-backed map.

>>> import cjmkit as cj

The import is light: each public name loads its room when it is first used. The names are declared in
``__init__.pyi``, which serves the import, the type checker and the editor alike.
"""

import cjmkit.core.showing as _showing
from cjmkit import door as _door
from cjmkit._version import __version__ as __version__

# Values show themselves by a drawing that lies above them; here, where everything is known, it is plugged in.
_showing.renderer = "cjmkit.report:inline_html"

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
