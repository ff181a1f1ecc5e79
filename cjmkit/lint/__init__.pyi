from .checking import check as check
from .findings import Finding as Finding
from .findings import Findings as Findings
from .rules import RULES as RULES
from .rules import Rule as Rule
from .rules import rules_page as rules_page
