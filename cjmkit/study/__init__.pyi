from .folder import Study as Study
from .results import Finding as Finding
from .results import Saved as Saved
