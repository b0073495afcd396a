"""Rules, verdicts, waivers and the gate."""
