from .model import QdaProject as QdaProject
from .qdc import read_qdc as read_qdc
from .qdc import write_qdc as write_qdc
from .qdpx_read import read_qdpx as read_qdpx
from .qdpx_write import write_qdpx as write_qdpx
from .sqlite import read_qualcoder as read_qualcoder
from .sqlite import read_taguette as read_taguette
