from ._figure import figure as figure
from ._figure import save_picture as save_picture
from ._inline import inline_html as inline_html
from ._inline import inline_text as inline_text
from ._page import html as html
from ._portfolio import portfolio as portfolio
from ._write import write as write
