from .folder import Finding as Finding
from .folder import Study as Study
