"""What compares arms: effect estimates, their intervals, p-values and heterogeneity.

`estimates` and `intervals` read what `words` names; `pvalues` asks `tested` what a p-value is about.
"""
