"""The groups of a trial, found before any number is read.

`find` gives the arms, from candidate `names` (those of `chinese` texts, by `contrasts`, and `allocated`, `numbered`
or `treated` ones; all cut at `edges`) brought together in `groups`; `doses` tells apart arms that differ in dose
alone, `heads` and `lists` add shorter names. `mentions` finds every place that names an arm, `controls` which arm a
late "control group" is, `cues` where a protocol's words stand for an arm, `clause` which arm a Chinese clause is
about.
"""
