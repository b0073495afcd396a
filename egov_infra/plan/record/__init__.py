"""Mail records as text: written for DNS, and parsed back for the rules."""
