from ._coding import coding_pane as coding_pane
from ._doubts import doubts as doubts
from ._editor import map_editor as map_editor
from ._forms import persona_explorer as persona_explorer
from ._forms import prioritiser as prioritiser
from ._links import links as links
from ._placement import placement_pane as placement_pane
from ._review import redaction_review as redaction_review
