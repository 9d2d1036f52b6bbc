"""How many people: totals, sizes of arms, events, shares, and harm that nobody had.

`people` turns roles into facts, with `alike` and `befell` where roles are unsure; `chinese` and `chinese_events` read
Chinese. `named`, `sizes`, `evenly` and `beside` refine; `safety` and `nobody` read what did not happen.
"""
