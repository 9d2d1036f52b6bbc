"""What compares arms: effect estimates, their intervals, p-values and heterogeneity.

`estimates` and `intervals` read what `words` names; `pvalues` asks `tested` what a p-value is about; `heterogeneity` is
what a meta-analysis says of itself.
"""
