"""How long logs are kept."""

from __future__ import annotations

LOG_DAYS = {"public": 365, "internal": 400, "confidential": 731, "secret": 1096}
"""By classification; CloudWatch Logs takes these numbers of days only (PutRetentionPolicy)."""
