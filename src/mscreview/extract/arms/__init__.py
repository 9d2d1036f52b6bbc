"""The groups of a trial, found before any number is read.

`find` gives the arms, from candidate `names` (cut at `edges`) brought together in `groups`; `doses` tells apart arms that
differ in dose alone, `heads` and `lists` add shorter names. `mentions` finds every place that names an arm, `cues` those
where a protocol's words stand for one.
"""
