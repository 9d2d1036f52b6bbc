"""Raw numbers in, effect sizes with their variances out; what the outcomes allow, study by study."""

from __future__ import annotations

from mscreview.effects import measures
from mscreview.effects.build import build
from mscreview.effects.checks import checks, symmetry
from mscreview.effects.directions import directions
from mscreview.effects.moderators import moderators
from mscreview.effects.printed import LONGEST

__all__ = ["LONGEST", "build", "checks", "directions", "measures", "moderators", "symmetry"]
