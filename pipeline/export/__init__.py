"""`pypi-adoption export`: the published tables as a Frictionless Data Package, ready to be handed on or deposited."""
