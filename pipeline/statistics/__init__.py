"""Statistics as small pure functions: numbers in, a frozen result out.

Every result carries the figure, its 95 % interval, the number of units, the method and its reference. What cannot be
estimated is a result with a reason, not an exception. Import the module that is needed; only `survival` and `hazards`
take long to import (statsmodels, 3 s).
"""
