"""Work on notices: what decisions, appeals and reports mean for them, counter-notices, referrals, readiness."""
