"""How the documentation is built: ``sphinx-build -W docs site``; needs no network."""

import cjmkit

project = "cjmkit"
author = "The cjmkit authors"
copyright = "2026, the cjmkit authors"
release = cjmkit.__version__

extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "cjmkit"
html_static_path = []
html_extra_path = ["journey.schema.json"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
# Remarks of the kind "unknown target" concern names of other projects; we link to none.
nitpicky = False
suppress_warnings = ["myst.xref_missing"]
